/**
 * Times and costs of a day run forward whole: breaks, choices of windows, lateness, fixed work, vans and paid hours.
 *
 * The surprising rule: fixed work answers for itself only while nothing that the search has placed stands before it.
 */
import {
  arrivalAt,
  arrivalBy,
  breakAfter,
  freeAfterFixed,
  startOn,
  workAt,
} from '../constraints/open-hours.ts'
import { overtimeCost } from '../constraints/overtime.ts'
import { costThroughDepot, wayThroughDepot } from '../constraints/parts.ts'
import { preferenceCost } from '../constraints/preferred-technician.ts'
import { latenessCost } from '../constraints/sla-lateness.ts'
import { moveCost } from '../constraints/stability.ts'
import { latestStart } from '../constraints/windows.ts'
import {
  addJourney,
  addWork,
  beginDeparture,
  departureFrom,
  goodUntil,
  workedCost,
} from '../constraints/working-time.ts'
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import { settleCall, workFrom } from './exact-van.ts'
import type { PlanState } from './plan-state.ts'

export const updateExact = (m: Model, s: PlanState, r: number): boolean => {
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
