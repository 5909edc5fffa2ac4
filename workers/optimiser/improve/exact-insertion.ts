/**
 * Where an activity fits best on a day whose earliest and latest times do not tell the whole truth.
 *
 * Positions that load, skill, times and detour leave are run forward exactly, through breaks, windows and lateness, until the times
 * meet the old ones. Where vans are limited or hours are paid a day is priced whole (`../plan/exact-van.ts`).
 * The surprising rule: what a position costs at least is asked first, so that most are never run.
 */
import { loadFits } from '../constraints/capacity.ts'
import {
  arrivalAt,
  arrivalBy,
  breakAfter,
  freeAfterFixed,
  startOn,
  workAt,
} from '../constraints/open-hours.ts'
import { overtimeCost } from '../constraints/overtime.ts'
import { preferenceCost } from '../constraints/preferred-technician.ts'
import { latenessCost } from '../constraints/sla-lateness.ts'
import { moveCost } from '../constraints/stability.ts'
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import { priceWith } from '../plan/exact-van.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { bestCost, type Insertion, passesOver } from './insertion.ts'

export const scanExact = (m: Model, s: PlanState, insertion: Insertion, u: number, r: number): number => {
  const { places, place } = m
  const { next, free, latest, arc } = s
  const { time, timeTo, cost, costTo } = m.classes[m.classOf[r]!]!
  const row = place[u]! * places
  const from = m.firstFrom[u]!
  const to = m.lastTo[u]!
  const work = m.duration[u]!
  const last = m.n + 2 * r + 1
  const technician = m.technicianOf[r]!
  const overhead = preferenceCost(m, u, technician) + (s.length[r] === 0 ? m.routeFixedCost[r]! : 0)
  const targeted = m.targetAt[u + 1]! > m.targetAt[u]!
  let bestHere = bestCost[0]!
  let position = -1
  for (let p = last - 1; p !== last; ) {
    const q = next[p]!
    const freeAt = free[p]!
    if (freeAt > to) break
    const before = place[p]!
    let start = freeAt + timeTo[row + before]!
    if (start <= to) {
      if (start < from) start = from
      const after = place[q]!
      if (start + work + time[row + after]! <= latest[q]!) {
        const detour = costTo[row + before]! + cost[row + after]! - arc[p]! + overhead
        // Only what beats the best so far is worth running forward.
        if (detour + (targeted ? latenessCost(m, u, start) : 0) < bestHere) {
          const exact = costOfInserting(m, s, insertion, u, p, r) + detour
          if (exact < bestHere) {
            if (!passesOver(insertion)) {
              bestHere = exact
              position = p
            }
          }
        }
      }
    }
    p = q
  }
  if (position >= 0) bestCost[0] = bestHere
  return position
}

/** As `scanExact`, with the price of the whole day: what a call or the pay adds is not in the detour. */
export const scanWorked = (m: Model, s: PlanState, insertion: Insertion, u: number, r: number): number => {
  const { places, place } = m
  const { next, free, latest, arc } = s
  const { time, cost } = m.classes[m.classOf[r]!]!
  const from = m.firstFrom[u]!
  const to = m.lastTo[u]!
  const last = m.n + 2 * r + 1
  let position = -1
  let at = 0
  for (let p = last - 1; p !== last && free[p]! <= to; at++) {
    const q = next[p]!
    const into = place[p]! * places + place[u]!
    const onwards = place[u]! * places + place[q]!
    const start = Math.max(from, free[p]! + (p === s.van.call[r] ? 0 : time[into]!))
    const isInTime = start <= to && start + m.duration[u]! + time[onwards]! <= latest[q]!
    const detour = p === s.van.call[r] ? 0 : cost[into]! + cost[onwards]! - arc[p]!
    if (isInTime && detour < bestCost[0]! && (!m.mixedLoads || mixedLoadFits(m, s, insertion, u, p, r))) {
      const growth = priceWith(m, s, r, u, at, insertion.supplied) - s.routeCost[r]!
      if (growth < bestCost[0]! && !passesOver(insertion)) {
        bestCost[0] = growth
        position = p
      }
    }
    p = q
  }
  return position
}

