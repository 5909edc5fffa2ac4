import { describe, expect, it } from 'vitest'
import { createRedisBus } from '../adapters/redis/bus.ts'
import { activityEvents } from '../application/board-changes.ts'
import { createNoticePublisher } from '../application/live-notices.ts'
import type { Activity } from '../domain/activity/activity.ts'
import { company, dispatcher, expectTrue, one, two } from '../operate/test-live/bench.ts'
import { Client, caughtUp, clientOf, until } from '../operate/test-live/client.ts'
import { change, command, createWork, DAY, headOf, ticketFor } from '../operate/test-live/company.ts'
import { startNode } from '../operate/test-live/node.ts'
import { admin, redis } from '../operate/test-live/services.ts'
import type { NewEvent } from '../ports/commands.ts'

describe('without Redis', () => {
  it('heals when Redis was flushed, and nobody notices', async () => {
    const work = await createWork(one, company)
    const followers = [
      await clientOf(one, dispatcher, company.board),
      await clientOf(two, dispatcher, company.board),
    ]
    for (const client of followers) client.subscribe()
    await Promise.all(followers.map(caughtUp))
    for (let round = 0; round < 5; round++) {
      await admin.flushall()
      for (let n = 0; n < 5; n++)
        await change(n % 2 ? one : two, company, work.id, { durationMinutes: 20 + n + round })
    }
    for (const client of followers) await expectTrue(one, company, client)
    expect(followers.map((client) => client.snapshots)).toEqual([1, 1])
    await until(
      'Redis has the board again',
      async () =>
        Number(await admin.hget(`{b:${company.board}}:m`, 'seq')) === (await headOf(company.board)).seq,
    )
  })

  it('heals when Redis is killed and comes back empty, and hints and notices flow again', async () => {
    const work = await createWork(one, company)
    const followers = [
      await clientOf(one, dispatcher, company.board),
      await clientOf(two, dispatcher, company.board),
    ]
    for (const client of followers) client.subscribe()
    await Promise.all(followers.map(caughtUp))
    const victim = redis.pids().board
    if (victim === null) throw new Error('Redis runs')
    process.kill(victim, 'SIGKILL')
    for (let n = 0; n < 20; n++)
      await change(n % 2 ? one : two, company, work.id, { durationMinutes: 20 + n })
    for (const client of followers) await expectTrue(one, company, client)
    await until('Redis is back', () => redis.pids().board !== null && redis.pids().board !== victim, 20_000)
    await until(
      'Redis has the board again',
      async () => {
        const { seq } = await headOf(company.board)
        const there = await admin.hget(`{b:${company.board}}:m`, 'seq').catch(() => null)
        return Number(there) === seq
      },
      10_000,
    )
    const bus = createRedisBus({ url: redis.boardUrl, onError: () => undefined })
    await until('a notice', async () => {
      await createNoticePublisher(bus)(company.id, {
        board: company.board,
        kind: 'duty',
        at: new Date(DAY).toISOString(),
      })
      await new Promise((resolve) => setTimeout(resolve, 50))
      return followers.every((client) => client.notices.length > 0)
    })
    bus.close()
    const began = performance.now()
    await change(one, company, work.id, { priority: 'high' })
    await until('the change', () =>
      followers.every((client) => client.activities.get(work.id)?.priority === 'high'),
    )
    console.log(`without a bus at every follower after ${Math.round(performance.now() - began)} ms`)
    expect(followers.map((client) => client.snapshots)).toEqual([1, 1])
  })

  it('serves snapshots and events from Postgres alone while Redis is away', async () => {
    const nowhere = await startNode({ redisUrl: 'redis://127.0.0.1:1' })
    try {
      const work = await createWork(nowhere, company)
      const client = await clientOf(nowhere, dispatcher, company.board)
      client.subscribe()
      await caughtUp(client)
      await change(nowhere, company, work.id, { priority: 'high' })
      await until('a change of the same server', () => client.activities.get(work.id)?.priority === 'high')
      await change(two, company, work.id, { priority: 'low' })
      await until(
        'a change of another server',
        () => client.activities.get(work.id)?.priority === 'low',
        2_000,
      )
      await expectTrue(nowhere, company, client)
      expect((await nowhere.boards.readSnapshot(company.id, company.board))?.activities).toHaveLength(1)
    } finally {
      await nowhere.kill()
    }
  })
})

describe('a reader that does not read', () => {
  it('is sent at most its window, and is cut off; the others do not notice', async () => {
    const work = await createWork(one, company)
    const slow = await clientOf(one, dispatcher, company.board)
    const quick = await clientOf(one, dispatcher, company.board)
    slow.acks = false
    for (const client of [slow, quick]) client.subscribe()
    await Promise.all([slow, quick].map(caughtUp))
    const bulk = async (): Promise<void> => {
      await command(one, company, async (tx) => {
        let before = (await tx.lockActivities([work.id])).get(work.id)
        const events: NewEvent[] = []
        for (let n = 0; n < 100 && before; n++) {
          const after: Activity = { ...before, version: before.version + 1, durationMinutes: 10 + n }
          await tx.updateActivities([after])
          events.push(...activityEvents('activity-changed', before, after))
          before = after
        }
        return events
      })
    }
    for (let n = 0; n < 12; n++) await bulk()
    await expectTrue(one, company, quick)
    expect(slow.applied.length).toBeLessThanOrEqual(500)
    expect(slow.applied.length).toBeGreaterThan(100)
    await until('the slow one is cut off', () => !slow.socket.connected, 16_000)
    const again = (await clientOf(two, dispatcher, company.board)).inherit(slow)
    again.resume()
    await expectTrue(two, company, again)
    expect(again.snapshots).toBe(0)
  })

  it('goes on as soon as it acknowledges', async () => {
    const work = await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.acks = false
    client.subscribe()
    await caughtUp(client)
    for (let n = 0; n < 520; n += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => change(one, company, work.id, { durationMinutes: 10 + i })),
      )
    }
    const { seq } = await headOf(company.board)
    await until('the window is used up', () => client.applied.length >= 200)
    expect(client.seq).toBeLessThan(seq)
    client.acks = true
    client.socket.emit('ack', { board: company.board, seq: client.seq })
    await expectTrue(one, company, client)
  })

  it('is disconnected when it acknowledges what was never sent', async () => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.resume()
    await caughtUp(client)
    // An early one may be of an earlier history; that grace must end.
    client.socket.emit('ack', { board: company.board, seq: 9_999 })
    await new Promise((resolve) => setTimeout(resolve, 10_500))
    expect(client.socket.connected).toBe(true)
    client.socket.emit('ack', { board: company.board, seq: 9_999 })
    await until('the cut', () => !client.socket.connected)
  }, 30_000)
})

describe('leaving', () => {
  it('drains: everyone is sent elsewhere and resumes', async () => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    const began = performance.now()
    await one.live.drain()
    await until('the cut', () => !client.socket.connected)
    console.log(`everyone was sent elsewhere after ${Math.round(performance.now() - began)} ms`)
    await expect(
      new Client(one.url, company.board, await ticketFor(dispatcher)).connected(),
    ).rejects.toThrow()
    const next = (await clientOf(two, dispatcher, company.board)).inherit(client)
    next.resume()
    await createWork(two, company)
    await expectTrue(two, company, next)
    expect(next.snapshots).toBe(0)
  })
})
