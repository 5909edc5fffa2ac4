import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_PASSWORD } from '../operate/demo/company.ts'
import { newKey, startTestApp, type TestApp } from '../operate/test-app.ts'

let t: TestApp
beforeAll(async () => {
  t = await startTestApp()
})
afterAll(() => t.stop())

const host = { host: 'board.example:8080' }
const cookieOf = async (): Promise<string> => {
  const answer = await t.signIn(t.company, 'dispatcher@city.example', DEMO_PASSWORD)
  const cookie = answer.cookies[0]
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
  return `${cookie?.name}=${cookie?.value}`
}
const fresh = async (email = 'dispatcher@city.example'): Promise<string> =>
  (await t.signIn(t.company, email, DEMO_PASSWORD)).json<{ token: string }>().token

describe('signing in', () => {
  it('answers a token and a cookie that only our own pages can use', async () => {
    const cookie = await cookieOf()
    const who = await t.ask({ url: '/api/v1/sessions/current', headers: { cookie } })
    expect(who.json()).toMatchObject({ user: { email: 'dispatcher@city.example', role: 'dispatcher' } })
    expect(who.body).not.toMatch(/hash|token/)
  })

  it('does not tell a wrong password from an unknown person or company', async () => {
    const shapes = await Promise.all(
      [
        [t.company, 'dispatcher2@city.example', 'wrong'],
        [t.company, 'nobody@city.example', 'wrong'],
        ['no-such-company', 'dispatcher2@city.example', DEMO_PASSWORD],
      ].map(async ([company = '', email = '', password = '']) => {
        const answer = await t.signIn(company, email, password)
        const { instance: _instance, ...problem } = answer.json<Record<string, unknown>>()
        return { status: answer.statusCode, problem }
      }),
    )
    expect(shapes[0]).toMatchObject({ status: 401, problem: { code: 'WRONG_CREDENTIALS' } })
    expect(shapes[1]).toEqual(shapes[0])
    expect(shapes[2]).toEqual(shapes[0])
  })

  it.each([
    ['a known person', 'dispatcher3@city.example'],
    ['a stranger', 'stranger@city.example'],
  ])('closes the account of %s after a few wrong guesses, even guesses sent at once', async (_who, email) => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => t.signIn(t.company, email, 'guess')))
    const tried = answers.filter((answer) => answer.statusCode === 401)
    const closed = answers.filter((answer) => answer.statusCode === 429)
    expect(tried).toHaveLength(8)
    expect(closed).toHaveLength(22)
    expect(Number(closed[0]?.headers['retry-after'])).toBeGreaterThan(0)
    expect(closed[0]?.json()).toMatchObject({ code: 'ACCOUNT_CLOSED' })
  })

  it('lets the same person in many times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => t.signIn(t.company, 'manager@city.example', DEMO_PASSWORD)),
    )
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(12).fill(201))
    expect(new Set(answers.map((answer) => answer.json<{ token: string }>().token)).size).toBe(12)
  })

  it('stores no token, only its hash', async () => {
    const token = await fresh()
    const rows = await t.asOwner<{ hash: string }>("SELECT encode(token_hash, 'escape') AS hash FROM session")
    expect(rows.some(({ hash }) => hash.includes(token))).toBe(false)
  })
})

describe('a session', () => {
  it('ends at once when its person signs out, for reads and commands', async () => {
    const token = await fresh()
    expect((await t.ask({ url: '/api/v1/orders', token })).statusCode).toBe(200)
    const out = await t.ask({ method: 'DELETE', url: '/api/v1/sessions/current', token })
    expect(out.statusCode).toBe(204)
    expect((await t.ask({ url: '/api/v1/orders', token })).statusCode).toBe(401)
    const events = await t.asOwner('SELECT kind FROM security_event ORDER BY seq DESC LIMIT 1')
    expect(events).toEqual([{ kind: 'session-revoked' }])
  })

  it('cannot command any more once revoked elsewhere, though its reads may be remembered for a moment', async () => {
    const token = await fresh()
    const order = { description: 'x', customerId: 'own-customer' }
    expect((await t.ask({ method: 'POST', url: '/api/v1/orders', token, body: order })).statusCode).toBe(201)
    await t.asOwner(
      'UPDATE session SET revoked_at = now() WHERE revoked_at IS NULL AND user_id IN (SELECT id FROM app_user WHERE email = $1)',
      ['dispatcher@city.example'],
    )
    const answer = await t.ask({ method: 'POST', url: '/api/v1/orders', token, body: order })
    expect(answer.statusCode).toBe(401)
  })

  it.each([
    'Bearer',
    'Bearer x',
    `Bearer ${'a'.repeat(43)}`,
    `Basic ${'a'.repeat(43)}`,
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    `Bearer ${'a'.repeat(44)}`,
    `Bearer ${'é'.repeat(43)}`,
  ])('is not had with %s', async (authorization) => {
    const answer = await t.ask({ url: '/api/v1/orders', headers: { authorization } })
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toMatchObject({ code: 'NOT_SIGNED_IN' })
  })

  it('gives tickets for sockets, each another', async () => {
    const token = await fresh()
    const tickets = await Promise.all(
      [1, 2].map(async () =>
        (await t.ask({ method: 'POST', url: '/api/v1/socket-tickets', token })).json<{ ticket: string }>(),
      ),
    )
    expect(tickets[0]?.ticket).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(tickets[0]?.ticket).not.toBe(tickets[1]?.ticket)
  })
})

