import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLessons } from '../../server/adapters/postgres/lessons.ts'
import { createPools, type Pools } from '../../server/adapters/postgres/pools.ts'
import { type Asked, startTestApp, type TestApp } from '../../server/operate/test-app.ts'
import { learnOnce } from './learn-watch.ts'

let t: TestApp
let manager: string
let pools: Pools
const errors: unknown[] = []

beforeAll(async () => {
  t = await startTestApp()
  manager = await t.tokenOf('manager')
  pools = createPools(t.appUrl, (_pool, error) => errors.push(error))
})
afterAll(async () => {
  await pools.end()
  await t.stop()
})

type Rec = { id: string; version: number } & Record<string, unknown>
async function ask<T = Rec>(asked: Asked): Promise<T> {
  const answer = await t.ask({ token: manager, ...asked })
  expect(answer.statusCode, answer.body).toBeLessThan(300)
  return answer.json<T>()
}
const post = (url: string, body: object, ifMatch?: number) =>
  ask({ method: 'POST', url: `/api/v1${url}`, body, ...(ifMatch === undefined ? {} : { ifMatch }) })

/** Work of an hour that was on the way for 15 minutes and on site for 90; minutes later it is done. */
async function finishedVisit(): Promise<string> {
  const order = await post('/orders', {
    description: 'Lamp',
    customerId: 'city-residents',
    agreementId: 'city-urgent',
  })
  let activity = await post('/activities', { orderId: order.id, boardId: t.boardId, durationMinutes: 60 })
  const start = new Date(Date.now() + 60_000).toISOString()
  const end = new Date(Date.now() + 3_660_000).toISOString()
  const act = async (name: string, body: object): Promise<void> => {
    activity = await post(`/activities/${activity.id}/${name}`, body, activity.version)
  }
  await act('assign', { technicianId: 'city-t1', start, end })
  await act('dispatch', {})
  for (const fieldStatus of ['travelling', 'onSite', 'done']) await act('field-status', { fieldStatus })
  // What happened within this test's second took its time.
  for (const [status, minutes] of [
    ['travelling', 105],
    ['onSite', 90],
  ] as const)
    await t.asOwner(
      `UPDATE board_event SET at = at - make_interval(mins => $2)
        WHERE entity_id = $1 AND payload->'activity'->>'fieldStatus' = $3`,
      [activity.id, minutes, status],
    )
  return activity.id
}

const tallies = () =>
  t.asOwner<{ subject: string; key: string; count: number; sum: number }>(
    'SELECT subject, key, count, sum FROM forecast_tally ORDER BY subject, key',
  )
const lessons = () => createLessons(pools.tail)
const learnAll = async (): Promise<void> => {
  while ((await learnOnce({ lessons: lessons(), onError: (_what, error) => errors.push(error) })) > 0);
}

describe('learning from finished work', () => {
  it('keeps what one visit taught, durably, and counts it once', async () => {
    await finishedVisit()
    await learnAll()
    const learned = await tallies()
    const work = learned.find((row) => row.subject === 'work')
    expect(work).toMatchObject({ key: '', count: 1 })
    expect(Math.exp(work?.sum ?? 0)).toBeCloseTo(1.5, 2)
    await learnAll()
    expect(await tallies()).toEqual(learned)
    expect(errors).toEqual([])
  })

  it('learns a stretch once, however many workers try at the same time', async () => {
    await finishedVisit()
    await finishedVisit()
    await Promise.all([learnAll(), learnAll(), learnAll()])
    expect((await tallies()).find((row) => row.subject === 'work')?.count).toBe(3)
    expect(errors).toEqual([])
  })

  it('says nothing of lengths that were closed without anyone on site', async () => {
    const order = await post('/orders', { description: 'Lamp', customerId: 'city-residents' })
    const activity = await post('/activities', { orderId: order.id, boardId: t.boardId })
    await post(`/activities/${activity.id}/close`, {}, activity.version)
    await learnAll()
    expect((await tallies()).find((row) => row.subject === 'work')?.count).toBe(3)
  })

  it('keeps one company’s lessons from another', async () => {
    const client = new pg.Client({ connectionString: t.appUrl })
    await client.connect()
    try {
      await client.query("SELECT set_config('app.company', 'next-door', false)")
      expect((await client.query('SELECT * FROM forecast_tally')).rows).toEqual([])
      expect((await client.query('SELECT * FROM learned WHERE board_id = $1', [t.boardId])).rows).toEqual([])
      await expect(
        client.query("INSERT INTO forecast_tally VALUES ('city', 'work', 'x', 1, 0, 0)"),
      ).rejects.toThrow(/row-level security/)
    } finally {
      await client.end()
    }
  })

  it('is heard in the watch: what runs now is judged by what was learned', async () => {
    const order = await post('/orders', {
      description: 'Pump',
      customerId: 'city-residents',
      agreementId: 'city-urgent',
    })
    const activity = await post('/activities', { orderId: order.id, boardId: t.boardId, durationMinutes: 60 })
    const due = Date.parse((order.slas as { dueAt: string }[])[0]?.dueAt ?? '')
    await post(
      `/activities/${activity.id}/assign`,
      {
        technicianId: 'city-t2',
        start: new Date(due - 75 * 60_000).toISOString(),
        end: new Date(due - 15 * 60_000).toISOString(),
      },
      activity.version,
    )
    const watch = await ask<{ atRisk: { activityId: string; probability: number; driver: object | null }[] }>(
      {
        url: `/api/v1/boards/${t.boardId}/sla-watch`,
      },
    )
    const listed = watch.atRisk.find((one) => one.activityId === activity.id)
    expect(listed?.probability).toBeGreaterThan(0.1)
    expect(listed?.probability).toBeLessThan(0.95)
    expect(listed?.driver).toMatchObject({ technicianId: 'city-t2' })
    const offers = await ask<{ candidates: { missProbability: number }[] }>({
      url: `/api/v1/activities/${activity.id}/candidates`,
    })
    expect(offers.candidates.length).toBeGreaterThan(0)
    for (const { missProbability } of offers.candidates) expect(missProbability).toBeLessThanOrEqual(1)
  })
})
