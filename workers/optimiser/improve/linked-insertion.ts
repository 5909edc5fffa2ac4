/**
 * Where linked work fits best, when putting it in one day can hold up others.
 *
 * A place is priced by letting the delay run: along the day, over links to partners' days, and on, in trial times beside the plan's
 * own, until nothing is later any more. Two activities that belong together are priced as one: both are put in, and the
 * later of the two decides.
 * The surprising rule: trial times never fall. Where a detour is quicker than the straight way the price is a little too
 * high; what the plan then really costs is told by its own times.
 */
import { hasRoom, loadFits } from '../constraints/capacity.ts'
import { fairnessCost } from '../constraints/fairness.ts'
import { linkedFrom, mayDoBeside, mayPair } from '../constraints/links.ts'
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
import { mayDo } from '../constraints/skills.ts'
import { latenessCost } from '../constraints/sla-lateness.ts'
import { moveCost } from '../constraints/stability.ts'
import { latenessAt, workedBy, worstOf } from '../linked-times.ts'
import { NO_PUSH } from '../model/link-table.ts'
import type { Model } from '../model/model.ts'
import { ANY_TIME, NEVER } from '../model/times.ts'
import type { PlanState } from '../plan.ts'
import { type Random, unit } from '../random.ts'

/** How many of the best places of one are tried with all places of the other. */
const TRIED = 4
/** Delays that run further than this are a circle of people waiting for each other. */
const DELAYS_MAX = 300

export type LinkedInsertion = {
  readonly random: Random
  readonly blinkLog: number
  readonly stamp: Int32Array
  readonly seen: Int32Array
  readonly start: Int32Array
  readonly free: Int32Array
  readonly pause: Int32Array
  readonly heldAt: Int32Array
  readonly held: Int32Array
  readonly queue: Int32Array
  readonly queuedAt: Int32Array
  readonly kindSeen: Int32Array
  readonly sequence: Int32Array
  readonly gathered: Int32Array
  readonly gatheredCost: Float64Array
  /** [0] least cost, [1] the least that the position at hand can cost. */
  readonly cost: Float64Array
  /** [0] node to put the first after, [1] the second; [2] positions until one is passed over; [3], [4] stamps. */
  readonly at: Int32Array
  readonly topCost: Float64Array
  readonly topAt: Int32Array
  readonly topStart: Int32Array
}

export const linkedInsertionFor = (m: Model, random: Random, blinkRate: number): LinkedInsertion => {
  const insertion: LinkedInsertion = {
    random,
    blinkLog: blinkRate > 0 ? Math.log(1 - blinkRate) : 0,
    stamp: new Int32Array(2),
    seen: new Int32Array(m.nodes),
    start: new Int32Array(m.nodes),
    free: new Int32Array(m.nodes),
    pause: new Int32Array(m.nodes),
    heldAt: new Int32Array(m.nodes),
    held: new Int32Array(m.nodes),
    queue: new Int32Array(m.nodes + 1),
    queuedAt: new Int32Array(m.nodes),
    kindSeen: new Int32Array(Math.max(1, m.kinds)),
    sequence: new Int32Array(m.n + 2),
    gathered: new Int32Array(m.nodes),
    gatheredCost: new Float64Array(m.nodes),
    cost: new Float64Array(2),
    at: new Int32Array(4),
    topCost: new Float64Array(TRIED),
    topAt: new Int32Array(TRIED),
    topStart: new Int32Array(TRIED),
  }
  insertion.at[2] = untilBlink(insertion)
  return insertion
}

const untilBlink = (insertion: LinkedInsertion): number =>
  insertion.blinkLog === 0
    ? NEVER
    : Math.min(NEVER, 1 + Math.floor(Math.log(1 - unit(insertion.random)) / insertion.blinkLog))

/** True when this position is passed over by chance, so that the search does not always take the same way. */
const blinks = (insertion: LinkedInsertion): boolean => {
  const left = insertion.at[2]! - 1
  insertion.at[2] = left
  if (left > 0) return false
  insertion.at[2] = untilBlink(insertion)
  return insertion.blinkLog !== 0
}

/** What `u` adds on route `r` whatever its time: who does it, a day used at all, the way there and on. */
const detourOf = (m: Model, s: PlanState, u: number, p: number, r: number): number => {
  const { place, places } = m
  const { cost } = m.classes[m.classOf[r]!]!
  return cost[place[p]! * places + place[u]!]! + cost[place[u]! * places + place[s.next[p]!]!]! - s.arc[p]!
}

const overheadOf = (m: Model, s: PlanState, u: number, r: number): number =>
  preferenceCost(m, u, m.technicianOf[r]!) + (s.length[r] === 0 ? m.routeFixedCost[r]! : 0)

