/**
 * A burst: sixteen dispatchers reach for the same bars at once, round after round. Exactly one may win each.
 *
 * Environment as in board-live.ts; every board's activity is raced for by all.
 */
import { check } from 'k6'
import exec from 'k6/execution'
import { Counter, Trend } from 'k6/metrics'
import { type Client, call, signIn } from './api.ts'

type BoardSeed = { id: string; activityId: string; version: number; technicianId: string }
const boards = JSON.parse(__ENV.BOARDS ?? '[]') as BoardSeed[]
const urls = (__ENV.URLS ?? '').split(',')

const won = new Counter('race_won')
const lost = new Counter('race_lost')
const lostAfter = new Trend('race_lost_after_ms')

export const options = {
  scenarios: { race: { executor: 'per-vu-iterations', vus: 16, iterations: boards.length } },
}

export async function setup(): Promise<Client[]> {
  const person = { company: __ENV.COMPANY ?? '', email: __ENV.EMAIL ?? '', password: __ENV.PASSWORD ?? '' }
  return Promise.all(Array.from({ length: 16 }, (_, i) => signIn(urls[i % urls.length] ?? '', person)))
}

const rounds = new Map<number, number>()

export default async function race(clients: Client[]): Promise<void> {
  const vu = exec.vu.idInTest
  const round = rounds.get(vu) ?? 0
  rounds.set(vu, round + 1)
  const seed = boards[round % boards.length]
  const client = clients[vu % clients.length]
  if (!seed || !client) return
  const start = Date.now() + 3_600_000 * 48
  const body = {
    technicianId: seed.technicianId,
    start: new Date(start).toISOString(),
    end: new Date(start + 1_800_000).toISOString(),
  }
  const answer = await call(client, 'POST', `/activities/${seed.activityId}/assign`, body, seed.version)
  check(answer, { 'won, or lost with 409 or 412': ({ status }) => [200, 409, 412].includes(status) })
  if (answer.status === 200) won.add(1)
  else {
    lost.add(1)
    lostAfter.add(answer.timings.duration)
  }
}
