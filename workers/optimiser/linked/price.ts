/**
 * What it costs to put linked work in a place, when that can hold up other days.
 *
 * A place is priced by letting the delay run: along the day, over links to partners' days, and on, in trial times beside the plan's
 * own, until nothing is later any more. Two activities that belong together are priced as one: both are put in, and the
 * later of the two decides.
 * The surprising rule: trial times never fall. Where a detour is quicker than the straight way the price is a little too
 * high; what the plan then really costs is told by its own times.
 */
import { loadFits } from '../constraints/capacity.ts'
import { fairnessCost } from '../constraints/fairness.ts'
import { linkedFrom } from '../constraints/links.ts'
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
import { NO_PUSH } from '../model/link-table.ts'
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { latenessAt, workedBy, worstOf } from './times.ts'
import type { LinkedInsertion } from './trial.ts'

/** Delays that run further than this are a circle of people waiting for each other. */
const DELAYS_MAX = 300

/**
 * Growth of the plan's cost when `u` goes after `p` and, unless `v` is -1, `v` after `q` (which may be `u`). Infinite when a
 * hard rule breaks, and where it comes to `bound` or more.
 */
export const costOfLinked = (
  m: Model,
  s: PlanState,
  insertion: LinkedInsertion,
  u: number,
  p: number,
  v: number,
  q: number,
  bound: number,
): number => {
  const { n, place, places, links } = m
  const { seen, start, free, pause, heldAt, held, queue, queuedAt } = insertion
  const ru = s.route[p]!
  const rv = v < 0 ? -1 : q === u ? ru : s.route[q]!
  const behind = v >= 0 && q === u
  const afterU = behind ? v : s.next[p]!
  const afterV = v < 0 ? -1 : behind ? s.next[p]! : s.next[q]!
  // Every index below is a node, a route of one, or a cell of its travel class.
  let growth = overheadOf(m, s, u, ru) + waysOf(m, s, u, p, ru, v, q, rv)
  if (m.mixedLoads && !loadsFit(m, s, insertion, u, p, v, q)) return Number.POSITIVE_INFINITY
  if (m.fairness > 0) growth += unfairness(m, s, u, p, ru, v, q, rv, behind)
  if (growth >= bound) return Number.POSITIVE_INFINITY
  const worstBefore = m.worstPerSecond > 0 ? worstOf(m, s) : 0
  let worst = worstBefore

  const stamp = insertion.stamp[0]! + 1
  insertion.stamp[0] = stamp
  const size = queue.length
  let head = 0
  let waiting = 1
  queue[0] = u
  queuedAt[u] = stamp
  held[u] = linkedFrom(m, s, u)
  heldAt[u] = stamp
  if (v >= 0) {
    queue[1] = v
    queuedAt[v] = stamp
    held[v] = linkedFrom(m, s, v)
    heldAt[v] = stamp
    waiting = 2
  }
  let left = DELAYS_MAX
  while (waiting > 0) {
    if (--left < 0) return Number.POSITIVE_INFINITY
    const x = queue[head]!
    head = head + 1 === size ? 0 : head + 1
    waiting--
    queuedAt[x] = 0
    const r = x === u ? ru : x === v ? rv : s.route[x]!
    let before: number
    if (x === u) before = p
    else if (x === v) before = q
    else if (x === afterV) before = v
    else if (x === afterU) before = u
    else before = s.prev[x]!
    const known = seen[before] === stamp
    const at = known ? free[before]! : s.free[before]!
    const k = known ? pause[before]! : s.pause[before]!
    const way = m.classes[m.classOf[r]!]!.time[place[before]! * places + place[x]!]!
    const isNew = (x === u || x === v) && seen[x] !== stamp
    const oldFree = seen[x] === stamp ? free[x]! : s.free[x]!
    const oldPause = seen[x] === stamp ? pause[x]! : s.pause[x]!
    if (x >= n) {
      const home = arrivalAt(m, r, at, way, k)
      if (home > m.closesHardAt[r]! && (before >= n || m.isFixed[before] === 0))
        return Number.POSITIVE_INFINITY
      if (home > oldFree) {
        growth += overtimeCost(m, r, home) - overtimeCost(m, r, s.length[r] === 0 ? m.opensAt[r]! : oldFree)
        if (growth >= bound) return Number.POSITIVE_INFINITY
        seen[x] = stamp
        free[x] = home
      }
      continue
    }
    let begins: number
    let freeAt: number
    let breakNext: number
    if (m.isFixed[x] === 1) {
      begins = m.fixedStart[x]!
      const given = before >= n || m.isFixed[before] === 1
      breakNext = k
      if (arrivalBy(m, r, at, way, begins, k) !== NEVER) breakNext = breakAfter[0]!
      else if (!given) return Number.POSITIVE_INFINITY
      const end = begins + m.duration[x]!
      freeAt = freeAfterFixed(m, r, given && at > end ? at : end, breakNext)
      breakNext = breakAfter[0]!
    } else {
      const release = heldAt[x] === stamp ? held[x]! : s.release[x]!
      const work = workAt(m, before, x)
      begins = startOn(m, r, at, way, x, work, k, release)
      if (begins === NEVER) return Number.POSITIVE_INFINITY
      freeAt = begins + work
      breakNext = breakAfter[0]!
    }
    if (!isNew && freeAt <= oldFree && breakNext === oldPause) continue
    const technician = m.technicianOf[r]!
    if (isNew) growth += latenessCost(m, x, begins) + moveCost(m, x, technician, begins)
    else {
      const old = seen[x] === stamp ? start[x]! : s.start[x]!
      if (begins !== old) {
        growth +=
          latenessCost(m, x, begins) -
          latenessCost(m, x, old) +
          moveCost(m, x, technician, begins) -
          moveCost(m, x, technician, old)
      }
    }
    if (m.worstPerSecond > 0) {
      const late = latenessAt(m, x, begins)
      if (late > worst) worst = late
    }
    if (growth + (worst - worstBefore) * m.worstPerSecond >= bound) return Number.POSITIVE_INFINITY
    seen[x] = stamp
    start[x] = begins
    free[x] = freeAt
    pause[x] = breakNext
    const after = x === u ? afterU : x === v ? afterV : x === p ? u : x === q ? v : s.next[x]!
    if (queuedAt[after] !== stamp) {
      queuedAt[after] = stamp
      const tail = head + waiting
      queue[tail < size ? tail : tail - size] = after
      waiting++
    }
    for (let e = links.at[x]!; e < links.at[x + 1]!; e++) {
      if (links.push[e] === NO_PUSH) continue
      const partner = links.other[e]!
      const isIn = partner === u || partner === v
      if (!isIn && s.route[partner]! < 0) continue
      const earliest = begins + links.push[e]!
      if (earliest <= (heldAt[partner] === stamp ? held[partner]! : s.release[partner]!)) continue
      held[partner] = earliest
      heldAt[partner] = stamp
      const has = seen[partner] === stamp ? start[partner]! : isIn ? NO_PUSH : s.start[partner]!
      if (earliest <= has || queuedAt[partner] === stamp) continue
      queuedAt[partner] = stamp
      const tail = head + waiting
      queue[tail < size ? tail : tail - size] = partner
      waiting++
    }
  }
  return growth + (worst - worstBefore) * m.worstPerSecond
}

