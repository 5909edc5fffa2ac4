/**
 * The plan while it is searched: linked lists over typed arrays, and for each activity when it starts, when the technician is
 * free after it, and how late it could start without breaking a hard rule further on.
 *
 * `updateRoute` makes these true again after links have changed; until then they are stale. Costs are whole numbers in
 * doubles, so adding and subtracting them never drifts.
 * The surprising rule: fixed work may break rules among itself (that is how it was given); the search only answers for
 * what it placed.
 */
import {
  arrivalAt,
  arrivalBy,
  breakAfter,
  freeAfterFixed,
  startOn,
  workAt,
} from './constraints/open-hours.ts'
import { overtimeCost } from './constraints/overtime.ts'
import { costThroughDepot, wayThroughDepot } from './constraints/parts.ts'
import { preferenceCost } from './constraints/preferred-technician.ts'
import { latenessCost } from './constraints/sla-lateness.ts'
import { moveCost } from './constraints/stability.ts'
import { latestStart } from './constraints/windows.ts'
import {
  addJourney,
  addWork,
  beginDeparture,
  departureFrom,
  goodUntil,
  workedCost,
} from './constraints/working-time.ts'
import { settleCall, workFrom } from './exact-van.ts'
import { measureAll, settle } from './linked/times.ts'
import type { Model } from './model/model.ts'
import { ANY_TIME, NEVER } from './model/times.ts'
import { updateVan, type VanTimes, vanTimesFor } from './van-route.ts'

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

/** The numbers wrap around after 2^32 changes, by when nobody remembers the first ones. */
const changed = (s: PlanState, r: number): void => {
  const version = (s.count[1]! + 1) | 0
  s.count[1] = version
  s.version[r] = version
}

/** Makes the route's times, loads and costs true. False when a hard rule is broken by something that is not fixed. */
export const updateRoute = (m: Model, s: PlanState, r: number): boolean =>
  m.joint ? settle(m, s, r, updateAlone) : updateAlone(m, s, r)

/** The same for one route by itself, with the releases as they are. */
export const updateAlone = (m: Model, s: PlanState, r: number): boolean => {
  changed(s, r)
  const before = s.routeCost[r]!
  const lateBefore = s.routeLate[r]!
  const possible = m.plain ? updatePlain(m, s, r) : m.van ? updateVan(m, s, r) : updateExact(m, s, r)
  s.total[0] = s.total[0]! + s.routeCost[r]! - before
  s.total[1] = s.total[1]! + s.routeLate[r]! - lateBefore
  s.possible[r] = possible ? 1 : 0
  return possible
}

/** Makes the route's times, loads and costs true after `u`, a fitting activity, has been linked into it. */
export const updateAfterLink = (m: Model, s: PlanState, u: number, r: number): void => {
  // A route that was broken may be whole again now, which only the full way can tell.
  if (!m.plain || s.possible[r] === 0) {
    updateRoute(m, s, r)
    return
  }
  changed(s, r)
  // On a plain problem times change only as far as the insertion pushes them, in both directions.
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

const updatePlain = (m: Model, s: PlanState, r: number): boolean => {
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

const updateExact = (m: Model, s: PlanState, r: number): boolean => {
  const { n, places, place, duration } = m
  const { next, prev, free, latest, arc, pause } = s
  const { time, cost } = m.classes[m.classOf[r]!]!
  const technician = m.technicianOf[r]!
  const first = n + 2 * r
  const last = first + 1
  let p = first
  let at = m.opensAt[r]!
  let k = m.breakAt[r]!
  free[first] = at
  s.start[first] = at
  pause[first] = k
  let travel = 0
  let late = 0
  let extra = 0
  let count = 0
  let possible = true
  // Nothing before it that the search has placed: fixed work here answers for itself.
  let given = true
  const { dimensions } = m
  for (let d = 0; d < dimensions; d++) {
    s.brought[r * dimensions + d] = 0
    s.collected[r * dimensions + d] = 0
  }
  if (m.worked && !settleCall(m, s, r)) possible = false
  const call = s.van.call[r]!
  const { day } = s.van
  beginDeparture(day)
  for (let u = next[p]!; u < n; u = next[u]!) {
    const cell = place[p]! * places + place[u]!
    const way = p === call ? wayThroughDepot(m, time, r, p, u) : time[cell]!
    const leftAt = at
    const before = k
    let start: number
    if (m.isFixed[u] === 1) {
      start = m.fixedStart[u]!
      if (arrivalBy(m, r, at, way, start, k) === NEVER) {
        if (!given) possible = false
      } else k = breakAfter[0]!
      if (m.worked) addJourney(m, r, day, p === first, leftAt, way, start, true, before, k)
      const end = start + duration[u]!
      // Of two fixed activities that overlap, the one that ends later keeps the technician.
      at = freeAfterFixed(m, r, given && at > end ? at : end, k)
      k = breakAfter[0]!
      given = true
    } else {
      const work = p === call ? workFrom(m, m.vans.depotPlace[r]!, u) : workAt(m, p, u)
      start = startOn(m, r, at, way, u, work, k, s.release[u]!)
      if (start === NEVER) {
        possible = false
        start = at + way
      } else k = breakAfter[0]!
      if (m.worked) {
        addJourney(m, r, day, p === first, leftAt, way, start, false, before, k)
        addWork(day, goodUntil(m, r, u, start, work, k), work)
      }
      at = start + work
      given = false
    }
    s.start[u] = start
    free[u] = at
    pause[u] = k
    arc[p] = p === call ? costThroughDepot(m, cost, r, p, u) : cost[cell]!
    travel += arc[p]!
    const lateness = latenessCost(m, u, start)
    late += lateness
    const other = preferenceCost(m, u, technician) + moveCost(m, u, technician, start)
    extra += other
    s.nodeCost[u] = lateness + other
    for (let d = 0; d < dimensions; d++) {
      s.brought[r * dimensions + d] = s.brought[r * dimensions + d]! + m.delivery[u * dimensions + d]!
      s.collected[r * dimensions + d] = s.collected[r * dimensions + d]! + m.pickup[u * dimensions + d]!
    }
    count++
    p = u
  }
  let home = at
  let worked = 0
  if (count > 0 || m.departed[r] === 1) {
    const cell = place[p]! * places + place[last]!
    home = arrivalAt(m, r, at, time[cell]!, k)
    const before = k
    if (home === NEVER) home = at + time[cell]!
    else k = breakAfter[0]!
    arc[p] = cost[cell]!
    travel += cost[cell]!
    if (m.worked) {
      s.van.departure[r] = departureFrom(m, r, day, at, time[cell]!, home, k !== before)
      worked = workedCost(m.workedRate[r]!, home - s.van.departure[r]!)
    }
    if (!given && home > m.closesHardAt[r]!) possible = false
  } else arc[p] = 0
  s.start[last] = home
  free[last] = home
  pause[last] = k
  latest[last] = m.closesHardAt[r]!
  let q = last
  let bound = m.closesHardAt[r]!
  for (let u = prev[last]!; u < n; u = prev[u]!) {
    if (m.isFixed[u] === 1) bound = m.fixedStart[u]!
    else bound = latestStart(m, u, bound - time[place[u]! * places + place[q]!]! - duration[u]!)
    latest[u] = bound
    q = u
  }
  s.length[r] = count
  const overtime = count === 0 ? 0 : overtimeCost(m, r, home)
  s.overtime[r] = overtime
  s.routeLate[r] = late
  s.routeCost[r] = travel + late + extra + overtime + worked + (count === 0 ? 0 : m.routeFixedCost[r]!)
  return possible
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
