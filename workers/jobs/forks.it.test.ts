import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRecords } from '../../server/adapters/postgres/records.ts'
import { actOnActivity, type WireAct } from '../../server/application/act-on-activity.ts'
import { updateRecord } from '../../server/application/change-record.ts'
import { createActivity } from '../../server/application/create-activity.ts'
import { createOrder } from '../../server/application/create-order.ts'
import { diffFork } from '../../server/application/fork-board.ts'
import { readFork } from '../../server/application/fork-rows.ts'
import { changeFork, createFork, discardFork, runForkCommands } from '../../server/application/forks.ts'
import { mergeFork } from '../../server/application/merge-fork.ts'
import { requestOptimisation } from '../../server/application/request-optimisation.ts'
import type { ActivityView } from '../../server/contract/activity.ts'
import type { ForkCreate, ForkDiff, ForkMerge, ForkMerged, ForkView } from '../../server/contract/forks.ts'
import type { OptimisationView } from '../../server/contract/planning.ts'
import { type Bench, boardId, company, openBench } from '../test-bench.ts'
import { planBoard } from './plan-board.ts'

let bench: Bench
const DAY = 24 * 3_600_000

beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  for (const table of ['fork', 'proposal', 'optimisation', 'activity'])
    await bench.sql(`DELETE FROM ${table}`)
})

const tomorrowAt = (hour: number): string =>
  new Date(Math.ceil(Date.now() / DAY) * DAY + hour * 3_600_000).toISOString()
const spot = (technicianId: string, hour: number) => ({
  technicianId,
  start: tomorrowAt(hour),
  end: tomorrowAt(hour + 0.5),
})

async function visit(): Promise<ActivityView> {
  const order = await bench.act<{ id: string }>((tx) =>
    createOrder(tx, { description: 'Lamp', customerId: 'city-residents' }),
  )
  return bench.act<ActivityView>((tx) =>
    createActivity(tx, { orderId: order.id, boardId, durationMinutes: 30, priority: 'normal' }),
  )
}
const act = (activity: ActivityView, what: WireAct): Promise<ActivityView> =>
  bench.act<ActivityView>((tx) =>
    actOnActivity(tx, { activityId: activity.id, expectedVersion: activity.version, act: what }),
  )
const placed = async (technicianId: string, hour: number): Promise<ActivityView> =>
  act(await visit(), { type: 'reschedule', ...spot(technicianId, hour) })

const forked = (body: ForkCreate = {}): Promise<ForkView> =>
  bench.act<ForkView>((tx) => createFork(tx, { boardId, body }))
const tried = (fork: ForkView, activity: ActivityView, what: WireAct) =>
  bench.act<{ results: ActivityView[] }>((tx) =>
    runForkCommands(tx, {
      forkId: fork.id,
      // The act with its reference is one of the board's commands.
      commands: [{ ...what, activityId: activity.id, expectedVersion: activity.version } as never],
    }),
  )
const planned = async (fork: ForkView): Promise<void> => {
  const run = await bench.act<OptimisationView>((tx) =>
    requestOptimisation(tx, { boardId, body: { budgetMs: 60 }, forkId: fork.id }),
  )
  expect(await planBoard({ company, run: run.id }, bench.planParts)).toBe('done')
}
const diffOf = async (fork: ForkView): Promise<ForkDiff> => {
  const parts = {
    commands: bench.commands,
    boards: bench.planParts.boards,
    planner: bench.explainParts.planner,
  }
  const diff = await diffFork(parts, { companyId: company, forkId: fork.id })
  if (!diff) throw new Error('the fork is there')
  return diff
}
const merged = (fork: ForkView, chosen: Omit<ForkMerge, 'forkId'> = {}): Promise<ForkMerged> =>
  bench.act<ForkMerged>((tx) => mergeFork(tx, createRecords(bench.pools), { forkId: fork.id, ...chosen }))
const live = async (id: string) => {
  const [row] = await bench.sql<{ technician_id: string | null; start_at: Date | null; version: number }>(
    'SELECT technician_id, start_at, version FROM activity WHERE id = $1',
    [id],
  )
  return row && { technicianId: row.technician_id, start: row.start_at?.toISOString(), version: row.version }
}
const technician = async (id: string) => {
  const [row] = await bench.sql<{ version: number; absences: unknown[] }>(
    'SELECT version, absences FROM technician WHERE id = $1',
    [id],
  )
  if (!row) throw new Error(`technician ${id} is on the board`)
  return row
}
const seqOf = async (): Promise<number | undefined> =>
  (await bench.sql<{ seq: number }>('SELECT seq FROM board WHERE id = $1', [boardId]))[0]?.seq

