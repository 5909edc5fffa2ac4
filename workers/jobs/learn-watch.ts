/**
 * Learns from finished work, a little after it is finished.
 *
 * It follows the log and not the commands, so that nobody who ends a job waits for a tally that all jobs of its type share;
 * and a company that comes with a long log learns from all of it.
 */
import { learn } from '../../server/domain/risk/learn.ts'
import type { Lessons } from '../../server/ports/lessons.ts'
import { type Loop, startLoop } from './relay.ts'

/** A forecast loses nothing by a lesson that comes some seconds late. */
const LOOK_MS = 5_000
const BUSY_MS = 200
const BOARDS_AT_ONCE = 200

export type LearnWatchParts = {
  lessons: Lessons
  onError: (what: string, error: unknown) => void
}

export function startLearnWatch(parts: LearnWatchParts): Loop {
  return startLoop(
    async () => ((await learnOnce(parts)) >= BOARDS_AT_ONCE ? BUSY_MS : LOOK_MS),
    (error) => parts.onError('learning', error),
  )
}

/** Learns the next stretch of each board that has moved; answers how many boards that were. */
export async function learnOnce({ lessons, onError }: LearnWatchParts): Promise<number> {
  const boards = await lessons.unlearned()
  for (const board of boards)
    try {
      await lessons.learnNext(board, learn)
    } catch (error) {
      // One board that cannot be read must not keep the others from being learned from.
      onError(`learning from board ${board.boardId}`, error)
    }
  return boards.length
}