describe('a change made with a cookie', () => {
  const post = async (origin: string | undefined): Promise<number> => {
    const cookie = await cookieOf()
    const answer = await t.ask({
      method: 'POST',
      url: '/api/v1/orders',
      body: { description: 'By page', customerId: 'own-customer' },
      headers: { cookie, ...host, ...(origin === undefined ? {} : { origin }) },
    })
    return answer.statusCode
  }

  it('is accepted from our own origin', async () => {
    expect(await post('http://board.example:8080')).toBe(201)
  })

  it.each([
    'http://evil.example',
    'null',
    'http://sub.board.example:8080',
    'http://board.example',
    'http://board.example:8081',
    'https://board.example:8080',
    'HTTP://BOARD.EXAMPLE:8080',
    'http://board.example:8080.evil.example',
    'http://board.example:8080/',
    undefined,
  ])('is refused from %s', async (origin) => {
    expect(await post(origin)).toBe(403)
  })

  it('is refused for signing in from another site', async () => {
    const answer = await t.ask({
      method: 'POST',
      url: '/api/v1/sessions',
      body: { company: t.company, email: 'manager@city.example', password: DEMO_PASSWORD },
      headers: { ...host, origin: 'http://evil.example' },
    })
    expect(answer.json()).toMatchObject({ status: 403, code: 'FOREIGN_ORIGIN' })
  })
})

describe('rights that change', () => {
  type User = { id: string; version: number; email: string }
  const userNamed = async (manager: string, email: string): Promise<User> => {
    const list = await t.ask({ url: `/api/v1/users?email=${email}`, token: manager })
    const [user] = list.json<{ items: User[] }>().items
    if (!user) throw new Error(`${email} is not there`)
    return user
  }

  it('sign a disabled person out everywhere, in the same moment', async () => {
    const manager = await fresh('manager@city.example')
    const token = await fresh('tech9@city.example')
    expect((await t.ask({ url: '/api/v1/my/activities', token })).statusCode).toBe(200)
    const user = await userNamed(manager, 'tech9@city.example')
    const off = await t.ask({
      method: 'PATCH',
      url: `/api/v1/users/${user.id}`,
      token: manager,
      ifMatch: user.version,
      body: { active: false },
    })
    expect(off.statusCode, off.body).toBe(200)
    expect((await t.ask({ url: '/api/v1/my/activities', token })).statusCode).toBe(401)
    expect((await t.signIn(t.company, 'tech9@city.example', DEMO_PASSWORD)).statusCode).toBe(401)
    const told = await t.asOwner('SELECT kind FROM security_event WHERE user_id = $1 ORDER BY seq', [user.id])
    expect(told).toEqual([{ kind: 'session-revoked' }, { kind: 'user-disabled' }])
  })

  it('count a new password as a reason to sign in again', async () => {
    const manager = await fresh('manager@city.example')
    const token = await fresh('tech8@city.example')
    const user = await userNamed(manager, 'tech8@city.example')
    const changed = await t.ask({
      method: 'PATCH',
      url: `/api/v1/users/${user.id}`,
      token: manager,
      ifMatch: user.version,
      body: { password: 'a new password' },
    })
    expect(changed.body).not.toMatch(/password|scrypt/)
    expect((await t.ask({ url: '/api/v1/my/activities', token })).statusCode).toBe(401)
    expect((await t.signIn(t.company, 'tech8@city.example', DEMO_PASSWORD)).statusCode).toBe(401)
    expect((await t.signIn(t.company, 'tech8@city.example', 'a new password')).statusCode).toBe(201)
  })

  it('keep a manager from making administrators, and the company from losing its last one', async () => {
    const manager = await fresh('manager@city.example')
    const made = await t.ask({
      method: 'POST',
      url: '/api/v1/users',
      token: manager,
      key: newKey(),
      body: { email: 'boss@city.example', name: 'Boss', role: 'administrator', password: 'long enough' },
    })
    expect(made.statusCode).toBe(403)
    const administrator = await fresh('admin@city.example')
    const self = await userNamed(administrator, 'admin@city.example')
    const step = await t.ask({
      method: 'PATCH',
      url: `/api/v1/users/${self.id}`,
      token: administrator,
      ifMatch: self.version,
      body: { role: 'manager' },
    })
    expect(step.json()).toMatchObject({ status: 409, code: 'IN_USE' })
  })
})
