/**
 * Who could do this activity and when, and why it stands where it stands.
 *
 * Both are answered from the live facts of the board at the moment of asking, so an answer is never older than the
 * question. Refused technicians come with the rule that blocks them.
 */
import type { Actor } from '../contract/board.ts'
import type { Candidates, Explanation, StoredDecision } from '../contract/planning.ts'
import type { Commands } from '../ports/commands.ts'
import { placingTypes } from '../ports/decisions.ts'
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
  const decision = await lastDecision({ commands }, asked)
  return {
    ...fresh,
    decidedBy: decision?.by ?? 'person',
    sentence: fresh.sentence,
    decision,
  }
}

type StoredBody = {
  decidedBy?: StoredDecision['by']
  person?: string
  why?: string
  sentence?: string
  overtaken?: boolean
  facts?: Pick<StoredDecision, 'cost' | 'alternatives' | 'blocked'>
}

/** The log knows of a decision at once; what it was judged by follows within a second. */
async function lastDecision(
  { commands }: Pick<Asked, 'commands'>,
  asked: { companyId: string; activityId: string },
): Promise<StoredDecision | null> {
  const [stored = null] = await decisionsAbout({ commands }, { ...asked, limit: 1 })
  const rows = await commands.read(asked.companyId, (tx) =>
    tx.query<{ entity_version: number; at: Date; actor: Actor }>(
      `SELECT entity_version, at, payload->'actor' AS actor FROM board_event
        WHERE company_id = $1 AND entity_id = $2
          AND type = ANY ($3)
        ORDER BY seq DESC LIMIT 1`,
      [asked.companyId, asked.activityId, placingTypes],
    ),
  )
  const last = rows[0]
  if (last === undefined || (stored !== null && stored.activityVersion >= last.entity_version)) return stored
  return {
    activityVersion: last.entity_version,
    at: last.at.toISOString(),
    by: last.actor.kind === 'user' ? 'person' : last.actor.kind,
    person: last.actor.kind === 'user' ? last.actor.name : null,
    sentence: '',
    seq: null,
    overtaken: false,
    cost: null,
    alternatives: [],
    blocked: [],
  }
}

/** Decisions about an activity's place, newest first, each with the explanation that was stored with it. */
export async function decisionsAbout(
  { commands }: Pick<Asked, 'commands'>,
  asked: { companyId: string; activityId: string; limit: number },
): Promise<StoredDecision[]> {
  const rows = await commands.read(asked.companyId, (tx) =>
    tx.query<{ activity_version: number; at: Date; seq: number | null; body: StoredBody }>(
      `SELECT activity_version, at, seq, body FROM explanation WHERE company_id = $1 AND activity_id = $2
        ORDER BY activity_version DESC LIMIT $3`,
      [asked.companyId, asked.activityId, asked.limit],
    ),
  )
  return rows.map(({ activity_version, at, seq, body }) => ({
    activityVersion: activity_version,
    at: at.toISOString(),
    by: body.decidedBy ?? 'optimiser',
    person: body.person ?? null,
    // Whoever decided with a reason is quoted; a person's move is explained by the judgement alone.
    sentence: body.why ?? body.sentence ?? '',
    seq,
    overtaken: body.overtaken ?? false,
    cost: body.facts?.cost ?? null,
    alternatives: body.facts?.alternatives ?? [],
    blocked: body.facts?.blocked ?? [],
  }))
}

async function boardWith(
  boards: PlanningBoards,
  asked: { companyId: string; activityId: string },
): Promise<PlanningBoard | null> {
  const boardId = await boards.boardOf(asked.companyId, asked.activityId)
  const board = boardId === null ? null : await boards.read(asked.companyId, boardId)
  return board?.activities.some((a) => a.id === asked.activityId) ? board : null
}
