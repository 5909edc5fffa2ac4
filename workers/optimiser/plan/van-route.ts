/**
 * Times and costs of a route where windows are hard and single, but vans are limited or working time is paid.
 *
 * For each node three numbers from the start (when free, time spent moving and working, last departure that keeps every window)
 * and three to the end (latest start, time still to spend, earliest end) let an insertion be judged in constant time, the
 * pay included. The depot call is part of one journey; where the route needs one, the cheapest journey before the first
 * lack is taken. The numbers to the end exist twice, with the call and without, because an insertion may move it.
 */
import {
  costThroughDepot,
  emptyVan,
  firstLacking,
  hasOnVan,
  takeParts,
  wayThroughDepot,
} from '../constraints/parts.ts'
import { preferenceCost } from '../constraints/preferred-technician.ts'
import { workedCost } from '../constraints/working-time.ts'
import type { Model } from '../model/model.ts'
import { ANY_TIME, NEVER } from '../model/times.ts'
import type { PlanState } from './plan-state.ts'

export type VanTimes = {
  /** Node after which the depot is called at, -1 where the route needs no call. */
  readonly call: Int32Array
  /** Parts taken from the van's own stock: before the call, or in all. */
  readonly used: Int32Array
  /** Seconds at work. */
  readonly worked: Int32Array
  readonly departure: Int32Array
  /** Seconds of travel and work from the start until free at this node. */
  readonly elapsed: Int32Array
  /** Latest departure that keeps every window up to this node. */
  readonly bound: Int32Array
  /** Seconds of travel and work from the start of this node to the end. */
  readonly rest: Int32Array
  /** Earliest end for someone who is early at this node. */
  readonly homeBy: Int32Array
  /** The same to the end, and `latest`, as if no call were made. */
  readonly bareLatest: Int32Array
  readonly bareRest: Int32Array
  readonly bareHomeBy: Int32Array
  /** Two counts of parts for whoever walks a route. */
  readonly taken: Int32Array
  readonly scratch: Int32Array
  readonly sequence: Int32Array
  /** A day as it is run forward; see `../constraints/working-time.ts`. */
  readonly day: Int32Array
}

export const vanTimesFor = (m: Model): VanTimes => {
  const nodes = m.van ? m.nodes : 0
  return {
    call: new Int32Array(m.routes).fill(-1),
    used: new Int32Array(m.routes * m.vans.partKinds),
    worked: new Int32Array(m.routes),
    departure: new Int32Array(m.routes),
    elapsed: new Int32Array(nodes),
    bound: new Int32Array(nodes),
    rest: new Int32Array(nodes),
    homeBy: new Int32Array(nodes),
    bareLatest: new Int32Array(nodes),
    bareRest: new Int32Array(nodes),
    bareHomeBy: new Int32Array(nodes),
    taken: new Int32Array(m.routes * m.vans.partKinds),
    scratch: new Int32Array(m.routes * m.vans.partKinds),
    sequence: new Int32Array(m.n + 1),
    day: new Int32Array(2),
  }
}

/** Seconds at work for a day that reaches a node at `at`, after `elapsed`, and goes on as the three numbers say; NEVER when too late. */
export const joined = (
  at: number,
  elapsed: number,
  bound: number,
  latest: number,
  rest: number,
  homeBy: number,
): number => {
  if (at > latest) return NEVER
  const done = at + rest
  const end = Math.max(done, homeBy)
  const cap = Math.min(latest - elapsed, bound)
  const moving = elapsed + rest
  return Math.max(moving, end - cap)
}

