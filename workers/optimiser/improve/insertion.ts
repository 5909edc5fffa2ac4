/**
 * Where an activity fits best: the kernel of the whole search.
 *
 * Two stages. Earliest and latest times, load, skill and the travel detour sift the positions in constant time; only what could
 * still win is run forward exactly, through breaks, windows and lateness, until the times meet the old ones. On a plain
 * problem the first stage is exact and the second never runs.
 * The answer is the node to insert after, or -1; what it costs is in `bestCost[0]`.
 */
import { hasRoom } from '../constraints/capacity.ts'
import { preferenceCost } from '../constraints/preferred-technician.ts'
import { mayDo } from '../constraints/skills.ts'
import { linkedPositionOnRoute } from '../linked/place-on-day.ts'
import { type LinkedInsertion, linkedInsertionFor } from '../linked/trial.ts'
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { type Random, unit } from '../random.ts'
import { scanExact, scanWorked } from './exact-insertion.ts'
import { isUntouched, type KnownPlaces } from './known-places.ts'
import { scanVan } from './van-insertion.ts'

export const bestCost = new Float64Array(1)

export type Insertion = {
  readonly random: Random
  /** log(1 - blink rate); 0 for no blinks. A blink passes over a position that might have been best. */
  readonly blinkLog: number
  /** Positions left until the next blink. */
  readonly untilBlink: Int32Array
  readonly kindSeen: Int32Array
  readonly stamp: Int32Array
  /** Routes that take nothing more: used while a day is being emptied. */
  readonly closed: Uint8Array
  readonly sequence: Int32Array
  /** Null where a route's best place depends on more than the route. */
  readonly known: KnownPlaces | null
  /** Asks as if the activity needed nothing from the van: for telling what stands in its way. */
  readonly supplied: boolean
  /** Null where days do not hang together. */
  readonly linked: LinkedInsertion | null
}

export const insertionFor = (m: Model, random: Random, blinkRate: number): Insertion => {
  const insertion: Insertion = {
    random,
    blinkLog: blinkRate > 0 ? Math.log(1 - blinkRate) : 0,
    untilBlink: new Int32Array(1),
    kindSeen: new Int32Array(Math.max(1, m.kinds)),
    stamp: new Int32Array(1),
    closed: new Uint8Array(Math.max(1, m.routes)),
    sequence: new Int32Array(m.n + 1),
    known: null,
    supplied: false,
    linked: m.joint ? linkedInsertionFor(m, random, 0) : null,
  }
  insertion.untilBlink[0] = drawBlink(insertion)
  return insertion
}

/** True when chance passes over the position that was just found best. */
export const passesOver = (insertion: Insertion): boolean => {
  const left = insertion.untilBlink[0]! - 1
  insertion.untilBlink[0] = left === 0 ? drawBlink(insertion) : left
  return left === 0
}

/** How many positions pass before one is passed over: one random number for about a hundred positions. */
const drawBlink = (insertion: Insertion): number =>
  insertion.blinkLog === 0
    ? NEVER
    : Math.min(NEVER, 1 + Math.floor(Math.log(1 - unit(insertion.random)) / insertion.blinkLog))

const scan = (m: Model, s: PlanState, insertion: Insertion, u: number, r: number): number => {
  if (m.plain) return scanPlain(m, s, insertion, u, r)
  if (m.van) return scanVan(m, s, insertion, u, r)
  return m.worked ? scanWorked(m, s, insertion, u, r) : scanExact(m, s, insertion, u, r)
}

/** Best position for `u` over the routes that `candidates` lists, or over all when `count` is -1. */
export const bestPosition = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  candidates: Int32Array,
  count: number,
): number => {
  const { kindSeen, closed, known } = insertion
  // The stamp has one member, and every index below is a route or its kind.
  const stamp = insertion.stamp[0]! + 1
  insertion.stamp[0] = stamp
  bestCost[0] = Number.POSITIVE_INFINITY
  let best = -1
  const routes = count < 0 ? m.routes : count
  for (let i = 0; i < routes; i++) {
    const r = count < 0 ? i : candidates[i]!
    if (closed[r] === 1) continue
    if (s.length[r] === 0) {
      if (kindSeen[m.kindOf[r]!] === stamp) continue
      kindSeen[m.kindOf[r]!] = stamp
    }
    const p =
      known !== null && isUntouched(known, s, r)
        ? knownPosition(m, s, insertion, known, u, r)
        : scanIfAble(m, s, insertion, u, r)
    if (p >= 0) best = p
  }
  return best
}

