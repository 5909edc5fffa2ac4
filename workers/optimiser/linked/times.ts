/**
 * Times of days that hang together: a delay here holds up a partner there, and back again.
 *
 * Every link is a push (see `../constraints/links.ts`), so starting from no delay at all and raising releases until nothing is
 * pushed any more gives the earliest times there are for this order. Where two people each wait for the other, that never
 * ends; a bound on the rounds calls it impossible.
 * What the plan costs as a whole, its greatest lateness and how evenly work is spread, is kept here too.
 */
import { fairnessCost } from '../constraints/fairness.ts'
import { travelOn } from '../constraints/parts.ts'
import { COMPLETE, type Model } from '../model/model.ts'
import { ANY_TIME } from '../model/times.ts'
import type { PlanState } from '../plan/plan-state.ts'

/** Makes one route's times true with the releases as they are; false when a hard rule is broken. */
type TimeRoute = (m: Model, s: PlanState, r: number) => boolean

/** Makes all times true after route `r` has changed in any way. False when a hard rule is broken, here or at a partner. */
export const settle = (m: Model, s: PlanState, r: number, timeRoute: TimeRoute): boolean => {
  s.changed[0] = r
  return settleAll(m, s, s.changed, 1, timeRoute)
}

/** The same after the first `count` of `routes` have changed. */
export const settleAll = (
  m: Model,
  s: PlanState,
  routes: Int32Array,
  count: number,
  timeRoute: TimeRoute,
): boolean => {
  const { linked } = m.links
  let waiting = 0
  // The ring is as long as there are routes, and no route is in it twice.
  for (let i = 0; i < linked.length; i++) {
    const u = linked[i]!
    s.release[u] = ANY_TIME
    const own = s.route[u]!
    if (own >= 0 && s.isStale[own] === 0) {
      s.isStale[own] = 1
      s.stale[waiting++] = own
    }
  }
  for (let i = 0; i < count; i++) {
    const r = routes[i]!
    if (s.isStale[r] === 1) continue
    s.isStale[r] = 1
    s.stale[waiting++] = r
  }
  return push(m, s, waiting, timeRoute)
}

/** The same where work has only been put into route `r`, so that nothing can be earlier than it was. */
export const settleLater = (m: Model, s: PlanState, r: number, timeRoute: TimeRoute): boolean => {
  s.isStale[r] = 1
  s.stale[0] = r
  return push(m, s, 1, timeRoute)
}

const push = (m: Model, s: PlanState, from: number, timeRoute: TimeRoute): boolean => {
  const { n, links } = m
  const { stale, isStale, release, start, route } = s
  const size = stale.length
  // A chain of links needs no more rounds than it has members.
  let rounds = 16 + 4 * links.linked.length + m.routes
  let head = 0
  let waiting = from
  let possible = true
  while (waiting > 0) {
    const r = stale[head]!
    head = head + 1 === size ? 0 : head + 1
    waiting--
    isStale[r] = 0
    if (!possible) continue
    if (!timeRoute(m, s, r)) possible = false
    else if (--rounds < 0) {
      possible = false
      s.possible[r] = 0
    }
    measure(m, s, r)
    if (links.linked.length === 0) continue
    for (let u = s.next[n + 2 * r]!; u < n; u = s.next[u]!) {
      for (let e = links.at[u]!; e < links.at[u + 1]!; e++) {
        const v = links.other[e]!
        const own = route[v]!
        const earliest = start[u]! + links.push[e]!
        if (own < 0 || earliest <= release[v]!) continue
        release[v] = earliest
        if (earliest <= start[v]! || isStale[own] === 1) continue
        isStale[own] = 1
        const tail = head + waiting
        stale[tail < size ? tail : tail - size] = own
        waiting++
      }
    }
  }
  priceWhole(m, s)
  return possible
}

/** How late the latest target of an activity is that starts at `start`. */
export const latenessAt = (m: Model, u: number, start: number): number => {
  let worst = 0
  // The indices come from the table itself.
  for (let k = m.targetAt[u]!; k < m.targetAt[u]! + m.promises[u]!; k++) {
    const at = m.targetKind[k] === COMPLETE ? start + m.duration[u]! : start
    const late = Math.min(at - m.targetDue[k]!, m.targetLateMax[k]!)
    if (late > worst) worst = late
  }
  return worst
}

const measure = (m: Model, s: PlanState, r: number): void => {
  if (m.worstPerSecond === 0 && m.fairness === 0) return
  const { n } = m
  let worst = 0
  let worked = 0
  let p = n + 2 * r
  for (let u = s.next[p]!; u < n; p = u, u = s.next[u]!) {
    const late = latenessAt(m, u, s.start[u]!)
    if (late > worst) worst = late
    worked += travelOn(m, s, r, p) + (m.isFixed[u] === 1 ? m.duration[u]! : s.free[u]! - s.start[u]!)
  }
  s.routeWorst[r] = worst
  s.routeWorked[r] = p >= n && m.departed[r] === 0 ? 0 : worked + travelOn(m, s, r, p)
}

export const measureAll = (m: Model, s: PlanState): void => {
  for (let r = 0; r < m.routes; r++) measure(m, s, r)
  priceWhole(m, s)
}

export const worstOf = (m: Model, s: PlanState): number => {
  let worst = 0
  for (let r = 0; r < m.routes; r++) if (s.routeWorst[r]! > worst) worst = s.routeWorst[r]!
  return worst
}

/** Seconds that technician `t` is at work or on the road, over all days. */
export const workedBy = (m: Model, s: PlanState, t: number): number => {
  const days = m.routesOf[t]!
  let worked = 0
  for (let i = 0; i < days.length; i++) worked += s.routeWorked[days[i]!]!
  return worked
}

const priceWhole = (m: Model, s: PlanState): void => {
  const { whole, total } = s
  if (m.worstPerSecond > 0) {
    const late = worstOf(m, s) * m.worstPerSecond
    total[0] = total[0]! + late - whole[0]!
    total[1] = total[1]! + late - whole[0]!
    whole[0] = late
  }
  if (m.fairness > 0) {
    let uneven = 0
    for (let t = 0; t < m.technicians; t++)
      uneven += fairnessCost(m.fairness, workedBy(m, s, t), m.openSeconds[t]!)
    total[0] = total[0]! + uneven - whole[1]!
    whole[1] = uneven
  }
}
