import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { actOnActivity } from '../../server/application/act-on-activity.ts'
import { applyProposal } from '../../server/application/apply-proposal.ts'
import { createActivity } from '../../server/application/create-activity.ts'
import { createOrder } from '../../server/application/create-order.ts'
import { cancelOptimisation, requestOptimisation } from '../../server/application/request-optimisation.ts'
import type { ActivityView } from '../../server/contract/activity.ts'
import type { OptimisationView, ProposalView } from '../../server/contract/planning.ts'
import { type Bench, boardId, company, openBench } from '../test-bench.ts'
import { planBoard } from './plan-board.ts'
import { relayOnce } from './relay.ts'
import { sweepRows } from './sweeper.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.sql('DELETE FROM proposal')
  await bench.sql('DELETE FROM optimisation')
  await bench.sql('DELETE FROM outbox')
  await bench.sql('DELETE FROM activity')
  bench.notices.length = 0
})

async function work(count: number): Promise<ActivityView[]> {
  const made: ActivityView[] = []
  for (let i = 0; i < count; i++) {
    const order = await bench.act<{ id: string }>((tx) =>
      createOrder(tx, { description: `Lamp ${i}`, customerId: 'city-residents' }),
    )
    made.push(
      await bench.act<ActivityView>((tx) =>
        createActivity(tx, { orderId: order.id, boardId, durationMinutes: 30, priority: 'normal' }),
      ),
    )
  }
  return made
}

const ask = (mode: 'propose' | 'apply' = 'propose'): Promise<OptimisationView> =>
  bench.act((tx) => requestOptimisation(tx, { boardId, body: { mode, budgetMs: 50 } }))

const runRow = async (id: string) => {
  const [row] = await bench.sql<{
    status: string
    proposal_id: string | null
    attempts: number
    applied: number
    dropped: { activityId: string; reason: string }[]
    error: string | null
  }>('SELECT status, proposal_id, attempts, applied, dropped, error FROM optimisation WHERE id = $1', [id])
  if (!row) throw new Error(`no run ${id}`)
  return row
}

const proposalOf = async (runId: string): Promise<ProposalView> => {
  const rows = await bench.sql<ProposalView & Record<string, unknown>>(
    'SELECT id, moves, summary, status FROM proposal WHERE optimisation_id = $1',
    [runId],
  )
  expect(rows).toHaveLength(1)
  // One row was just counted.
  return rows[0]!
}

const activityRow = async (id: string) => {
  const [row] = await bench.sql<{ technician_id: string | null; start_at: Date | null; version: number }>(
    'SELECT technician_id, start_at, version FROM activity WHERE id = $1',
    [id],
  )
  if (!row) throw new Error(`no activity ${id}`)
  return row
}

