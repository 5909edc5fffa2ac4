/**
 * Paid working time: from leaving the start to being back, waiting included.
 *
 * The departure is put off as long as nothing else changes for the worse: the day ends no later, no work leaves its window,
 * none becomes late, no announced visit moves. So what is paid is `max(travel and work, end - last good departure)`, and three
 * numbers for each node say it without running the day again (`joined`).
 * The surprising rule: for someone who is on the road already there is nothing to put off; the shift's opening counts.
 */
import { ProblemError } from '../model.ts'
import type { Problem } from '../problem.ts'

/** Points per second at work for each route, by the technician's rate and the weight of travel. */
export const workedRates = (
  problem: Problem,
  routes: readonly { readonly technician: number; readonly shift: number }[],
  weight: number,
): Float64Array => {
  problem.technicians.forEach(({ perHourWorked }, t) => {
    if (perHourWorked !== undefined && !(Number.isFinite(perHourWorked) && perHourWorked >= 0)) {
      throw new ProblemError(`technicians[${t}].perHourWorked`, 'must be a number from 0')
    }
  })
  // Routes are made from the technicians there are; fixed work outside of all shifts has no day to be paid for.
  return Float64Array.from(routes, ({ technician, shift }) =>
    shift < 0 ? 0 : ((problem.technicians[technician]!.perHourWorked ?? 0) * weight) / 3600,
  )
}

/** Points for `seconds` at work: whole, so that sums of them never drift. */
export const workedCost = (rate: number, seconds: number): number => Math.round(rate * seconds)
