/** Forks as they are stored, and how a stored difference lies over what the board has. */
import type { ForkAbsence, ForkView } from '../contract/forks.ts'
import type { BoardPolicy } from '../contract/policy.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Technician } from '../domain/plan/technician.ts'
import type { Tx } from '../ports/commands.ts'

/** The members of an activity that may differ in a fork: its place, and what a dispatcher may set. */
type Differing = Pick<
  Activity,
  'technicianId' | 'start' | 'end' | 'state' | 'fieldStatus' | 'priority' | 'locked' | 'blocking'
>

export type Difference = {
  readonly activityId: string
  readonly liveVersion: number
  readonly version: number
  readonly body: Differing
}

/** Who is away in a fork, and the version of the record that said otherwise. */
export type AssumedAbsence = ForkAbsence & { readonly seenVersion?: number }

export type Fork = {
  readonly id: string
  readonly version: number
  readonly boardId: string
  readonly name: string
  readonly status: ForkView['status']
  readonly absences: readonly AssumedAbsence[]
  readonly policy: BoardPolicy
  readonly createdAt: Date
  readonly createdBy: string
  readonly differences: ReadonlyMap<string, Difference>
}

type ForkRow = {
  id: string
  version: number
  board_id: string
  name: string
  status: ForkView['status']
  absences: AssumedAbsence[]
  policy: BoardPolicy
  created_at: Date
  creator_name: string
}

const columns = 'id, version, board_id, name, status, absences, policy, created_at, creator_name'

export async function readFork(tx: Tx, id: string, lock = false): Promise<Fork | null> {
  const rows = await tx.query<ForkRow>(
    `SELECT ${columns} FROM fork WHERE company_id = $1 AND id = $2${lock ? ' FOR UPDATE' : ''}`,
    [tx.caller.companyId, id],
  )
  const row = rows[0]
  return row ? forkOf(row, await differencesOf(tx, [id])) : null
}

export async function openForks(tx: Tx, boardId: string): Promise<Fork[]> {
  const rows = await tx.query<ForkRow>(
    `SELECT ${columns} FROM fork WHERE company_id = $1 AND board_id = $2 AND status = 'open' ORDER BY created_at DESC`,
    [tx.caller.companyId, boardId],
  )
  const differences = await differencesOf(
    tx,
    rows.map((row) => row.id),
  )
  return rows.map((row) => forkOf(row, differences))
}

type OwnedDifference = Difference & { readonly forkId: string }

async function differencesOf(tx: Tx, forkIds: readonly string[]): Promise<readonly OwnedDifference[]> {
  const rows = await tx.query<{
    fork_id: string
    activity_id: string
    live_version: number
    version: number
    body: Differing
  }>(
    `SELECT fork_id, activity_id, live_version, version, body FROM fork_activity
      WHERE company_id = $1 AND fork_id = ANY ($2)`,
    [tx.caller.companyId, forkIds],
  )
  return rows.map((row) => ({
    forkId: row.fork_id,
    activityId: row.activity_id,
    liveVersion: row.live_version,
    version: row.version,
    body: row.body,
  }))
}

const forkOf = (row: ForkRow, differences: readonly OwnedDifference[]): Fork => ({
  id: row.id,
  version: row.version,
  boardId: row.board_id,
  name: row.name,
  status: row.status,
  absences: row.absences,
  policy: row.policy,
  createdAt: row.created_at,
  createdBy: row.creator_name,
  differences: new Map(
    differences.filter((one) => one.forkId === row.id).map((one) => [one.activityId, one]),
  ),
})

export const forkView = (fork: Fork): ForkView => ({
  id: fork.id,
  version: fork.version,
  boardId: fork.boardId,
  name: fork.name,
  status: fork.status,
  absences: fork.absences.map(({ technicianId, from, to }) => ({ technicianId, from, to })),
  policy: fork.policy,
  createdAt: fork.createdAt.toISOString(),
  createdBy: fork.createdBy,
  changed: fork.differences.size,
})

/** The activity as the fork has it. What is closed on the board is closed in every fork. */
export function inFork(fork: Fork, live: Activity): Activity {
  const difference = fork.differences.get(live.id)
  if (difference === undefined || live.state === 'closed') return live
  return { ...live, ...difference.body, version: difference.version }
}

export const differing = (a: Activity): Differing => ({
  technicianId: a.technicianId,
  start: a.start,
  end: a.end,
  state: a.state,
  fieldStatus: a.fieldStatus,
  priority: a.priority,
  locked: a.locked,
  blocking: a.blocking,
})

export function technicianInFork(fork: Fork, technician: Technician): Technician {
  const extra = fork.absences
    .filter((absence) => absence.technicianId === technician.id)
    .map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to), reason: fork.name }))
  return extra.length === 0 ? technician : { ...technician, absences: [...technician.absences, ...extra] }
}