describe('a planning run', () => {
  it('ends as a proposal with a move for each unplaced activity, and tells the board', async () => {
    const made = await work(6)
    const run = await ask()
    expect(await planBoard({ company, run: run.id }, bench.planParts)).toBe('done')
    const proposal = await proposalOf(run.id)
    expect(proposal.moves.map((m) => m.activityId).sort()).toEqual(made.map((a) => a.id).sort())
    expect(proposal.summary.placed).toBe(6)
    expect(proposal.summary.before.unassigned).toBe(6)
    expect(proposal.summary.after.unassigned).toBe(0)
    expect(bench.notices.some((n) => n.kind === 'proposal' && n.proposalId === proposal.id)).toBe(true)
    // A second job for the same run finds nothing to do.
    expect(await planBoard({ company, run: run.id }, bench.planParts)).toBe('nothing-to-do')
  })

  it('in mode apply puts the moves on the board', async () => {
    const made = await work(3)
    const run = await ask('apply')
    await planBoard({ company, run: run.id }, bench.planParts)
    expect(await runRow(run.id)).toMatchObject({ status: 'done', applied: 3, dropped: [] })
    for (const { id } of made) expect((await activityRow(id)).technician_id).not.toBeNull()
  })

  it('writes nothing once its lease went to another', async () => {
    await work(2)
    const run = await ask()
    let firstWrote: boolean | undefined
    // The first worker sleeps past its lease in the middle of the search; a second one takes over and ends first.
    await planBoard(
      { company, run: run.id },
      {
        ...bench.planParts,
        search: async (job, options) => {
          await bench.sql("UPDATE optimisation SET lease_until = now() - interval '1 second' WHERE id = $1", [
            run.id,
          ])
          expect(await planBoard({ company, run: run.id }, bench.planParts)).toBe('done')
          return bench.planParts.search(job, options)
        },
        runs: {
          ...bench.runs,
          propose: async (claim, proposal) => {
            firstWrote = await bench.runs.propose(claim, proposal)
            return firstWrote
          },
        },
      },
    )
    expect(firstWrote).toBe(false)
    await proposalOf(run.id)
    expect(await runRow(run.id)).toMatchObject({ status: 'done', attempts: 2 })
  })

  it('is poisoned after three attempts, and other boards go on', async () => {
    await work(1)
    const run = await ask()
    const poison = { ...bench.planParts, search: () => Promise.reject(new Error('this input kills')) }
    for (let i = 0; i < 3; i++) expect(await planBoard({ company, run: run.id }, poison)).toBe('again')
    expect(await planBoard({ company, run: run.id }, poison)).toBe('gave-up')
    const row = await runRow(run.id)
    expect(row).toMatchObject({ status: 'poisoned', attempts: 3 })
    expect(row.error).toContain('this input kills')
    // The board is free for the next run.
    const next = await ask()
    expect(await planBoard({ company, run: next.id }, bench.planParts)).toBe('done')
  })

  it('gives itself back without a mark when the process drains', async () => {
    await work(1)
    const run = await ask()
    const draining = new AbortController()
    const parts = {
      ...bench.planParts,
      draining: draining.signal,
      search: async () => {
        draining.abort(new Error('draining'))
        throw new Error('ended by draining')
      },
    }
    expect(await planBoard({ company, run: run.id }, parts)).toBe('again')
    expect(await runRow(run.id)).toMatchObject({ status: 'queued', attempts: 0 })
  })

  it('stops when it is cancelled, and leaves no proposal', async () => {
    await work(1)
    const run = await ask()
    await planBoard(
      { company, run: run.id },
      {
        ...bench.planParts,
        search: async (job, options) => {
          await bench.act((tx) => cancelOptimisation(tx, { optimisationId: run.id }))
          return bench.planParts.search(job, options)
        },
      },
    )
    expect(await runRow(run.id)).toMatchObject({ status: 'cancelled', proposal_id: null })
  })

  it('goes on with its own proposal when it is taken up again after a crash', async () => {
    const made = await work(2)
    const run = await ask('apply')
    await planBoard(
      { company, run: run.id },
      { ...bench.planParts, apply: () => Promise.reject(new Error('killed before applying')) },
    )
    const proposal = await proposalOf(run.id)
    let searched = 0
    await planBoard(
      { company, run: run.id },
      {
        ...bench.planParts,
        search: (job, options) => {
          searched++
          return bench.planParts.search(job, options)
        },
      },
    )
    expect(searched).toBe(0)
    expect((await proposalOf(run.id)).id).toBe(proposal.id)
    expect(await runRow(run.id)).toMatchObject({ status: 'done', applied: 2 })
    for (const { id } of made) expect((await activityRow(id)).version).toBe(2)
  })

  it('comes back from Postgres when the queue has lost everything', async () => {
    await work(1)
    const run = await ask()
    await relayOnce(bench.relayParts)
    expect(await bench.queue.has('planning', `run-${run.id}`)).toBe(true)
    const { Redis } = await import('ioredis')
    const admin = new Redis(bench.redis.queueAdminUrl)
    await admin.flushall()
    admin.disconnect()
    expect(await bench.queue.has('planning', `run-${run.id}`)).toBe(false)
    expect(await sweepRows(bench.sweeperParts)).toBe(0)
    await bench.sql("UPDATE optimisation SET created_at = now() - interval '6 seconds' WHERE id = $1", [
      run.id,
    ])
    expect(await sweepRows(bench.sweeperParts)).toBe(1)
    expect((await bench.queue.counts()).planning).toBe(1)
  })
})

