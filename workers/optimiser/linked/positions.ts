/**
 * Where linked work can go, cheapest first: every position with the least that it can cost, before any delay is followed.
 *
 * The surprising rule: of empty days of one kind only the first is looked at, unless one day alone is asked for.
 */
import { hasRoom } from '../constraints/capacity.ts'
import { linkedFrom, mayDoBeside, mayPair } from '../constraints/links.ts'
import { mayDo } from '../constraints/skills.ts'
import { latenessCost } from '../constraints/sla-lateness.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { costOfLinked, overheadOf } from './price.ts'
import { blinks, type LinkedInsertion } from './trial.ts'

/** The cheapest position of `u` on routes from `from` up to `to`, or -1; its cost is in `cost[0]`, never above `bound`. */
export const bestLinkedPosition = (
  m: Model,
  s: PlanState,
  insertion: LinkedInsertion,
  u: number,
  from: number,
  to: number,
  bound: number,
): number => {
  insertion.cost[0] = bound
  let best = -1
  let left = gather(m, s, insertion, u, from, to, linkedFrom(m, s, u), -1, -1, bound)
  for (; left > 0; left--) {
    const p = takeLeast(insertion, left)
    if (insertion.cost[1]! >= insertion.cost[0]!) break
    if (blinks(insertion)) continue
    const cost = costOfLinked(m, s, insertion, u, p, -1, -1, insertion.cost[0]!)
    if (cost < insertion.cost[0]!) {
      insertion.cost[0] = cost
      best = p
    }
  }
  return best
}

/**
 * All positions of `u` that might cost less than `bound`, each with the least that it can cost; tells how many. With a `partner`
 * on route `beside`, only those whose technician is right for the partner's.
 */
export const gather = (
  m: Model,
  s: PlanState,
  insertion: LinkedInsertion,
  u: number,
  from: number,
  to: number,
  release: number,
  partner: number,
  beside: number,
  bound: number,
): number => {
  const { kindSeen, gathered, gatheredCost } = insertion
  const { place, places, firstFrom, lastTo } = m
  const { next, free, latest, arc } = s
  const kindStamp = insertion.stamp[1]! + 1
  insertion.stamp[1] = kindStamp
  const row = place[u]! * places
  const earliest = Math.max(release, firstFrom[u]!)
  const last = lastTo[u]!
  const work = m.duration[u]!
  let count = 0
  for (let r = from; r < to; r++) {
    if (!mayEnter(m, s, u, r)) continue
    if (partner >= 0) {
      if (!mayPair(m, partner, u, m.technicianOf[beside]!, m.technicianOf[r]!)) continue
      if (r === beside && !bothFit(m, s, partner, u, r)) continue
    }
    // Of empty days of one kind the first will do.
    if (s.length[r] === 0 && r !== beside && to - from > 1) {
      if (kindSeen[m.kindOf[r]!] === kindStamp) continue
      kindSeen[m.kindOf[r]!] = kindStamp
    }
    const { time, timeTo, cost, costTo } = m.classes[m.classOf[r]!]!
    const end = m.n + 2 * r + 1
    const overhead = overheadOf(m, s, u, r)
    for (let p = end - 1; p !== end; p = next[p]!) {
      if (free[p]! > last) break
      const before = place[p]!
      let start = free[p]! + timeTo[row + before]!
      if (start < earliest) start = earliest
      if (start > last) continue
      const q = next[p]!
      const after = place[q]!
      const onward = start + work + time[row + after]!
      if (onward > latest[q]!) continue
      let least = costTo[row + before]! + cost[row + after]! - arc[p]! + overhead
      if (least >= bound) continue
      least += latenessCost(m, u, start)
      // Whoever follows starts no earlier than that, whatever else happens.
      if (q < m.n && onward > s.start[q]! && m.isFixed[q] === 0)
        least += latenessCost(m, q, onward) - latenessCost(m, q, s.start[q]!)
      if (least >= bound) continue
      gathered[count] = p
      gatheredCost[count++] = least
    }
  }
  return count
}

const mayEnter = (m: Model, s: PlanState, u: number, r: number): boolean =>
  m.shiftOf[r]! >= 0 &&
  mayDo(m, u, m.technicianOf[r]!) &&
  s.length[r]! < m.tasksMax[r]! &&
  hasRoom(m, s.brought, s.collected, r, u) &&
  mayDoBeside(m, s, u, m.technicianOf[r]!)

/** True when one day has tasks and capacity left for two. */
const bothFit = (m: Model, s: PlanState, u: number, v: number, r: number): boolean => {
  if (s.length[r]! + 2 > m.tasksMax[r]!) return false
  const { dimensions, capacity, delivery, pickup } = m
  for (let d = 0; d < dimensions; d++) {
    const room = capacity[r * dimensions + d]!
    if (s.brought[r * dimensions + d]! + delivery[u * dimensions + d]! + delivery[v * dimensions + d]! > room)
      return false
    if (s.collected[r * dimensions + d]! + pickup[u * dimensions + d]! + pickup[v * dimensions + d]! > room)
      return false
  }
  return true
}

/** Takes the position that can cost least out of the first `count`; what it can cost is in `cost[1]`. */
export const takeLeast = (insertion: LinkedInsertion, count: number): number => {
  const { gathered, gatheredCost } = insertion
  let at = 0
  for (let i = 1; i < count; i++) if (gatheredCost[i]! < gatheredCost[at]!) at = i
  const p = gathered[at]!
  insertion.cost[1] = gatheredCost[at]!
  gathered[at] = gathered[count - 1]!
  gatheredCost[at] = gatheredCost[count - 1]!
  return p
}
