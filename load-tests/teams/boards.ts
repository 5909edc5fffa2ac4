/** Makes boards for load runs, each with a team, a technician and one or more bars, through the public API. */
import { randomUUID } from 'node:crypto'
import type { System } from './system.ts'

export type BoardSeed = {
  id: string
  activityId: string
  version: number
  technicianId: string
  teamId: string
}

export type Api = (
  method: string,
  path: string,
  body?: unknown,
  version?: number,
) => Promise<{ id: string; version: number }>

export async function apiOf(system: System, role = 'manager'): Promise<Api> {
  const url = system.urls[0]
  const person = system.users.find((user) => user.role === role)
  if (!url || !person) throw new Error(`the system has no ${role}`)
  const signedIn = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ company: system.company, email: person.email, password: person.password }),
  })
  const { token } = (await signedIn.json()) as { token: string }
  return async (method, path, body, version) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as { id: string; version: number }
  }
}

export async function makeBoards(api: Api, count: number, activitiesEach = 1): Promise<BoardSeed[]> {
  const customer = await api('POST', '/customers', { name: 'Load run' })
  const order = await api('POST', '/orders', { description: 'Load run', customerId: customer.id })
  const tag = randomUUID().slice(0, 8)
  const seeds: BoardSeed[] = []
  for (let from = 0; from < count; from += 8) {
    const some = Array.from({ length: Math.min(8, count - from) }, (_, i) => from + i)
    seeds.push(
      ...(await Promise.all(some.map((n) => makeBoard(api, order.id, `${tag}-${n}`, activitiesEach)))),
    )
  }
  return seeds
}

async function makeBoard(api: Api, orderId: string, name: string, activities: number): Promise<BoardSeed> {
  const board = await api('POST', '/boards', { name: `Board ${name}`, timeZone: 'UTC' })
  const team = await api('POST', '/teams', {
    code: `T-${name}`,
    description: `Team ${name}`,
    boardId: board.id,
  })
  const technician = await api('POST', '/technicians', { name: `Technician ${name}`, teamId: team.id })
  let last = { id: '', version: 1 }
  for (let i = 0; i < activities; i++)
    last = await api('POST', '/activities', { orderId, boardId: board.id, durationMinutes: 30 })
  return {
    id: board.id,
    activityId: last.id,
    version: last.version,
    technicianId: technician.id,
    teamId: team.id,
  }
}
