/** Technicians who must not be sent to an activity, over HTTP: set, checked, warned of, and let go again. */
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
  const list = async <T>(url: string): Promise<T[]> =>
    (await t.ask({ url: `/api/v1${url}`, token })).json<{ items: T[] }>().items
  const [customer] = await list<{ id: string }>('/customers?limit=1')
  const body = { description: 'Boiler', customerId: customer?.id }
  orderId = (await t.ask({ method: 'POST', url: '/api/v1/orders', token, body })).json<{ id: string }>().id
  people = (await list<{ id: string; teamId: string | null }>('/technicians?limit=10&active=true')).flatMap(
    (one) => (one.teamId === null ? [] : [one.id]),
  )
})
afterAll(() => t.stop())

const make = (body: object) =>
  t.ask({
    method: 'POST',
    url: '/api/v1/activities',
    token,
    body: { orderId, boardId: t.boardId, durationMinutes: 60, ...body },
  })
const patch = (activity: ActivityView, body: object) =>
  t.ask({ method: 'PATCH', url: `/api/v1/activities/${activity.id}`, token, ifMatch: activity.version, body })
const send = (activity: ActivityView, technicianId: string | undefined, strict = false) =>
  t.ask({
    method: 'POST',
    url: `/api/v1/activities/${activity.id}/assign`,
    token,
    ifMatch: activity.version,
    body: { technicianId, start: '2031-03-03T10:00:00.000Z', end: '2031-03-03T11:00:00.000Z', strict },
  })

describe('technicians who must not be sent', () => {
  it('are kept with the activity, until it rules nobody out any more', async () => {
    const made = await make({ excludedTechnicianIds: people.slice(0, 2) })
    expect(made.statusCode, made.body).toBe(201)
    const activity = made.json<ActivityAnswer>()
    expect(activity.excludedTechnicianIds).toEqual(people.slice(0, 2))
    const renamed = await patch(activity, { durationMinutes: 45 })
    expect(renamed.json<ActivityView>().excludedTechnicianIds).toEqual(people.slice(0, 2))
    const freed = await patch(renamed.json<ActivityView>(), { excludedTechnicianIds: [] })
    expect(freed.statusCode, freed.body).toBe(200)
    const read = await t.ask({ url: `/api/v1/activities/${activity.id}`, token })
    expect(read.json<ActivityView>().excludedTechnicianIds ?? []).toEqual([])
  })

  it('are warned of when a person sends them all the same, and refused where plans are kept strictly', async () => {
    const activity = (await make({ excludedTechnicianIds: [people[0]] })).json<ActivityAnswer>()
    const refused = await send(activity, people[0], true)
    expect(refused.statusCode).toBe(409)
    expect(refused.json()).toMatchObject({ code: 'PLAN_CONFLICT' })
    const warned = await send(activity, people[0])
    expect(warned.statusCode, warned.body).toBe(200)
    expect(warned.json<ActivityAnswer>().warnings).toContainEqual({
      kind: 'excluded',
      facts: { technicianId: people[0] },
    })
  })

  it('are no candidates, and the refusal says why', async () => {
    const activity = (await make({ excludedTechnicianIds: [people[0]] })).json<ActivityAnswer>()
    const answer = await t.ask({ url: `/api/v1/activities/${activity.id}/candidates`, token })
    expect(answer.statusCode, answer.body).toBe(200)
    const { candidates, refusals } = answer.json<{
      candidates: { technicianId: string }[]
      refusals: { technicianId: string; rule: string }[]
    }>()
    expect(candidates.map((one) => one.technicianId)).not.toContain(people[0])
    expect(refusals).toContainEqual(expect.objectContaining({ technicianId: people[0], rule: 'excluded' }))
  })

  it('are people of the company, each named once, and nobody who is preferred', async () => {
    const unknown = await make({ excludedTechnicianIds: [people[0], 'nobody'] })
    expect(unknown.statusCode).toBe(422)
    expect(unknown.json()).toMatchObject({
      details: [{ field: 'excludedTechnicianIds.1', expected: 'a technician of this company' }],
    })
    expect((await make({ excludedTechnicianIds: [people[0], people[0]] })).statusCode).toBe(422)
    const both = await make({ excludedTechnicianIds: [people[0]], preferredTechnicianId: people[0] })
    expect(both.statusCode).toBe(422)
    const activity = (await make({ excludedTechnicianIds: [people[0]] })).json<ActivityAnswer>()
    const preferred = await patch(activity, { preferredTechnicianId: people[0] })
    expect(preferred.statusCode).toBe(422)
    expect(preferred.json()).toMatchObject({ details: [{ field: 'preferredTechnicianId' }] })
  })

  it('weigh more than whom the order prefers, and stand in the way of no other edit', async () => {
    const [customer] = (await t.ask({ url: '/api/v1/customers?limit=1', token })).json<{
      items: { id: string }[]
    }>().items
    const wishing = await t.ask({
      method: 'POST',
      url: '/api/v1/orders',
      token,
      body: { description: 'Boiler', customerId: customer?.id, preferredTechnicianId: people[0] },
    })
    expect(wishing.statusCode, wishing.body).toBe(201)
    const made = await make({
      orderId: wishing.json<{ id: string }>().id,
      excludedTechnicianIds: [people[0]],
    })
    expect(made.json<ActivityAnswer>().preferredTechnicianId).toBeNull()
    const edited = await patch(made.json<ActivityAnswer>(), { durationMinutes: 30 })
    expect(edited.statusCode, edited.body).toBe(200)
    expect(edited.json<ActivityView>().excludedTechnicianIds).toEqual([people[0]])
  })
})