/** What the day grows by beyond the straight detour and what the activity costs with anyone there: see `costOfInserting`. */
const costOfInsertingWorked = (m: Model, s: PlanState, u: number, p: number, r: number): number => {
  const { cost } = m.classes[m.classOf[r]!]!
  let at = 0
  for (let q = p; q < m.n; q = s.prev[q]!) at++
  const into = cost[m.place[p]! * m.places + m.place[u]!]!
  const out = cost[m.place[u]! * m.places + m.place[s.next[p]!]!]!
  const overhead = preferenceCost(m, u, m.technicianOf[r]!) + (s.length[r] === 0 ? m.routeFixedCost[r]! : 0)
  return priceWith(m, s, r, u, at, false) - s.routeCost[r]! - (into + out - s.arc[p]!) - overhead
}

/** What `u` after `p` costs in lateness, stability and overtime, run forward exactly; infinite when a hard rule breaks. */
export const costOfInserting = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  p: number,
  r: number,
): number => {
  const { n, places, place } = m
  const { time } = m.classes[m.classOf[r]!]!
  const technician = m.technicianOf[r]!
  if (m.mixedLoads && !mixedLoadFits(m, s, insertion, u, p, r)) return Number.POSITIVE_INFINITY
  if (m.worked) return costOfInsertingWorked(m, s, u, p, r)
  const ownWork = workAt(m, p, u)
  const start = startOn(m, r, s.free[p]!, time[place[p]! * places + place[u]!]!, u, ownWork, s.pause[p]!)
  if (start === NEVER) return Number.POSITIVE_INFINITY
  let cost = latenessCost(m, u, start) + moveCost(m, u, technician, start)
  let at = start + ownWork
  let k = breakAfter[0]!
  let before = u
  let given = false
  // Every index below is a node of this route.
  let q = s.next[p]!
  for (; q < n; q = s.next[q]!) {
    const way = time[place[before]! * places + place[q]!]!
    if (m.isFixed[q] === 1) {
      const arrived = arrivalBy(m, r, at, way, m.fixedStart[q]!, k)
      if (arrived !== NEVER) k = breakAfter[0]!
      else if (!given) return Number.POSITIVE_INFINITY
      const end = m.fixedStart[q]! + m.duration[q]!
      at = freeAfterFixed(m, r, given && at > end ? at : end, k)
      k = breakAfter[0]!
      if (at === s.free[q] && k === s.pause[q]) return cost
      given = true
      before = q
      continue
    }
    given = false
    const work = workAt(m, before, q)
    const next = startOn(m, r, at, way, q, work, k, s.release[q]!)
    if (next === NEVER) return Number.POSITIVE_INFINITY
    if (next !== s.start[q]) {
      cost +=
        latenessCost(m, q, next) -
        latenessCost(m, q, s.start[q]!) +
        moveCost(m, q, technician, next) -
        moveCost(m, q, technician, s.start[q]!)
    }
    at = next + work
    k = breakAfter[0]!
    if (at === s.free[q] && k === s.pause[q]) return cost
    before = q
  }
  const home = arrivalAt(m, r, at, time[place[before]! * places + place[q]!]!, k)
  if (!given && home > m.closesHardAt[r]!) return Number.POSITIVE_INFINITY
  return cost + overtimeCost(m, r, home) - s.overtime[r]!
}

const mixedLoadFits = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  p: number,
  r: number,
): boolean => {
  const { sequence } = insertion
  let length = 0
  if (p >= m.n) sequence[length++] = u
  for (let q = s.next[m.n + 2 * r]!; q < m.n; q = s.next[q]!) {
    sequence[length++] = q
    if (q === p) sequence[length++] = u
  }
  return loadFits(m, r, sequence, length)
}
