/** What waits to be placed or sent, by how little time is left. */
import type { Bar, Board, BoardPromise } from './board.ts'

export type Rung = 'late' | 'hour' | 'four' | 'today' | 'later'
export const rungs: readonly Rung[] = ['late', 'hour', 'four', 'today', 'later']
export type Waiting = { readonly bar: Bar; readonly promise: BoardPromise | undefined; readonly left: number }

const HOUR = 3_600_000
const priorities = { high: 0, normal: 1, low: 2 }

export function rungOf(left: number, endOfDay: number): Rung {
  if (left < 0) return 'late'
  if (left < HOUR) return 'hour'
  if (left < 4 * HOUR) return 'four'
  return left <= endOfDay ? 'today' : 'later'
}

/** Unassigned: nobody is named. Undispatched: someone is, but has not been told. Two questions, two lists. */
export const isUnassigned = (bar: Bar): boolean =>
  bar.state !== 'closed' && (bar.technicianId === null || bar.startAt === null)
export const isUndispatched = (bar: Bar): boolean => bar.state === 'undispatched' && !isUnassigned(bar)

export function waiting(board: Board, which: (bar: Bar) => boolean, now: number): Waiting[] {
  const found: Waiting[] = []
  for (const bar of board.bars.values()) {
    if (!which(bar)) continue
    const promise = board.nextPromise(bar)
    found.push({ bar, promise, left: promise ? promise.dueAt - now : Number.POSITIVE_INFINITY })
  }
  return found.sort(
    (a, b) =>
      // Two promises without an end are equally far away; infinity less infinity would be no order at all.
      (a.left === b.left ? 0 : a.left - b.left) ||
      priorities[a.bar.priority] - priorities[b.bar.priority] ||
      (a.bar.id < b.bar.id ? -1 : 1),
  )
}
