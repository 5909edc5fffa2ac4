/**
 * The plan before any search: everything left out, then the fixed work where it was given.
 */
import type { Model } from '../model/model.ts'
import { ANY_TIME } from '../model/times.ts'
import { leaveOut, linkAfter, type PlanState, takeIn } from './plan-state.ts'
import { updateAlone, updateRoute } from './update.ts'
import { vanTimesFor } from './van-route.ts'

export const emptyPlan = (m: Model): PlanState => {
  const state: PlanState = {
    next: new Int32Array(m.nodes).fill(-1),
    prev: new Int32Array(m.nodes).fill(-1),
    route: new Int32Array(m.nodes).fill(-1),
    start: new Int32Array(m.nodes),
    free: new Int32Array(m.nodes),
    pause: new Int32Array(m.nodes),
    latest: new Int32Array(m.nodes),
    arc: new Int32Array(m.nodes),
    nodeCost: new Float64Array(m.nodes),
    length: new Int32Array(m.routes),
    brought: new Int32Array(m.routes * m.dimensions),
    collected: new Int32Array(m.routes * m.dimensions),
    overtime: new Float64Array(m.routes),
    routeLate: new Float64Array(m.routes),
    routeCost: new Float64Array(m.routes),
    possible: new Uint8Array(m.routes),
    version: new Int32Array(m.routes),
    release: new Int32Array(m.nodes).fill(ANY_TIME),
    routeWorst: new Float64Array(m.routes),
    routeWorked: new Float64Array(m.routes),
    whole: new Float64Array(2),
    stale: new Int32Array(Math.max(1, m.routes)),
    isStale: new Uint8Array(m.routes),
    changed: new Int32Array(Math.max(1, m.routes)),
    absent: new Int32Array(m.n),
    absentAt: new Int32Array(m.n).fill(-1),
    count: new Int32Array(2),
    total: new Float64Array(2),
    van: vanTimesFor(m),
  }
  for (let r = 0; r < m.routes; r++) {
    const first = m.n + 2 * r
    state.next[first] = first + 1
    state.prev[first + 1] = first
    state.route[first] = r
    state.route[first + 1] = r
    updateAlone(m, state, r)
  }
  for (let u = 0; u < m.n; u++) leaveOut(m, state, u)
  return state
}

/** Puts the fixed work where it was given, in the order of its starts. */
export const placeFixedWork = (m: Model, s: PlanState): void => {
  if (m.fixedCount === 0) return
  const touched = new Set<number>()
  for (let u = 0; u < m.n; u++) {
    if (m.isFixed[u] !== 1) continue
    const r = m.fixedRoute[u]!
    let p = m.n + 2 * r
    // The list ends at a node that is no activity.
    for (let q = s.next[p]!; q < m.n && m.fixedStart[q]! <= m.fixedStart[u]!; q = s.next[q]!) p = q
    takeIn(m, s, u)
    linkAfter(s, u, p)
    touched.add(r)
  }
  for (const r of touched) updateRoute(m, s, r)
}
