import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { actOnOrder } from '../../server/application/act-on-order.ts'
import { createActivity } from '../../server/application/create-activity.ts'
import { createOrder } from '../../server/application/create-order.ts'
import { type Bench, boardId, company, openBench } from '../test-bench.ts'
import { relayOnce } from './relay.ts'
import { sweepWatches } from './sweeper.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.sql('DELETE FROM service_order')
  await bench.sql('DELETE FROM outbox')
  bench.notices.length = 0
})

type Made = { id: string; version: number }

/** An order with a four-hour promise and one open activity. */
async function orderUnderPromise(): Promise<Made> {
  const order = await bench.act<Made>((tx) =>
    createOrder(tx, { description: 'Pump', customerId: 'city-residents', agreementId: 'city-urgent' }),
  )
  await bench.act((tx) => createActivity(tx, { orderId: order.id, boardId }))
  return order
}

const makeDue = (order: string, percent: number) =>
  bench.sql(
    "UPDATE sla_watch SET due_at = now() - interval '1 second' WHERE order_id = $1 AND percent = $2",
    [order, percent],
  )

describe('watching the SLA', () => {
  it('plans a delayed job for each threshold when the clock starts', async () => {
    const order = await orderUnderPromise()
    await relayOnce(bench.relayParts)
    const watches = await bench.sql<{ percent: number }>(
      'SELECT percent FROM sla_watch WHERE order_id = $1',
      [order.id],
    )
    expect(watches.map((w) => w.percent).sort((a, b) => a - b)).toEqual([75, 90, 100])
    expect((await bench.queue.counts()).sla).toBe(3)
  })

  it('tells once, however many workers find it due at the same time', async () => {
    const order = await orderUnderPromise()
    await relayOnce(bench.relayParts)
    await makeDue(order.id, 75)
    const job = { company, order: order.id, target: 'complete' as const, percent: 75 }
    const fired = await Promise.all([
      sweepWatches(bench.sweeperParts),
      sweepWatches(bench.sweeperParts),
      bench.useCases.fireWatches([job]),
      bench.useCases.fireWatches([job]),
    ])
    expect(fired.length).toBe(4)
    // Again after a restart, when nothing of the queue is left.
    await sweepWatches(bench.sweeperParts)
    while ((await relayOnce(bench.relayParts)) > 0);
    expect(bench.notices).toHaveLength(1)
    expect(bench.notices[0]).toMatchObject({
      board: boardId,
      kind: 'sla-warning',
      orderId: order.id,
      target: 'complete',
      percent: 75,
    })
  })

  it('calls the passed deadline a breach', async () => {
    const order = await orderUnderPromise()
    await makeDue(order.id, 100)
    await sweepWatches(bench.sweeperParts)
    while ((await relayOnce(bench.relayParts)) > 0);
    expect(bench.notices.map((n) => n.kind)).toEqual(['sla-breach'])
  })

  it('tells nothing before its time, and nothing after the clock was stopped', async () => {
    const early = await orderUnderPromise()
    expect(
      await bench.useCases.fireWatches([{ company, order: early.id, target: 'complete', percent: 75 }]),
    ).toBe(0)
    const stopped = await orderUnderPromise()
    await bench.sql('UPDATE service_order SET sla_records = jsonb_set(sla_records, $2, $3) WHERE id = $1', [
      stopped.id,
      '{0,startAt}',
      JSON.stringify(Date.now() - 3_600_000),
    ])
    await bench.act((tx) =>
      actOnOrder(tx, { orderId: stopped.id, expectedVersion: stopped.version, act: { type: 'sla-stop' } }),
    )
    // A watch that a crash left behind would still be due.
    await bench.sql(
      `INSERT INTO sla_watch (company_id, order_id, target, percent, due_at) VALUES ($1, $2, 'complete', 75, now() - interval '1 minute')
         ON CONFLICT (company_id, order_id, target, percent) DO UPDATE SET due_at = excluded.due_at`,
      [company, stopped.id],
    )
    await sweepWatches(bench.sweeperParts)
    while ((await relayOnce(bench.relayParts)) > 0);
    expect(bench.notices).toEqual([])
    expect(await bench.watches.due(10)).toEqual([])
  })

  it('keeps effects in Postgres while the queue is away, and hands them over afterwards', async () => {
    const pid = bench.redis.pids().queue
    if (pid === null) throw new Error('the queue’s Redis runs')
    process.kill(pid, 'SIGSTOP')
    let handed: number
    try {
      await orderUnderPromise()
      handed = await relayOnce(bench.relayParts)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    expect(handed).toBe(1)
    const open = await bench.sql('SELECT id FROM outbox WHERE done_at IS NULL')
    expect(open).toHaveLength(1)
    await bench.sql('UPDATE outbox SET next_at = now()')
    await expect
      .poll(
        () =>
          relayOnce(bench.relayParts).then(
            async () => (await bench.sql('SELECT id FROM outbox WHERE done_at IS NULL')).length,
          ),
        { timeout: 10_000, interval: 300 },
      )
      .toBe(0)
  })
})
