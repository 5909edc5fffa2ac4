/**
 * The bands of the objective, packed into one whole number.
 *
 * In order: missed SLA targets, lateness, work left out, preferred technicians, travel and overtime, stability. The rates
 * below are exchange rates between neighbours in that order, far enough apart that a lower band decides only where the
 * higher ones agree in all that a day can hold, and small enough that a board's total stays a safe integer.
 * Wishes (`SlaTarget.wish`) are priced by the second: waiting beside travel, a margin between a promise and its lateness.
 * The surprising rule: lateness is finite and work left out pays for its own missed targets and for being as late as the
 * horizon is long. So leaving an activity out is never cheaper than doing that activity late, unless a policy says so.
 */
import type { Weights } from './problem.ts'

export const ordinaryWeights: Weights = {
  missed: 1,
  late: 1,
  waiting: 1,
  margin: 1,
  unassigned: 1,
  preferred: 1,
  travel: 1,
  overtime: 1,
  fairness: 0,
  stability: 1,
}

/** Points at weight 1. A point is a second of travel. */
export const rates = {
  /** One target missed: more than an activity can gather in lateness over a fortnight. */
  missed: 1_000_000_000,
  /** A minute late is 18,000 points. */
  latePerSecond: 300,
  /** An hour of somebody's waiting is worth six minutes of travel. Broken prices are rounded per activity and wish. */
  waitingPerSecond: 0.1,
  /**
   * The far half of the margin before a promise; the near half costs three times as much. What ends in the minute of its promise
   * is missed as often as not, so half an hour of margin is worth half a hundredth of the promise: more than lateness that
   * can only be shortened, and far more than travel. On days of a storm a margin priced beside travel kept no promise more.
   */
  marginPerSecond: 1_500,
  /** Times one more than the priority: from under an hour of lateness to three days. */
  unassigned: 1_000_000,
  /** Someone other than a preferred technician: worth half an hour of travel. */
  preferred: 1_800,
  overtimePerSecond: 2,
  /**
   * A second of work of someone who works all the time, were it not for the open hours: so an hour that goes from someone without a
   * free minute to someone without work is worth an hour of travel.
   */
  fairnessPerSecond: 0.5,
  /** Moving one announced visit: worth ten minutes of travel. */
  moved: 600,
} as const

/** A target is never later than this beyond the horizon, so that lateness stays finite. */
export const lateBeyondHorizonMax = 86_400

export const weightsOf = (weights: Partial<Weights> | undefined): Weights => ({
  ...ordinaryWeights,
  ...weights,
})
