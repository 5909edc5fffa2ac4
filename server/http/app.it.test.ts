import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
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

describe('a whole board', () => {
  it.each(['br', 'gzip'] as const)('travels as %s to whoever takes it', async (encoding) => {
    const plain = await t.ask({ url: `/api/v1/boards/${t.boardId}`, token: manager })
    const packed = await t.http.app.inject({
      url: `/api/v1/boards/${t.boardId}`,
      headers: { authorization: `Bearer ${manager}`, 'accept-encoding': encoding },
    })
    expect(packed.headers['content-encoding']).toBe(encoding)
    expect(packed.headers.vary).toMatch(/accept-encoding/i)
    const bytes = packed.rawPayload
    const text = (encoding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes)).toString()
    expect(text).toBe(plain.body)
    expect(plain.headers['board-seq']).toBe(packed.headers['board-seq'])
  })

  it('is cut to teams, and to a span with its closed work', async () => {
    const customer = await make('/customers', { name: 'Cut' })
    const order = await make('/orders', { description: 'x', customerId: customer.id })
    const [, bo] = await technicians()
    const span = { start: '2031-01-01T10:00:00Z', end: '2031-01-01T11:00:00Z' }
    const open = await make('/activities', {
      orderId: order.id,
      boardId: t.boardId,
      technicianId: bo?.id,
      ...span,
    })
    const closed = await t.ask({
      method: 'POST',
      url: `/api/v1/activities/${open.id}/close`,
      token: manager,
      ifMatch: open.version,
    })
    expect(closed.statusCode, closed.body).toBe(200)
    const shown = async (query: string): Promise<string[]> =>
      (await t.ask({ url: `/api/v1/boards/${t.boardId}${query}`, token: manager }))
        .json<{ activities: Rec[] }>()
        .activities.map((a) => a.id)
    expect(await shown('')).not.toContain(open.id)
    expect(await shown('?from=2031-01-01T00:00:00Z&to=2031-01-02T00:00:00Z&includeClosed=true')).toContain(
      open.id,
    )
    expect(
      await shown('?from=2031-01-02T00:00:00Z&to=2031-01-03T00:00:00Z&includeClosed=true'),
    ).not.toContain(open.id)
    expect(
      await shown(`?from=2031-01-01T00:00:00Z&to=2031-01-02T00:00:00Z&includeClosed=true&teams=no-team`),
    ).toEqual([])
    // A dispatcher who watches nothing has no related teams, and does not get everybody's instead.
    const [user] = await t.asOwner<{ id: string }>(
      "UPDATE app_user SET monitored_team_ids = '[]' WHERE email = 'manager@city.example' RETURNING id",
    )
    t.http.forget({ userId: user?.id ?? '' })
    expect(await shown('?relatedTeamsOnly=true')).toEqual([])
  })
})

describe('the pages', () => {
  it('are served where they are built, each at its own address, under a policy that runs nothing foreign', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callboard-ui-'))
    mkdirSync(join(folder, 'assets'))
    for (const page of ['board', 'technician', 'wall', 'sign-in'])
      writeFileSync(join(folder, `${page}.html`), `<title>${page}</title>`)
    writeFileSync(join(folder, 'assets', 'board-abc.js'), 'export {}')
    const own = await startTestApp({ uiFolder: folder })
    try {
      for (const page of ['board', 'technician', 'wall', 'sign-in']) {
        const answer = await own.ask({ url: `/${page}` })
        expect(answer.body).toBe(`<title>${page}</title>`)
        expect(answer.headers['cache-control']).toBe('no-cache')
        expect(answer.headers['content-security-policy']).toMatch(/script-src 'self'/)
      }
      const script = await own.ask({ url: '/assets/board-abc.js' })
      expect(script.headers['cache-control']).toMatch(/immutable/)
      expect((await own.ask({ url: '/assets/../../package.json' })).statusCode).toBe(404)
      expect((await own.ask({ url: '/assets/..%2f..%2fpackage.json' })).statusCode).toBeGreaterThanOrEqual(
        400,
      )
      expect((await own.ask({ url: '/' })).headers.location).toBe('/sign-in')
      const cookie = (await own.signIn(own.company, 'tech1@city.example', 'callboard-demo')).cookies[0]
      const home = await own.ask({ url: '/', headers: { cookie: `${cookie?.name}=${cookie?.value}` } })
      expect(home.headers.location).toBe('/technician')
    } finally {
      await own.stop()
      rmSync(folder, { recursive: true })
    }
  })
})