/** What the ways of `u`, and of `v` unless that is -1, add whatever the times, with who does `v` and a day used for it alone. */
const waysOf = (
  m: Model,
  s: PlanState,
  u: number,
  p: number,
  ru: number,
  v: number,
  q: number,
  rv: number,
): number => {
  if (v < 0) return detourOf(m, s, u, p, ru)
  const preference = preferenceCost(m, v, m.technicianOf[rv]!)
  if (q !== u) {
    const opening = s.length[rv] === 0 && rv !== ru ? m.routeFixedCost[rv]! : 0
    return detourOf(m, s, u, p, ru) + detourOf(m, s, v, q, rv) + preference + opening
  }
  const { place, places } = m
  const { cost } = m.classes[m.classOf[ru]!]!
  return (
    cost[place[p]! * places + place[u]!]! +
    cost[place[u]! * places + place[v]!]! +
    cost[place[v]! * places + place[s.next[p]!]!]! -
    s.arc[p]! +
    preference
  )
}

const detourOf = (m: Model, s: PlanState, u: number, p: number, r: number): number => {
  const { place, places } = m
  const { cost } = m.classes[m.classOf[r]!]!
  return cost[place[p]! * places + place[u]!]! + cost[place[u]! * places + place[s.next[p]!]!]! - s.arc[p]!
}

/** Who does `u`, and a day used at all. */
export const overheadOf = (m: Model, s: PlanState, u: number, r: number): number =>
  preferenceCost(m, u, m.technicianOf[r]!) + (s.length[r] === 0 ? m.routeFixedCost[r]! : 0)

const loadsFit = (
  m: Model,
  s: PlanState,
  insertion: LinkedInsertion,
  u: number,
  p: number,
  v: number,
  q: number,
): boolean => {
  const fits = (r: number): boolean => {
    const { sequence } = insertion
    let length = 0
    for (let x = m.n + 2 * r; x !== m.n + 2 * r + 1; x = s.next[x]!) {
      if (x < m.n) sequence[length++] = x
      if (x === p) {
        sequence[length++] = u
        if (q === u && v >= 0) sequence[length++] = v
      }
      if (x === q && v >= 0) sequence[length++] = v
    }
    return loadFits(m, r, sequence, length)
  }
  if (!fits(s.route[p]!)) return false
  return v < 0 || q === u || s.route[q] === s.route[p] || fits(s.route[q]!)
}

/** Growth of what unevenly spread work costs. */
const unfairness = (
  m: Model,
  s: PlanState,
  u: number,
  p: number,
  ru: number,
  v: number,
  q: number,
  rv: number,
  behind: boolean,
): number => {
  const { place, places } = m
  const hours = (x: number, before: number, after: number, r: number, isEmpty: boolean): number => {
    const { time } = m.classes[m.classOf[r]!]!
    const straight = isEmpty ? 0 : time[place[before]! * places + place[after]!]!
    return (
      workAt(m, before, x) +
      time[place[before]! * places + place[x]!]! +
      time[place[x]! * places + place[after]!]! -
      straight
    )
  }
  const more = hours(u, p, s.next[p]!, ru, s.length[ru] === 0)
  const moreV =
    v < 0 ? 0 : behind ? hours(v, u, s.next[p]!, ru, false) : hours(v, q, s.next[q]!, rv, s.length[rv] === 0)
  const growth = (t: number, by: number): number => {
    const worked = workedBy(m, s, t)
    const open = m.openSeconds[t]!
    return fairnessCost(m.fairness, worked + by, open) - fairnessCost(m.fairness, worked, open)
  }
  const t = m.technicianOf[ru]!
  if (v < 0) return growth(t, more)
  const other = m.technicianOf[rv]!
  return other === t ? growth(t, more + moreV) : growth(t, more) + growth(other, moreV)
}
