/** A fork's differences in the shape of a proposal, so that they are drawn, chosen and priced in the same way. */
import type { Board } from './board.ts'
import type { ForkDiff, ProposalView } from './planning.ts'

export function asProposal(diff: ForkDiff, board: Board, now: number): ProposalView {
  const moves = diff.moves.flatMap((move) => {
    const { technicianId, start, end } = move.to
    const bar = board.bars.get(move.activityId)
    // What somebody changed on the board meanwhile is no longer offered.
    if (!move.holds || technicianId === null || start === null || end === null || !bar) return []
    return [
      {
        activityId: move.activityId,
        expectedVersion: bar.version,
        technicianId,
        start,
        end,
        from: move.from,
        why: '',
      },
    ]
  })
  const placed = moves.filter((move) => move.from.technicianId === null).length
  return {
    id: diff.forkId,
    boardId: '',
    optimisationId: '',
    status: 'open',
    baseSeq: diff.seq,
    moves,
    summary: { moved: moves.length - placed, placed, before: diff.before, after: diff.after, unassigned: [] },
    createdAt: new Date(now).toISOString(),
  }
}
