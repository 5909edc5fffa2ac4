/** Linked work from the plan to the board: a pair comes together or not at all. */

import type { Static } from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyProposal } from '../../server/application/apply-proposal.ts'
import { createActivity } from '../../server/application/create-activity.ts'
import { createOrder } from '../../server/application/create-order.ts'
import { requestOptimisation } from '../../server/application/request-optimisation.ts'
import { updateActivity } from '../../server/application/update-activity.ts'
import type { ActivityView } from '../../server/contract/activity.ts'
import type { DroppedMove, OptimisationView, ProposalView } from '../../server/contract/planning.ts'
import { type Bench, boardId, company, openBench } from '../test-bench.ts'
import { planBoard } from './plan-board.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

async function make(links: Pick<ActivityView, 'startsWith' | 'startsAfter'> = {}): Promise<ActivityView> {
  const order = await bench.act<{ id: string }>((tx) =>
    createOrder(tx, { description: 'Pump', customerId: 'city-residents' }),
  )
  return bench.act((tx) => createActivity(tx, { orderId: order.id, boardId, durationMinutes: 30, ...links }))
}

async function proposed(): Promise<ProposalView> {
  const run = await bench.act<OptimisationView>((tx) =>
    requestOptimisation(tx, { boardId, body: { mode: 'propose', budgetMs: 100 } }),
  )
  expect(await planBoard({ company, run: run.id }, bench.planParts)).toBe('done')
  const [proposal] = await bench.sql<ProposalView & Record<string, unknown>>(
    'SELECT id, moves, summary FROM proposal WHERE optimisation_id = $1',
    [run.id],
  )
  if (!proposal) throw new Error('the run made no proposal')
  return proposal
}

async function apply(proposalId: string) {
  const answer = await applyProposal(
    { commands: bench.commands },
    {
      caller: bench.manager,
      key: `key-${bench.newId()}-${bench.newId()}`,
      requestHash: new Uint8Array([1]),
      proposalId,
    },
  )
  if (answer.kind !== 'answer') throw new Error(answer.kind)
  // The answer of an applied proposal is its report.
  return JSON.parse(answer.body) as { applied: number; dropped: Static<typeof DroppedMove>[] }
}

const placeOf = async (id: string) => {
  const [row] = await bench.sql<{ technician_id: string | null; start_at: Date | null; end_at: Date | null }>(
    'SELECT technician_id, start_at, end_at FROM activity WHERE id = $1',
    [id],
  )
  if (!row) throw new Error(`no activity ${id}`)
  return row
}

describe('a pair and what comes after it', () => {
  it('is put on the board together, at one time and in its order', async () => {
    const first = await make()
    const second = await make({ startsWith: first.id })
    const later = await make({ startsAfter: { activityId: first.id, minutesMin: 10, minutesMax: null } })
    const report = await apply((await proposed()).id)
    expect(report).toMatchObject({ applied: 3, dropped: [] })
    const [a, b, c] = [await placeOf(first.id), await placeOf(second.id), await placeOf(later.id)]
    expect(a.start_at).toEqual(b.start_at)
    expect(a.technician_id).not.toBe(b.technician_id)
    expect(c.start_at?.getTime()).toBeGreaterThanOrEqual((a.end_at?.getTime() ?? 0) + 600_000)
  })

  it('falls together when a person has changed one half meanwhile', async () => {
    const first = await make()
    const second = await make({ startsWith: first.id })
    const proposal = await proposed()
    await bench.act((tx) =>
      updateActivity(tx, {
        activityId: first.id,
        expectedVersion: first.version,
        patch: { priority: 'high' },
      }),
    )
    const report = await apply(proposal.id)
    const dropped = new Map(report.dropped.map((one) => [one.activityId, one]))
    expect(dropped.get(first.id)?.changedBy?.name).toBe(bench.manager.userName)
    expect(dropped.get(second.id)).toMatchObject({
      reason: 'It hangs on another move, which was not made.',
      because: first.id,
    })
    expect((await placeOf(second.id)).technician_id).toBeNull()
  })
})