/** The best position on route `r` that costs less than `bestCost[0]`, or -1. */
const scanIfAble = (m: Model, s: PlanState, insertion: Insertion, u: number, r: number): number => {
  if (!mayDo(m, u, m.technicianOf[r]!) || m.shiftOf[r]! < 0 || s.length[r]! >= m.tasksMax[r]!) return -1
  if (!hasRoom(m, s.brought, s.collected, r, u)) return -1
  return scan(m, s, insertion, u, r)
}

/**
 * What scanning the route would answer, from memory where the route is as it was when it was last scanned for `u`. Nearly all
 * steps are taken back, so most routes are. Here a blink passes over the whole route.
 */
const knownPosition = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  known: KnownPlaces,
  u: number,
  r: number,
): number => {
  // The tables have a cell for every activity on every route.
  const cell = u * m.routes + r
  const best = bestCost[0]!
  if (known.words[4 * cell] === s.version[r]) {
    if (known.costs[2 * cell + 1]! >= best) return -1
    if (known.words[4 * cell + 1]! < 0) remember(m, s, insertion, known, u, r)
  } else remember(m, s, insertion, known, u, r)
  const cost = known.costs[2 * cell + 1]!
  bestCost[0] = best
  if (cost >= best) return -1
  if (passesOver(insertion)) return -1
  bestCost[0] = cost
  return known.words[4 * cell + 1]!
}

/**
 * Scans without blinks and writes the answer down: the best place, or that there is none below `cost`. On a plain problem a
 * scan is cheap enough to look for the best place even where it cannot win today.
 */
const remember = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  known: KnownPlaces,
  u: number,
  r: number,
): void => {
  const cell = u * m.routes + r
  const left = insertion.untilBlink[0]!
  insertion.untilBlink[0] = NEVER
  if (m.plain || m.van) bestCost[0] = Number.POSITIVE_INFINITY
  known.words[4 * cell + 1] = scanIfAble(m, s, insertion, u, r)
  known.costs[2 * cell + 1] = bestCost[0]!
  known.words[4 * cell] = s.version[r]!
  insertion.untilBlink[0] = left
}

/** The best position for `u` on route `r` alone: the node to insert after, or -1; its cost is in `bestCost[0]`. */
export const positionOnRoute = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  r: number,
): number => {
  bestCost[0] = Number.POSITIVE_INFINITY
  if (insertion.closed[r] === 1) return -1
  if (insertion.linked === null) return scanIfAble(m, s, insertion, u, r)
  const p = linkedPositionOnRoute(m, s, insertion.linked, u, r)
  if (p >= 0) bestCost[0] = insertion.linked.cost[0]!
  return p
}

/** The same where days do not hang together, as far as it costs less than `bound`: what cannot win is hardly looked at. */
export const positionBelow = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  r: number,
  bound: number,
): number => {
  bestCost[0] = bound
  return insertion.closed[r] === 1 ? -1 : scanIfAble(m, s, insertion, u, r)
}

const scanPlain = (m: Model, s: PlanState, insertion: Insertion, u: number, r: number): number => {
  const { places, place } = m
  const { next, free, latest, arc } = s
  const { time, timeTo, cost, costTo } = m.classes[m.classOf[r]!]!
  const row = place[u]! * places
  const from = m.firstFrom[u]!
  const to = m.lastTo[u]!
  const work = m.duration[u]!
  const last = m.n + 2 * r + 1
  const overhead = preferenceCost(m, u, m.technicianOf[r]!) + (s.length[r] === 0 ? m.routeFixedCost[r]! : 0)
  // Only what beats the best so far is worth the time checks: most positions end at the detour.
  const bound = bestCost[0]! - overhead
  let least = Math.min(bound, NEVER)
  let position = -1
  let p = last - 1
  let into = costTo[row + place[p]!]!
  while (p !== last) {
    const q = next[p]!
    const after = place[q]!
    if (into + cost[row + after]! - arc[p]! < least) {
      let start = free[p]! + timeTo[row + place[p]!]!
      if (start > to) {
        if (free[p]! > to) break
      } else {
        if (start < from) start = from
        if (start + work + time[row + after]! <= latest[q]!) {
          if (!passesOver(insertion)) {
            least = into + cost[row + after]! - arc[p]!
            position = p
          }
        }
      }
    }
    into = costTo[row + after]!
    p = q
  }
  if (position >= 0) bestCost[0] = least + overhead
  return position
}
