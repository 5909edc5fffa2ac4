/**
 * Dispatchers at work: boards stand open, and somewhere every few milliseconds a bar is moved.
 *
 * Each board is followed by one viewer; commands come at a constant rate, each on the next board. The time from the
 * sending of a command to its event at the viewer is the time to another dispatcher's board, since the key of a
 * command says when it was sent and the event carries the key.
 *
 * Environment: URLS (comma separated), COMPANY, EMAIL, PASSWORD, BOARDS (JSON of {id, activityId, version,
 * technicianId}), RATE, SECONDS.
 */
import { check } from 'k6'
import exec from 'k6/execution'
import { Counter, Trend } from 'k6/metrics'
import { type Client, call, sentAt, sentKey, signIn, ticketFor } from './api.ts'
import { follow } from './live.ts'

type BoardSeed = { id: string; activityId: string; version: number; technicianId: string }
const urls = (__ENV.URLS ?? '').split(',')
const boards = JSON.parse(__ENV.BOARDS ?? '[]') as BoardSeed[]
const seconds = Number(__ENV.SECONDS ?? 30)
const settle = Math.ceil(boards.length / 40) + 3

const toOtherBoard = new Trend('command_to_other_board_ms')
const answered = new Trend('command_answer_ms')
const delivered = new Counter('events_delivered')
const deliveredBytes = new Counter('bytes_delivered')

export const options = {
  setupTimeout: '120s',
  scenarios: {
    viewers: {
      executor: 'per-vu-iterations',
      exec: 'view',
      vus: boards.length,
      iterations: 1,
      maxDuration: `${seconds + settle + 20}s`,
    },
    commands: {
      executor: 'constant-arrival-rate',
      exec: 'command',
      rate: Number(__ENV.RATE ?? 20),
      timeUnit: '1s',
      duration: `${seconds}s`,
      startTime: `${settle}s`,
      preAllocatedVUs: 20,
    },
  },
}

export async function setup(): Promise<Client[]> {
  const person = { company: __ENV.COMPANY ?? '', email: __ENV.EMAIL ?? '', password: __ENV.PASSWORD ?? '' }
  return Promise.all(urls.map((url) => signIn(url, person)))
}

/** Opens one board and stays until the commands are over. */
export async function view(clients: Client[]): Promise<void> {
  const index = exec.scenario.iterationInTest
  const seed = boards[index % boards.length]
  const client = clients[index % clients.length]
  if (!seed || !client) return
  // Openings are spread out: forty a second, like people coming in rather than a power cut ending.
  await wait(index * 25)
  let closedEarly = false
  const socket = follow(
    client.url,
    await ticketFor(client),
    { board: seed.id },
    {
      onEvents: (frame, bytes) => {
        const now = Date.now()
        delivered.add(frame.items.length)
        deliveredBytes.add(bytes)
        for (const item of frame.items) {
          const sent = sentAt(item.commandId)
          if (item.activity && !Number.isNaN(sent)) toOtherBoard.add(now - sent)
        }
      },
      onClose: () => {
        closedEarly = true
      },
    },
  )
  await wait((seconds + settle + 3) * 1_000 - index * 25)
  check(closedEarly, { 'the board stayed open': (closed) => !closed })
  socket.close()
}

/** Moves the bar of the next board to the next quarter of an hour. */
export async function command(clients: Client[]): Promise<void> {
  const n = exec.scenario.iterationInTest
  const seed = boards[n % boards.length]
  const client = clients[n % clients.length]
  if (!seed || !client) return
  const start = Date.now() + 3_600_000 * 24 + (n % 96) * 900_000
  const key = sentKey()
  const answer = await call(
    client,
    'POST',
    `/activities/${seed.activityId}/reschedule`,
    {
      start: new Date(start).toISOString(),
      end: new Date(start + 1_800_000).toISOString(),
      technicianId: seed.technicianId,
    },
    seed.version,
    key,
  )
  answered.add(answer.timings.duration)
  const ok = check(answer, { 'the command was accepted': ({ status }) => status === 200 })
  if (ok) seed.version = (answer.json() as { version: number }).version
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
