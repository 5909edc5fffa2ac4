import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { actOnActivity } from '../../server/application/act-on-activity.ts'
import { createActivity } from '../../server/application/create-activity.ts'
import { createOrder } from '../../server/application/create-order.ts'
import type { ActivityView } from '../../server/contract/activity.ts'
import { type Bench, boardId, company, openBench } from '../test-bench.ts'
import { planBoard } from './plan-board.ts'
import { type Loop, relayOnce } from './relay.ts'
import { startRepairWatch } from './repair-watch.ts'

let bench: Bench
let loops: Loop[] = []

beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.sql('DELETE FROM proposal')
  await bench.sql('DELETE FROM optimisation')
  await bench.sql('DELETE FROM outbox')
  await bench.sql('DELETE FROM activity')
  await bench.sql("UPDATE board SET policy = '{}'")
})

async function call(description: string): Promise<ActivityView> {
  const order = await bench.act<{ id: string }>((tx) =>
    createOrder(tx, { description, customerId: 'city-residents' }),
  )
  return bench.act<ActivityView>((tx) =>
    createActivity(tx, { orderId: order.id, boardId, durationMinutes: 30 }),
  )
}

const policy = (value: Record<string, unknown>) =>
  bench.sql('UPDATE board SET policy = $1', [JSON.stringify({ repairBudgetMs: 50, ...value })])

/** Watches as two workers would, and carries out what was asked for. */
async function watched<T>(work: () => Promise<T>): Promise<T> {
  const parts = {
    scout: bench.scout,
    ask: bench.useCases.askForRepair,
    now: bench.now,
    onError: bench.planParts.onError,
  }
  let stopped = false
  const planner = (async () => {
    while (!stopped) {
      const open = await bench.runs.open()
      for (const run of open) await planBoard({ company, run: run.id }, bench.planParts)
      await relayOnce(bench.relayParts)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  loops = [startRepairWatch(parts), startRepairWatch(parts)]
  try {
    return await work()
  } finally {
    await Promise.all(loops.map((loop) => loop.stop()))
    stopped = true
    await planner
  }
}

const technicianOf = async (id: string): Promise<string | null> =>
  (
    await bench.sql<{ technician_id: string | null }>('SELECT technician_id FROM activity WHERE id = $1', [
      id,
    ])
  )[0]?.technician_id ?? null

describe('a board that repairs itself', () => {
  it('places new work soon after its event, without being asked', async () => {
    await policy({ autoRepair: true, autoApply: true })
    await watched(async () => {
      const activity = await call('Pump')
      const began = performance.now()
      await expect.poll(() => technicianOf(activity.id), { timeout: 20_000, interval: 20 }).not.toBeNull()
      console.log(`a new order had its place after ${Math.round(performance.now() - began)} ms`)
    })
    // However many looked, there was one run, and what it did itself asked for no second one.
    const runs = await bench.sql<{ status: string; mode: string }>(
      "SELECT status, mode FROM optimisation WHERE kind = 'repair'",
    )
    expect(runs.length).toBeLessThanOrEqual(2)
    expect(runs.every((run) => run.status === 'done' && run.mode === 'apply')).toBe(true)
  })

  it('only proposes where the policy does not let it apply', async () => {
    await policy({ autoRepair: true })
    await watched(async () => {
      const activity = await call('Pump')
      await expect
        .poll(async () => (await bench.sql("SELECT id FROM proposal WHERE status = 'open'")).length, {
          timeout: 20_000,
          interval: 20,
        })
        .toBe(1)
      expect(await technicianOf(activity.id)).toBeNull()
    })
  })

  it('leaves alone for the hold time what a person took off the board', async () => {
    await policy({ autoRepair: true, autoApply: true })
    const activity = await call('Pump')
    const tomorrow = new Date(Date.now() + 26 * 3_600_000)
    tomorrow.setUTCHours(9, 0, 0, 0)
    const placed = await bench.act<ActivityView>((tx) =>
      actOnActivity(tx, {
        activityId: activity.id,
        expectedVersion: 1,
        act: {
          type: 'reschedule',
          start: tomorrow.toISOString(),
          end: new Date(tomorrow.getTime() + 1_800_000).toISOString(),
          technicianId: 'city-t1',
        },
      }),
    )
    await bench.act((tx) =>
      actOnActivity(tx, {
        activityId: activity.id,
        expectedVersion: placed.version,
        act: { type: 'assign', technicianId: null },
      }),
    )
    await watched(async () => {
      const other = await call('Another')
      await expect.poll(() => technicianOf(other.id), { timeout: 5_000, interval: 20 }).not.toBeNull()
      expect(await technicianOf(activity.id)).toBeNull()
    })
  })

  it('asks for nothing where the policy does not say so', async () => {
    await watched(async () => {
      await call('Pump')
      await new Promise((resolve) => setTimeout(resolve, 600))
    })
    expect(await bench.sql('SELECT id FROM optimisation')).toEqual([])
  })
})
