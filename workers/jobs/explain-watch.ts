/**
 * Explains every decision about a place, people's as well as the planner's, soon after it was made.
 *
 * It follows the log and not the commands, so that nobody who moves a visit waits for an explanation. What is stored is
 * the judgement of the board at the number it names: a decision that was overtaken before anyone could judge it says so.
 */
import type { Actor } from '../../server/contract/board.ts'
import type { Decision, Decisions, ExplainedBoard } from '../../server/ports/decisions.ts'
import type { Planner, PlanningBoards } from '../../server/ports/planner.ts'
import { type Loop, startLoop } from './relay.ts'

const LOOK_MS = 500
const PASS_MS = 60_000
/**
 * A worker explains for at most this share of its time, and rests after each decision and not after a batch: on a board of two
 * thousand one takes a tenth of a second or two in which nothing else of the process goes on, and somebody waits for a plan.
 */
const SHARE = 0.3
/** A process that is to stop waits for the batch in hand. */
const RESTS_MAX_MS = 500

export type ExplainWatchParts = {
  decisions: Decisions
  boards: PlanningBoards
  planner: Planner
  now: () => number
  onError: (what: string, error: unknown) => void
}

export function startExplainWatch(parts: ExplainWatchParts): Loop {
  let passedAt = parts.now()
  return startLoop(
    async () => {
      const from = parts.now()
      await explainOnce(parts)
      if (from - passedAt >= PASS_MS) {
        passedAt = from
        await parts.decisions.passQuiet()
      }
      return LOOK_MS
    },
    (error) => parts.onError('explaining decisions', error),
  )
}

/** Explains what waits on each board, a batch at a time; answers how many decisions were stored. */
export async function explainOnce(parts: ExplainWatchParts): Promise<number> {
  let count = 0
  for (const waiting of await parts.decisions.waiting()) {
    const board = await parts.decisions.claim(waiting)
    if (board !== null) count += await explainBoard(board, parts)
  }
  return count
}

async function explainBoard(board: ExplainedBoard, parts: ExplainWatchParts): Promise<number> {
  const { decisions, upTo } = await parts.decisions.after(board)
  const judged = decisions.length === 0 ? [] : await judge(board, decisions, parts)
  await parts.decisions.save(board, judged, upTo)
  return judged.length
}

type Judged = { decision: Decision; seq: number; body: unknown }

async function judge(
  board: ExplainedBoard,
  decisions: readonly Decision[],
  { boards, planner, now: clock, onError }: ExplainWatchParts,
): Promise<Judged[]> {
  const now = decisions.some((decision) => decision.stands)
    ? await boards.read(board.companyId, board.boardId)
    : null
  const isThere = new Set(now?.activities.map((activity) => activity.id))
  const judged: Judged[] = []
  for (const decision of decisions) {
    const by = deciderOf(decision.actor)
    if (now === null || !decision.stands || !isThere.has(decision.activityId)) {
      judged.push({ decision, seq: decision.seq, body: { ...by, overtaken: true } })
      continue
    }
    const from = clock()
    try {
      const { sentence, ...facts } = await planner.explain(now, decision.activityId)
      judged.push({ decision, seq: now.seq, body: { ...by, sentence, facts } })
    } catch (error) {
      // One board's odd data may not keep the others' decisions from being explained.
      onError(`explaining activity ${decision.activityId}`, error)
      judged.push({ decision, seq: now.seq, body: by })
    }
    await rest(clock() - from)
  }
  return judged
}

const rest = (workedMs: number): Promise<void> =>
  new Promise((resolve) =>
    setTimeout(resolve, Math.min(RESTS_MAX_MS, Math.max(0, workedMs) * (1 / SHARE - 1))),
  )

const deciderOf = (actor: Actor) =>
  actor.kind === 'user'
    ? { decidedBy: 'person', person: actor.name }
    : { decidedBy: actor.kind === 'optimiser' ? 'optimiser' : 'system' }
