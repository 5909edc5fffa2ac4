/**
 * Who could do this activity and when, and why it stands where it stands.
 *
 * Both are answered from the live facts of the board at the moment of asking, so an answer is never older than the
 * question. Refused technicians come with the rule that blocks them.
 */
import type { Candidates, Explanation } from '../contract/planning.ts'
import type { Commands } from '../ports/commands.ts'
import type { Planner, PlanningBoard, PlanningBoards } from '../ports/planner.ts'

type Asked = { commands: Commands; boards: PlanningBoards; planner: Planner }

/** Null: no such activity in this company, or it is closed. */
export async function candidatesFor(
  { boards, planner }: Asked,
  asked: { companyId: string; activityId: string; limit?: number },
): Promise<Candidates | null> {
  const board = await boardWith(boards, asked)
  return board === null ? null : planner.candidates(board, asked.activityId, asked.limit ?? 10)
}

/** Null: no such activity in this company, or it is closed. */
export async function explanationFor(
  { commands, boards, planner }: Asked,
  asked: { companyId: string; activityId: string },
): Promise<Explanation | null> {
  const board = await boardWith(boards, asked)
  if (board === null) return null
  const fresh = await planner.explain(board, asked.activityId)
  const decision = await commands.read(asked.companyId, async (tx) => {
    const rows = await tx.query<{ body: { decidedBy?: string; why?: string }; activity_version: number }>(
      'SELECT body, activity_version FROM explanation WHERE company_id = $1 AND activity_id = $2',
      [asked.companyId, asked.activityId],
    )
    return rows[0] ?? null
  })
  // The stored reason speaks about one version; once the activity moved on, only the fresh judgement is true.
  const isCurrent = decision !== null && decision.activity_version === fresh.activityVersion
  return {
    ...fresh,
    decidedBy: isCurrent ? (decision.body.decidedBy ?? 'optimiser') : 'person',
    sentence: isCurrent && decision.body.why ? `${decision.body.why} ${fresh.sentence}` : fresh.sentence,
  }
}

async function boardWith(
  boards: PlanningBoards,
  asked: { companyId: string; activityId: string },
): Promise<PlanningBoard | null> {
  const boardId = await boards.boardOf(asked.companyId, asked.activityId)
  const board = boardId === null ? null : await boards.read(asked.companyId, boardId)
  return board?.activities.some((a) => a.id === asked.activityId) ? board : null
}
