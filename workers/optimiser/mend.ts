/**
 * Mends a plan around an event: opened work gets a place, then the search looks around it, within the churn budget.
 *
 * In steps, each cheaper than the next: the best place over everybody (by regret when several are open), making room by moving one
 * other visit, putting opened work somewhere better now that all of it is in, ruin and recreate near by until the budget is spent.
 * The surprising rule: churn is counted against the plan as it is when mending begins. Whatever the event itself has pushed,
 * dropped or delayed is the event's doing and free.
 */
import { mayDo } from './constraints/skills.ts'
import {
  bestCost,
  bestPosition,
  costOfInserting,
  insertionFor,
  positionOnRoute,
} from './improve/insertion.ts'
import { linkedPlaceAll, linkedSearchFor, linkedStepAround, ordinaryLinked } from './improve/linked-search.ts'
import { ordinarySisr, type Sisr, sisrFor, sisrStepAround } from './improve/sisr.ts'
import type { Model } from './model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink, updateRoute } from './plan.ts'
import { below, type Random, randomFrom } from './random.ts'
import type { Budget } from './stop/budget.ts'

/** Places tried before opened work is left to the search. */
const PLACES_TRIED = 200
/** Up to so much opened work is placed by regret; a table for more would cost more than it gains. */
const REGRET_MAX = 60
/** Visits that may be asked to make room, and those of them for which another place is looked for. */
const EJECTIONS_TRIED = 400
const EJECTIONS_PLACED = 12
const DESCENT_ROUNDS = 3
const SEEDS_MAX = 48
/** Steps between two looks at the clock. */
const STRIDE = 8

export type Mender = {
  readonly m: Model
  readonly s: PlanState
  readonly random: Random
  readonly sisr: Sisr
  readonly insertion: ReturnType<typeof insertionFor>
  /** The plan that churn is counted against; `counts` is 0 for the event's own work. */
  readonly technician: Int32Array
  readonly start: Int32Array
  readonly counts: Uint8Array
  /** Moved visits on each route as it is kept now. */
  readonly movedOn: Int32Array
  /** [0] moved visits on all routes; [1] the churn budget. */
  readonly churn: Int32Array
}

export const menderFor = (m: Model, s: PlanState): Mender => {
  const random = randomFrom(1)
  return {
    m,
    s,
    random,
    sisr: sisrFor(m, random, { ...ordinarySisr, removed: 6 }),
    insertion: insertionFor(m, randomFrom(1), 0),
    technician: new Int32Array(m.n),
    start: new Int32Array(m.n),
    counts: new Uint8Array(m.n),
    movedOn: new Int32Array(m.routes),
    churn: new Int32Array(2),
  }
}

export type MendOptions = {
  /** Work without a place that the event has opened, or that has waited for one. */
  readonly open: readonly number[]
  /** Routes that the event has made room on. */
  readonly roomy: readonly number[]
  /** Not only around the event: around all that may move. */
  readonly everywhere?: boolean
  readonly churnBudget: number
  readonly seed: number
  readonly budget: Budget
  readonly onImprovement?: (iterations: number) => void
}

/** Returns the iterations of the search. */
export const mend = (mender: Mender, options: MendOptions): number => {
  const { m, s } = mender
  remember(mender, options)
  if (m.joint) return mendJoint(mender, options)
  const open = [...options.open].sort((a, b) => m.leftOutCost[b]! - m.leftOutCost[a]! || a - b)
  placeOpen(mender, open)
  for (const u of open) if (s.route[u]! < 0) makeRoom(mender, u)
  fillRoom(mender, options.roomy)
  descend(mender, open)
  return searchAround(mender, open, options)
}

/** Where days hang together a change anywhere may move a visit anywhere, so all of them are counted each time. */
const mendJoint = (mender: Mender, options: MendOptions): number => {
  const { m, s, random, churn } = mender
  const { budget, onImprovement } = options
  const keeps = (): boolean => {
    let moved = 0
    for (let u = 0; u < m.n; u++) if (hasMoved(mender, u)) moved++
    return moved <= churn[1]!
  }
  linkedPlaceAll(m, s, linkedSearchFor(m, s, random, { ...ordinaryLinked, blinkRate: 0 }), keeps)
  const seeds = options.everywhere === true ? allMovable(m) : seedsOf(mender, options.open, options.roomy)
  onImprovement?.(0)
  if (seeds.length === 0 || m.routes === 0) return 0
  const search = linkedSearchFor(m, s, random, { ...ordinaryLinked, removed: 6 })
  let total = s.total[0]!
  const judge = (): boolean => s.total[0]! < total && keeps()
  let iterations = 0
  while (budget.progress(iterations) < 1) {
    const steps = Math.min(STRIDE, budget.iterationsMax - iterations)
    for (let i = 0; i < steps; i++) {
      iterations++
      // There is at least one seed.
      if (!linkedStepAround(m, s, search, seeds[below(random, seeds.length)]!, judge)) continue
      total = s.total[0]!
      onImprovement?.(iterations)
    }
  }
  return iterations
}

