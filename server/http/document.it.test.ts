import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../operate/test-app.ts'

let t: TestApp
beforeAll(async () => {
  t = await startTestApp()
})
afterAll(() => t.stop())

type Doc = {
  openapi: string
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>
  components: Record<string, Record<string, unknown>>
}

describe('the OpenAPI document', () => {
  it('describes every route of the running router but the pages for people', async () => {
    const doc = (await t.ask({ url: '/api/v1/openapi.json' })).json<Doc>()
    const described = new Set(
      Object.entries(doc.paths).flatMap(([path, operations]) =>
        Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    )
    const running = t.http.routes
      .map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`)
      .filter((route) => !/^\w+ \/(docs(\/.*)?)?$/.test(route))
    expect(running.filter((route) => !described.has(route))).toEqual([])
    expect([...described].filter((route) => !running.includes(route))).toEqual([])
    expect(described.size).toBeGreaterThan(100)
  })

  it('has no broken reference and no two operations of one name', () => {
    const text = JSON.stringify(t.http.document)
    const doc = JSON.parse(text) as Doc
    expect(doc.openapi).toBe('3.1.0')
    for (const [, kind = '', name = ''] of text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g))
      expect(doc.components[kind]?.[name], `${kind}/${name}`).toBeDefined()
    expect(text).not.toMatch(/"\$ref":"(?!#\/components)/)
    const ids = Object.values(doc.paths).flatMap((operations) =>
      Object.values(operations).map((operation) => operation.operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('is what the page for people shows', async () => {
    const page = await t.ask({ url: '/docs' })
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self'/)
    expect((await t.ask({ url: '/docs/json' })).json()).toEqual(t.http.document)
  })
})

describe('what is not there', () => {
  it.each(['/nowhere', '/api/v1/nowhere', '/api/v1/orders/x/y/z', '/api/v2/orders', '/docs/nothing'])(
    'is a problem document at %s',
    async (url) => {
      const answer = await t.ask({ url })
      expect(answer.headers['content-type']).toMatch('application/problem+json')
      expect(answer.json()).toMatchObject({ status: 404, code: 'NOT_FOUND', instance: expect.any(String) })
    },
  )

  it('names the methods that are there', async () => {
    for (const method of ['PUT', 'QUERY', 'OPTIONS'] as const) {
      const answer = await t.http.app.inject({ method: method as 'PUT', url: '/api/v1/orders/x' })
      expect(answer.statusCode, method).toBe(405)
      expect(answer.headers.allow).toBe('DELETE, GET, PATCH')
    }
  })
})

describe('the process', () => {
  it('says that it lives and can serve, and how busy it is', async () => {
    expect((await t.ask({ url: '/healthz' })).json()).toEqual({ status: 'ok' })
    expect((await t.ask({ url: '/readyz' })).json()).toEqual({ status: 'ready', postgres: true, redis: true })
    const metrics = await t.ask({ url: '/metrics' })
    expect(metrics.body).toMatch(/callboard_http_request_seconds_count\{method="GET",route="\/healthz"/)
    expect(metrics.body).not.toMatch(/nothing|own-customer/)
  })

  it('sends pages nothing that could run from elsewhere', async () => {
    const { headers } = await t.ask({ url: '/healthz' })
    expect(headers['content-security-policy']).toMatch(/default-src 'none'/)
    expect(headers['content-security-policy']).not.toMatch(/unsafe/)
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  it('takes nothing new while it drains, and still says that it lives', async () => {
    const own = await startTestApp()
    const token = await own.tokenOf('manager')
    await own.http.drain()
    const answer = await own.ask({ url: '/api/v1/orders', token })
    expect(answer.json()).toMatchObject({ status: 503, code: 'OVERLOADED' })
    expect(answer.headers['retry-after']).toBe('1')
    expect((await own.ask({ url: '/healthz' })).json()).toEqual({ status: 'draining' })
    expect((await own.ask({ url: '/readyz' })).statusCode).toBe(503)
    await own.stop()
  })
})
