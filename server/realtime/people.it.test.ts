/** People on the board, notices, and a technician’s inbox, across servers. */
import { describe, expect, it } from 'vitest'
import { createRedisBus } from '../adapters/redis/bus.ts'
import { createNoticePublisher } from '../application/live-notices.ts'
import type { NoticeFrame } from '../contract/live.ts'
import { company, dispatcher, one, two } from '../operate/test-live/bench.ts'
import { caughtUp, clientOf, until } from '../operate/test-live/client.ts'
import { change, createWork, DAY, makeUser } from '../operate/test-live/company.ts'
import { owner, redis } from '../operate/test-live/services.ts'

describe('people and notices', () => {
  it('shows who is on the board and what they hold, across servers', async () => {
    const work = await createWork(one, company)
    const colleague = await makeUser(company, 'dispatcher')
    const ann = await clientOf(one, dispatcher, company.board)
    const bo = await clientOf(two, colleague, company.board)
    for (const client of [ann, bo]) client.subscribe()
    await Promise.all([ann, bo].map(caughtUp))
    ann.socket.emit('presence', { board: company.board, holding: work.id })
    await until('Bo sees what Ann holds', () =>
      Boolean(
        bo.presence?.people.some((person) => person.userId === dispatcher.id && person.holding === work.id),
      ),
    )
    ann.close()
    await until(
      'Bo sees that Ann left',
      () => bo.presence?.people.every((person) => person.userId !== dispatcher.id) ?? false,
    )
  })

  it('brings a notice to the board on every server, and to no other company', async () => {
    const client = await clientOf(two, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    const bus = createRedisBus({ url: redis.boardUrl, onError: () => undefined })
    const publish = createNoticePublisher(bus)
    const notice: NoticeFrame = {
      board: company.board,
      kind: 'sla-warning',
      at: new Date(DAY).toISOString(),
      percent: 75,
    }
    await until('the notice', async () => {
      await publish('another-company', { ...notice, percent: 1 })
      await publish(company.id, notice)
      await new Promise((resolve) => setTimeout(resolve, 50))
      return client.notices.length > 0
    })
    bus.close()
    expect(client.notices.every((received) => received.percent === 75)).toBe(true)
  })
})

describe('a technician’s inbox', () => {
  it('is contiguous, repeats what was not received, and goes on from a position on the other server', async () => {
    const user = await makeUser(company, 'technician', company.technician)
    const phone = await clientOf(one, user, company.board)
    phone.socket.emit('inbox', {})
    await new Promise((resolve) => setTimeout(resolve, 100))
    const works = await Promise.all(Array.from({ length: 3 }, () => createWork(one, company)))
    for (const work of works) await change(two, company, work.id, { technicianId: company.technician })
    await until('three entries', () => phone.inbox.at(-1)?.to === 3)
    expect(phone.inbox.flatMap((frame) => frame.items.map((item) => item.seq))).toEqual([1, 2, 3])
    expect(
      phone.inbox
        .flatMap((frame) => frame.items)
        .every((item) => item.kind === 'assigned' && item.order !== null),
    ).toBe(true)
    const { epoch } = phone.inbox[0] ?? { epoch: '' }
    const before = phone.inbox.length
    phone.socket.emit('inbox', { epoch, received: 2 })
    await until('the third again, unconfirmed', () => phone.inbox.length > before, 9_000)
    expect(phone.inbox.at(-1)).toMatchObject({ from: 3, to: 3 })
    phone.close()
    const again = await clientOf(two, user, company.board)
    again.socket.emit('inbox', { epoch, seq: 2 })
    await until('from the position', () => again.inbox.length === 1)
    expect([again.inbox[0]?.from, again.inbox[0]?.to]).toEqual([3, 3])
    again.socket.emit('inbox', { epoch, received: 3 })
    await change(two, company, works[0]?.id ?? '', { technicianId: company.other })
    await until('the fourth', () => again.inbox.at(-1)?.to === 4)
    expect(again.inbox.at(-1)?.items[0]).toMatchObject({
      seq: 4,
      kind: 'removed',
      activity: null,
      order: null,
    })
    const { rows } = await owner.query('SELECT inbox_received::int AS n FROM technician WHERE id = $1', [
      company.technician,
    ])
    expect(rows[0].n).toBe(3)
  }, 30_000)

  it('is refused to who is no technician', async () => {
    const client = await clientOf(one, dispatcher, company.board)
    client.socket.emit('inbox', {})
    await until('a refusal', () => client.errors.length === 1)
    expect(client.errors[0]?.code).toBe('FORBIDDEN_ROLE')
  })
})
