/**
 * The first plan: insert where it would be regretted most not to.
 *
 * For each open activity the best cost on every route is remembered; one insertion changes one route, so one column is made
 * anew. The activity whose second best is furthest behind its best goes first; having no second best counts as being left out.
 */
import { bestCost, type Insertion, positionBelow, positionOnRoute } from '../improve/insertion.ts'
import { COMPLETE, type Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import { linkAfter, type PlanState, takeIn } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import { NEAR_DAYS, NEAR_DAYS_LATE, nearDaysFor, nearestDays } from './nearest-days.ts'

/** Above so many cells the table would cost more than the search gains from a better start; cells of a plain problem are cheap. */
const CELLS_MAX = 150_000
const PLAIN_CELLS_MAX = 1_000_000

export type Hurry = {
  /** True once the table has had its share of the time: what is left is inserted in order. */
  readonly isLate: () => boolean
  readonly isOver: () => boolean
}

export const construct = (m: Model, s: PlanState, insertion: Insertion, hurry: Hurry): void => {
  const open: number[] = Array.from(s.absent.subarray(0, s.count[0]!)).sort((a, b) => a - b)
  if (open.length * m.routes <= (m.plain ? PLAIN_CELLS_MAX : CELLS_MAX))
    insertByRegret(m, s, insertion, open, hurry.isLate)
  const left = open.filter((u) => s.absentAt[u]! >= 0)
  if (hurry.isLate() || left.length === open.length) insertInOrder(m, s, insertion, left, hurry)
}

const insertByRegret = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  open: readonly number[],
  hurry: () => boolean,
): void => {
  const { routes } = m
  // What the activity costs there, or, where `isBound` says so, a bound below which it does not cost.
  const cost = new Float64Array(open.length * routes)
  const isBound = new Uint8Array(open.length * routes)
  const best = new Float64Array(open.length)
  const regret = new Float64Array(open.length)
  const bestRoute = new Int32Array(open.length)
  const second = new Float64Array(open.length)
  const secondRoute = new Int32Array(open.length)
  const forget = (i: number): void => {
    best[i] = Number.POSITIVE_INFINITY
    second[i] = Number.POSITIVE_INFINITY
    bestRoute[i] = -1
    secondRoute[i] = -1
  }
  /** The two best anew: first of what is known, then of what could be among them. */
  const rank = (i: number): void => {
    forget(i)
    // `i` is an open activity, and the table has one cell for each of its routes.
    for (let r = 0; r < routes; r++) if (isBound[i * routes + r] === 0) place(i, r)
    for (let r = 0; r < routes; r++) {
      if (isBound[i * routes + r] === 1 && cost[i * routes + r]! < second[i]!) price(i, r)
    }
  }
  /** Lets route `r` be among the two best of `i`. */
  const place = (i: number, r: number): void => {
    const here = cost[i * routes + r]!
    if (here < best[i]!) {
      second[i] = best[i]!
      secondRoute[i] = bestRoute[i]!
      best[i] = here
      bestRoute[i] = r
    } else if (here < second[i]!) {
      second[i] = here
      secondRoute[i] = r
    }
  }
  const weigh = (i: number): void => {
    const leftOut = m.leftOutCost[open[i]!]!
    regret[i] = best[i]! >= leftOut ? -NEVER : Math.min(second[i]!, leftOut) - best[i]!
  }
  /** Prices a route that is not among the two best, no further than it takes to become one of them. */
  const price = (i: number, r: number): void => {
    const cell = i * routes + r
    const bound = Math.min(second[i]!, m.leftOutCost[open[i]!]!)
    const p = positionBelow(m, s, insertion, open[i]!, r, bound)
    isBound[cell] = p < 0 ? 1 : 0
    cost[cell] = bestCost[0]!
    if (p >= 0) place(i, r)
  }
  for (let i = 0; i < open.length; i++) {
    if (hurry()) return
    forget(i)
    for (let r = 0; r < routes; r++) price(i, r)
    weigh(i)
  }
  const left = new Set(open.keys())
  while (left.size > 0 && !hurry()) {
    let chosen = -1
    for (const i of left) {
      if (regret[i]! === -NEVER) continue
      if (
        chosen < 0 ||
        regret[i]! > regret[chosen]! ||
        (regret[i] === regret[chosen] && best[i]! < best[chosen]!)
      )
        chosen = i
    }
    if (chosen < 0) return
    left.delete(chosen)
    const u = open[chosen]!
    const r = bestRoute[chosen]!
    const p = positionOnRoute(m, s, insertion, u, r)
    if (p < 0) continue
    takeIn(m, s, u)
    linkAfter(s, u, p)
    updateRoute(m, s, r)
    for (const i of left) {
      if (bestRoute[i] === r || secondRoute[i] === r) {
        // Only a route that was among the two best can make the others matter again.
        isBound[i * routes + r] = 1
        cost[i * routes + r] = Number.NEGATIVE_INFINITY
        rank(i)
      } else price(i, r)
      weigh(i)
    }
  }
}

/** The latest start that keeps every promise that can still be kept. */
const latestGood = (m: Model, u: number): number => {
  let latest = m.lastTo[u]!
  // The indices come from the table itself.
  for (let k = m.targetAt[u]!; k < m.targetAt[u]! + m.promises[u]!; k++) {
    const start = m.targetDue[k]! - (m.targetKind[k] === COMPLETE ? m.duration[u]! : 0)
    if (start < latest) latest = start
  }
  return latest
}

/**
 * For very large boards and very short budgets: what is due first goes first, each where it is cheapest among the days that
 * start nearest; everybody is asked only while there is time.
 */
const insertInOrder = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  open: readonly number[],
  hurry: Hurry,
): void => {
  const due = Float64Array.from({ length: m.n }, (_, u) => latestGood(m, u))
  const sorted = [...open].sort((a, b) => due[a]! - due[b]! || m.leftOutCost[b]! - m.leftOutCost[a]! || a - b)
  const all = Int32Array.from({ length: m.routes }, (_, r) => r)
  const near = nearDaysFor(m)
  const isLarge = m.routes > 2 * NEAR_DAYS
  for (const u of sorted) {
    if (hurry.isOver()) return
    const asked = hurry.isLate() ? NEAR_DAYS_LATE : NEAR_DAYS
    let at = isLarge
      ? cheapest(m, s, insertion, u, near.routes.subarray(0, nearestDays(m, near, u, asked)))
      : -1
    if (at < 0 && !(isLarge && hurry.isLate())) at = cheapest(m, s, insertion, u, all)
    if (at < 0) continue
    takeIn(m, s, u)
    linkAfter(s, u, at)
    updateRoute(m, s, s.route[at]!)
  }
}

/** The node after which `u` costs least on these routes; -1 where leaving it out costs less. */
const cheapest = (m: Model, s: PlanState, insertion: Insertion, u: number, routes: Int32Array): number => {
  let at = -1
  let least = m.leftOutCost[u]!
  for (let i = 0; i < routes.length; i++) {
    const p = positionBelow(m, s, insertion, u, routes[i]!, least)
    if (p < 0) continue
    least = bestCost[0]!
    at = p
  }
  return at
}
