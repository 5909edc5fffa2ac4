/**
 * A plan kept aside: who does what in which order, no more. Times and costs are made afresh when it comes back.
 */
import { measureAll } from '../linked/times.ts'
import type { Model } from '../model/model.ts'
import { leaveOut, type PlanState } from './plan-state.ts'
import { updateAlone } from './update.ts'

export type Snapshot = {
  readonly next: Int32Array
  readonly prev: Int32Array
  readonly route: Int32Array
  readonly release: Int32Array
  readonly total: Float64Array
}

export const snapshotFor = (m: Model): Snapshot => ({
  next: new Int32Array(m.nodes),
  prev: new Int32Array(m.nodes),
  route: new Int32Array(m.nodes),
  release: new Int32Array(m.nodes),
  total: new Float64Array(2),
})

export const keep = (s: PlanState, into: Snapshot): void => {
  into.next.set(s.next)
  into.prev.set(s.prev)
  into.route.set(s.route)
  into.release.set(s.release)
  into.total.set(s.total)
}

export const restore = (m: Model, s: PlanState, from: Snapshot): void => {
  s.next.set(from.next)
  s.prev.set(from.prev)
  s.route.set(from.route)
  s.release.set(from.release)
  s.count[0] = 0
  s.total[0] = 0
  s.total[1] = 0
  s.routeCost.fill(0)
  s.routeLate.fill(0)
  s.whole.fill(0)
  for (let r = 0; r < m.routes; r++) updateAlone(m, s, r)
  if (m.joint) measureAll(m, s)
  s.absentAt.fill(-1)
  for (let u = 0; u < m.n; u++) if (s.route[u] === -1) leaveOut(m, s, u)
}
