/**
 * What a search keeps of its budget for the time after it: going back to the best plan, one last look, telling the plan.
 *
 * How long that takes goes by what it took to get the problem ready, which is work on as many rows. The surprising rule: however late
 * it is, a few milliseconds are left for reasons, for a plan without them says nothing of what it leaves out.
 */
import type { Budget } from './budget.ts'

/** What is left to do after the search, restoring the best plan and telling it, beside what it took to compile the problem. */
const FINISH_SHARE = 0.5
const FINISH_LEAST_MS = 1
/** The least time that the last look and the reasons for what is left out are given, however late it is. */
export const END_LEAST_MS = 8

/**
 * Keeps the time for the end. `readyMs` is what was left of the budget before the problem was compiled. The answer is true once there is
 * only time left to tell the plan; it is first asked when the search is over, and is true for good from then on.
 */
export const keepTheEnd = (budget: Budget, readyMs: number): (() => boolean) => {
  const finishMs = Number.isFinite(readyMs)
    ? FINISH_LEAST_MS + FINISH_SHARE * Math.max(0, readyMs - budget.leftMs())
    : 0
  budget.reserve(finishMs)
  let until: number | null = null
  let over = false
  return () => {
    if (over) return true
    const left = budget.leftMs()
    until ??= Math.min(finishMs, left - END_LEAST_MS)
    over = left <= until
    return over
  }
}
