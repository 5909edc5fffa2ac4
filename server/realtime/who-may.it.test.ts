/** Who may follow a board, what one socket may say, and how rights that are taken reach it. */
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { company, dispatcher, one, two } from '../operate/test-live/bench.ts'
import { Client, caughtUp, clientOf, until } from '../operate/test-live/client.ts'
import { createWork, makeCompany, makeUser, ticketFor, type User } from '../operate/test-live/company.ts'
import { startNode } from '../operate/test-live/node.ts'
import { owner } from '../operate/test-live/services.ts'

describe('who may', () => {
  it('lets a ticket work once', async () => {
    const ticket = await ticketFor(dispatcher)
    await new Client(one.url, company.board, ticket).connected()
    await expect(new Client(two.url, company.board, ticket).connected()).rejects.toThrow('UNAUTHENTICATED')
    await expect(new Client(two.url, company.board, 'x'.repeat(43)).connected()).rejects.toThrow(
      'UNAUTHENTICATED',
    )
    await expect(new Client(two.url, company.board, '').connected()).rejects.toThrow('UNAUTHENTICATED')
  })

  it('refuses pages of foreign and opaque origins at the upgrade, whatever they carry', async () => {
    const strict = await startNode({ origins: ['https://board.example'] })
    try {
      const upgrade = (origin: string | null): Promise<number> =>
        new Promise((resolve) => {
          const socket = new WebSocket(
            `${strict.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
            {
              headers: origin === null ? {} : { origin },
            },
          )
          socket.on('open', () => {
            socket.close()
            resolve(101)
          })
          socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
          socket.on('error', () => undefined)
        })
      const bad = [
        'https://evil.example',
        'null',
        '',
        'http://board.example',
        'https://board.example:8443',
        'https://BOARD.example.evil',
        'https://sub.board.example',
        'https://board.example.',
      ]
      for (const origin of bad) expect([origin, await upgrade(origin)]).toEqual([origin, 400])
      expect(await upgrade('https://board.example')).toBe(101)
      expect(await upgrade(null)).toBe(101)
    } finally {
      await strict.kill()
    }
  })

  it('answers another company and a board that does not exist alike, and a customer with a refusal', async () => {
    const foreign = await makeCompany()
    const stranger = await makeUser(foreign, 'manager')
    const ask = async (user: User, board: string): Promise<unknown> =>
      new Promise((resolve) => {
        void clientOf(one, user, board).then((client) => client.socket.emit('subscribe', { board }, resolve))
      })
    const there = await ask(stranger, company.board)
    const nowhere = await ask(stranger, 'no-such-board')
    expect(there).toMatchObject({ ok: false, code: 'NOT_FOUND' })
    expect({ ...Object(there), board: '' }).toEqual({ ...Object(nowhere), board: '' })
    expect(await ask(await makeUser(company, 'customer'), company.board)).toMatchObject({
      ok: false,
      code: 'FORBIDDEN_ROLE',
    })
  })

  it('cuts a revoked session off and leaves the others', async () => {
    await createWork(one, company)
    const other = await makeUser(company, 'dispatcher')
    const [gone, stays] = [
      await clientOf(two, dispatcher, company.board),
      await clientOf(two, other, company.board),
    ]
    for (const client of [gone, stays]) client.subscribe()
    await Promise.all([gone, stays].map(caughtUp))
    const began = performance.now()
    await owner.query('UPDATE session SET revoked_at = now() WHERE id = $1', [dispatcher.session])
    await owner.query(`SELECT append_security_event($1, 'session-revoked', $2, $3)`, [
      company.id,
      dispatcher.id,
      dispatcher.session,
    ])
    await until('the cut', () => !gone.socket.connected)
    console.log(`a revoked session was cut off after ${Math.round(performance.now() - began)} ms`)
    expect(stays.socket.connected).toBe(true)
  })

  it('narrows the view at once when a role is taken, with a reset and a snapshot of what is left', async () => {
    const mine = await createWork(one, company, { technicianId: company.technician })
    await createWork(one, company, { technicianId: company.other })
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    expect(client.activities.size).toBe(2)
    await owner.query(
      `UPDATE app_user SET role = 'technician', technician_id = $2, perm_version = perm_version + 1 WHERE id = $1`,
      [dispatcher.id, company.technician],
    )
    await owner.query(`SELECT append_security_event($1, 'user-changed', $2, NULL)`, [
      company.id,
      dispatcher.id,
    ])
    await until('a reset', () => client.resets.length === 1)
    await caughtUp(client)
    expect(client.resets[0]?.reason).toBe('rights')
    expect([...client.activities.keys()]).toEqual([mine.id])
  })

  it('limits what one socket may say, and ends it when it does not stop', async () => {
    const client = await clientOf(one, dispatcher, company.board)
    for (let n = 0; n < 1_000; n++) client.socket.emit('presence', { board: company.board, holding: null })
    await until('the cut', () => !client.socket.connected)
    expect(client.errors.some((error) => error.code === 'TOO_MANY')).toBe(true)
  })

  it('closes a socket that watches nothing', async () => {
    const hasty = await startNode({ limits: { idleMs: 300 } })
    try {
      const client = await clientOf(hasty, dispatcher, company.board)
      await until('the cut', () => !client.socket.connected)
    } finally {
      await hasty.kill()
    }
  })

  it('survives ten thousand frames of garbage', async () => {
    const socket = new WebSocket(`${one.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send('40/live,{"ticket":{"$ne":1}}')
    const garbage = [
      '42/live,["subscribe",',
      '42/live,[]',
      '42',
      '4',
      '5',
      '451-/live,["subscribe",{"_placeholder":true,"num":0}]',
      '42/live,["__proto__",{"constructor":{"prototype":{"x":1}}}]',
      `42/live,${'['.repeat(5_000)}`,
    ]
    for (let n = 0; n < 10_000 && socket.readyState === WebSocket.OPEN; n++)
      socket.send(garbage[n % garbage.length] ?? '')
    const client = await clientOf(one, dispatcher, company.board)
    for (const payload of [
      null,
      [],
      'x',
      { board: ['x'] },
      Buffer.from([1, 2, 3]),
      { board: '__proto__' },
      { board: 'constructor' },
    ]) {
      client.socket.emit('subscribe', payload)
    }
    client.socket.emit('no-such-message', 1)
    await until('the errors', () => client.errors.length === 8)
    client.subscribe()
    await caughtUp(client)
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    socket.terminate()
  })
})