describe('applying a proposal', () => {
  const apply = (proposalId: string, key = `apply-key-${bench.newId()}`) =>
    applyProposal(
      { commands: bench.commands },
      { caller: bench.manager, key, requestHash: new Uint8Array([7]), proposalId },
    )

  it('leaves alone what a person changed meanwhile, and applies the rest', async () => {
    const made = await work(5)
    const run = await ask()
    await planBoard({ company, run: run.id }, bench.planParts)
    const proposal = await proposalOf(run.id)
    const [mine] = made
    const theirs = proposal.moves.find((m) => m.activityId !== mine?.id)
    if (!mine || !theirs) throw new Error('five activities were made')
    // The person takes the very span that the planner had for another activity.
    const placed = await bench.act<ActivityView>((tx) =>
      actOnActivity(tx, {
        activityId: mine.id,
        expectedVersion: mine.version,
        act: { type: 'reschedule', start: theirs.start, end: theirs.end, technicianId: theirs.technicianId },
      }),
    )
    const answer = await apply(proposal.id)
    if (answer.kind !== 'answer') throw new Error(answer.kind)
    expect(answer.status).toBe(200)
    const report = JSON.parse(answer.body) as {
      applied: number
      dropped: { activityId: string; reason: string }[]
    }
    expect(report.dropped).toContainEqual({
      activityId: mine.id,
      reason: 'Mara Vale changed it meanwhile.',
      changedBy: { name: 'Mara Vale', at: expect.any(String) },
    })
    expect(report.dropped).toContainEqual({
      activityId: theirs.activityId,
      reason: 'It would meet work that Mara Vale changed meanwhile.',
      changedBy: { name: 'Mara Vale', at: expect.any(String) },
    })
    expect(report.applied + report.dropped.length).toBe(5)
    expect(await activityRow(mine.id)).toMatchObject({
      version: placed.version,
      technician_id: theirs.technicianId,
    })
    expect((await activityRow(theirs.activityId)).technician_id).toBeNull()
  })

  it('answers the same key with the same bytes, and another with a refusal', async () => {
    await work(2)
    const run = await ask()
    await planBoard({ company, run: run.id }, bench.planParts)
    const proposal = await proposalOf(run.id)
    const first = await apply(proposal.id, 'one-and-the-same-key')
    const again = await apply(proposal.id, 'one-and-the-same-key')
    const other = await apply(proposal.id)
    if (first.kind !== 'answer' || again.kind !== 'answer' || other.kind !== 'answer')
      throw new Error('no answer')
    expect(again.body).toBe(first.body)
    expect(again.replay).toBe(true)
    expect(other.status).toBe(409)
    expect(JSON.parse(other.body)).toMatchObject({ code: 'PROPOSAL_STALE' })
  })

  it('swaps two technicians’ work in one go', async () => {
    const made = await work(2)
    const start = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 24 * 3_600_000)
    // Nine in the morning, when all ten are at work.
    start.setUTCHours(9, 0, 0, 0)
    const end = new Date(start.getTime() + 30 * 60_000)
    const spots = ['city-t1', 'city-t2']
    const placed: ActivityView[] = []
    for (const [i, activity] of made.entries()) {
      placed.push(
        await bench.act<ActivityView>((tx) =>
          actOnActivity(tx, {
            activityId: activity.id,
            expectedVersion: 1,
            act: {
              type: 'reschedule',
              start: start.toISOString(),
              end: end.toISOString(),
              technicianId: spots[i] ?? '',
            },
          }),
        ),
      )
    }
    await bench.sql('UPDATE activity SET human_touched_at = NULL')
    const run = await ask()
    const [row] = await bench.sql<{ epoch: string; seq: number }>(
      'SELECT epoch, seq FROM board WHERE id = $1',
      [boardId],
    )
    await bench.sql(
      `INSERT INTO proposal (company_id, id, board_id, optimisation_id, base_epoch, base_seq, moves, summary)
         VALUES ($1, 'swap', $2, $3, $4, $5, $6, '{}')`,
      [
        company,
        boardId,
        run.id,
        row?.epoch,
        row?.seq,
        JSON.stringify(
          placed.map((a, i) => ({
            activityId: a.id,
            expectedVersion: a.version,
            technicianId: spots[1 - i],
            start: start.toISOString(),
            end: end.toISOString(),
            from: { technicianId: a.technicianId, start: a.start, end: a.end },
            why: 'a swap',
          })),
        ),
      ],
    )
    const answer = await apply('swap')
    if (answer.kind !== 'answer') throw new Error(answer.kind)
    expect(JSON.parse(answer.body)).toMatchObject({ applied: 2, dropped: [] })
    expect((await activityRow(made[0]?.id ?? '')).technician_id).toBe('city-t2')
    expect((await activityRow(made[1]?.id ?? '')).technician_id).toBe('city-t1')
    const blocking = await bench.sql<{ blocking: boolean }>('SELECT blocking FROM activity')
    expect(blocking.every((b) => b.blocking)).toBe(true)
  })
})
