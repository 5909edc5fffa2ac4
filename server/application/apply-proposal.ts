/**
 * Puts a proposal on the board, move by move, as far as the board still allows it.
 *
 * Each move is conditional: the activity must be as the planner saw it, not locked, not begun, not about to begin, and
 * not in a person's hands. A move that was overtaken is dropped with its reason, and so is every move that counted on
 * it; the rest goes through the same `decide` a dispatcher meets. Moves are applied in chunks, each a command of its own
 * under a key made from the proposal, so that whoever resumes after a crash repeats nothing. A person's edit always wins.
 */
import { createHash } from 'node:crypto'
import type { DroppedMove, ProposedMove } from '../contract/planning.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Caller, CommandAnswer, Commands, Effect, Outcome, Refused, Tx } from '../ports/commands.ts'
import { perform } from './act-on-activity.ts'
import { readFork } from './fork-rows.ts'
import { forkTx } from './fork-tx.ts'
import { forkNotice, raise } from './forks.ts'
import { type Fall, isThere, overtaken, type Scene, sceneFor, withoutConflicts } from './judge-moves.ts'
import { mayPlan } from './may-plan.ts'
import { type ProposalRow, proposalRow } from './request-optimisation.ts'

const CHUNK = 50
export type Dropped = DroppedMove
export type ApplyReport = {
  readonly proposalId: string
  readonly optimisationId: string
  readonly applied: number
  readonly dropped: readonly Dropped[]
}
type ChunkReport = { readonly applied: readonly string[]; readonly dropped: readonly Dropped[] }

export type ApplyRequest = {
  readonly caller: Caller
  readonly key: string
  readonly requestHash: Uint8Array
  readonly proposalId: string
  /** Only these; all when absent. */
  readonly activityIds?: readonly string[]
}

/** Several commands, the last of which stores the answer under the caller's own key. */
export async function applyProposal(
  { commands }: { commands: Commands },
  request: ApplyRequest,
): Promise<CommandAnswer> {
  const { caller, proposalId } = request
  const proposal = await commands.read(caller.companyId, (tx) => proposalRow(tx, proposalId))
  const reports: ChunkReport[] = []
  if (proposal?.status === 'open' && mayPlan(caller) === null) {
    const wanted = request.activityIds === undefined ? null : new Set(request.activityIds)
    const chosen = proposal.moves.filter((move) => wanted === null || wanted.has(move.activityId))
    reports.push({
      applied: [],
      dropped: proposal.moves
        .filter((move) => wanted !== null && !wanted.has(move.activityId))
        .map((move) => ({ activityId: move.activityId, reason: 'Not chosen.' })),
    })
    // The moves are the planner's, accepted by a person: they must not count as a person's own edits.
    const hand: Caller = { ...caller, kind: 'optimiser' }
    for (const moves of chunksOf(chosen)) {
      const name = createHash('sha256').update(JSON.stringify([proposalId, moves]))
      const hash = name.digest()
      const answer = await commands.run(
        { caller: hand, key: `apply-${hash.toString('hex').slice(0, 40)}`, requestHash: hash },
        (tx) =>
          proposal.fork_id === null ? applyChunk(tx, proposal, moves) : applyInFork(tx, proposal, moves),
      )
      if (answer.kind !== 'answer' || answer.status !== 200) return answer
      // Written by `applyChunk`, now or by whoever began before.
      reports.push(JSON.parse(answer.body) as ChunkReport)
    }
  }
  return commands.run({ caller, key: request.key, requestHash: request.requestHash }, (tx) =>
    closeProposal(tx, proposalId, reports),
  )
}

/**
 * Moves that wait for each other's places belong together: a move into a span that another one leaves comes in the
 * same chunk, and so does linked work. A knot larger than a chunk stays whole.
 */
export function chunksOf(moves: readonly ProposedMove[]): ProposedMove[][] {
  const chunks: ProposedMove[][] = []
  let last: ProposedMove[] = []
  for (const knot of knotsOf(moves)) {
    if (last.length > 0 && last.length + knot.length > CHUNK) {
      chunks.push(last)
      last = []
    }
    last.push(...knot)
  }
  if (last.length > 0) chunks.push(last)
  return chunks
}

function knotsOf(moves: readonly ProposedMove[]): ProposedMove[][] {
  const leaderOf = moves.map((_, i) => i)
  const leader = (i: number): number => {
    let at = i
    // Every entry names an index of `moves`.
    while (leaderOf[at] !== at) at = leaderOf[at]!
    return at
  }
  const leaving = new Map<string, { from: number; to: number; index: number }[]>()
  moves.forEach((move, index) => {
    const { technicianId, start, end } = move.from
    if (technicianId === null || start === null || end === null) return
    const list = leaving.get(technicianId) ?? []
    list.push({ from: Date.parse(start), to: Date.parse(end), index })
    leaving.set(technicianId, list)
  })
  moves.forEach((move, index) => {
    const from = Date.parse(move.start)
    const to = Date.parse(move.end)
    for (const span of leaving.get(move.technicianId) ?? []) {
      if (span.from < to && from < span.to) leaderOf[leader(index)] = leader(span.index)
    }
  })
  const indexOf = new Map(moves.map((move, index) => [move.activityId, index]))
  moves.forEach((move, index) => {
    for (const id of move.linkedTo ?? []) {
      const other = indexOf.get(id)
      if (other !== undefined) leaderOf[leader(index)] = leader(other)
    }
  })
  const knots = new Map<number, ProposedMove[]>()
  moves.forEach((move, index) => {
    const key = leader(index)
    knots.set(key, [...(knots.get(key) ?? []), move])
  })
  return [...knots.values()]
}