export const updateVan = (m: Model, s: PlanState, r: number): boolean => {
  const { n, places, place, duration, firstFrom, lastTo } = m
  const { next, prev, free, latest, arc, van } = s
  const { time, cost } = m.classes[m.classOf[r]!]!
  const first = n + 2 * r
  const last = first + 1
  const technician = m.technicianOf[r]!
  // Every index below is a node of this route or a cell of its tables.
  let count = 0
  let extra = 0
  const { dimensions } = m
  for (let d = 0; d < dimensions; d++) {
    s.brought[r * dimensions + d] = 0
    s.collected[r * dimensions + d] = 0
  }
  for (let u = next[first]!; u < n; u = next[u]!) {
    extra += preferenceCost(m, u, technician)
    for (let d = 0; d < dimensions; d++) {
      s.brought[r * dimensions + d] = s.brought[r * dimensions + d]! + m.delivery[u * dimensions + d]!
      s.collected[r * dimensions + d] = s.collected[r * dimensions + d]! + m.pickup[u * dimensions + d]!
    }
    count++
  }
  const idle = count === 0 && m.departed[r] === 0
  van.bareLatest[last] = m.closesHardAt[r]!
  van.bareRest[last] = 0
  van.bareHomeBy[last] = ANY_TIME
  let q = last
  for (let u = prev[last]!; u < n; u = prev[u]!) {
    const on = duration[u]! + time[place[u]! * places + place[q]!]!
    const bound = van.bareLatest[q]! - on
    van.bareLatest[u] = Math.min(bound, lastTo[u]!)
    van.bareRest[u] = on + van.bareRest[q]!
    const by = firstFrom[u]! + van.bareRest[u]!
    van.bareHomeBy[u] = Math.max(by, van.bareHomeBy[q]!)
    q = u
  }
  let possible = true
  const lacking = firstLacking(m, s, r)
  van.call[r] = -1
  if (lacking >= 0) {
    const call = m.vans.depotPlace[r]! < 0 ? -1 : bestCall(m, s, r, lacking)
    if (call < 0) possible = false
    van.call[r] = call
  }
  const call = van.call[r]!
  if (m.vans.limited) {
    emptyVan(m, van.used, r)
    if (call !== first) {
      for (let u = next[first]!; u < n; u = next[u]!) {
        takeParts(m, van.used, r, u)
        if (u === call) break
      }
    }
  }

  let at = m.opensAt[r]!
  let elapsed = 0
  let bound = m.departed[r] === 1 ? at : NEVER
  let travel = 0
  let p = first
  free[first] = at
  s.start[first] = at
  van.elapsed[first] = 0
  van.bound[first] = bound
  for (let u = next[first]!; ; u = next[u]!) {
    const cell = place[p]! * places + place[u]!
    const way = p === call ? wayThroughDepot(m, time, r, p, u) : idle ? 0 : time[cell]!
    arc[p] = p === call ? costThroughDepot(m, cost, r, p, u) : idle ? 0 : cost[cell]!
    travel += arc[p]!
    at += way
    elapsed += way
    if (u === last) break
    if (at < firstFrom[u]!) at = firstFrom[u]!
    if (at > lastTo[u]!) possible = false
    if (lastTo[u]! - elapsed < bound) bound = lastTo[u]! - elapsed
    s.start[u] = at
    at += duration[u]!
    elapsed += duration[u]!
    free[u] = at
    van.elapsed[u] = elapsed
    van.bound[u] = bound
    p = u
  }
  s.start[last] = at
  free[last] = at
  if (at > m.closesHardAt[r]!) possible = false
  van.departure[r] = Math.min(at - elapsed, bound)
  van.worked[r] = idle ? 0 : at - van.departure[r]!

  // To the end with the call: the same as without it behind the call.
  q = last
  for (let u = last; ; u = prev[u]!) {
    if (u !== last) {
      const on =
        duration[u]! +
        (u === call ? wayThroughDepot(m, time, r, u, q) : time[place[u]! * places + place[q]!]!)
      const limit = latest[q]! - on
      latest[u] = Math.min(limit, lastTo[u]!)
      van.rest[u] = on + van.rest[q]!
      const by = firstFrom[u]! + van.rest[u]!
      van.homeBy[u] = Math.max(by, van.homeBy[q]!)
      q = u
    } else {
      latest[last] = van.bareLatest[last]!
      van.rest[last] = 0
      van.homeBy[last] = ANY_TIME
    }
    if (prev[u]! >= n) break
  }
  s.length[r] = count
  s.overtime[r] = 0
  s.routeLate[r] = 0
  s.routeCost[r] =
    travel + extra + workedCost(m.workedRate[r]!, van.worked[r]!) + (count === 0 ? 0 : m.routeFixedCost[r]!)
  return possible
}

/** The node after which a call costs least, no later than right before `lacking`; -1 when none fits. */
const bestCall = (m: Model, s: PlanState, r: number, lacking: number): number => {
  const { n, places, place, duration, firstFrom, lastTo } = m
  const { next, van } = s
  const { time, cost } = m.classes[m.classOf[r]!]!
  const rate = m.workedRate[r]!
  const first = n + 2 * r
  let at = m.opensAt[r]!
  let elapsed = 0
  let bound = m.departed[r] === 1 ? at : NEVER
  let best = -1
  let least = Number.POSITIVE_INFINITY
  for (let p = first; ; ) {
    const q = next[p]!
    const way = wayThroughDepot(m, time, r, p, q)
    const worked = joined(
      at + way,
      elapsed + way,
      bound,
      van.bareLatest[q]!,
      van.bareRest[q]!,
      van.bareHomeBy[q]!,
    )
    if (worked !== NEVER) {
      const direct = cost[place[p]! * places + place[q]!]!
      const price = costThroughDepot(m, cost, r, p, q) - direct + rate * worked
      if (price < least) {
        least = price
        best = p
      }
    }
    if (q === lacking) return best
    const direct = time[place[p]! * places + place[q]!]!
    at += direct
    elapsed += direct
    if (at < firstFrom[q]!) at = firstFrom[q]!
    if (at > lastTo[q]!) return best
    if (lastTo[q]! - elapsed < bound) bound = lastTo[q]! - elapsed
    at += duration[q]!
    elapsed += duration[q]!
    p = q
  }
}

/** True when `u` could be served on route `r` before any call. */
export const servedFromVan = (m: Model, s: PlanState, r: number, u: number): boolean =>
  !m.vans.limited || hasOnVan(m, s.van.used, r, u)
