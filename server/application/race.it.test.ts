/**
 * Sixteen dispatchers who want the same work at the same moment, over HTTP, on a real Postgres.
 *
 * The tables are the judge, not only the answers: one technician for each activity, one winner for each version, no
 * two spans of blocking work at once, nobody told "server error".
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../operate/test-app.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Far away from everything the demo company has, and inside its technicians' hours. */
const MORNING = Date.UTC(2030, 0, 7, 8)
const DISPATCHERS = Array.from({ length: 16 }, (_, d) => d)

type Answer = {
  status: number
  code: string | undefined
  version: number | undefined
  current: number | undefined
}
type Activity = { id: string; version: number }

let t: TestApp
let token: string
let orderId: string
let technicians: string[]

beforeAll(async () => {
  t = await startTestApp()
  token = await t.tokenOf('dispatcher')
  const order = await post('/orders', { description: 'Water in the street', customerId: 'own-customer' })
  orderId = order.json<{ id: string }>().id
  const rows = await t.asOwner<{ id: string }>(
    `SELECT t.id FROM technician t JOIN company c ON c.id = t.company_id
     WHERE c.code = $1 AND t.active AND t.team_id IS NOT NULL ORDER BY t.id`,
    [t.company],
  )
  technicians = rows.map((row) => row.id)
})
afterAll(() => t.stop())

const post = (url: string, body: object) => t.ask({ method: 'POST', url: `/api/v1${url}`, token, body })

async function makeActivities(count: number): Promise<string[]> {
  const ids: string[] = []
  for (let made = 0; made < count; made += 20) {
    const some = await Promise.all(
      Array.from({ length: Math.min(20, count - made) }, () =>
        post('/activities', { orderId, boardId: t.boardId, durationMinutes: 60 }),
      ),
    )
    ids.push(...some.map((answer) => answer.json<Activity>().id))
  }
  return ids
}

const span = (start: number, minutes = 60) => ({
  start: new Date(start).toISOString(),
  end: new Date(start + minutes * MINUTE).toISOString(),
})
const technicianOf = (dispatcher: number): string => {
  const id = technicians[dispatcher % technicians.length]
  if (id === undefined) throw new Error('the demo company has technicians')
  return id
}

type Told = {
  code?: string
  version?: number
  details?: { current?: { version: number } }
}
async function command(url: string, body: object): Promise<Answer> {
  const answer = await post(url, body)
  const told = answer.json<Told>()
  return {
    status: answer.statusCode,
    code: told.code,
    version: told.version,
    current: told.details?.current?.version,
  }
}

/** Every pair of open, blocking work that one technician would have to do at once. */
const doubleBooked = () =>
  t.asOwner(
    `SELECT a.id, b.id AS other FROM activity a JOIN activity b
       ON b.company_id = a.company_id AND b.technician_id = a.technician_id AND b.id > a.id
      AND tstzrange(a.start_at, a.end_at, '[)') && tstzrange(b.start_at, b.end_at, '[)')
     WHERE a.blocking AND b.blocking AND a.state <> 'closed' AND b.state <> 'closed'`,
  )

/** The versions the log has for each activity, in the log's order. */
async function loggedVersions(ids: readonly string[]): Promise<Map<string, number[]>> {
  const rows = await t.asOwner<{ entity_id: string; versions: number[] }>(
    `SELECT entity_id, array_agg(entity_version::int ORDER BY seq) AS versions FROM board_event
     WHERE entity = 'activity' AND entity_id = ANY ($1) GROUP BY entity_id`,
    [ids],
  )
  return new Map(rows.map((row) => [row.entity_id, row.versions]))
}

const planOf = async (ids: readonly string[]) =>
  t.asOwner<{ id: string; version: number; technician_id: string; start: string; blocking: boolean }>(
    `SELECT id, version::int AS version, technician_id, blocking,
            to_char(start_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"') AS start
     FROM activity WHERE id = ANY ($1) ORDER BY array_position($1::text[], id)`,
    [ids],
  )

