/**
 * Asks for a planning run, watches it, calls it off; and what became of its proposal.
 *
 * A board has at most one open run of each kind, so a burst of requests cannot pile up searches: the same request again
 * is the same run, a different one has to wait or call the first off. The run is a row; its job is made by the relay.
 */

import { defaultPolicy } from '../contract/default-policy.ts'
import type { OptimisationCreate, OptimisationView, ProposalView } from '../contract/planning.ts'
import type { Outcome, Refused, Tx } from '../ports/commands.ts'
import { mayPlan } from './may-plan.ts'

export type RunRequest = {
  readonly teams: readonly string[]
  readonly from: string | null
  readonly to: string | null
  readonly budgetMs: number
  readonly seed: number
  /** Plans this fork of the board, and puts the moves into it. */
  readonly forkId?: string
  /** Asked for by nobody: within the churn budget, and gives way to what people ask for. */
  readonly background?: true
}

const BUDGET_MS = 2_000

/**
 * The instant as of which a run plans: its start when the whole span lies in the past, which is how a past day is
 * replayed; otherwise null, which means the present.
 */
export const asOfRun = (request: Pick<RunRequest, 'from' | 'to'>, now: number): number | null =>
  request.from !== null && request.to !== null && Date.parse(request.to) < now
    ? Date.parse(request.from)
    : null

export async function requestOptimisation(
  tx: Tx,
  asked: { boardId: string; body: OptimisationCreate; forkId?: string },
): Promise<Outcome | Refused> {
  const denied = mayPlan(tx.caller)
  if (denied) return denied
  const board = (await tx.boards([asked.boardId])).get(asked.boardId)
  if (!board) return { refusal: { code: 'NOT_FOUND', details: { entity: 'board', id: asked.boardId } } }
  const { body } = asked
  if (body.from !== undefined && body.to !== undefined && Date.parse(body.from) >= Date.parse(body.to)) {
    return { refusal: { code: 'VALIDATION', details: { field: 'to', rule: 'after from' } } }
  }
  const request: RunRequest = {
    teams: [...new Set(body.teams ?? [])].sort(),
    from: body.from ?? null,
    to: body.to ?? null,
    budgetMs: body.budgetMs ?? BUDGET_MS,
    seed: body.seed ?? 1,
    ...(asked.forkId === undefined ? {} : { forkId: asked.forkId }),
  }
  // A fork is there to be tried on: what is planned in it is put into it.
  const mode = asked.forkId === undefined ? (body.mode ?? 'propose') : 'apply'
  if (asked.forkId === undefined) await callOffBackground(tx, asked.boardId)
  return openRun(tx, { boardId: asked.boardId, kind: 'optimise', mode, request })
}

/** The system's own request after events of a board that repairs itself; joins the open repair when there is one. */
export async function requestRepair(
  tx: Tx,
  asked: { boardId: string; mode: 'propose' | 'apply' },
): Promise<Outcome | Refused> {
  const board = (await tx.boards([asked.boardId])).get(asked.boardId)
  if (!board) return { refusal: { code: 'NOT_FOUND', details: { entity: 'board', id: asked.boardId } } }
  const budget = board.policy.repairBudgetMs
  const request: RunRequest = {
    teams: [],
    from: null,
    to: null,
    budgetMs: typeof budget === 'number' ? budget : defaultPolicy.repairBudgetMs,
    seed: 1,
  }
  return openRun(tx, { boardId: asked.boardId, kind: 'repair', mode: asked.mode, request })
}

/** The system's own request to plan a whole board anew while nobody waits for it. */
export async function requestBackgroundPlan(
  tx: Tx,
  asked: { boardId: string; mode: 'propose' | 'apply' },
): Promise<Outcome | Refused> {
  const board = (await tx.boards([asked.boardId])).get(asked.boardId)
  if (!board) return { refusal: { code: 'NOT_FOUND', details: { entity: 'board', id: asked.boardId } } }
  const budget = board.policy.backgroundBudgetMs
  const request: RunRequest = {
    teams: [],
    from: null,
    to: null,
    budgetMs: typeof budget === 'number' ? budget : defaultPolicy.backgroundBudgetMs,
    seed: 1,
    background: true,
  }
  return openRun(tx, { boardId: asked.boardId, kind: 'optimise', mode: asked.mode, request })
}

