/** A board that is planned anew in the background: on a real database, by the parts that `main.ts` wires. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { actOnActivity } from '../../server/application/act-on-activity.ts'
import { createActivity } from '../../server/application/create-activity.ts'
import { createOrder } from '../../server/application/create-order.ts'
import { requestOptimisation } from '../../server/application/request-optimisation.ts'
import type { ActivityView } from '../../server/contract/activity.ts'
import { type Bench, boardId, company, openBench } from '../test-bench.ts'
import { lookOnce } from './background-watch.ts'
import { planBoard } from './plan-board.ts'

let bench: Bench
let reads = 0

beforeAll(async () => {
  bench = await openBench()
  // Whatever time it is where the test runs, people are at work.
  await bench.sql('UPDATE technician SET calendar_id = NULL')
})
afterAll(() => bench.close())
beforeEach(async () => {
  reads = 0
  await bench.sql('DELETE FROM proposal')
  await bench.sql('DELETE FROM optimisation')
  await bench.sql('DELETE FROM outbox')
  await bench.sql('DELETE FROM activity')
  await bench.sql("UPDATE technician SET absences = '[]'")
  await policy({})
})

const policy = (value: Record<string, unknown>) =>
  bench.sql('UPDATE board SET policy = $1 WHERE id = $2', [
    JSON.stringify({
      autoRepair: true,
      autoApply: true,
      holdMinutes: 0,
      freezeMinutes: 0,
      churnBudget: 2,
      backgroundBudgetMs: 300,
      ...value,
    }),
    boardId,
  ])

const look = (asleep = new Map<string, number>()) =>
  lookOnce(
    {
      scout: bench.backgroundScout,
      boards: {
        ...bench.planParts.boards,
        read: (...asked) => {
          reads++
          return bench.planParts.boards.read(...asked)
        },
      },
      ask: bench.useCases.askForBackgroundPlan,
      carryOut: (owner, run) => planBoard({ company: owner, run }, bench.planParts),
      now: bench.now,
      onError: bench.planParts.onError,
    },
    asleep,
  )

/** Half an hour of work for the first technician, that many half hours after the next full one. */
async function stacked(position: number): Promise<ActivityView> {
  const order = await bench.act<{ id: string }>((tx) =>
    createOrder(tx, { description: `Pump ${position}`, customerId: 'city-residents' }),
  )
  const activity = await bench.act<ActivityView>((tx) =>
    createActivity(tx, { orderId: order.id, boardId, durationMinutes: 30 }),
  )
  const start = Math.ceil(Date.now() / 3_600_000) * 3_600_000 + position * 1_800_000
  return bench.act<ActivityView>((tx) =>
    actOnActivity(tx, {
      activityId: activity.id,
      expectedVersion: activity.version,
      act: {
        type: 'reschedule',
        technicianId: 'city-t1',
        start: new Date(start).toISOString(),
        end: new Date(start + 1_800_000).toISOString(),
      },
    }),
  )
}
const stack = async (count: number) => {
  const made: ActivityView[] = []
  for (let i = 0; i < count; i++) made.push(await stacked(i))
  return made
}

const elsewhere = async (): Promise<number> =>
  (await bench.sql("SELECT id FROM activity WHERE technician_id <> 'city-t1'")).length
const runs = () => bench.sql<{ status: string; mode: string; request: object }>('SELECT * FROM optimisation')
const aWhileAgo = () =>
  bench.sql("UPDATE optimisation SET created_at = now() - interval '16 minutes' WHERE base_seq IS NOT NULL")

describe('a board that is planned in the background', () => {
  it('gives idle colleagues some of what is stacked on one, no more than the churn budget lets it', async () => {
    await stack(6)
    expect(await look()).toBe(true)
    expect(await elsewhere()).toBe(2)
    expect(await runs()).toMatchObject([{ status: 'done', mode: 'apply', applied: 2 }])
    const told = await bench.sql<{ kind: string }>(
      "SELECT DISTINCT payload->'actor'->>'kind' AS kind FROM board_event WHERE seq > (SELECT base_seq FROM optimisation)",
    )
    expect(told).toEqual([{ kind: 'optimiser' }])
  })

  it('only proposes where the policy does not let it apply', async () => {
    await policy({ autoApply: false })
    await stack(6)
    expect(await look()).toBe(true)
    expect(await elsewhere()).toBe(0)
    expect(await bench.sql("SELECT id FROM proposal WHERE status = 'open'")).toHaveLength(1)
  })

  it('leaves where it is what a person has just placed', async () => {
    await policy({ holdMinutes: 30 })
    await stack(6)
    expect(await look()).toBe(true)
    expect(await elsewhere()).toBe(0)
  })

  it('is left in peace until somebody but the planner has done something, and until its time has come', async () => {
    await stack(4)
    expect(await look()).toBe(true)
    await aWhileAgo()
    expect(await look()).toBe(false)
    await stacked(5)
    expect(await look()).toBe(true)
    await stacked(6)
    expect(await look()).toBe(false)
    await aWhileAgo()
    expect(await look()).toBe(true)
  })

  it('is not planned while nobody is at work, nor looked at again for a while', async () => {
    await stack(2)
    const away = [{ from: '2020-01-01T00:00:00.000Z', to: '2090-01-01T00:00:00.000Z', reason: 'leave' }]
    await bench.sql('UPDATE technician SET absences = $1', [JSON.stringify(away)])
    const asleep = new Map<string, number>()
    expect(await look(asleep)).toBe(false)
    expect(await look(asleep)).toBe(false)
    expect(reads).toBe(1)
    expect(await runs()).toEqual([])
  })

  it('is never planned where the policy says never, or does not repair by itself', async () => {
    await stack(2)
    await policy({ backgroundMinutes: 0 })
    expect(await look()).toBe(false)
    await policy({ autoRepair: false })
    expect(await look()).toBe(false)
    expect(await runs()).toEqual([])
  })

  it('gives way to a person who asks for a plan', async () => {
    await stack(2)
    const mine = await bench.useCases.askForBackgroundPlan({ companyId: company, boardId, autoApply: true })
    const hers = await bench.act<{ id: string }>((tx) => requestOptimisation(tx, { boardId, body: {} }))
    const found = await bench.sql<{ id: string; status: string }>('SELECT id, status FROM optimisation')
    expect(Object.fromEntries(found.map((run) => [run.id, run.status]))).toEqual({
      [mine ?? '']: 'cancelled',
      [hers.id]: 'queued',
    })
    expect(await look()).toBe(false)
  })

  it('costs nothing to speak of among a thousand boards on which nothing happened', async () => {
    await bench.sql(
      `INSERT INTO board (company_id, id, name, policy, seq)
         SELECT $1, 'idle-' || i, 'Idle ' || i, '{"autoRepair": true}', 40 FROM generate_series(1, 1000) i`,
      [company],
    )
    await bench.sql(
      `INSERT INTO optimisation (company_id, id, board_id, kind, mode, request, status, base_seq, created_at)
         SELECT $1, 'run-' || i, 'idle-' || i, 'optimise', 'apply', '{"teams": [], "from": null}', 'done', 40,
                now() - interval '1 day' FROM generate_series(1, 1000) i`,
      [company],
    )
    await stack(2)
    expect(await look()).toBe(true)
    expect(reads).toBe(1)
    await aWhileAgo()
    const began = performance.now()
    expect(await look()).toBe(false)
    console.log(`a look over a thousand idle boards took ${Math.round(performance.now() - began)} ms`)
    expect(reads).toBe(1)
    expect((await runs()).length).toBe(1001)
  })
})