describe('sixteen dispatchers at once', () => {
  it('assign the same 300 activities: each goes to one technician, and one of sixteen is told so', {
    timeout: 180_000,
  }, async () => {
    const ids = await makeActivities(300)
    const answers = new Map<string, (Answer & { technicianId: string })[]>(ids.map((id) => [id, []]))
    await Promise.all(
      DISPATCHERS.map(async (dispatcher) => {
        const technicianId = technicianOf(dispatcher)
        for (const [i, id] of ids.entries()) {
          const place = span(MORNING + i * HOUR)
          const answer = await command(`/activities/${id}/assign`, {
            technicianId,
            ...place,
            expectedVersion: 1,
          })
          answers.get(id)?.push({ ...answer, technicianId })
        }
      }),
    )

    const all = [...answers.values()].flat()
    expect(all).toHaveLength(4800)
    expect(all.filter((answer) => answer.status !== 200 && answer.status !== 412)).toEqual([])
    const plan = await planOf(ids)
    const logged = await loggedVersions(ids)
    expect(plan).toHaveLength(300)
    for (const row of plan) {
      const won = answers.get(row.id)?.filter((answer) => answer.status === 200) ?? []
      expect(won.map((answer) => answer.technicianId)).toEqual([row.technician_id])
      expect(row.version).toBe(2)
      expect(logged.get(row.id)).toEqual([1, 2])
    }
    expect(await doubleBooked()).toEqual([])
  })

  it('move a hot set until each had a turn: every version has one winner and follows the one before', async () => {
    const ids = await makeActivities(5)
    const wins = new Map<
      string,
      { expectedVersion: number; version: number; technicianId: string; start: string }[]
    >()
    const faults: Answer[] = []
    await Promise.all(
      DISPATCHERS.map(async (dispatcher) => {
        for (const [i, id] of ids.entries()) {
          const technicianId = technicianOf(dispatcher)
          const place = span(MORNING + 60 * DAY + (i * 16 + dispatcher) * 2 * HOUR)
          let expectedVersion = 1
          for (let tries = 0; tries < 40; tries++) {
            const answer = await command(`/activities/${id}/reschedule`, {
              ...place,
              technicianId,
              expectedVersion,
            })
            if (answer.status === 200 && answer.version !== undefined) {
              const won = { expectedVersion, version: answer.version, technicianId, start: place.start }
              wins.set(id, [...(wins.get(id) ?? []), won])
              break
            }
            if (answer.status !== 412 || answer.current === undefined) return void faults.push(answer)
            expectedVersion = answer.current
          }
        }
      }),
    )

    expect(faults).toEqual([])
    const chain = Array.from({ length: 16 }, (_, i) => i + 2)
    const logged = await loggedVersions(ids)
    for (const row of await planOf(ids)) {
      const won = (wins.get(row.id) ?? []).sort((a, b) => a.version - b.version)
      expect(won.map((win) => win.version)).toEqual(chain)
      expect(won.map((win) => win.expectedVersion)).toEqual(chain.map((version) => version - 1))
      expect(logged.get(row.id)).toEqual([1, ...chain])
      expect(row).toMatchObject({ version: 17, technician_id: won.at(-1)?.technicianId })
      expect(row.start).toBe(won.at(-1)?.start)
    }
  })

  it.each([
    ['strictly: whoever comes second is refused', true, new Set([200, 409])],
    ['with a warning: whoever comes second overlaps knowingly, and does not block', false, new Set([200])],
  ])('fill one technician’s morning %s', async (_how, strict, statuses) => {
    const technicianId = technicianOf(0)
    for (let round = 0; round < 20; round++) {
      const ids = await makeActivities(DISPATCHERS.length)
      const from = MORNING + (strict ? 100 : 200) * DAY + round * DAY
      const answers = await Promise.all(
        ids.map((id, d) =>
          command(`/activities/${id}/assign`, {
            technicianId,
            ...span(from + d * 10 * MINUTE),
            expectedVersion: 1,
            strict,
          }),
        ),
      )
      expect(answers.filter((answer) => !statuses.has(answer.status))).toEqual([])
      expect(answers.some((answer) => answer.status === 200)).toBe(true)
      expect(answers.every((answer) => answer.status === 200 || answer.code === 'PLAN_CONFLICT')).toBe(true)
    }
    expect(await doubleBooked()).toEqual([])
  })

  it('swap two spans in one bulk, sixteen at once: one swap happens, whole', async () => {
    const technicianId = technicianOf(1)
    for (let round = 0; round < 10; round++) {
      const [a, b] = (await makeActivities(2)) as [string, string]
      const early = span(MORNING + 300 * DAY + round * DAY)
      const late = span(MORNING + 300 * DAY + round * DAY + HOUR)
      for (const [id, place] of [
        [a, early],
        [b, late],
      ] as const) {
        const placed = { technicianId, ...place, expectedVersion: 1, strict: true }
        expect(await command(`/activities/${id}/assign`, placed)).toMatchObject({ status: 200 })
      }
      const answers = await Promise.all(
        DISPATCHERS.map((d) => {
          const moves = [
            { type: 'reschedule', activityId: a, expectedVersion: 2, ...late },
            { type: 'reschedule', activityId: b, expectedVersion: 2, ...early },
          ]
          return command(`/boards/${t.boardId}/commands`, {
            commands: d % 2 === 0 ? moves : moves.reverse(),
            strict: true,
          })
        }),
      )
      const statuses = answers.map((answer) => answer.status).sort()
      expect(statuses).toEqual([200, ...Array.from({ length: 15 }, () => 412)])
      expect(await planOf([a, b])).toMatchObject([
        { version: 3, start: late.start, blocking: true },
        { version: 3, start: early.start, blocking: true },
      ])
    }
    expect(await doubleBooked()).toEqual([])
  })

  it('save crossing bulks, A then B and B then A: nobody hears of a deadlock', async () => {
    const ids = await makeActivities(6)
    const versions = new Map(ids.map((id) => [id, 1]))
    for (let round = 0; round < 25; round++) {
      const answers = await Promise.all(
        DISPATCHERS.map((d) => {
          const turned = [...ids.slice(d % ids.length), ...ids.slice(0, d % ids.length)]
          const order = d % 2 === 0 ? turned : turned.reverse()
          return command(`/boards/${t.boardId}/commands`, {
            commands: order.map((id, i) => ({
              type: 'assign',
              activityId: id,
              expectedVersion: versions.get(id),
              technicianId: technicianOf(d + i),
              ...span(MORNING + 400 * DAY + round * DAY + i * HOUR),
            })),
          })
        }),
      )
      expect(answers.map((answer) => answer.status).sort()).toEqual([
        200,
        ...Array.from({ length: 15 }, () => 412),
      ])
      for (const row of await planOf(ids)) {
        expect(row.version).toBe((versions.get(row.id) ?? 0) + 1)
        versions.set(row.id, row.version)
      }
    }
    expect(await doubleBooked()).toEqual([])
  })

  it('leave a log without a gap', async () => {
    const rows = await t.asOwner<{ head: number; logged: number; distinct: number }>(
      `SELECT max(seq)::int AS head, count(*)::int AS logged, count(DISTINCT seq)::int AS distinct
       FROM board_event WHERE board_id = $1`,
      [t.boardId],
    )
    expect(rows[0]?.logged).toBe(rows[0]?.head)
    expect(rows[0]?.distinct).toBe(rows[0]?.head)
  })
})