/** Who asks for a plan does not wait for one that nobody asked for. */
async function callOffBackground(tx: Tx, boardId: string): Promise<void> {
  await tx.query(
    `UPDATE optimisation SET status = 'cancelled', finished_at = now(), lease_until = NULL, fence = fence + 1
      WHERE company_id = $1 AND board_id = $2 AND kind = 'optimise' AND fork_id IS NULL
        AND status IN ('queued', 'running') AND request->>'background' = 'true'`,
    [tx.caller.companyId, boardId],
  )
}

async function openRun(
  tx: Tx,
  run: { boardId: string; kind: 'optimise' | 'repair'; mode: 'propose' | 'apply'; request: RunRequest },
): Promise<Outcome | Refused> {
  const id = tx.newId()
  const made = await tx.query(
    `INSERT INTO optimisation (company_id, id, board_id, kind, mode, request, created_by, fork_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (company_id, board_id, kind, coalesce(fork_id, '')) WHERE status IN ('queued', 'running')
       DO NOTHING RETURNING id`,
    [
      tx.caller.companyId,
      id,
      run.boardId,
      run.kind,
      run.mode,
      JSON.stringify(run.request),
      tx.caller.userId,
      run.request.forkId ?? null,
    ],
  )
  if (made.length === 0) return joinOpen(tx, run)
  const view = await optimisationView(tx, id)
  return {
    status: 202,
    body: view,
    location: `/api/v1/optimisations/${id}`,
    effects: [{ kind: run.kind === 'repair' ? 'repair' : 'optimise', dedupeKey: id, payload: { run: id } }],
  }
}

async function joinOpen(
  tx: Tx,
  run: { boardId: string; kind: string; mode: string; request: RunRequest },
): Promise<Outcome | Refused> {
  const rows = await tx.query<{ id: string; same: boolean }>(
    `SELECT id, request = $4::jsonb AND mode = $5 AS same FROM optimisation
      WHERE company_id = $1 AND board_id = $2 AND kind = $3 AND fork_id IS NOT DISTINCT FROM $6
        AND status IN ('queued', 'running')`,
    [
      tx.caller.companyId,
      run.boardId,
      run.kind,
      JSON.stringify(run.request),
      run.mode,
      run.request.forkId ?? null,
    ],
  )
  const open = rows[0]
  // It ended between our insert and our look: the caller may simply ask again.
  if (!open) return { refusal: { code: 'IN_USE', details: { board: run.boardId, kind: run.kind } } }
  if (!open.same && run.kind === 'optimise') {
    return { refusal: { code: 'IN_USE', details: { board: run.boardId, optimisationId: open.id } } }
  }
  return {
    status: 202,
    body: await optimisationView(tx, open.id),
    location: `/api/v1/optimisations/${open.id}`,
  }
}

/** Calls a run off. The worker that carries it out notices at its next renewal; a finished run stays as it is. */
export async function cancelOptimisation(
  tx: Tx,
  asked: { optimisationId: string },
): Promise<Outcome | Refused> {
  const denied = mayPlan(tx.caller)
  if (denied) return denied
  await tx.query(
    `UPDATE optimisation SET status = 'cancelled', finished_at = now(), lease_until = NULL, fence = fence + 1
      WHERE company_id = $1 AND id = $2 AND status IN ('queued', 'running')`,
    [tx.caller.companyId, asked.optimisationId],
  )
  const view = await optimisationView(tx, asked.optimisationId)
  if (!view)
    return { refusal: { code: 'NOT_FOUND', details: { entity: 'optimisation', id: asked.optimisationId } } }
  return { status: 200, body: view }
}

type RunRow = {
  id: string
  board_id: string
  kind: OptimisationView['kind']
  mode: OptimisationView['mode']
  status: OptimisationView['status']
  base_seq: number | null
  proposal_id: string | null
  applied: number
  dropped: OptimisationView['dropped']
  created_at: Date
  finished_at: Date | null
  error: string | null
  summary: unknown
}

