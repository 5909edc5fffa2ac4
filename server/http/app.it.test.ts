import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, startTestApp, type TestApp } from '../operate/test-app.ts'

let t: TestApp
let manager: string
let dispatcher: string
let technician: string
beforeAll(async () => {
  t = await startTestApp()
  ;[manager, dispatcher, technician] = await Promise.all([
    t.tokenOf('manager'),
    t.tokenOf('dispatcher'),
    t.tokenOf('technician'),
  ])
})
afterAll(() => t.stop())

type Rec = { id: string; version: number } & Record<string, unknown>
const make = async (url: string, body: object, token = manager): Promise<Rec> => {
  const answer = await t.ask({ method: 'POST', url: `/api/v1${url}`, token, body })
  expect(answer.statusCode, answer.body).toBe(201)
  expect(answer.headers.location).toMatch(/^\/api\/v1\//)
  return answer.json<Rec>()
}
const technicians = async (): Promise<Rec[]> =>
  (await t.ask({ url: '/api/v1/technicians', token: manager })).json<{ items: Rec[] }>().items

describe('orders and activities over HTTP', () => {
  it('opens an order, plans its activity, and answers both with their versions', async () => {
    const customer = await make('/customers', { name: 'Harbour Inn' })
    const order = await make('/orders', { description: 'Boiler leaks', customerId: customer.id }, dispatcher)
    expect(order).toMatchObject({
      version: 1,
      customerId: customer.id,
      customerName: 'Harbour Inn',
      slas: [],
    })
    const activity = await make('/activities', { orderId: order.id, boardId: t.boardId }, dispatcher)
    const [ann] = await technicians()
    const start = new Date(Date.now() + 3_600_000).toISOString()
    const end = new Date(Date.now() + 7_200_000).toISOString()
    const assigned = await t.ask({
      method: 'POST',
      url: `/api/v1/activities/${activity.id}/assign`,
      token: manager,
      body: { technicianId: ann?.id, start, end },
      ifMatch: 1,
    })
    expect(assigned.statusCode, assigned.body).toBe(200)
    expect(assigned.headers.etag).toBe('"2"')
    expect(assigned.headers['board-epoch']).toMatch(/^[0-9a-f-]{36}$/)
    expect(Number(assigned.headers['board-seq'])).toBeGreaterThan(0)
    const read = await t.ask({ url: `/api/v1/activities/${activity.id}`, token: dispatcher })
    expect(read.json()).toMatchObject({ technicianId: ann?.id, start, end, version: 2 })

    const board = await t.ask({ url: `/api/v1/boards/${t.boardId}`, token: dispatcher })
    expect(board.statusCode).toBe(200)
    expect(board.json<{ activities: Rec[] }>().activities.map((a) => a.id)).toContain(activity.id)
    const events = await t.ask({ url: `/api/v1/boards/${t.boardId}/events?after=0`, token: dispatcher })
    expect(events.json<{ items: { seq: number }[] }>().items.map((e) => e.seq)).toEqual(
      events.json<{ items: unknown[] }>().items.map((_, i) => i + 1),
    )
    const list = await t.ask({ url: `/api/v1/orders?q=boiler&sort=-createdAt&limit=1`, token: dispatcher })
    expect(list.json<{ items: Rec[] }>().items[0]?.id).toBe(order.id)
    const watch = await t.ask({ url: `/api/v1/boards/${t.boardId}/sla-watch`, token: manager })
    expect(watch.statusCode, watch.body).toBe(200)
    const report = await t.ask({
      url: '/api/v1/reports/sla?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&groupBy=agreementGroup,sla,team,technician,month',
      token: manager,
    })
    expect(report.statusCode, report.body).toBe(200)
    const candidates = await t.ask({ url: `/api/v1/activities/${activity.id}/candidates`, token: dispatcher })
    expect(candidates.statusCode, candidates.body).toBe(200)
    const why = await t.ask({ url: `/api/v1/activities/${activity.id}/explanation`, token: dispatcher })
    expect(why.statusCode, why.body).toBe(200)
    const was = await t.ask({ url: `/api/v1/boards/${t.boardId}/at?seq=1`, token: dispatcher })
    expect(was.statusCode, was.body).toBe(200)
  })

  it('says what became of a command, and nothing of one that never was', async () => {
    const key = newKey()
    const made = await t.ask({
      method: 'POST',
      url: '/api/v1/orders',
      token: dispatcher,
      key,
      body: { description: 'Lamp', customerId: (await make('/customers', { name: 'C' })).id },
    })
    const known = await t.ask({ url: `/api/v1/commands/${key}`, token: dispatcher })
    expect(known.json()).toMatchObject({ key, status: 'committed', httpStatus: 201, response: made.json() })
    expect((await t.ask({ url: `/api/v1/commands/${newKey()}`, token: dispatcher })).statusCode).toBe(404)
    expect((await t.ask({ url: `/api/v1/commands/${key}`, token: manager })).statusCode).toBe(404)
  })

  it('shows a technician the own work only', async () => {
    const mine = await t.ask({ url: '/api/v1/my/activities', token: technician })
    expect(mine.statusCode, mine.body).toBe(200)
    const board = await t.ask({ url: `/api/v1/boards/${t.boardId}`, token: technician })
    expect(board.json<{ technicians: Rec[] }>().technicians).toHaveLength(1)
  })
})
