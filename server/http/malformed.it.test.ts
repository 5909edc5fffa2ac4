/**
 * Requests nobody would send on purpose: valid ones, mutated by a seeded hand. Whatever comes, the answer is one that
 * the document describes, never a fault, and nothing is changed by what was refused.
 */
import { request as rawRequest } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, startTestApp, type TestApp } from '../operate/test-app.ts'
import type { Endpoint } from './endpoint.ts'
import { plainSchema } from './schema.ts'

let t: TestApp
let token: string
beforeAll(async () => {
  t = await startTestApp()
  token = await t.tokenOf('administrator')
})
afterAll(() => t.stop())

const SEED = 20_261_124
const ROUNDS = 16

/** A small generator of the well-known 32-bit kind: the same seed, the same requests. */
function dice(seed: number): { below(n: number): number; of<T>(list: readonly T[]): T } {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    below: (n) => Math.floor(next() * n),
    // The index lies inside, and no list here is empty.
    of: (list) => list[Math.floor(next() * list.length)]!,
  }
}
type Dice = ReturnType<typeof dice>

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = [value]
  return value
}
const evil: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 60,
  1.5,
  '',
  ' ',
  'a\u0000b',
  '\ud800',
  'x'.repeat(5000),
  "'; DROP TABLE service_order; --",
  '<script>alert(1)</script>',
  '=1+1',
  '2026-02-30T10:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '2026-02-30',
  '+02:00',
  '../../etc/passwd',
  '%00',
  '{{constructor.constructor}}',
  [],
  {},
  [null],
  { toString: 1 },
  { $gt: '' },
  [[[[]]]],
  nested(100),
]

const refs = new Map<string, Record<string, unknown>>()
function valid(schema: Record<string, unknown>, d: Dice): unknown {
  if (typeof schema.$ref === 'string') return valid(refs.get(schema.$ref.replace(/#$/, '')) ?? {}, d)
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum)) return d.of(schema.enum)
  const branches = schema.oneOf ?? schema.anyOf
  if (Array.isArray(branches)) return valid(d.of(branches) as Record<string, unknown>, d)
  const type = Array.isArray(schema.type) ? d.of(schema.type) : schema.type
  switch (type) {
    case 'object': {
      const required = (schema.required ?? []) as string[]
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)
      return Object.fromEntries(
        properties
          .filter(([name]) => required.includes(name) || d.below(2) === 0)
          .map(([name, inside]) => [name, valid(inside, d)]),
      )
    }
    case 'array':
      return Array.from({ length: Math.max(Number(schema.minItems ?? 0), d.below(3)) }, () =>
        valid((schema.items ?? {}) as Record<string, unknown>, d),
      )
    case 'integer':
    case 'number':
      return Math.max(Number(schema.minimum ?? 0), 1) + d.below(5)
    case 'boolean':
      return d.below(2) === 0
    case 'null':
      return null
    default:
      return text(schema, d)
  }
}

function text(schema: Record<string, unknown>, d: Dice): string {
  if (schema.format === 'date-time')
    return d.of([
      '2026-11-24T10:00:00Z',
      '2026-03-29T02:30:00+01:00',
      '1900-01-01T00:00:00Z',
      '2400-12-31T23:59:59+14:00',
    ])
  if (schema.format === 'date') return d.of(['2026-02-28', '1900-01-01', '2400-12-31'])
  if (schema.format === 'time-zone') return d.of(['UTC', 'Europe/Berlin', 'Australia/Lord_Howe'])
  const pattern = String(schema.pattern ?? '')
  if (pattern.includes('24:00')) return d.of(['08:00', '17:00', '24:00', '00:00'])
  if (pattern.includes('@')) return `a${d.below(1e6)}@b.c`
  if (pattern.includes('[A-Z]{3}')) return 'EUR'
  if (pattern.startsWith('^#')) return '#A0b1C2'
  return d.of([
    'own-customer',
    'nd-customer',
    t.boardId,
    'nothing',
    `x${d.below(1e6)}`,
    'Ünïcødé name ✓',
    'twelve letters',
  ])
}

function mutate(value: unknown, d: Dice): unknown {
  if (d.below(4) === 0 || typeof value !== 'object' || value === null) return d.of(evil)
  if (Array.isArray(value))
    return value.length === 0 ? [d.of(evil)] : value.map((v, i) => (i === 0 ? mutate(v, d) : v))
  const entries = Object.entries(value)
  if (entries.length === 0 || d.below(6) === 0)
    return { ...value, [d.of(['extra', '__proto__x', 'version', 'id', 'companyId', 'a\u0000'])]: d.of(evil) }
  const chosen = d.below(entries.length)
  if (d.below(6) === 0) return Object.fromEntries(entries.filter((_, i) => i !== chosen))
  return Object.fromEntries(
    entries.map(([name, inside], i) => [name, i === chosen ? mutate(inside, d) : inside]),
  )
}