export async function optimisationView(tx: Tx, id: string): Promise<OptimisationView | null> {
  const rows = await tx.query<RunRow>(
    `SELECT id, board_id, kind, mode, status, base_seq, proposal_id, applied, dropped, created_at, finished_at, error,
            summary
       FROM optimisation WHERE company_id = $1 AND id = $2`,
    [tx.caller.companyId, id],
  )
  const row = rows[0]
  if (!row) return null
  return {
    id: row.id,
    boardId: row.board_id,
    kind: row.kind,
    mode: row.mode,
    status: row.status,
    baseSeq: row.base_seq,
    proposalId: row.proposal_id,
    applied: row.applied,
    dropped: row.dropped,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    error: row.error,
    summary: row.summary,
  }
}

export type ProposalRow = {
  id: string
  board_id: string
  optimisation_id: string
  status: ProposalView['status']
  base_epoch: string
  base_seq: number
  fork_id: string | null
  /** What the run was asked, for the instant as of which its moves are judged. */
  request: RunRequest
  moves: ProposalView['moves']
  summary: ProposalView['summary']
  created_at: Date
}

const proposalColumns = `p.id, p.board_id, p.optimisation_id, p.status, p.base_epoch, p.base_seq, p.moves, p.summary,
  p.created_at, p.fork_id, o.request`
const proposalTables =
  'proposal p JOIN optimisation o ON o.company_id = p.company_id AND o.id = p.optimisation_id'

export const proposalOfRow = (row: ProposalRow): ProposalView => ({
  id: row.id,
  boardId: row.board_id,
  optimisationId: row.optimisation_id,
  status: row.status,
  baseSeq: row.base_seq,
  moves: row.moves,
  summary: row.summary,
  createdAt: row.created_at.toISOString(),
})

export async function proposalRow(tx: Tx, id: string, lock = false): Promise<ProposalRow | null> {
  const rows = await tx.query<ProposalRow>(
    `SELECT ${proposalColumns} FROM ${proposalTables} WHERE p.company_id = $1 AND p.id = $2${lock ? ' FOR UPDATE OF p' : ''}`,
    [tx.caller.companyId, id],
  )
  return rows[0] ?? null
}

export async function proposalView(tx: Tx, id: string): Promise<ProposalView | null> {
  const row = await proposalRow(tx, id)
  return row === null ? null : proposalOfRow(row)
}

/** Open proposals of a board, newest first. */
export async function openProposals(tx: Tx, boardId: string): Promise<ProposalView[]> {
  const rows = await tx.query<ProposalRow>(
    `SELECT ${proposalColumns} FROM ${proposalTables} WHERE p.company_id = $1 AND p.board_id = $2 AND p.status = 'open'
        AND p.fork_id IS NULL ORDER BY p.created_at DESC LIMIT 20`,
    [tx.caller.companyId, boardId],
  )
  return rows.map(proposalOfRow)
}

export async function discardProposal(tx: Tx, asked: { proposalId: string }): Promise<Outcome | Refused> {
  const denied = mayPlan(tx.caller)
  if (denied) return denied
  const row = await proposalRow(tx, asked.proposalId, true)
  if (!row) return { refusal: { code: 'NOT_FOUND', details: { entity: 'proposal', id: asked.proposalId } } }
  if (row.status !== 'open') return { refusal: { code: 'PROPOSAL_STALE', details: { status: row.status } } }
  await tx.query(
    `UPDATE proposal SET status = 'discarded', decided_at = now(), decided_by = $3 WHERE company_id = $1 AND id = $2`,
    [tx.caller.companyId, asked.proposalId, tx.caller.userId],
  )
  return {
    status: 200,
    body: { ...proposalOfRow(row), status: 'discarded' },
    effects: [
      {
        kind: 'notice',
        dedupeKey: `proposal:${row.id}:discarded`,
        payload: {
          board: row.board_id,
          kind: 'proposal',
          at: new Date(tx.now).toISOString(),
          proposalId: row.id,
          optimisationId: row.optimisation_id,
          status: 'discarded',
        },
      },
    ],
  }
}
