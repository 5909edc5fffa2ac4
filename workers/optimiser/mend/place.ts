/** Putting opened work on the plan within the churn budget: the cheapest place, and by regret where there is much of it. */
import { NEAR_DAYS_LATE, nearDaysFor, nearestDays } from '../construct/nearest-days.ts'
import type { Hurry } from '../construct/regret-insertion.ts'
import { costOfInserting } from '../improve/exact-insertion.ts'
import { bestCost, bestPosition, positionOnRoute } from '../improve/insertion.ts'
import { beginStep } from '../improve/known-places.ts'
import type { Model } from '../model/model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import { keepsChurn, settleChurn } from './churn.ts'
import type { Mender } from './mender.ts'

/** Places tried before opened work is left to the search. */
const PLACES_TRIED = 200
/** Up to so much opened work is placed by regret; a table for more would cost more than it gains. */
const REGRET_MAX = 60
/** Opened work between two looks at the clock when only near days are asked. */
const ASKED_AT_ONCE = 8

/** Puts `u` after `p`, unless that breaks a hard rule or the churn budget. */
export const tryPlace = (mender: Mender, u: number, p: number): boolean => {
  const { m, s } = mender
  const r = s.route[p]!
  takeIn(m, s, u)
  linkAfter(s, u, p)
  if (updateRoute(m, s, r) && keepsChurn(mender, r)) {
    settleChurn(mender, r)
    return true
  }
  takeOut(mender, u)
  return false
}

export const takeOut = (mender: Mender, u: number): void => {
  const { m, s } = mender
  const r = s.route[u]!
  unlink(s, u)
  updateRoute(m, s, r)
  leaveOut(m, s, u)
}

/** The best place on these routes, or on all where `count` is -1. Nothing is under way, so what is known of any route holds. */
export const bestAmong = (mender: Mender, u: number, routes: Int32Array, count: number): number => {
  const { m, s, insertion } = mender
  beginStep(insertion.known, s)
  return bestPosition(m, s, insertion, u, routes, count)
}

export const everywhere = new Int32Array(0)

export const placeBest = (mender: Mender, u: number): boolean => {
  const { m } = mender
  const p = bestAmong(mender, u, everywhere, -1)
  if (p < 0 || bestCost[0]! >= m.leftOutCost[u]!) return false
  return tryPlace(mender, u, p) || placeAnywhere(mender, u)
}

/** The cheapest place would move too much: every other one is looked at, the cheapest first. */
const placeAnywhere = (mender: Mender, u: number): boolean => {
  const { m, s, insertion } = mender
  const places: { p: number; cost: number }[] = []
  for (let r = 0; r < m.routes; r++) {
    const p = positionOnRoute(m, s, insertion, u, r)
    if (p < 0) continue
    const least = bestCost[0]!
    const last = m.n + 2 * r + 1
    for (let q = last - 1; q !== last; q = s.next[q]!) {
      const cost = q === p ? least : costOfInserting(m, s, insertion, u, q, r) + detour(m, s, r, q, u)
      if (cost < m.leftOutCost[u]!) places.push({ p: q, cost })
    }
  }
  places.sort((a, b) => a.cost - b.cost || a.p - b.p)
  return places.slice(0, PLACES_TRIED).some(({ p }) => tryPlace(mender, u, p))
}

const detour = (m: Model, s: PlanState, r: number, p: number, u: number): number => {
  const { cost } = m.classes[m.classOf[r]!]!
  const into = cost[m.place[p]! * m.places + m.place[u]!]!
  const out = cost[m.place[u]! * m.places + m.place[s.next[p]!]!]!
  return into + out - s.arc[p]!
}

/** Everything opened gets its cheapest place while there is time; then only those are asked whose days start nearest. */
export const placeOpen = (mender: Mender, open: readonly number[], hurry: Hurry): void => {
  const { s } = mender
  if (open.length >= 2 && open.length <= REGRET_MAX) placeByRegret(mender, open, hurry)
  else {
    for (const u of open) {
      if (hurry.isLate()) break
      placeBest(mender, u)
    }
  }
  if (hurry.isLate())
    placeNear(
      mender,
      open.filter((u) => s.route[u]! < 0),
      hurry,
    )
}

/** A table of what each costs on each day: what would lose most by coming later goes first. */
const placeByRegret = (mender: Mender, open: readonly number[], hurry: Hurry): void => {
  const { m, s, insertion } = mender
  const cost: Float64Array[] = []
  for (const u of open) {
    if (hurry.isLate()) return
    const row = new Float64Array(m.routes)
    for (let r = 0; r < m.routes; r++) row[r] = priceOn(mender, u, r)
    cost.push(row)
  }
  const left = new Set(open.keys())
  while (left.size > 0 && !hurry.isLate()) {
    let chosen = -1
    let most = Number.NEGATIVE_INFINITY
    for (const i of left) {
      // A row for each of the open, in their order.
      const regret = regretOf(cost[i]!, m.leftOutCost[open[i]!]!)
      if (regret > most) {
        most = regret
        chosen = i
      }
    }
    if (chosen < 0) return
    left.delete(chosen)
    const u = open[chosen]!
    // Nothing was promised by the table: the place is looked for again, and the churn weighed, now.
    const r = leastOf(cost[chosen]!)
    const p = positionOnRoute(m, s, insertion, u, r)
    if (!(p >= 0 && bestCost[0]! < m.leftOutCost[u]! && tryPlace(mender, u, p)) && !placeBest(mender, u))
      continue
    const used = s.route[u]!
    for (const i of left) cost[i]![used] = priceOn(mender, open[i]!, used)
  }
}

/** In a hurry: the days that start nearest are asked, and nobody else. */
const placeNear = (mender: Mender, open: readonly number[], hurry: Hurry): void => {
  const { m, s } = mender
  const near = nearDaysFor(m)
  let asked = 0
  for (const u of open) {
    if (asked++ % ASKED_AT_ONCE === 0 && hurry.isOver()) return
    const count = nearestDays(m, near, u, NEAR_DAYS_LATE)
    if (count === 0 || s.route[u]! >= 0) continue
    const p = bestAmong(mender, u, near.routes, count)
    if (p >= 0 && bestCost[0]! < m.leftOutCost[u]!) tryPlace(mender, u, p)
  }
}

const priceOn = (mender: Mender, u: number, r: number): number =>
  positionOnRoute(mender.m, mender.s, mender.insertion, u, r) < 0 ? Number.POSITIVE_INFINITY : bestCost[0]!

/** What the second and the third best lie behind the best; having none counts as being left out. */
const regretOf = (row: Float64Array, leftOut: number): number => {
  let first = leftOut
  let second = leftOut
  let third = leftOut
  for (const cost of row) {
    if (cost < first) {
      third = second
      second = first
      first = cost
    } else if (cost < second) {
      third = second
      second = cost
    } else if (cost < third) third = cost
  }
  return first >= leftOut ? Number.NEGATIVE_INFINITY : second - first + (third - first)
}

const leastOf = (row: Float64Array): number => {
  let at = 0
  // The row has a cell for each route.
  for (let r = 1; r < row.length; r++) if (row[r]! < row[at]!) at = r
  return at
}
