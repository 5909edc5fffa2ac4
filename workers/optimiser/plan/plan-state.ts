/**
 * The plan while it is searched: linked lists over typed arrays, and for each activity when it starts, when the technician is
 * free after it, and how late it could start without breaking a hard rule further on.
 *
 * The surprising rule: after links have changed all times of the day are stale until `update.ts` makes them true again. Costs are whole
 * numbers in doubles, so adding and subtracting them never drifts.
 */
import type { Model } from '../model/model.ts'
import type { VanTimes } from './van-route.ts'

export type PlanState = {
  readonly next: Int32Array
  readonly prev: Int32Array
  /** Route of an activity, -1 when it is left out. */
  readonly route: Int32Array
  readonly start: Int32Array
  /** When the technician may leave this node. */
  readonly free: Int32Array
  /** First break still to be taken when leaving this node. */
  readonly pause: Int32Array
  /** Latest start at an activity or the end that keeps the rest of the route possible; never too small, exact on a plain problem. */
  readonly latest: Int32Array
  readonly arc: Int32Array
  readonly nodeCost: Float64Array
  readonly length: Int32Array
  readonly brought: Int32Array
  readonly collected: Int32Array
  readonly overtime: Float64Array
  /** Lateness of the route: the part of its cost in the upper bands. */
  readonly routeLate: Float64Array
  readonly routeCost: Float64Array
  /** 0 where something that the search placed breaks a hard rule: never in a plan that is kept. */
  readonly possible: Uint8Array
  /** Another number whenever the route has changed; taking a change back brings the old number back. */
  readonly version: Int32Array
  /** Earliest start that links to other work leave; ANY_TIME for work that has none. */
  readonly release: Int32Array
  /** Greatest lateness, and seconds at work or on the road, of each route; only where days hang together. */
  readonly routeWorst: Float64Array
  readonly routeWorked: Float64Array
  /** What the plan costs as a whole: [0] its greatest lateness, [1] unevenly spread work. */
  readonly whole: Float64Array
  /** Routes whose times have to be made true: a ring and its marks. */
  readonly stale: Int32Array
  readonly isStale: Uint8Array
  readonly changed: Int32Array
  readonly absent: Int32Array
  readonly absentAt: Int32Array
  /** [0] activities left out; [1] the version given last. */
  readonly count: Int32Array
  /** [0] total cost; [1] the part of it in the upper bands: lateness and work left out. */
  readonly total: Float64Array
  /** Depot calls and working time; see `van-route.ts`. */
  readonly van: VanTimes
}

export const leaveOut = (m: Model, s: PlanState, u: number): void => {
  const at = s.count[0]!
  s.absent[at] = u
  s.absentAt[u] = at
  s.route[u] = -1
  s.count[0] = at + 1
  s.total[0] = s.total[0]! + m.leftOutCost[u]!
  s.total[1] = s.total[1]! + m.leftOutCost[u]!
}

export const takeIn = (m: Model, s: PlanState, u: number): void => {
  const at = s.absentAt[u]!
  const last = s.count[0]! - 1
  // `u` is in the list, so the list is not empty.
  const moved = s.absent[last]!
  s.absent[at] = moved
  s.absentAt[moved] = at
  s.absentAt[u] = -1
  s.count[0] = last
  s.total[0] = s.total[0]! - m.leftOutCost[u]!
  s.total[1] = s.total[1]! - m.leftOutCost[u]!
}

/** Links `u` after node `p`; the route's times are stale until `updateRoute`. */
export const linkAfter = (s: PlanState, u: number, p: number): void => {
  const q = s.next[p]!
  s.next[p] = u
  s.prev[u] = p
  s.next[u] = q
  s.prev[q] = u
  s.route[u] = s.route[p]!
}

/** Takes `u` out of its route; the route's times are stale until `updateRoute`. */
export const unlink = (s: PlanState, u: number): void => {
  const p = s.prev[u]!
  const q = s.next[u]!
  s.next[p] = q
  s.prev[q] = p
  s.route[u] = -1
}
