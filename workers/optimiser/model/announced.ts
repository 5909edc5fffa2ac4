/**
 * Where work stands now, and what it costs to move it: whoever was told a time keeps it unless that is worth more.
 *
 * The surprising rule: an announced start is kept by waiting for it (`anchor`), unless waiting is what makes the work late.
 */
import type { Problem, ProblemActivity, Weights, Window } from '../problem.ts'
import { rates } from '../weights.ts'
import { ANY_TIME } from './times.ts'
import { whole, wholeFrom0 } from './whole-numbers.ts'

export const announcedColumns = (
  problem: Problem,
  technicianIndex: ReadonlyMap<string, number>,
  windows: readonly (readonly Window[])[],
  weights: Weights,
) => {
  const n = problem.activities.length
  const technicianOf = new Int32Array(n).fill(-1)
  const start = new Int32Array(n)
  const anchor = new Int32Array(n).fill(ANY_TIME)
  const tolerance = new Int32Array(n)
  const moveCost = new Float64Array(n)
  let isAny = false
  problem.activities.forEach((activity, i) => {
    const { current } = activity
    if (current === undefined || activity.fixed !== undefined) return
    const technician = technicianIndex.get(current.technicianId)
    // A technician who has left the problem cannot be kept: the work is moved whatever happens.
    if (technician === undefined) return
    const field = `activities[${i}].current`
    isAny = true
    technicianOf[i] = technician
    start[i] = whole(current.start, `${field}.start`)
    tolerance[i] = wholeFrom0(current.tolerance ?? 0, `${field}.tolerance`)
    moveCost[i] = Math.round(rates.moved * (current.weight ?? 1) * weights.stability)
    // There are windows for every activity.
    if (moveCost[i]! > 0 && canBeKept(activity, current.start, windows[i]!)) anchor[i] = current.start
  })
  return { technicianOf, start, anchor, tolerance, moveCost, isAny }
}

const canBeKept = (activity: ProblemActivity, start: number, windows: readonly Window[]): boolean =>
  windows.some((window) => window.from <= start && start <= window.to) &&
  activity.targets.every(
    (target) =>
      target.kind === 'respond' ||
      target.wish !== undefined ||
      start + (target.kind === 'complete' ? activity.duration : 0) <= target.dueAt,
  )
