/**
 * The numbered log of boards, and the state it leads to, as Postgres has them: the truth behind every projection.
 *
 * Numbers have no gaps. Everything but `heads` is asked under a company, and answers null for a board that is not
 * that company's.
 */
import type { BoardEvent, BoardSnapshot } from '../contract/board.ts'

export type BoardHead = {
  readonly id: string
  readonly companyId: string
  readonly epoch: string
  readonly seq: number
}

/** A moment of a board: by number, or by the clock (milliseconds). */
export type Moment = { readonly seq: number } | { readonly time: number }

export interface EventLog {
  /** Heads of these boards, whichever company they belong to; unknown ids are left out. */
  heads(ids: readonly string[]): Promise<BoardHead[]>
  head(companyId: string, boardId: string): Promise<BoardHead | null>
  /** Events after `seq`, in order, at most `limit`. Empty also when the board is unknown. */
  after(companyId: string, boardId: string, seq: number, limit: number): Promise<BoardEvent[]>
  /** Head and records of one instant. */
  snapshot(companyId: string, boardId: string): Promise<BoardSnapshot | null>
  /** The board as it stood; 'too-old' when the log no longer reaches back so far. */
  at(companyId: string, boardId: string, moment: Moment): Promise<BoardSnapshot | null | 'too-old'>
}
