/**
 * Where an activity fits best on a route whose vans are limited or whose working time is paid; the partner of `scanPlain`.
 *
 * Every position is judged in constant time by what `../plan/van-route.ts` keeps for each node. Only an activity that asks for a depot
 * call which the route does not make, or makes too late, is tried with each place of the call: before it, or, where the
 * van has what it needs itself, after it.
 */
import { costThroughDepot, hasOnVan, takeParts, wayThroughDepot } from '../constraints/parts.ts'
import { preferenceCost } from '../constraints/preferred-technician.ts'
import { workedCost } from '../constraints/working-time.ts'
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { joined, servedFromVan } from '../plan/van-route.ts'
import { bestCost, type Insertion, passesOver } from './insertion.ts'

/** Seconds from `p` to `q` on route `r`, through the depot or straight. */
const wayOf = (m: Model, time: Int32Array, r: number, p: number, q: number, calls: boolean): number =>
  calls ? wayThroughDepot(m, time, r, p, q) : time[m.place[p]! * m.places + m.place[q]!]!

const costOf = (m: Model, cost: Int32Array, r: number, p: number, q: number, calls: boolean): number =>
  calls ? costThroughDepot(m, cost, r, p, q) : cost[m.place[p]! * m.places + m.place[q]!]!

export const scanVan = (m: Model, s: PlanState, insertion: Insertion, u: number, r: number): number => {
  const { next, free, latest, arc, van } = s
  const { time, cost } = m.classes[m.classOf[r]!]!
  const rate = m.workedRate[r]!
  const to = m.lastTo[u]!
  const first = m.n + 2 * r
  const last = first + 1
  const base =
    preferenceCost(m, u, m.technicianOf[r]!) +
    (s.length[r] === 0 ? m.routeFixedCost[r]! : 0) -
    workedCost(rate, van.worked[r]!)
  const call = van.call[r]!
  const own = insertion.supplied || servedFromVan(m, s, r, u)
  let least = bestCost[0]!
  let position = -1
  // Behind the call nothing lacks.
  let supplied = false
  for (let p = first; p !== last; p = next[p]!) {
    if (free[p]! > to) break
    const q = next[p]!
    const isCall = p === call
    if (own || supplied || isCall) {
      // On the journey of the call itself: before the depot, where the van has what is needed, or behind it.
      for (let turn = isCall && own ? 0 : 1; turn < 2; turn++) {
        const into = isCall && turn === 1
        const onwards = isCall && turn === 0
        const detour = costOf(m, cost, r, p, u, into) + costOf(m, cost, r, u, q, onwards) - arc[p]!
        if (detour + base + rate * van.elapsed[p]! >= least) continue
        const worked = through(
          m,
          u,
          free[p]!,
          van.elapsed[p]!,
          van.bound[p]!,
          wayOf(m, time, r, p, u, into),
          wayOf(m, time, r, u, q, onwards),
          latest[q]!,
          van.rest[q]!,
          van.homeBy[q]!,
        )
        if (worked === NEVER) continue
        const price = detour + base + workedCost(rate, worked)
        if (price < least && !passesOver(insertion)) {
          least = price
          position = p
        }
      }
    }
    if (isCall) supplied = true
  }
  bestCost[0] = least
  if (!own && m.vans.depotPlace[r]! >= 0) {
    // A day without work does not pay for the way from its start to its end, which these two take for granted.
    const unpaid = s.length[r] === 0 ? costOf(m, cost, r, first, last, false) - arc[first]! : 0
    const behind = scanBehindNewCall(m, s, insertion, u, r, base + unpaid)
    if (behind >= 0) position = behind
    const before = scanBeforeNewCall(m, s, insertion, u, r, base + unpaid)
    if (before >= 0) position = before
  }
  return position
}

/** Seconds at work with `u` between two nodes, `into` and `onwards` away; NEVER when something comes too late. */
const through = (
  m: Model,
  u: number,
  free: number,
  elapsed: number,
  bound: number,
  into: number,
  onwards: number,
  latest: number,
  rest: number,
  homeBy: number,
): number => {
  let at = free + into
  const to = m.lastTo[u]!
  if (at > to) return NEVER
  const from = m.firstFrom[u]!
  if (at < from) at = from
  const moved = elapsed + into
  const cap = Math.min(to - moved, bound)
  const on = m.duration[u]! + onwards
  return joined(at + on, moved + on, cap, latest, rest, homeBy)
}

