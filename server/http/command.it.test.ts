import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, startTestApp, type TestApp } from '../operate/test-app.ts'

let t: TestApp
let token: string
beforeAll(async () => {
  t = await startTestApp()
  token = await t.tokenOf('manager')
})
afterAll(() => t.stop())

type Rec = { id: string; version: number } & Record<string, unknown>
const customer = (body: object, key = newKey()) =>
  t.ask({ method: 'POST', url: '/api/v1/customers', token, key, body })
const count = async (name: string): Promise<number> =>
  Number(
    (await t.asOwner<{ n: number }>('SELECT count(*)::int AS n FROM customer WHERE name = $1', [name]))[0]?.n,
  )

describe('the same command sent again', () => {
  it('has one effect and one answer, sixteen times at once', async () => {
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: 16 }, () => customer({ name: 'Once' }, key)))
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(16).fill(201))
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
    expect(new Set(answers.map((answer) => answer.headers.location)).size).toBe(1)
    expect(answers.filter((answer) => answer.headers['idempotent-replay'] === 'true')).toHaveLength(15)
    expect(await count('Once')).toBe(1)
  })

  it('repeats a refusal byte for byte', async () => {
    await customer({ name: 'First', code: 'DUP' })
    const key = newKey()
    const first = await customer({ name: 'Second', code: 'dup' }, key)
    const again = await customer({ name: 'Second', code: 'dup' }, key)
    expect(first.json()).toMatchObject({ status: 409, code: 'DUPLICATE', details: { field: 'code' } })
    expect(again.body).toBe(first.body)
    expect(again.statusCode).toBe(409)
    expect(again.headers['idempotent-replay']).toBe('true')
  })

  it('is the same whatever the order of its members', async () => {
    const key = newKey()
    const first = await customer({ name: 'Order', phone: '1' }, key)
    const again = await customer({ phone: '1', name: 'Order' }, key)
    expect(again.body).toBe(first.body)
  })

  it.each([
    ['other content', { name: 'Other' }, '/api/v1/customers'],
    ['another address', { code: 'X', name: 'Same', unit: 'h' }, '/api/v1/items'],
  ])('is refused under a used key with %s', async (_what, body, url) => {
    const key = newKey()
    await customer({ name: 'Same' }, key)
    const answer = await t.ask({ method: 'POST', url, token, key, body })
    expect(answer.json()).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  it('is another command from another person', async () => {
    const key = newKey()
    const mine = await customer({ name: 'Mine' }, key)
    const theirs = await t.ask({
      method: 'POST',
      url: '/api/v1/customers',
      token: await t.tokenOf('dispatcher'),
      key,
      body: { name: 'Mine' },
    })
    expect(theirs.statusCode).toBe(201)
    expect(theirs.json<Rec>().id).not.toBe(mine.json<Rec>().id)
  })

  it('does not keep what was wrong with its form', async () => {
    const key = newKey()
    expect((await customer({ name: '' }, key)).statusCode).toBe(422)
    expect((await customer({ name: 'Now right' }, key)).statusCode).toBe(201)
  })
})

describe('a command', () => {
  it.each([
    '',
    'short',
    'x'.repeat(65),
    'with space in the key',
    'ä'.repeat(20),
    "'; DROP TABLE command; --",
  ])('needs a key of safe letters, not "%s"', async (key) => {
    const answer = await customer({ name: 'K' }, key)
    expect(answer.json()).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_REQUIRED' })
  })

  it('on an existing record needs the version it was based on', async () => {
    const { id } = (await customer({ name: 'V' })).json<Rec>()
    const patch = (more: object) =>
      t.ask({ method: 'PATCH', url: `/api/v1/customers/${id}`, token, body: { phone: '5' }, ...more })
    expect((await patch({})).json()).toMatchObject({ status: 428, code: 'PRECONDITION_REQUIRED' })
    expect((await patch({ headers: { 'if-match': '*' } })).statusCode).toBe(422)
    expect((await patch({ headers: { 'if-match': 'W/"1"' } })).statusCode).toBe(422)
    const stale = await patch({ ifMatch: 7 })
    expect(stale.json()).toMatchObject({
      status: 412,
      code: 'VERSION_CONFLICT',
      details: { expected: 7, current: { id, version: 1 } },
    })
    const right = await patch({ ifMatch: 1 })
    expect(right.headers.etag).toBe('"2"')
    const inBody = await patch({ body: { phone: '6', expectedVersion: 2 } })
    expect(inBody.headers.etag).toBe('"3"')
    expect((await patch({ body: { phone: '7', expectedVersion: 2 }, ifMatch: 3 })).statusCode).toBe(422)
    expect((await t.ask({ method: 'DELETE', url: `/api/v1/customers/${id}`, token })).statusCode).toBe(428)
    expect(
      (await t.ask({ method: 'DELETE', url: `/api/v1/customers/${id}`, token, ifMatch: 3 })).statusCode,
    ).toBe(204)
    expect((await t.ask({ url: `/api/v1/customers/${id}`, token })).statusCode).toBe(404)
  })

  it('lets one of sixteen racing editors win, and tells the others what stands now', async () => {
    const { id } = (await customer({ name: 'Race' })).json<Rec>()
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        t.ask({
          method: 'PATCH',
          url: `/api/v1/customers/${id}`,
          token,
          ifMatch: 1,
          body: { phone: `${i}` },
        }),
      ),
    )
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1)
    expect(answers.filter((answer) => answer.statusCode === 412)).toHaveLength(15)
  })

  it('is refused in the asker’s language', async () => {
    const answer = await t.ask({
      method: 'PATCH',
      url: '/api/v1/customers/nothing-here',
      token,
      ifMatch: 1,
      body: { phone: '5' },
      headers: { 'accept-language': 'fr-CA,fr;q=0.9,en;q=0.5' },
    })
    expect(answer.json()).toMatchObject({ status: 404, title: 'Introuvable' })
  })

  it('waits its turn when one person sends too many', async () => {
    const slow = await startTestApp({ commandsPerSecond: 1, commandBurst: 3 })
    try {
      const mine = await slow.tokenOf('manager')
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          slow.ask({ method: 'POST', url: '/api/v1/customers', token: mine, body: { name: `n${i}` } }),
        ),
      )
      expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 201, 201, 429, 429, 429])
      const refused = answers.find((answer) => answer.statusCode === 429)
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
      const other = await slow.ask({
        method: 'POST',
        url: '/api/v1/customers',
        token: await slow.tokenOf('dispatcher'),
        body: { name: 'another person' },
      })
      expect(other.statusCode).toBe(201)
    } finally {
      await slow.stop()
    }
  })
})
