import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { actOnActivity } from '../../server/application/act-on-activity.ts'
import { createActivity } from '../../server/application/create-activity.ts'
import { createOrder } from '../../server/application/create-order.ts'
import { decisionsAbout, explanationFor } from '../../server/application/propose-candidates.ts'
import { requestOptimisation } from '../../server/application/request-optimisation.ts'
import type { ActivityView } from '../../server/contract/activity.ts'
import type { CostSplit, OptimisationView } from '../../server/contract/planning.ts'
import { type Bench, boardId, company, openBench } from '../test-bench.ts'
import { explainOnce } from './explain-watch.ts'
import { planBoard } from './plan-board.ts'

let bench: Bench
const DAY = 24 * 3_600_000

beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.sql('DELETE FROM activity')
  await explainOnce(bench.explainParts)
})

async function visit(): Promise<ActivityView> {
  const order = await bench.act<{ id: string }>((tx) =>
    createOrder(tx, { description: 'Lamp', customerId: 'city-residents' }),
  )
  return bench.act<ActivityView>((tx) =>
    createActivity(tx, { orderId: order.id, boardId, durationMinutes: 30, priority: 'normal' }),
  )
}

/** Tomorrow, when the city's technicians are at work. */
const tomorrowAt = (hour: number): string =>
  new Date(Math.ceil(Date.now() / DAY) * DAY + hour * 3_600_000).toISOString()

const put = (activity: ActivityView, technicianId: string, hour: number): Promise<ActivityView> =>
  bench.act<ActivityView>((tx) =>
    actOnActivity(tx, {
      activityId: activity.id,
      expectedVersion: activity.version,
      act: { type: 'reschedule', technicianId, start: tomorrowAt(hour), end: tomorrowAt(hour + 0.5) },
    }),
  )

const decisionsOf = (activityId: string) =>
  decisionsAbout({ commands: bench.commands }, { companyId: company, activityId, limit: 10 })

type Told = { cost: CostSplit | null; alternatives: readonly { technicianId: string; cost: CostSplit }[] }

/** Who, and at what cost; waiting apart, because it is counted to the second from now, and two judgements are not of one second. */
const judged = (told: Told | null | undefined) =>
  [{ technicianId: null, cost: told?.cost }, ...(told?.alternatives ?? [])].map(({ technicianId, cost }) => {
    const { waitingMinutes = 0, ...rest } = cost ?? {}
    return { waiting: waitingMinutes, rest: { technicianId, ...rest } }
  })

describe('the explanation of a decision', () => {
  it('is stored for a person’s move: what it cost, the next best, and who cannot', async () => {
    const placed = await put(await visit(), 'city-t1', 15)
    expect(await explainOnce(bench.explainParts)).toBe(1)
    const [decision] = await decisionsOf(placed.id)
    expect(decision).toMatchObject({
      activityVersion: placed.version,
      by: 'person',
      person: 'Mara Vale',
      overtaken: false,
    })
    expect(decision?.seq).toBeGreaterThan(0)
    expect(decision?.cost).not.toBeNull()
    expect(decision?.alternatives.length).toBeGreaterThan(0)
    expect(decision?.alternatives.length).toBeLessThanOrEqual(3)
    expect(decision?.sentence).not.toBe('')
    // Nothing is left to explain.
    expect(await explainOnce(bench.explainParts)).toBe(0)
  })

  it('joins the planner’s own reason with what was judged', async () => {
    const made = await visit()
    const run = await bench.act<OptimisationView>((tx) =>
      requestOptimisation(tx, { boardId, body: { mode: 'apply', budgetMs: 30 } }),
    )
    await planBoard({ company, run: run.id }, bench.planParts)
    await explainOnce(bench.explainParts)
    const [decision] = await decisionsOf(made.id)
    expect(decision?.by).toBe('optimiser')
    expect(decision?.sentence).toMatch(/can take it/)
    expect(decision?.cost).not.toBeNull()
  })

  it('keeps each decision, and says which was overtaken before it could be judged', async () => {
    const first = await put(await visit(), 'city-t1', 15)
    const second = await put(first, 'city-t2', 16)
    expect(await explainOnce(bench.explainParts)).toBe(2)
    const decisions = await decisionsOf(first.id)
    expect(decisions.map((one) => one.activityVersion)).toEqual([second.version, first.version])
    expect(decisions.map((one) => one.overtaken)).toEqual([false, true])
    expect(decisions[1]?.cost).toBeNull()
  })

  it('is answered with the board’s own judgement of now, and names the decision even before it is explained', async () => {
    const placed = await put(await visit(), 'city-t1', 15)
    const ask = () =>
      explanationFor(
        { commands: bench.commands, boards: bench.planParts.boards, planner: bench.explainParts.planner },
        { companyId: company, activityId: placed.id },
      )
    const before = await ask()
    expect(before?.decision).toMatchObject({ by: 'person', person: 'Mara Vale', seq: null })
    await explainOnce(bench.explainParts)
    const after = await ask()
    expect(after?.decision?.seq).toBeGreaterThan(0)
    // Nothing has changed since, so the judgement of then is the judgement of now.
    const then = judged(after?.decision)
    const present = judged(after)
    expect(then.length).toBeGreaterThan(1)
    expect(then.map(({ rest }) => rest)).toEqual(present.map(({ rest }) => rest))
    for (const [i, { waiting }] of then.entries())
      expect(Math.abs(waiting - (present[i]?.waiting ?? Number.NaN))).toBeLessThan(1)
  })

  it('costs a board nothing while nothing is decided on it: its log is passed over', async () => {
    const made = await visit()
    const { decisions } = bench.explainParts
    const seqOf = async () => {
      const [row] = await bench.sql<{ seq: number; explained: number | null; learned: number | null }>(
        `SELECT b.seq, e.seq AS explained, l.seq AS learned FROM board b
           LEFT JOIN explained e ON e.board_id = b.id LEFT JOIN learned l ON l.board_id = b.id WHERE b.id = $1`,
        [boardId],
      )
      return row
    }
    expect(await decisions.waiting()).toEqual([])
    expect((await seqOf())?.explained).toBeLessThan((await seqOf())?.seq ?? 0)
    await decisions.passQuiet()
    const { seq, explained, learned } = (await seqOf()) ?? {}
    expect([explained, learned]).toEqual([seq, seq])
    // A decision is never passed over.
    await put(made, 'city-t1', 15)
    await decisions.passQuiet()
    expect((await seqOf())?.explained).toBe(seq)
    expect(await explainOnce(bench.explainParts)).toBe(1)
  })

  it('is made by one process at a time, and by the next when that one died', async () => {
    const placed = await put(await visit(), 'city-t1', 15)
    const { decisions } = bench.explainParts
    const waiting = (await decisions.waiting()).find((board) => board.boardId === boardId)
    if (!waiting) throw new Error('the board has a decision to explain')
    expect(await decisions.claim(waiting)).not.toBeNull()
    expect(await decisions.claim(waiting)).toBeNull()
    expect(await explainOnce(bench.explainParts)).toBe(0)
    await bench.sql("UPDATE explained SET lease_until = now() - interval '1 second'")
    expect(await explainOnce(bench.explainParts)).toBe(1)
    expect((await decisionsOf(placed.id))[0]?.cost).not.toBeNull()
  })
})
