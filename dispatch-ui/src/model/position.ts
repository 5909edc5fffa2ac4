/**
 * The client's place in a board's log: the cookie `(epoch, seq)` and the rule that keeps it honest.
 *
 * A frame is taken only where it joins on: everything already seen is dropped, a gap means asking again from here, and
 * another epoch means starting afresh. A snapshot older than what is already shown is refused.
 */
export type Position = { readonly epoch: string; readonly seq: number }

export type Verdict =
  | { readonly take: 'nothing' }
  /** Take the items numbered from here on. */
  | { readonly take: 'from'; readonly seq: number }
  /** Ask again with the own position. */
  | { readonly take: 'resume' }
  /** Ask for a snapshot. */
  | { readonly take: 'afresh' }

export function judgeFrame(
  at: Position | null,
  frame: { readonly epoch: string; readonly from: number; readonly to: number },
): Verdict {
  if (at === null) return { take: 'afresh' }
  if (frame.epoch !== at.epoch) return { take: 'afresh' }
  if (frame.to <= at.seq) return { take: 'nothing' }
  if (frame.from > at.seq + 1) return { take: 'resume' }
  return { take: 'from', seq: at.seq + 1 }
}

export const isSnapshotWelcome = (at: Position | null, snapshot: Position): boolean =>
  at === null || at.epoch !== snapshot.epoch || snapshot.seq >= at.seq
