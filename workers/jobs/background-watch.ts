/**
 * Plans a whole board anew, now and then, while people are at work: what repairs cannot see is put right there.
 *
 * A repair looks around its event. Work that was placed when everybody was busy stays where it is although a colleague has
 * become free since; a run in the background moves it, within the same churn budget and by the same conditional moves, so
 * whatever a person changed meanwhile wins. A board on which nobody but the planner did anything since its last plan is left
 * in peace, and so is one on which nobody is at work.
 * The surprising rule: a run is carried out here and not by the queue, one at a time, so that no event waits behind it.
 */
import type { PlanningBoard, PlanningBoards } from '../../server/ports/planner.ts'
import type { BackgroundScout, UnplannedBoard } from '../../server/ports/runs.ts'
import { isAtWork } from './problem/times.ts'
import { type Loop, startLoop } from './relay.ts'

const LOOK_MS = 10_000
/** While boards wait for their turn. */
const NEXT_MS = 100
/** Where nobody is at work is looked at again after this long. */
const SLEEP_MS = 5 * 60_000
const ASLEEP_MAX = 10_000

export type BackgroundWatchParts = {
  scout: BackgroundScout
  boards: PlanningBoards
  /** Opens a run; null when somebody else is planning the board. */
  ask: (board: UnplannedBoard) => Promise<string | null>
  /** Claims the run and carries it out to its end. */
  carryOut: (company: string, run: string) => Promise<unknown>
  now: () => number
  onError: (what: string, error: unknown) => void
}

export function startBackgroundWatch(parts: BackgroundWatchParts): Loop {
  const asleepUntil = new Map<string, number>()
  return startLoop(
    async () => ((await lookOnce(parts, asleepUntil)) ? NEXT_MS : LOOK_MS),
    (error) => parts.onError('background watch', error),
  )
}

/** Plans at most one board. True when it found one to plan. */
export async function lookOnce(
  parts: BackgroundWatchParts,
  asleepUntil: Map<string, number>,
): Promise<boolean> {
  const now = parts.now()
  for (const [board, until] of asleepUntil) if (until <= now) asleepUntil.delete(board)
  if (asleepUntil.size > ASLEEP_MAX) asleepUntil.clear()
  for (const one of await parts.scout.unplanned([...asleepUntil.keys()])) {
    const board = await parts.boards.read(one.companyId, one.boardId)
    if (board === null || !isAnybodyAtWork(board)) {
      asleepUntil.set(one.boardId, now + SLEEP_MS)
      continue
    }
    const run = await parts.ask(one)
    if (run === null) continue
    await parts.carryOut(one.companyId, run)
    return true
  }
  return false
}

const isAnybodyAtWork = (board: PlanningBoard): boolean =>
  board.technicians.some((technician) => isAtWork(board, technician))