/** The same moves by the same rules, into a fork: nothing happens on the board, and nobody is told. */
async function applyInFork(
  tx: Tx,
  proposal: ProposalRow,
  moves: readonly ProposedMove[],
): Promise<Outcome | Refused> {
  const fork = await readFork(tx, proposal.fork_id ?? '', true)
  if (fork?.status !== 'open') return { refusal: { code: 'PROPOSAL_STALE', details: { status: 'ended' } } }
  const outcome = await applyChunk(await forkTx(tx, fork), proposal, moves)
  if ('refusal' in outcome) return outcome
  await raise(tx, fork)
  return { status: outcome.status, body: outcome.body, effects: [forkNotice(tx, fork, 'changed')] }
}

async function applyChunk(
  tx: Tx,
  proposal: ProposalRow,
  moves: readonly ProposedMove[],
): Promise<Outcome | Refused> {
  const denied = mayPlan({ ...tx.caller, kind: tx.caller.sessionId === null ? 'system' : 'user' })
  if (denied) return denied
  const dropped = new Map<string, Fall>()
  const scene = await sceneFor(tx, proposal, moves)
  const settled: string[] = []
  let alive: ProposedMove[] = []
  for (const move of moves) {
    const activity = scene.activities.get(move.activityId)
    if (activity && isThere(activity, move)) settled.push(move.activityId)
    else {
      const fall = overtaken(activity, move, scene)
      if (fall === null) alive.push(move)
      else dropped.set(move.activityId, fall)
    }
  }
  alive = withoutConflicts(alive, scene, dropped)
  for (;;) {
    const acted = await perform(tx, actsFor(alive, scene), proposal.board_id)
    if (!('refusal' in acted)) {
      await explainMoves(tx, proposal, alive, acted.done)
      const report: ChunkReport = {
        applied: [...settled, ...alive.map((move) => move.activityId)],
        dropped: [...dropped].map(([activityId, fall]) => ({ activityId, ...fall })),
      }
      return { status: 200, body: report, events: acted.events, effects: acted.effects }
    }
    const culprit = acted.refusal.details?.activityId
    const one = alive.length === 1 ? alive[0]?.activityId : undefined
    const id = typeof culprit === 'string' ? culprit : one
    // A refusal that names nobody is about all of them.
    if (id === undefined || !alive.some((move) => move.activityId === id)) return acted
    dropped.set(id, { reason: `Refused: ${acted.refusal.code}.` })
    alive = withoutConflicts(
      alive.filter((move) => move.activityId !== id),
      scene,
      dropped,
    )
  }
}

type Act = Parameters<typeof perform>[1][number]

/** First all let go of their places, then each takes its new one: nobody bumps into a colleague who is leaving. */
function actsFor(moves: readonly ProposedMove[], scene: Scene): Act[] {
  const letGo = moves.filter((move) => scene.activities.get(move.activityId)?.technicianId != null)
  return [
    ...letGo.map(
      (move): Act => ({
        activityId: move.activityId,
        expectedVersion: move.expectedVersion,
        act: { type: 'assign', technicianId: null },
        strict: false,
      }),
    ),
    ...moves.map(
      (move): Act => ({
        activityId: move.activityId,
        expectedVersion: move.expectedVersion,
        act: { type: 'reschedule', start: move.start, end: move.end, technicianId: move.technicianId },
        strict: false,
      }),
    ),
  ]
}

async function explainMoves(
  tx: Tx,
  proposal: ProposalRow,
  moves: readonly ProposedMove[],
  done: readonly { activity: Activity }[],
): Promise<void> {
  const versions = new Map(done.map(({ activity }) => [activity.id, activity.version]))
  for (const move of moves) {
    const version = versions.get(move.activityId)
    if (version === undefined) continue
    await tx.saveExplanation(move.activityId, version, {
      decidedBy: 'optimiser',
      why: move.why,
      proposalId: proposal.id,
      acceptedBy: tx.caller.sessionId === null ? null : tx.caller.userId,
    })
  }
}

async function closeProposal(
  tx: Tx,
  proposalId: string,
  reports: readonly ChunkReport[],
): Promise<Outcome | Refused> {
  const denied = mayPlan(tx.caller)
  if (denied) return denied
  const proposal = await proposalRow(tx, proposalId, true)
  if (!proposal) return { refusal: { code: 'NOT_FOUND', details: { entity: 'proposal', id: proposalId } } }
  if (proposal.status !== 'open') {
    return { refusal: { code: 'PROPOSAL_STALE', details: { status: proposal.status } } }
  }
  const report: ApplyReport = {
    proposalId,
    optimisationId: proposal.optimisation_id,
    applied: reports.reduce((sum, chunk) => sum + chunk.applied.length, 0),
    dropped: reports.flatMap((chunk) => chunk.dropped),
  }
  await tx.query(
    `UPDATE proposal SET status = 'applied', decided_at = now(), decided_by = $3 WHERE company_id = $1 AND id = $2`,
    [tx.caller.companyId, proposalId, tx.caller.userId],
  )
  await tx.query('UPDATE optimisation SET applied = $3, dropped = $4 WHERE company_id = $1 AND id = $2', [
    tx.caller.companyId,
    proposal.optimisation_id,
    report.applied,
    JSON.stringify(report.dropped),
  ])
  return { status: 200, body: report, effects: [appliedNotice(tx, proposal)] }
}

const appliedNotice = (tx: Tx, proposal: ProposalRow): Effect => ({
  kind: 'notice',
  dedupeKey: `proposal:${proposal.id}:applied`,
  payload: {
    board: proposal.board_id,
    kind: 'proposal',
    at: new Date(tx.now).toISOString(),
    proposalId: proposal.id,
    optimisationId: proposal.optimisation_id,
    status: 'applied',
  },
})