/** Takes the plan as it is for what churn is counted against. */
const remember = (mender: Mender, { open, churnBudget, seed }: MendOptions): void => {
  const { m, s, technician, start, counts } = mender
  for (let u = 0; u < m.n; u++) {
    const r = s.route[u]!
    technician[u] = r < 0 ? -1 : m.technicianOf[r]!
    start[u] = s.start[u]!
    counts[u] = r < 0 ? 0 : 1
  }
  for (const u of open) counts[u] = 0
  mender.movedOn.fill(0)
  mender.churn[0] = 0
  mender.churn[1] = churnBudget
  mender.random.set(randomFrom(seed))
}

export const hasMoved = (mender: Mender, u: number): boolean => {
  if (mender.counts[u] === 0) return false
  const r = mender.s.route[u]!
  return r < 0 || mender.m.technicianOf[r] !== mender.technician[u] || mender.s.start[u] !== mender.start[u]
}

const movedOnRoute = (mender: Mender, r: number): number => {
  const { m, s } = mender
  let count = 0
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) if (hasMoved(mender, u)) count++
  return count
}

/** Work that had a place and has none: it has moved too. */
const movedOut = (mender: Mender): number => {
  const { s, counts } = mender
  let count = 0
  for (let i = 0; i < s.count[0]!; i++) count += counts[s.absent[i]!]!
  return count
}

/** True while the plan with route `r` as it is now keeps within the churn budget. */
const keepsChurn = (mender: Mender, r: number): boolean =>
  mender.churn[0]! - mender.movedOn[r]! + movedOnRoute(mender, r) + movedOut(mender) <= mender.churn[1]!

const settleChurn = (mender: Mender, r: number): void => {
  const moved = movedOnRoute(mender, r)
  mender.churn[0] = mender.churn[0]! - mender.movedOn[r]! + moved
  mender.movedOn[r] = moved
}

