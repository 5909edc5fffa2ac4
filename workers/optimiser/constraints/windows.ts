/** Time-of-day windows and movable date ranges: when an activity may start. */
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'

/** First allowed start of activity `u` from `at` on, or NEVER. */
export const earliestStart = (m: Model, u: number, at: number): number => {
  const { windowFrom, windowTo } = m
  // Every activity has at least one window; the indices come from the table itself.
  for (let w = m.windowAt[u]!; w < m.windowAt[u + 1]!; w++) {
    if (at <= windowTo[w]!) return Math.max(at, windowFrom[w]!)
  }
  return NEVER
}

/** Last allowed start of activity `u` up to `bound`, or below every time when there is none. */
export const latestStart = (m: Model, u: number, bound: number): number => {
  const { windowFrom, windowTo } = m
  for (let w = m.windowAt[u + 1]! - 1; w >= m.windowAt[u]!; w--) {
    if (bound >= windowFrom[w]!) return Math.min(bound, windowTo[w]!)
  }
  return -NEVER
}
