/** What finished work has taught, kept per company; and the log of boards that there is still something to learn from. */
import type { Finished, Tallies } from '../domain/risk/learn.ts'

export type UnlearnedBoard = { readonly companyId: string; readonly boardId: string }

export interface Lessons {
  /** Boards on which work was finished since. Logs without any are passed over by `Decisions.passQuiet`. */
  unlearned(): Promise<readonly UnlearnedBoard[]>
  /**
   * Hands the next stretch of the log to `fold` and keeps what it answers, together with how far it came: a stretch
   * counts once, whoever learns it. Answers how many finished activities were in it.
   */
  learnNext(
    board: UnlearnedBoard,
    fold: (known: Tallies, finished: readonly Finished[]) => Tallies,
  ): Promise<number>
}
