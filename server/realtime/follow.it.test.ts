/**
 * Following a live board, resuming, a part of a board, and the past, on real Postgres and Redis with two servers in one process. What a
 * client has applied must be the log, without a hole, a repeat or a change of order (`../operate/test-live/client.ts`).
 */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createEventLog } from '../adapters/postgres/event-log.ts'
import { activityRemoved } from '../application/board-changes.ts'
import { type BoardSnapshot, boardChecksum } from '../contract/board.ts'
import type { Cut } from '../contract/board-cut.ts'
import type { Activity } from '../domain/activity/activity.ts'
import { company, dispatcher, expectTrue, one, two } from '../operate/test-live/bench.ts'
import { Client, caughtUp, clientOf, until } from '../operate/test-live/client.ts'
import {
  change,
  command,
  createWork,
  DAY,
  HOUR,
  headOf,
  makeUser,
  ticketFor,
} from '../operate/test-live/company.ts'
import { owner } from '../operate/test-live/services.ts'

describe('following a board', () => {
  it('opens with a snapshot and goes on with events, from commits on either server', async () => {
    await createWork(one, company)
    const client = await clientOf(two, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    expect(client.snapshots).toBe(1)
    for (let i = 0; i < 10; i++) await createWork(i % 2 ? one : two, company)
    await expectTrue(two, company, client)
    expect(client.applied.map((event) => event.seq)).toEqual(
      client.applied.map((_, i) => (client.applied[0]?.seq ?? 0) + i),
    )
  })

  it('delivers a commit on one server to a client of the other, and tells how soon', async () => {
    const work = await createWork(one, company)
    const client = await clientOf(two, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    const began = performance.now()
    await change(one, company, work.id, { priority: 'high' })
    await until('the change', () => client.activities.get(work.id)?.priority === 'high')
    console.log(`at the other server after ${Math.round(performance.now() - began)} ms`)
  })

  it('keeps every client at the log while two servers commit to one board at once', async () => {
    const works = await Promise.all(Array.from({ length: 8 }, () => createWork(one, company)))
    const followers = await Promise.all(
      [one, two, one, two].map((node) => clientOf(node, dispatcher, company.board)),
    )
    for (const client of followers) client.subscribe()
    await Promise.all(followers.map(caughtUp))
    await Promise.all(
      works.map(async (work, i) => {
        for (let n = 0; n < 25; n++)
          await change(n % 2 ? one : two, company, work.id, { durationMinutes: 30 + n + i })
      }),
    )
    for (const client of followers) {
      await expectTrue(one, company, client)
      expect(client.snapshots).toBe(1)
    }
    const applied = followers.map((client) => client.applied.map((event) => event.seq))
    expect(applied[0]).toHaveLength(200)
    for (const other of applied) expect(other).toEqual(applied[0])
  })

  it('sends a snapshot in parts of at most 500 records that share one position with the events after it', async () => {
    await owner.query(
      `INSERT INTO service_order (company_id, id, number, description, service_date_time, stage_id, created_at, updated_at)
         SELECT $1, 'so' || n || $2, 'so' || n || $2, 'x', now(), $3, now(), now() FROM generate_series(1, 900) n`,
      [company.id, company.board, company.stage],
    )
    await owner.query(
      `INSERT INTO activity (company_id, id, number, board_id, order_id, duration_minutes, created_at)
         SELECT $1, 'sa' || n || $2, 'sa' || n, $2, 'so' || n || $2, 60, now() FROM generate_series(1, 900) n`,
      [company.id, company.board],
    )
    let writing = true
    const work = await createWork(one, company)
    const writer = (async () => {
      for (let n = 0; writing && n < 5_000; n++) {
        await change(one, company, work.id, { durationMinutes: 30 + (n % 100) })
      }
    })()
    const followers = await Promise.all(
      Array.from({ length: 6 }, () => clientOf(two, dispatcher, company.board)),
    )
    for (const client of followers) client.subscribe()
    await until('snapshots', () => followers.every((client) => client.snapshots === 1))
    await new Promise((resolve) => setTimeout(resolve, 200))
    writing = false
    await writer
    for (const client of followers) {
      await expectTrue(one, company, client)
      expect(client.snapshots).toBe(1)
      expect(client.activities.size).toBe(901)
    }
  })

  it('tells head and checksum every two seconds', async () => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    await until('two heartbeats', () => client.heartbeats.length >= 2, 6_000)
    expect(client.heartbeats[0]).toMatchObject({
      head: client.seq,
      sum: boardChecksum(client.activities.values()),
    })
    expect(client.violations).toEqual([])
  })
})

describe('resuming', () => {
  it('goes on from the own position on the other server after the first is gone, without a snapshot', async () => {
    const works = await Promise.all(Array.from({ length: 4 }, () => createWork(one, company)))
    const first = await clientOf(one, dispatcher, company.board)
    first.subscribe()
    await caughtUp(first)
    await one.kill()
    await until('the cut is noticed', () => !first.socket.connected)
    for (const work of works) await change(two, company, work.id, { priority: 'low' })
    const second = (await clientOf(two, dispatcher, company.board)).inherit(first)
    second.resume()
    await expectTrue(two, company, second)
    expect(second.snapshots).toBe(0)
    expect(second.applied).toHaveLength(4)
  })

  it('survives a client that hops between servers all the time while both commit', async () => {
    const works = await Promise.all(Array.from({ length: 4 }, () => createWork(one, company)))
    let client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    let writing = true
    const writers = works.map(async (work, i) => {
      for (let n = 0; writing && n < 5_000; n++) {
        await change((n + i) % 2 ? one : two, company, work.id, { durationMinutes: 10 + (n % 50) })
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    })
    const applied: number[] = []
    for (let hop = 0; hop < 20; hop++) {
      const next = new Client(hop % 2 ? one.url : two.url, company.board, await ticketFor(dispatcher))
      await next.connected()
      client.close()
      applied.push(...client.applied.map((event) => event.seq))
      next.inherit(client)
      client = next
      client.resume()
      await until('the next events', () => client.applied.length > 0)
      expect(client.violations).toEqual([])
    }
    writing = false
    await Promise.all(writers)
    await expectTrue(one, company, client)
    applied.push(...client.applied.map((event) => event.seq))
    expect(client.snapshots).toBe(0)
    expect(applied).toEqual(applied.map((_, i) => (applied[0] ?? 0) + i))
  })

  it.each([
    ['a foreign epoch', { epoch: randomUUID(), seq: 1 }, 'epoch'],
    ['an epoch of garbage', { epoch: 'x\u0000y', seq: 0 }, 'epoch'],
    ['a number in the future', { seq: 1_000_000 }, 'ahead'],
  ])('answers %s with a reset and a snapshot', async (_name, position, reason) => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe({ epoch: (await headOf(company.board)).epoch, ...position })
    await expectTrue(one, company, client)
    expect(client.resets).toEqual([{ board: company.board, reason }])
    expect(client.snapshots).toBe(1)
  })

  it.each([
    ['a negative number', { seq: -1 }],
    ['a fraction', { seq: 1.5 }],
    ['a text', { seq: '1' }],
    ['an endless epoch', { epoch: 'e'.repeat(5_000), seq: 1 }],
    ['a date that is none', { from: 'yesterday' }],
    ['an unknown member', { sequel: 1 }],
    ['an object for an id', { teams: [{ $gt: '' }] }],
  ])('refuses %s and goes on living', async (_name, position) => {
    const client = await clientOf(one, dispatcher, company.board)
    client.socket.emit('subscribe', { board: company.board, ...position })
    await until('an error', () => client.errors.length === 1)
    expect(client.errors[0]).toMatchObject({ event: 'subscribe', code: 'VALIDATION' })
    client.subscribe()
    await caughtUp(client)
  })

  it('reads what its own memory no longer holds from the log, and answers a position too far behind with a reset', async () => {
    const work = await createWork(one, company)
    const old = await headOf(company.board)
    await owner.query(
      `INSERT INTO board_event (company_id, board_id, seq, type, at, entity, entity_id, entity_version, payload)
         SELECT $1, $2, $3::int + n, 'activity-changed', now(), 'activity', $4, 1 + n,
           json_build_object('seq', $3::int + n, 'type', 'activity-changed', 'at', now(), 'actor', $6::json, 'commandId', null,
             'entity', 'activity', 'activity', ($5::jsonb || jsonb_build_object('version', 1 + n)))
         FROM generate_series(1, 6000) n`,
      [
        company.id,
        company.board,
        old.seq,
        work.id,
        JSON.stringify((await createEventLog(one.pools).snapshot(company.id, company.board))?.activities[0]),
        JSON.stringify({ id: null, name: 'test', kind: 'system' }),
      ],
    )
    await owner.query('UPDATE activity SET version = 6001 WHERE id = $1', [work.id])
    await owner.query('UPDATE board SET seq = seq + 6000 WHERE id = $1', [company.board])
    const near = await clientOf(two, dispatcher, company.board)
    near.subscribe({ epoch: old.epoch, seq: old.seq + 2_000 })
    near.epoch = old.epoch
    near.seq = old.seq + 2_000
    await caughtUp(near)
    expect(near.applied).toHaveLength(4_000)
    expect([near.snapshots, near.resets, near.violations]).toEqual([0, [], []])
    const far = await clientOf(two, dispatcher, company.board)
    far.subscribe({ epoch: old.epoch, seq: old.seq })
    await expectTrue(two, company, far)
    expect(far.resets).toEqual([{ board: company.board, reason: 'behind' }])
  })

  it('begins everyone anew when the epoch changes', async () => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    await owner.query('UPDATE board SET epoch = gen_random_uuid(), seq = 1 WHERE id = $1', [company.board])
    await until('a reset', () => client.resets.length === 1)
    await expectTrue(one, company, client)
    const work = await createWork(two, company)
    await until('life after it', () => client.activities.has(work.id))
    await expectTrue(one, company, client)
  })
})

