/**
 * Times and costs of a day on a plain board, where earliest and latest times tell the whole truth.
 */
import { preferenceCost } from '../constraints/preferred-technician.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from './plan-state.ts'

export const updatePlain = (m: Model, s: PlanState, r: number): boolean => {
  const { n, places, place, duration, firstFrom, lastTo } = m
  const { next, prev, free, latest, arc } = s
  // Every index below is a node of this route or a cell of its travel class.
  const { time, cost } = m.classes[m.classOf[r]!]!
  const technician = m.technicianOf[r]!
  const first = n + 2 * r
  let p = first
  let at = m.opensAt[r]!
  free[first] = at
  s.start[first] = at
  let travel = 0
  let extra = 0
  let count = 0
  let possible = true
  const { dimensions } = m
  for (let d = 0; d < dimensions; d++) {
    s.brought[r * dimensions + d] = 0
    s.collected[r * dimensions + d] = 0
  }
  for (let u = next[p]!; u < n; u = next[u]!) {
    const cell = place[p]! * places + place[u]!
    at += time[cell]!
    if (at < firstFrom[u]!) at = firstFrom[u]!
    if (at > lastTo[u]!) possible = false
    s.start[u] = at
    at += duration[u]!
    free[u] = at
    arc[p] = cost[cell]!
    travel += cost[cell]!
    extra += preferenceCost(m, u, technician)
    for (let d = 0; d < dimensions; d++) {
      s.brought[r * dimensions + d] = s.brought[r * dimensions + d]! + m.delivery[u * dimensions + d]!
      s.collected[r * dimensions + d] = s.collected[r * dimensions + d]! + m.pickup[u * dimensions + d]!
    }
    count++
    p = u
  }
  const last = first + 1
  const home = place[p]! * places + place[last]!
  at += count === 0 ? 0 : time[home]!
  s.start[last] = at
  free[last] = at
  arc[p] = count === 0 ? 0 : cost[home]!
  travel += arc[p]!
  let bound = m.closesHardAt[r]!
  if (at > bound) possible = false
  latest[last] = bound
  let q = last
  for (let u = prev[last]!; u < n; u = prev[u]!) {
    bound -= time[place[u]! * places + place[q]!]! + duration[u]!
    if (bound > lastTo[u]!) bound = lastTo[u]!
    latest[u] = bound
    q = u
  }
  s.length[r] = count
  s.overtime[r] = 0
  s.routeLate[r] = 0
  s.routeCost[r] = travel + extra + (count === 0 ? 0 : m.routeFixedCost[r]!)
  return possible
}

/** The same after `u` has been linked into a route whose times were true: they change only as far as it pushes them, both ways. */
export const updatePlainAfter = (m: Model, s: PlanState, u: number, r: number): void => {
  const { n, places, place, duration, firstFrom, lastTo } = m
  const { next, prev, start, free, latest, arc } = s
  const { time, cost } = m.classes[m.classOf[r]!]!
  const p = prev[u]!
  const q = next[u]!
  const into = cost[place[p]! * places + place[u]!]!
  const out = cost[place[u]! * places + place[q]!]!
  const wasEmpty = p >= n && q >= n
  const growth =
    into +
    out -
    (wasEmpty ? 0 : arc[p]!) +
    preferenceCost(m, u, m.technicianOf[r]!) +
    (wasEmpty ? m.routeFixedCost[r]! : 0)
  arc[p] = into
  arc[u] = out
  let at = free[p]!
  let before = p
  for (let v = u; ; v = next[v]!) {
    at += time[place[before]! * places + place[v]!]!
    if (v >= n) {
      start[v] = at
      free[v] = at
      break
    }
    if (at < firstFrom[v]!) at = firstFrom[v]!
    if (v !== u && at === start[v]) break
    start[v] = at
    at += duration[v]!
    free[v] = at
    before = v
  }
  let bound = latest[q]!
  let after = q
  for (let v = u; v < n; v = prev[v]!) {
    bound -= time[place[v]! * places + place[after]!]! + duration[v]!
    if (bound > lastTo[v]!) bound = lastTo[v]!
    if (v !== u && bound === latest[v]) break
    latest[v] = bound
    after = v
  }
  const { dimensions } = m
  for (let d = 0; d < dimensions; d++) {
    s.brought[r * dimensions + d] = s.brought[r * dimensions + d]! + m.delivery[u * dimensions + d]!
    s.collected[r * dimensions + d] = s.collected[r * dimensions + d]! + m.pickup[u * dimensions + d]!
  }
  s.length[r] = s.length[r]! + 1
  s.routeCost[r] = s.routeCost[r]! + growth
  s.total[0] = s.total[0]! + growth
}
