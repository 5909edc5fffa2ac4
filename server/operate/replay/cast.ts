/**
 * Who plays in a replay: dispatchers in turn, seventy technicians hired for the file's work, and two who watch the board.
 *
 * The surprising rule: the company's own technicians are sent home, because nobody here would do their work.
 */
import { randomUUID } from 'node:crypto'
import type { ActivityView } from '../../contract/activity.ts'
import type { ImportView } from '../../contract/imports.ts'
import { bostonZone } from '../../domain/import/boston-311.ts'
import { type Trade, trades } from '../../domain/import/trade.ts'
import type { Instant } from '../../domain/instant.ts'
import { type BoardFollower, followBoard } from '../board-follower.ts'
import { bodyOf, type Client, signIn } from '../client.ts'
import { dice } from '../dice.ts'
import type { RunningSystem } from '../running-system.ts'
import { createMeter, type Meter } from './meter.ts'
import type { Source } from './source.ts'

/** What is drawn in a replay is drawn alike each time. */
export const SEED = 311
const FLEET = 70
const FLEET_PASSWORD = 'callboard-demo'
const SHIFT = { from: '07:00', to: '19:00' }

export type Technician = { id: string; client: Client; freeAt: Instant }

export type Replay = {
  board: string
  /** People who may dispatch; requests go round, because each has a limit of his own. */
  dispatchers: Client[]
  fleet: Map<string, Technician>
  follower: BoardFollower
  /** A second pair of eyes: what it sees is what another dispatcher sees. */
  second: BoardFollower
  meter: Meter
  imports: ImportView[]
  rulesText: string | null
}

export async function setUp(system: RunningSystem, source: Source): Promise<Replay> {
  const board = system.boards[0]?.id
  if (board === undefined) throw new Error('the system has no board')
  const people = await Promise.all(
    system.users
      .filter((user) => ['dispatcher', 'manager', 'administrator'].includes(user.role))
      .map(async (user) => ({
        role: user.role,
        client: await signIn(system.urls, {
          company: system.company,
          email: user.email,
          password: user.password,
        }),
      })),
  )
  const admin = people.find((one) => one.role === 'administrator')?.client
  const dispatchers = people.filter((one) => one.role !== 'administrator').map((one) => one.client)
  const first = dispatchers[0]
  if (!admin || !first) throw new Error('the replay needs an administrator and a dispatcher to sign in as')
  const meter = createMeter()
  const fleet = await hireFleet(system, admin, source)
  const follower = followBoard(first, board, (event, at) => meter.seen(event, at))
  const second = followBoard(dispatchers.at(-1) ?? first, board, (event, at) => meter.seenBySecond(event, at))
  await Promise.all([follower.reached(0, 30_000), second.reached(0, 30_000)])
  return { board, dispatchers, fleet, follower, second, meter, imports: [], rulesText: source.rulesText }
}

/** Seventy people with the trades that the file's work needs, in proportion, living where the work is. */
async function hireFleet(
  system: RunningSystem,
  admin: Client,
  source: Source,
): Promise<Map<string, Technician>> {
  const teams = bodyOf<{ items: { id: string; boardId: string | null }[] }>(
    'teams',
    await admin.get('/teams?limit=50'),
  )
  const team = teams.items.find((one) => one.boardId === system.boards[0]?.id)
  if (!team) throw new Error('the board has no team')
  await sendHome(admin)
  const day = [SHIFT]
  const week = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }
  const calendar = bodyOf<{ id: string }>(
    'making the roster',
    await admin.send('POST', '/calendars', {
      body: { code: `REPLAY-${randomUUID().slice(0, 8)}`, name: 'Replay roster', timeZone: bostonZone, week },
    }),
  )
  const d = dice(SEED)
  const places = source.rows.flatMap(({ row }) => (row.place ? [row.place] : []))
  const shares = tradeShares(source)
  const fleet = new Map<string, Technician>()
  const batch = randomUUID().slice(0, 6)
  const hire = async (i: number, trade: Trade): Promise<void> => {
    const near = places.length > 0 ? d.pick(places) : null
    const other = d.pick(shares).trade
    const made = bodyOf<{ id: string }>(
      'hiring',
      await admin.send('POST', '/technicians', {
        body: {
          name: `${trades[trade].skill} ${String(i + 1).padStart(2, '0')}`,
          code: `R${batch}-${i + 1}`,
          teamId: team.id,
          calendarId: calendar.id,
          skills: [...new Set([trades[trade].skill, trades[other].skill])].map((skill) => ({
            skill,
            level: 2,
          })),
          home: near && { lat: near.lat + d.bell() * 0.01, lon: near.lon + d.bell() * 0.01 },
        },
      }),
    )
    const email = `replay-${batch}-${i + 1}@city.example`
    bodyOf(
      'making a sign-in',
      await admin.send('POST', '/users', {
        body: {
          email,
          name: `Technician ${i + 1}`,
          role: 'technician',
          technicianId: made.id,
          password: FLEET_PASSWORD,
        },
      }),
    )
    const client = await signIn(system.urls, { company: system.company, email, password: FLEET_PASSWORD })
    fleet.set(made.id, { id: made.id, client, freeAt: 0 })
  }
  const wanted = shares.flatMap(({ trade, count }) => Array.from({ length: count }, () => trade))
  // A few at a time: each sign-in is slow on purpose.
  for (let i = 0; i < wanted.length; i += 4) {
    await Promise.all(wanted.slice(i, i + 4).map((trade, k) => hire(i + k, trade)))
  }
  return fleet
}

/** The company's own ten would take work that nobody here simulates. */
async function sendHome(admin: Client): Promise<void> {
  const all = bodyOf<{ items: { id: string; version: number; active: boolean }[] }>(
    'technicians',
    await admin.get('/technicians?limit=200'),
  )
  for (const one of all.items.filter((t) => t.active)) {
    bodyOf(
      'sending home',
      await admin.send('PATCH', `/technicians/${one.id}`, {
        body: { active: false },
        expectedVersion: one.version,
      }),
    )
  }
}

function tradeShares(source: Source): { trade: Trade; count: number }[] {
  const minutes = new Map<Trade, number>()
  for (const { row } of source.rows) {
    minutes.set(row.trade, (minutes.get(row.trade) ?? 0) + trades[row.trade].minutes + 15)
  }
  const sum = [...minutes.values()].reduce((a, b) => a + b, 0)
  return [...minutes].map(([trade, own]) => ({ trade, count: Math.max(2, Math.round((FLEET * own) / sum)) }))
}

export const openWork = (replay: Replay): ActivityView[] =>
  [...replay.follower.activities.values()].filter((a) => a.state !== 'closed')

export const running = (replay: Replay): ActivityView[] =>
  [...replay.follower.activities.values()].filter((a) => a.state === 'dispatched')

export const anyDispatcher = (replay: Replay): Client => {
  const client = replay.dispatchers[turn++ % replay.dispatchers.length]
  if (!client) throw new Error('nobody may dispatch')
  return client
}

let turn = 0

/** Waits until the follower has seen what the server has. */
export async function caughtUp(replay: Replay, client: Client): Promise<void> {
  const answer = await client.get(`/boards/${replay.board}/events?after=${replay.follower.head()}&limit=1`)
  const { head } = bodyOf<{ head: number }>('the head of the board', answer)
  await replay.follower.reached(head, 60_000)
}