describe('a part of a board', () => {
  it('shows a technician the own activities only, in contiguous ranges, with enter and leave', async () => {
    const mine = await createWork(one, company, { technicianId: company.technician })
    const foreign = await createWork(one, company, { technicianId: company.other })
    const user = await makeUser(company, 'technician', company.technician)
    const client = await clientOf(two, user, company.board)
    client.subscribe()
    await caughtUp(client)
    expect([...client.activities.keys()]).toEqual([mine.id])
    expect([...client.technicians.keys()]).toEqual([company.technician])
    await change(one, company, foreign.id, { priority: 'high' })
    await change(one, company, mine.id, { priority: 'high' })
    await change(one, company, foreign.id, { technicianId: company.technician })
    await change(one, company, mine.id, { technicianId: company.other })
    await until('both moves', () => client.activities.has(foreign.id) && !client.activities.has(mine.id))
    await change(one, company, mine.id, { priority: 'low' })
    await expectTrue(two, company, client, { technicianId: company.technician })
    const text = JSON.stringify(client.frames)
    expect(text).not.toContain('"priority":"low"')
    expect(client.applied.map((event) => event.type)).toEqual([
      'activity-changed',
      'order-entered',
      'activity-changed',
      'activity-left-view',
    ])
    expect(client.violations).toEqual([])
  })

  it('keeps team and date cuts equal to the cut of a fresh snapshot under random changes', async () => {
    const works = await Promise.all(Array.from({ length: 10 }, () => createWork(one, company)))
    const cuts: Cut[] = [
      { teams: [company.team] },
      { from: new Date(DAY).toISOString(), to: new Date(DAY + 4 * HOUR).toISOString() },
      {
        teams: [company.otherTeam],
        from: new Date(DAY).toISOString(),
        to: new Date(DAY + 2 * HOUR).toISOString(),
      },
    ]
    const followers = await Promise.all(cuts.map(() => clientOf(two, dispatcher, company.board)))
    for (const [i, client] of followers.entries()) client.subscribe(cuts[i])
    await Promise.all(followers.map(caughtUp))
    for (let n = 0; n < 120; n++) {
      const work = works[(n * 7) % works.length]
      if (!work) throw new Error('works were made')
      const start = DAY + ((n * 37) % 9) * HOUR
      await change(n % 2 ? one : two, company, work.id, {
        teamId: n % 3 ? company.team : company.otherTeam,
        ...(n % 5 ? { start, end: start + HOUR } : { start: null, end: null }),
        state: n % 11 === 0 ? 'closed' : 'undispatched',
      })
    }
    for (const [i, client] of followers.entries()) {
      await expectTrue(two, company, client, cuts[i])
      expect(client.snapshots).toBe(1)
    }
  })
})