const mayEnter = (m: Model, s: PlanState, u: number, r: number): boolean =>
  m.shiftOf[r]! >= 0 &&
  mayDo(m, u, m.technicianOf[r]!) &&
  s.length[r]! < m.tasksMax[r]! &&
  hasRoom(m, s.brought, s.collected, r, u) &&
  mayDoBeside(m, s, u, m.technicianOf[r]!)

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
  let growth = overheadOf(m, s, u, ru)
  if (behind) {
    const { cost } = m.classes[m.classOf[ru]!]!
    growth +=
      cost[place[p]! * places + place[u]!]! +
      cost[place[u]! * places + place[v]!]! +
      cost[place[v]! * places + place[afterV]!]! -
      s.arc[p]! +
      preferenceCost(m, v, m.technicianOf[ru]!)
  } else {
    growth += detourOf(m, s, u, p, ru)
    if (v >= 0)
      growth +=
        detourOf(m, s, v, q, rv) +
        preferenceCost(m, v, m.technicianOf[rv]!) +
        (s.length[rv] === 0 && rv !== ru ? m.routeFixedCost[rv]! : 0)
  }
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
const gather = (
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

/** Takes the position that can cost least out of the first `count`; what it can cost is in `cost[1]`. */
const takeLeast = (insertion: LinkedInsertion, count: number): number => {
  const { gathered, gatheredCost } = insertion
  let at = 0
  for (let i = 1; i < count; i++) if (gatheredCost[i]! < gatheredCost[at]!) at = i
  const p = gathered[at]!
  insertion.cost[1] = gatheredCost[at]!
  gathered[at] = gathered[count - 1]!
  gatheredCost[at] = gatheredCost[count - 1]!
  return p
}

/** The few cheapest positions of `u` by itself, not before `release`, in `topAt`, cheapest first; tells how many. */
const topPositions = (
  m: Model,
  s: PlanState,
  insertion: LinkedInsertion,
  u: number,
  release: number,
): number => {
  const { topCost, topAt, topStart } = insertion
  let count = 0
  let left = gather(m, s, insertion, u, 0, m.routes, release, -1, -1, Number.POSITIVE_INFINITY)
  for (; left > 0; left--) {
    const p = takeLeast(insertion, left)
    const bound = count === TRIED ? topCost[TRIED - 1]! : Number.POSITIVE_INFINITY
    if (insertion.cost[1]! >= bound) break
    if (blinks(insertion)) continue
    const cost = costOfLinked(m, s, insertion, u, p, -1, -1, bound)
    if (cost >= bound) continue
    let i = count < TRIED ? count++ : TRIED - 1
    for (; i > 0 && topCost[i - 1]! > cost; i--) {
      topCost[i] = topCost[i - 1]!
      topAt[i] = topAt[i - 1]!
      topStart[i] = topStart[i - 1]!
    }
    topCost[i] = cost
    topAt[i] = p
    topStart[i] = Math.max(release, insertion.start[u]!)
  }
  return count
}

/**
 * The cheapest pair of positions for `u` and `v`, which belong together; false where there is none below `bound`. They are in
 * `at[0]` and `at[1]` (which may be `u`), the cost in `cost[0]`.
 */
export const bestLinkedPair = (
  m: Model,
  s: PlanState,
  insertion: LinkedInsertion,
  u: number,
  v: number,
  bound: number,
): boolean => {
  insertion.cost[0] = bound
  insertion.at[0] = -1
  const { at, other, push } = m.links
  let there = NO_PUSH
  let back = NO_PUSH
  for (let e = at[u]!; e < at[u + 1]!; e++) if (other[e] === v && push[e]! > there) there = push[e]!
  for (let e = at[v]!; e < at[v + 1]!; e++) if (other[e] === u && push[e]! > back) back = push[e]!
  const ownU = linkedFrom(m, s, u)
  const ownV = linkedFrom(m, s, v)
  const releaseU = Math.max(ownU, back === NO_PUSH ? NO_PUSH : Math.max(m.firstFrom[v]!, ownV) + back)
  const releaseV = Math.max(ownV, there === NO_PUSH ? NO_PUSH : Math.max(m.firstFrom[u]!, ownU) + there)
  const countU = topPositions(m, s, insertion, u, releaseU)
  for (let i = 0; i < countU; i++) {
    const p = insertion.topAt[i]!
    const release = there === NO_PUSH ? releaseV : Math.max(releaseV, insertion.topStart[i]! + there)
    besideOf(m, s, insertion, u, p, insertion.topCost[i]!, v, release, false)
  }
  const countV = topPositions(m, s, insertion, v, releaseV)
  for (let i = 0; i < countV; i++) {
    const q = insertion.topAt[i]!
    const release = back === NO_PUSH ? releaseU : Math.max(releaseU, insertion.topStart[i]! + back)
    besideOf(m, s, insertion, v, q, insertion.topCost[i]!, u, release, true)
  }
  return insertion.at[0]! >= 0
}

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

/** Tries the positions of `v` beside `u` after `p`. */
const besideOf = (
  m: Model,
  s: PlanState,
  insertion: LinkedInsertion,
  u: number,
  p: number,
  costOfU: number,
  v: number,
  release: number,
  isTurned: boolean,
): void => {
  let left = gather(m, s, insertion, v, 0, m.routes, release, u, s.route[p]!, insertion.cost[0]! - costOfU)
  for (; left > 0; left--) {
    const q = takeLeast(insertion, left)
    if (costOfU + insertion.cost[1]! >= insertion.cost[0]!) return
    if (blinks(insertion)) continue
    if (q !== p) tryPair(m, s, insertion, u, p, v, q, isTurned)
    else {
      tryPair(m, s, insertion, u, p, v, u, isTurned)
      tryPair(m, s, insertion, v, p, u, v, !isTurned)
    }
  }
}

const tryPair = (
  m: Model,
  s: PlanState,
  insertion: LinkedInsertion,
  u: number,
  p: number,
  v: number,
  q: number,
  isTurned: boolean,
): void => {
  const cost = costOfLinked(m, s, insertion, u, p, v, q, insertion.cost[0]!)
  if (cost >= insertion.cost[0]!) return
  insertion.cost[0] = cost
  insertion.at[isTurned ? 1 : 0] = p
  insertion.at[isTurned ? 0 : 1] = q
}

/** Release for a linked activity that is about to be put in. */
export const releaseFor = (m: Model, s: PlanState, u: number): number =>
  Math.max(ANY_TIME, linkedFrom(m, s, u))