/** Puts `u` after `p`, unless that breaks a hard rule or the churn budget. */
const tryPlace = (mender: Mender, u: number, p: number): boolean => {
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

const takeOut = (mender: Mender, u: number): void => {
  const { m, s } = mender
  const r = s.route[u]!
  unlink(s, u)
  updateRoute(m, s, r)
  leaveOut(m, s, u)
}

const everywhere = new Int32Array(0)

const placeBest = (mender: Mender, u: number): boolean => {
  const { m, s, insertion } = mender
  const p = bestPosition(m, s, insertion, u, everywhere, -1)
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

/** By regret: first what would lose most by coming later. */
const placeOpen = (mender: Mender, open: readonly number[]): void => {
  if (open.length < 2 || open.length > REGRET_MAX) {
    for (const u of open) placeBest(mender, u)
    return
  }
  const { m, s, insertion } = mender
  const cost = open.map((u) => {
    const row = new Float64Array(m.routes)
    for (let r = 0; r < m.routes; r++) row[r] = priceOn(mender, u, r)
    return row
  })
  const left = new Set(open.keys())
  while (left.size > 0) {
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

/** Nothing fits: one other visit goes elsewhere, or out where that is cheaper than leaving `u` out. */
const makeRoom = (mender: Mender, u: number): boolean => {
  const { m, s, churn, movedOn } = mender
  if (churn[1]! < 1 || m.isFixed[u] === 1) return false
  const before = s.total[0]!
  let placed = 0
  for (const v of roomMakers(mender, u)) {
    const r = s.route[v]!
    const q = s.prev[v]!
    takeOut(mender, v)
    const fits =
      s.possible[r] === 1 &&
      positionOnRoute(m, s, mender.insertion, u, r) >= 0 &&
      bestCost[0]! < m.leftOutCost[u]!
    const movedBefore = movedOn[r]!
    const churnBefore = churn[0]!
    // The churn budget bounds what `tryPlace` may do, `v` without a place included.
    if (fits && tryPlace(mender, u, positionOnRoute(m, s, mender.insertion, u, r))) {
      placed++
      placeBest(mender, v)
      if (s.total[0]! < before) return true
      if (s.route[v]! >= 0) {
        const elsewhere = s.route[v]!
        takeOut(mender, v)
        settleChurn(mender, elsewhere)
      }
      takeOut(mender, u)
    }
    takeIn(m, s, v)
    linkAfter(s, v, q)
    updateRoute(m, s, r)
    movedOn[r] = movedBefore
    churn[0] = churnBefore
    if (placed >= EJECTIONS_PLACED) return false
  }
  return false
}

/** Movable visits that stand where `u` might, those that are cheapest to leave out first. */
const roomMakers = (mender: Mender, u: number): number[] => {
  const { m, s } = mender
  const from = m.firstFrom[u]! - 3_600
  const to = m.lastTo[u]! + m.duration[u]!
  const makers: number[] = []
  for (let r = 0; r < m.routes; r++) {
    if (m.shiftOf[r]! < 0 || !mayDo(m, u, m.technicianOf[r]!)) continue
    for (let v = s.next[m.n + 2 * r]!; v < m.n; v = s.next[v]!) {
      if (m.isFixed[v] === 1 || s.free[v]! < from || s.start[v]! > to) continue
      makers.push(v)
    }
  }
  return makers.sort((a, b) => m.leftOutCost[a]! - m.leftOutCost[b]! || a - b).slice(0, EJECTIONS_TRIED)
}

/** Work that has waited for a place is offered the days on which the event has made room. */
const fillRoom = (mender: Mender, roomy: readonly number[]): void => {
  const { m, s, insertion } = mender
  if (roomy.length === 0 || s.count[0] === 0) return
  const routes = Int32Array.from(roomy)
  const waiting = Array.from(s.absent.subarray(0, s.count[0]!)).sort(
    (a, b) => m.leftOutCost[b]! - m.leftOutCost[a]! || a - b,
  )
  for (const u of waiting) {
    const p = bestPosition(m, s, insertion, u, routes, routes.length)
    if (p >= 0 && bestCost[0]! < m.leftOutCost[u]!) tryPlace(mender, u, p)
  }
}

/** The event's own work may move as often as it pays: none of that is churn. */
const descend = (mender: Mender, open: readonly number[]): void => {
  const { m, s } = mender
  for (let round = 0; round < DESCENT_ROUNDS; round++) {
    let better = false
    for (const u of open) if (s.route[u]! >= 0 && m.isFixed[u] === 0 && relocate(mender, u)) better = true
    if (!better) return
  }
}

const relocate = (mender: Mender, u: number): boolean => {
  const { m, s, insertion } = mender
  const before = s.total[0]!
  const r = s.route[u]!
  const q = s.prev[u]!
  takeOut(mender, u)
  if (s.possible[r] === 1) {
    settleChurn(mender, r)
    const p = bestPosition(m, s, insertion, u, everywhere, -1)
    if (p >= 0 && p !== q && tryPlace(mender, u, p)) {
      if (s.total[0]! < before && mender.churn[0]! + movedOut(mender) <= mender.churn[1]!) return true
      const to = s.route[u]!
      takeOut(mender, u)
      settleChurn(mender, to)
    }
  }
  takeIn(m, s, u)
  linkAfter(s, u, q)
  updateRoute(m, s, r)
  settleChurn(mender, r)
  return false
}

/** Ruin and recreate around the event, downhill only, never beyond the churn budget. */
const searchAround = (mender: Mender, open: readonly number[], options: MendOptions): number => {
  const { m, s, sisr, random } = mender
  const { budget, onImprovement } = options
  const seeds = options.everywhere === true ? allMovable(m) : seedsOf(mender, open, options.roomy)
  onImprovement?.(0)
  if (seeds.length === 0 || m.routes === 0) return 0
  let total = s.total[0]!
  const judge = (): boolean => {
    if (s.total[0]! >= total) return false
    let moved = mender.churn[0]! + movedOut(mender)
    for (let i = 0; i < sisr.at[2]!; i++) {
      const r = sisr.touched[i]!
      moved += movedOnRoute(mender, r) - mender.movedOn[r]!
    }
    return moved <= mender.churn[1]!
  }
  let iterations = 0
  while (budget.progress(iterations) < 1) {
    const steps = Math.min(STRIDE, budget.iterationsMax - iterations)
    for (let i = 0; i < steps; i++) {
      iterations++
      // There is at least one seed.
      if (!sisrStepAround(m, s, sisr, seeds[below(random, seeds.length)]!, judge)) continue
      total = s.total[0]!
      for (let k = 0; k < sisr.at[2]!; k++) settleChurn(mender, sisr.touched[k]!)
      onImprovement?.(iterations)
    }
  }
  return iterations
}

const allMovable = (m: Model): number[] =>
  Array.from(m.isFixed.subarray(0, m.n).keys()).filter((u) => m.isFixed[u] === 0)

/** The opened work, and what stands on the days that it came to or left. */
const seedsOf = (mender: Mender, open: readonly number[], roomy: readonly number[]): number[] => {
  const { m, s } = mender
  const seeds = new Set(open.filter((u) => m.isFixed[u] === 0))
  const days = new Set(roomy)
  for (const u of open) if (s.route[u]! >= 0) days.add(s.route[u]!)
  for (const r of days) {
    for (let u = s.next[m.n + 2 * r]!; u < m.n && seeds.size < SEEDS_MAX; u = s.next[u]!) {
      if (m.isFixed[u] === 0) seeds.add(u)
    }
  }
  return [...seeds]
}