/** The best position behind a call that is made anew, before the one that the route makes already. */
const scanBehindNewCall = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  r: number,
  base: number,
): number => {
  const { next, arc, van } = s
  const { time, cost } = m.classes[m.classOf[r]!]!
  const rate = m.workedRate[r]!
  const first = m.n + 2 * r
  const last = first + 1
  const old = van.call[r]!
  // Without the old call its journey is straight again.
  const saved = old < 0 ? 0 : arc[old]! - cost[m.place[old]! * m.places + m.place[next[old]!]!]!
  let least = bestCost[0]!
  let position = -1
  for (let c = first; c !== last; c = next[c]!) {
    let at = s.free[c]!
    let elapsed = van.elapsed[c]!
    let bound = van.bound[c]!
    let added = base - saved
    for (let p = c; p !== last; ) {
      const q = next[p]!
      const calls = p === c
      const direct = cost[m.place[p]! * m.places + m.place[q]!]!
      const detour = costOf(m, cost, r, p, u, calls) + cost[m.place[u]! * m.places + m.place[q]!]! - direct
      if (added + detour + rate * elapsed < least) {
        const worked = through(
          m,
          u,
          at,
          elapsed,
          bound,
          wayOf(m, time, r, p, u, calls),
          time[m.place[u]! * m.places + m.place[q]!]!,
          van.bareLatest[q]!,
          van.bareRest[q]!,
          van.bareHomeBy[q]!,
        )
        if (worked !== NEVER) {
          const price = added + detour + workedCost(rate, worked)
          if (price < least && !passesOver(insertion)) {
            least = price
            position = p
          }
        }
      }
      if (p === old || q === last) break
      const way = wayOf(m, time, r, p, q, calls)
      if (calls) added += costThroughDepot(m, cost, r, p, q) - direct
      at += way
      elapsed += way
      if (at > van.bareLatest[q]! || at > m.lastTo[u]!) break
      if (at < m.firstFrom[q]!) at = m.firstFrom[q]!
      if (m.lastTo[q]! - elapsed < bound) bound = m.lastTo[q]! - elapsed
      at += m.duration[q]!
      elapsed += m.duration[q]!
      p = q
    }
    if (c === old) break
  }
  if (position >= 0) bestCost[0] = least
  return position
}

/** The best position for `u` served from the van, with a call made anew behind it because too little is left for what follows. */
const scanBeforeNewCall = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  r: number,
  base: number,
): number => {
  const { next, arc, van } = s
  if (m.vans.tooled[u * m.technicians + m.technicianOf[r]!] === 0) return -1
  const { partKinds } = m.vans
  const { time, cost } = m.classes[m.classOf[r]!]!
  const rate = m.workedRate[r]!
  const first = m.n + 2 * r
  const last = first + 1
  const old = van.call[r]!
  const saved = old < 0 ? 0 : arc[old]! - cost[m.place[old]! * m.places + m.place[next[old]!]!]!
  // `taken` counts what the nodes up to `p` take; `scratch` goes on behind `u`.
  const { taken, scratch } = van
  for (let k = 0; k < partKinds; k++) taken[r * partKinds + k] = 0
  let least = bestCost[0]!
  let position = -1
  for (let p = first; p !== last; ) {
    if (s.free[p]! > m.lastTo[u]! || !hasOnVan(m, taken, r, u)) break
    for (let k = 0; k < partKinds; k++) scratch[r * partKinds + k] = taken[r * partKinds + k]!
    takeParts(m, scratch, r, u)
    const after = next[p]!
    const into = time[m.place[p]! * m.places + m.place[u]!]!
    let at = s.free[p]! + into
    if (at <= m.lastTo[u]!) {
      let elapsed = van.elapsed[p]! + into
      let bound = van.bound[p]!
      if (at < m.firstFrom[u]!) at = m.firstFrom[u]!
      if (m.lastTo[u]! - elapsed < bound) bound = m.lastTo[u]! - elapsed
      at += m.duration[u]!
      elapsed += m.duration[u]!
      let added =
        base -
        saved +
        cost[m.place[p]! * m.places + m.place[u]!]! -
        cost[m.place[p]! * m.places + m.place[after]!]!
      let c = u
      for (let q = after; ; q = next[q]!) {
        const way = wayThroughDepot(m, time, r, c, q)
        // What is straight in the old plan is paid behind the call no more.
        const direct = c === u ? 0 : cost[m.place[c]! * m.places + m.place[q]!]!
        const toll = costThroughDepot(m, cost, r, c, q) - direct
        if (added + toll + rate * elapsed < least) {
          const worked = joined(
            at + way,
            elapsed + way,
            bound,
            van.bareLatest[q]!,
            van.bareRest[q]!,
            van.bareHomeBy[q]!,
          )
          if (worked !== NEVER) {
            const price = added + toll + workedCost(rate, worked)
            if (price < least && !passesOver(insertion)) {
              least = price
              position = p
            }
          }
        }
        if (q === last || c === old || !hasOnVan(m, scratch, r, q)) break
        const straight = time[m.place[c]! * m.places + m.place[q]!]!
        at += straight
        elapsed += straight
        if (at > van.bareLatest[q]!) break
        if (c === u) added += cost[m.place[u]! * m.places + m.place[q]!]!
        takeParts(m, scratch, r, q)
        if (at < m.firstFrom[q]!) at = m.firstFrom[q]!
        if (m.lastTo[q]! - elapsed < bound) bound = m.lastTo[q]! - elapsed
        at += m.duration[q]!
        elapsed += m.duration[q]!
        c = q
      }
    }
    if (p === old) break
    p = after
    if (p !== last) takeParts(m, taken, r, p)
  }
  if (position >= 0) bestCost[0] = least
  return position
}