describe('the past', () => {
  it('shows the board exactly as it stood at every number', async () => {
    const log = createEventLog(one.pools)
    const stood: BoardSnapshot[] = []
    const remember = async (): Promise<void> => {
      const snapshot = await log.snapshot(company.id, company.board)
      if (snapshot) stood.push(snapshot)
    }
    await remember()
    const works: Activity[] = []
    for (let n = 0; n < 4; n++) {
      works.push(await createWork(one, company))
      await remember()
    }
    for (let n = 0; n < 12; n++) {
      await change(one, company, works[n % 4]?.id ?? '', {
        durationMinutes: 10 + n,
        state: n % 5 === 4 ? 'closed' : 'undispatched',
      })
      await remember()
    }
    const dropped = works[0]
    if (!dropped) throw new Error('works were made')
    await command(one, company, async (tx) => {
      const before = (await tx.lockActivities([dropped.id])).get(dropped.id)
      if (!before) throw new Error('it is there')
      await tx.deleteActivity(before)
      return [activityRemoved('activity-deleted', before, before.version + 1)]
    })
    await remember()
    for (const snapshot of stood)
      expect(await log.at(company.id, company.board, { seq: snapshot.seq })).toEqual(snapshot)
    expect(await log.at('another-company', company.board, { seq: 1 })).toBeNull()
  })
})