const ids = (): string[] => [
  t.boardId,
  'own-customer',
  'nd-order',
  'nothing',
  "a'b",
  '%00',
  '%ff',
  '..',
  'x'.repeat(70),
  '%F0%9F%98%80',
  '1;2',
]
const queries = (e: Endpoint, d: Dice): string => {
  const names = Object.keys((e.query?.properties ?? {}) as object)
  const values = [
    '',
    '1',
    '-1',
    '1e9',
    'NaN',
    'true',
    'null',
    '%00',
    '%ED%A0%80',
    '%FF',
    'x'.repeat(4000),
    "'--",
    '2026-02-30T00:00:00Z',
    '2026-11-24T00:00:00Z',
    'W10',
    'WyJkdWVBdCIsbnVsbCwieCJd',
    'eyJhIjoxfQ',
    'month,month',
    '-id',
    'a,b',
    '9007199254740993',
    '[]',
    '%5B%5D',
  ]
  const parts = Array.from(
    { length: d.below(4) },
    () =>
      `${names.length > 0 && d.below(5) > 0 ? d.of(names) : d.of(['nope', '__proto__', 'constructor', 'limit[]', ''])}=${d.of(values)}`,
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

describe('malformed requests', () => {
  it('to every operation are answered as the document says', async () => {
    const d = dice(SEED)
    const faults: string[] = []
    const operations = t.http.endpoints.filter((e) => !['signOut', 'signIn'].includes(e.id))
    for (let round = 0; round < ROUNDS; round++)
      for (const e of operations) {
        const schema = e.body
          ? plainSchema(e.body, refs as Map<string, Readonly<Record<string, unknown>>>)
          : null
        const good = schema ? valid(schema as Record<string, unknown>, d) : undefined
        const body = good === undefined ? undefined : d.below(4) === 0 ? good : mutate(good, d)
        const url = e.path.replace(/\{\w+\}/g, () => d.of(ids())) + queries(e, d)
        try {
          const answer = await t.ask({
            method: e.method,
            url,
            token,
            ...(body === undefined
              ? {}
              : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
            ...(e.command === 'existing' && d.below(3) > 0 ? { ifMatch: 1 } : {}),
          })
          if (answer.statusCode >= 500)
            faults.push(`${e.method} ${url}: ${answer.body} ⟵ ${JSON.stringify(body)?.slice(0, 500)}`)
        } catch (error) {
          faults.push(`${String(error)} ⟵ ${JSON.stringify(body)?.slice(0, 500)}`)
        }
      }
    expect(faults.slice(0, 10), `seed ${SEED}`).toEqual([])
  }, 240_000)

  it.each([
    ['broken JSON', 'application/json', '{"name":', 400],
    ['no JSON at all', 'application/json', 'name=x', 400],
    [
      'bytes that are no text',
      'application/json',
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      400,
    ],
    ['a poisoned prototype', 'application/json', '{"name":"x","__proto__":{"admin":true}}', 400],
    [
      'a poisoned constructor',
      'application/json',
      '{"name":"x","constructor":{"prototype":{"admin":true}}}',
      400,
    ],
    ['plain text', 'text/plain', '{"name":"x"}', 415],
    ['a form', 'application/x-www-form-urlencoded', 'name=x', 415],
    ['a spelling of the type that might slip past the schema', 'application/json\t; x', '{"nome":"x"}', 422],
    ['a type with a trick', 'text/html; application/json', '{"name":"x"}', 415],
    ['a very deep body', 'application/json', `{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 422],
    ['a body that is a list', 'application/json', '[1]', 422],
    ['nothing', 'application/json', '', 422],
    ['NUL in a name', 'application/json', '{"name":"a\\u0000b"}', 422],
    ['half a character', 'application/json', '{"name":"\\ud800"}', 422],
    ['a text instead of a number', 'application/json', '{"name":"x","code":7}', 422],
    ['a body over the limit', 'application/json', JSON.stringify({ name: 'x'.repeat(70_000) }), 413],
  ])('with %s are refused', async (_what, type, payload, status) => {
    const answer = await t.http.app.inject({
      method: 'POST',
      url: '/api/v1/customers',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': newKey(), 'content-type': type },
      payload,
    })
    expect(answer.statusCode, answer.body).toBe(status)
    expect(answer.headers['content-type']).toMatch('application/problem+json')
    expect(answer.body).not.toMatch(/stack|node_modules|SELECT|INSERT/)
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  it('that arrive packed are refused, however small they are', async () => {
    const answer = await t.http.app.inject({
      method: 'POST',
      url: '/api/v1/customers',
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': newKey(),
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      payload: gzipSync(JSON.stringify({ name: 'x', phone: ' '.repeat(10_000_000) })),
    })
    expect(answer.json()).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' })
  })

  it('name the fields that are wrong, and what would be right', async () => {
    const answer = await t.ask({
      method: 'POST',
      url: '/api/v1/slas',
      token,
      body: { code: 5, days: -1, respond: { days: 1 }, colour: 'red' },
    })
    expect(answer.statusCode).toBe(422)
    const fields = answer.json<{ details: { field: string; expected: string }[] }>().details
    expect(fields).toEqual(
      expect.arrayContaining([
        { field: 'code', expected: 'string' },
        { field: 'days', expected: '>= 0' },
        { field: 'colour', expected: 'no such member' },
      ]),
    )
  })

  it.each(['2026-02-30', '0000-00-00', '2026-13-01', '99999-01-01', '0138-03-31'])(
    'with the impossible date %s are refused by name',
    async (startDate) => {
      const body = { code: 'D', projectId: 'x', startDate }
      const answer = await t.ask({ method: 'POST', url: '/api/v1/agreements', token, body })
      expect(answer.json()).toMatchObject({ status: 422, details: [{ field: 'startDate' }] })
    },
  )

  it.each([
    '2026-02-30T10:00:00Z',
    '0138-03-31T19:31:53+19:12',
    '2026-11-24T10:00:00+19:12',
    '2026-11-24T23:59:60Z',
    '2026-11-24 10:00:00Z',
    '2026-11-24T10:00:00',
    '2026-11-24T24:00:00Z',
  ])('with the impossible instant %s are refused by name', async (instant) => {
    const answer = await t.ask({ url: `/api/v1/activities?from=${encodeURIComponent(instant)}`, token })
    expect(answer.json()).toMatchObject({ status: 422, details: [{ field: 'from' }] })
  })

  it('with forged cursors are refused', async () => {
    const forge = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    for (const cursor of [
      'garbage',
      forge(null),
      forge(['dueAt', 'not a date', 'x']),
      forge(['dueAt', '2026-02-30T99:00:00.000Z', 'x']),
      forge(['dueAt', 1, 'x']),
      forge(['dueAt', null, "x'; DROP TABLE activity"]),
      forge(['createdAt', '2026-01-01T00:00:00.000Z', 'x']),
      forge(['due_at; SELECT 1', null, 'x']),
    ]) {
      const answer = await t.ask({ url: `/api/v1/orders?cursor=${cursor}`, token })
      expect(answer.statusCode, cursor).toBe(422)
    }
  })
})

describe('on the wire', () => {
  const listen = async (): Promise<number> => {
    await t.http.app.listen({ port: 0, host: '127.0.0.1' })
    const address = t.http.app.server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }
  let port = 0
  beforeAll(async () => {
    port = await listen()
  })

  const wire = (bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
      let heard = ''
      socket.on('data', (chunk) => {
        heard += chunk.toString()
      })
      socket.on('end', () => resolve(heard))
      socket.on('error', reject)
      socket.setTimeout(10_000, () => reject(new Error(`no answer in time, heard: ${heard}`)))
    })

  it('heads that are too large or not HTTP are answered and cut', async () => {
    const large = await wire(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(40_000)}\r\n\r\n`)
    expect(large).toMatch(/^HTTP\/1\.1 431 .*problem\+json.*HEADERS_TOO_LARGE/s)
    const noise = await wire('\u0000\u0001 nothing like HTTP\r\n\r\n')
    expect(noise).toMatch(/^HTTP\/1\.1 400 .*MALFORMED_REQUEST/s)
  })

  it('a body without end is cut at its limit', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const request = rawRequest(
        {
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/api/v1/customers',
          headers: {
            authorization: `Bearer ${token}`,
            'idempotency-key': newKey(),
            'content-type': 'application/json',
            'transfer-encoding': 'chunked',
          },
        },
        (response) => resolve(response.statusCode ?? 0),
      )
      request.on('error', reject)
      for (let i = 0; i < 10; i++) request.write('x'.repeat(16_384))
    })
    expect(status).toBe(413)
  })
})
