/** Two technicians at one visit, and one piece of work after another, over HTTP: set, checked, and warned of. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActivityAnswer, ActivityView } from '../contract/activity.ts'
import { startTestApp, type TestApp } from '../operate/test-app.ts'

let t: TestApp
let token: string
let orderId: string
let people: string[]
beforeAll(async () => {
  t = await startTestApp()
  token = await t.tokenOf('manager')
  const [customer] = (await t.ask({ url: '/api/v1/customers?limit=1', token })).json<{
    items: { id: string }[]
  }>().items
  orderId = (
    await t.ask({
      method: 'POST',
      url: '/api/v1/orders',
      token,
      body: { description: 'Pump', customerId: customer?.id },
    })
  ).json<{ id: string }>().id
  people = (await t.ask({ url: '/api/v1/technicians?limit=10&active=true', token }))
    .json<{ items: { id: string; teamId: string | null }[] }>()
    .items.flatMap((one) => (one.teamId === null ? [] : [one.id]))
})
afterAll(() => t.stop())

const make = (body: object = {}) =>
  t.ask({
    method: 'POST',
    url: '/api/v1/activities',
    token,
    body: { orderId, boardId: t.boardId, durationMinutes: 60, ...body },
  })
const made = async (body: object = {}): Promise<ActivityAnswer> => {
  const answer = await make(body)
  expect(answer.statusCode, answer.body).toBe(201)
  return answer.json<ActivityAnswer>()
}
const patch = (activity: ActivityView, body: object) =>
  t.ask({
    method: 'PATCH',
    url: `/api/v1/activities/${activity.id}`,
    token,
    ifMatch: activity.version,
    body,
  })
const place = async (activity: ActivityView, technician: number, start: string): Promise<ActivityAnswer> => {
  const end = new Date(Date.parse(start) + activity.durationMinutes * 60_000).toISOString()
  const answer = await t.ask({
    method: 'POST',
    url: `/api/v1/activities/${activity.id}/assign`,
    token,
    ifMatch: activity.version,
    body: { technicianId: people[technician], start, end },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json<ActivityAnswer>()
}
const linkWarnings = (answer: ActivityAnswer) =>
  answer.warnings.filter((one) => one.kind === 'link').map(({ activityId, facts }) => ({ activityId, facts }))

describe('linked activities', () => {
  it('are a pair that starts together: whoever pulls it apart is warned, from either side', async () => {
    const first = await made()
    const second = await made({ startsWith: first.id })
    expect(second.startsWith).toBe(first.id)
    const placedFirst = await place(first, 0, '2031-03-03T10:00:00.000Z')
    expect(linkWarnings(placedFirst)).toEqual([])
    const placedSecond = await place(second, 1, '2031-03-03T10:30:00.000Z')
    expect(linkWarnings(placedSecond)).toEqual([
      { activityId: first.id, facts: { activityId: first.id, wanted: 'together', minutes: 30 } },
    ])
    const moved = await place(placedFirst, 0, '2031-03-03T11:30:00.000Z')
    expect(linkWarnings(moved)).toMatchObject([{ activityId: second.id, facts: { minutes: 60 } }])
    expect(linkWarnings(await place(placedSecond, 1, '2031-03-03T11:30:00.000Z'))).toEqual([])
  })

  it('follow one another, and are parted again', async () => {
    const first = await made()
    const later = await made({ startsAfter: { activityId: first.id, minutesMin: 30, minutesMax: null } })
    await place(first, 0, '2031-03-04T10:00:00.000Z')
    const early = await place(later, 1, '2031-03-04T11:00:00.000Z')
    expect(linkWarnings(early)).toMatchObject([{ facts: { wanted: 'after', minutes: 30 } }])
    const longer = await patch(early, { durationMinutes: 90 })
    expect(linkWarnings(longer.json<ActivityAnswer>())).toMatchObject([
      { facts: { wanted: 'after', minutes: 30 } },
    ])
    const parted = await patch(longer.json<ActivityView>(), { startsAfter: null })
    expect(parted.statusCode, parted.body).toBe(200)
    expect(linkWarnings(parted.json<ActivityAnswer>())).toEqual([])
    expect(linkWarnings(await place(parted.json<ActivityView>(), 1, '2031-03-04T11:05:00.000Z'))).toEqual([])
  })

  it('are judged as a bulk leaves them', async () => {
    const first = await made()
    const second = await made({ startsWith: first.id })
    const at = (activity: ActivityView, technician: number, hour: string) => ({
      type: 'assign',
      activityId: activity.id,
      expectedVersion: activity.version,
      technicianId: people[technician],
      start: `2031-03-05T${hour}:00.000Z`,
      end: `2031-03-05T${String(Number(hour.slice(0, 2)) + 1)}:00:00.000Z`,
    })
    const answer = await t.ask({
      method: 'POST',
      url: `/api/v1/boards/${t.boardId}/commands`,
      token,
      body: { commands: [at(first, 0, '13:00'), at(second, 1, '13:00')] },
    })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json<{ results: ActivityAnswer[] }>().results.flatMap(linkWarnings)).toEqual([])
  })

  it('are refused where they lead nowhere, to themselves, or in a circle', async () => {
    const a = await made()
    const b = await made({ startsAfter: { activityId: a.id, minutesMin: 0, minutesMax: null } })
    const c = await made({ startsWith: b.id })
    const after = (activityId: string) => ({ startsAfter: { activityId, minutesMin: 0, minutesMax: null } })
    for (const [answer, field] of [
      [await make({ startsWith: 'nobody' }), 'startsWith'],
      [await patch(a, { startsWith: a.id }), 'startsWith'],
      [await patch(a, after(c.id)), 'startsAfter.activityId'],
      [
        await patch(a, { startsAfter: { activityId: c.id, minutesMin: 9, minutesMax: 3 } }),
        'startsAfter.minutesMax',
      ],
    ] as const) {
      expect(answer.statusCode, answer.body).toBe(422)
      expect(answer.json()).toMatchObject({ details: [{ field }] })
    }
    const unchanged = await t.ask({ url: `/api/v1/activities/${a.id}`, token })
    const { warnings: _warnings, ...same } = a
    expect(unchanged.json()).toEqual(same)
  })
})
