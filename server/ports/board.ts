/**
 * The live board as a projection that can be thrown away at any time (consistency.md 2.4).
 *
 * `apply` is idempotent and fenced by number, so any number of projectors may call it in any order. The projection
 * may be behind the log; it is never ahead of it and never silently wrong about where it stands.
 */
import type { BoardSnapshot } from '../contract/board.ts'
import type { WireEvent } from '../contract/wire-event.ts'

export type ApplyReply =
  | { readonly kind: 'ok'; readonly head: number }
  /** The first event is not the next one: give what lies between. */
  | { readonly kind: 'gap'; readonly head: number }
  /** The projection is of another epoch: install afresh. */
  | { readonly kind: 'epoch' }
  | { readonly kind: 'none' }

export type BoardMark = {
  readonly companyId: string
  readonly epoch: string
  readonly seq: number
  /** Checksum of the open activities (`boardChecksum`). */
  readonly sum: number
}

/** A board with its records as JSON texts, in no order. */
export type BoardTexts = BoardMark & {
  readonly activities: readonly string[]
  readonly technicians: readonly string[]
  readonly orders: readonly string[]
}

export interface Board {
  /** Applies events in ascending order of `seq`; those already there are skipped. At most 500 at once. */
  apply(boardId: string, epoch: string, events: readonly WireEvent[]): Promise<ApplyReply>
  /**
   * Puts a whole board in place, unless one of the same epoch is there with the same or a higher number.
   * `anew` replaces one of the same number too. Answers whether it was put.
   */
  install(
    companyId: string,
    boardId: string,
    snapshot: BoardSnapshot,
    options?: { anew?: boolean },
  ): Promise<boolean>
  marks(boardIds: readonly string[]): Promise<(BoardMark | null)[]>
  /** Null when there is no board, or when it lacks an order that one of its activities belongs to. */
  read(boardId: string): Promise<BoardTexts | null>
  /** Events after `seq` without a hole, at most `limit`; empty when the next one is not kept. */
  range(boardId: string, epoch: string, seq: number, limit: number): Promise<WireEvent[]>
}

/**
 * Small messages between processes, delivered at most once: hints, notices, presence. Nothing may depend on their
 * arrival.
 */
export interface LiveBus {
  publish(channel: 'notices' | 'presence', text: string): void
  subscribe(channel: 'board-heads' | 'notices' | 'presence', listener: (text: string) => void): void
}