describe('a what-if fork', () => {
  it('tries a change by the board’s own rules, and the board knows nothing of it', async () => {
    const one = await placed('city-t1', 15)
    const other = await placed('city-t2', 15)
    const fork = await forked({ name: 'Lea takes it' })
    const before = await seqOf()
    const { results } = await tried(fork, one, { type: 'reschedule', ...spot('city-t2', 16) })
    expect(results[0]).toMatchObject({ technicianId: 'city-t2', version: one.version + 1 })
    // On top of the colleague's visit it is warned of, as on the board.
    const again = await tried(fork, results[0] ?? one, { type: 'reschedule', ...spot('city-t2', 15) })
    expect(again.results[0]).toMatchObject({ warnings: [{ kind: 'overlap', activityId: other.id }] })
    await expect(tried(fork, one, { type: 'lock' })).rejects.toThrow(/version-conflict/)
    expect(await live(one.id)).toEqual({ technicianId: 'city-t1', start: one.start, version: one.version })
    expect(await seqOf()).toBe(before)
  })

  it('plans a day without a technician, and merged the board has exactly what was previewed', async () => {
    const his = [await placed('city-t1', 15), await placed('city-t1', 17)]
    await bench.sql('UPDATE activity SET human_touched_at = NULL')
    const fork = await forked({
      name: 'T1 is ill',
      absences: [{ technicianId: 'city-t1', from: tomorrowAt(-24), to: tomorrowAt(48) }],
    })
    const unplanned = await diffOf(fork)
    expect(unplanned.moves).toEqual([])
    expect(unplanned.before.unassigned).toBe(2)
    await planned(fork)
    const diff = await diffOf(fork)
    expect(diff.moves.map((move) => move.activityId).sort()).toEqual(his.map((one) => one.id).sort())
    expect(diff.after.unassigned).toBe(0)
    expect(await live(his[0]?.id ?? '')).toMatchObject({ technicianId: 'city-t1' })
    expect(await merged(fork)).toMatchObject({ applied: 2, dropped: [] })
    for (const move of diff.moves) {
      expect(move.to.technicianId).not.toBe('city-t1')
      expect(await live(move.activityId)).toMatchObject({
        technicianId: move.to.technicianId,
        start: move.to.start,
      })
    }
    await expect(merged(fork)).rejects.toThrow(/merged/)
  })

  it('records who was assumed away with the moves, as a change of the record from the version it saw', async () => {
    const his = await placed('city-t1', 15)
    const span = { technicianId: 'city-t1', from: tomorrowAt(-24), to: tomorrowAt(48) }
    const fork = await forked({ name: 'T1 is ill', absences: [span] })
    await tried(fork, his, { type: 'reschedule', ...spot('city-t2', 15) })
    const before = await technician('city-t1')
    const seq = await seqOf()
    const report = await merged(fork, { activityIds: [his.id], recordAbsences: { reason: 'Flu' } })
    expect(report).toMatchObject({ applied: 1, absences: { recorded: [span], dropped: [] } })
    // On record it is the board's own: the fork goes on without assuming it.
    const rest = await bench.commands.read(company, (tx) => readFork(tx, fork.id))
    expect(rest).toMatchObject({ status: 'open', absences: [] })
    const after = await technician('city-t1')
    expect(after.version).toBe(before.version + 1)
    expect(after.absences).toEqual([...before.absences, { from: span.from, to: span.to, reason: 'Flu' }])
    // The move and the absence are one command: told together, or not at all.
    const told = await bench.sql<{ entity_id: string; command_id: string }>(
      'SELECT entity_id, command_id FROM board_event WHERE board_id = $1 AND seq > $2 ORDER BY seq',
      [boardId, seq],
    )
    expect(told.at(-1)?.entity_id).toBe('city-t1')
    expect(new Set(told.map((one) => one.command_id)).size).toBe(1)
  })

  it('leaves the record of an assumed absence alone where somebody changed it meanwhile, and says who', async () => {
    const his = await placed('city-t3', 15)
    const fork = await forked({
      absences: [{ technicianId: 'city-t3', from: tomorrowAt(-24), to: tomorrowAt(48) }],
    })
    await tried(fork, his, { type: 'reschedule', ...spot('city-t2', 19) })
    const seen = await technician('city-t3')
    await bench.act((tx) =>
      updateRecord(tx, createRecords(bench.pools), {
        collection: 'technicians',
        id: 'city-t3',
        expectedVersion: seen.version,
        patch: { phone: '+49 30 1234567' },
      }),
    )
    const report = await merged(fork, { recordAbsences: { reason: 'Flu' } })
    expect(report).toMatchObject({
      applied: 1,
      absences: { recorded: [], dropped: [{ technicianId: 'city-t3', changedBy: { name: 'Mara Vale' } }] },
    })
    expect(await technician('city-t3')).toEqual({ ...seen, version: seen.version + 1 })
  })

  it('writes no absence into anybody’s record unasked', async () => {
    const fork = await forked({
      absences: [{ technicianId: 'city-t4', from: tomorrowAt(-24), to: tomorrowAt(48) }],
    })
    const seen = await technician('city-t4')
    expect(await merged(fork)).toEqual({ forkId: fork.id, applied: 0, merged: [], dropped: [] })
    expect(await technician('city-t4')).toEqual(seen)
  })

  it('goes on receiving what happens on the board, and says which of its changes somebody overtook', async () => {
    const mine = await placed('city-t1', 15)
    const theirs = await placed('city-t2', 15)
    const fork = await forked()
    await tried(fork, mine, { type: 'reschedule', ...spot('city-t3', 16) })
    await act(theirs, { type: 'reschedule', ...spot('city-t2', 18) })
    expect((await diffOf(fork)).moves).toMatchObject([{ activityId: mine.id, holds: true }])
    const moved = await act(mine, { type: 'reschedule', ...spot('city-t1', 19) })
    expect((await diffOf(fork)).moves).toMatchObject([
      { activityId: mine.id, holds: false, changedBy: { name: 'Mara Vale' } },
    ])
    const report = await merged(fork)
    expect(report).toMatchObject({ applied: 0, dropped: [{ activityId: mine.id }] })
    expect(report.dropped[0]?.reason).toContain('Mara Vale')
    expect(await live(mine.id)).toMatchObject({ version: moved.version })
  })

  it('merges what is chosen, leaves out what the board has no room for by now, and keeps the rest', async () => {
    const [a, b, c] = [await placed('city-t1', 15), await placed('city-t1', 16), await placed('city-t1', 17)]
    const fork = await forked()
    for (const [i, one] of [a, b, c].entries())
      await tried(fork, one, { type: 'reschedule', ...spot('city-t2', 15 + i) })
    await placed('city-t2', 16)
    const report = await merged(fork, { activityIds: [a.id, b.id] })
    expect(report).toMatchObject({ applied: 1, merged: [a.id], dropped: [{ activityId: b.id }] })
    expect(report.dropped[0]?.reason).toMatch(/other work/)
    expect((await live(b.id))?.technicianId).toBe('city-t1')
    const rest = await bench.commands.read(company, (tx) => readFork(tx, fork.id))
    expect(rest?.status).toBe('open')
    expect([...(rest?.differences.keys() ?? [])]).toEqual([c.id])
  })

  it('changes its conditions only from the version that was seen, for people of its board, and ends when put away', async () => {
    const fork = await forked()
    const change = (expectedVersion: number, technicianId: string) =>
      bench.act<ForkView>((tx) =>
        changeFork(tx, {
          forkId: fork.id,
          expectedVersion,
          body: { absences: [{ technicianId, from: tomorrowAt(1), to: tomorrowAt(2) }] },
        }),
      )
    expect(await change(1, 'city-t4')).toMatchObject({ version: 2, absences: [{ technicianId: 'city-t4' }] })
    await expect(change(1, 'city-t4')).rejects.toThrow(/version-conflict/)
    await expect(change(2, 'nobody')).rejects.toThrow(/absences.0.technicianId/)
    await bench.act((tx) => discardFork(tx, { forkId: fork.id }))
    await expect(tried(fork, await visit(), { type: 'lock' })).rejects.toThrow(/discarded/)
  })
})
