/**
 * The recreation: the work taken out, and some of what was left out before, goes back one by one where it costs least.
 */
import type { Model } from '../model/model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn } from '../plan/plan-state.ts'
import { updateAfterLink } from '../plan/update.ts'
import { below, unit } from '../random.ts'
import { heatNeeded } from './annealing.ts'
import { bestCost, bestPosition } from './insertion.ts'
import { bestNearPosition } from './near-positions.ts'
import { neighboursOf } from './neighbours.ts'
import { listActive, type Sisr } from './sisr-state.ts'
import { touch } from './undo.ts'

/** Boards larger than this are searched near the removed work only. */
const EVERYWHERE_MAX = 250
/**
 * Larger plain problems with days longer than this try only the places beside the nearest activities, so many of them. On
 * shorter days whole routes are hardly dearer, because most are remembered, and they hold better places.
 */
const BESIDE_FROM = 150
const BESIDE_LENGTH = 20
const BESIDE = 40
/** How many kinds of empty routes are tried for one activity then. */
const EMPTY_TRIED = 4
/**
 * Work that was left out before the step: at most so much of it is tried again in one. With much more of it than comes out of the
 * days in a step, most steps would fill the gaps with anything and be refused.
 */
const ABSENT_TRIED = 20
/** In how many ways the work is ordered before it goes back, and how many of them are for plans that leave some out. */
const ORDERS = 12
const ORDERS_BY_DURATION = 2
/** Points of leaving work out that weigh as much as its being a second shorter: a promise then comes before any duration. */
const POINTS_PER_SECOND = 1_000
const ASK_EVERYBODY = 16
/** How many neighbours' routes are tried on a large board before all of them are. */
const NEAR = 40

/**
 * The work taken out and the work left out before, in one of several orders, each put where it costs least. False when what is
 * back already costs more than the step may cost.
 */
export const recreate = (m: Model, s: PlanState, sisr: Sisr): boolean => {
  const { at, removed } = sisr
  const taken = at[1]!
  const absent = s.count[0]!
  // Where much is left out only some of it is tried in each step, or the steps would get nowhere.
  const tried = Math.min(absent, ABSENT_TRIED)
  const from = tried === absent ? 0 : below(sisr.random, absent)
  for (let i = 0; i < tried; i++) removed[taken + i] = s.absent[(from + i) % absent]!
  const count = taken + tried
  const heat = absent === 0 ? sisr.before[3]! : Number.POSITIVE_INFINITY
  order(m, sisr, count, below(sisr.random, absent === 0 ? ORDERS : ORDERS + ORDERS_BY_DURATION))
  for (let i = 0; i < count; i++) {
    const u = removed[i]!
    const wasAbsent = s.absentAt[u]! >= 0
    const p = place(m, s, sisr, u)
    if (p < 0) {
      if (!wasAbsent) leaveOut(m, s, u)
      continue
    }
    if (wasAbsent) takeIn(m, s, u)
    const r = s.route[p]!
    touch(m, s, sisr, r)
    const wasEmpty = s.length[r] === 0
    linkAfter(s, u, p)
    updateAfterLink(m, s, u, r)
    if (wasEmpty) listActive(m, s, sisr)
    // Nothing that is still to come makes the plan cheaper.
    if (heat < Number.POSITIVE_INFINITY && growthHeat(s, sisr) >= heat) {
      for (let j = i + 1; j < count; j++) leaveOut(m, s, removed[j]!)
      return false
    }
  }
  return true
}

export const growthHeat = (s: PlanState, sisr: Sisr): number =>
  heatNeeded(sisr.temperature, s.total[0]! - sisr.before[0]!, s.total[1]! - sisr.before[1]!)

const place = (m: Model, s: PlanState, sisr: Sisr, u: number): number => {
  if (m.plain && m.n > BESIDE_FROM && sisr.at[10]! > BESIDE_LENGTH * sisr.at[6]!) {
    const p = placeBeside(m, s, sisr, u)
    if (p >= 0) return bestCost[0]! < m.leftOutCost[u]! ? p : -1
  } else if (m.n > EVERYWHERE_MAX) {
    const near = nearRoutes(m, s, sisr, u)
    const p = bestPosition(m, s, sisr.insertion, u, sisr.near, near)
    if (p >= 0) return bestCost[0]! < m.leftOutCost[u]! ? p : -1
    // What has been left out is looked at again and again: everybody is asked about it now and then only.
    if (s.absentAt[u]! >= 0 && below(sisr.random, ASK_EVERYBODY) > 0) return -1
  }
  const p = bestPosition(m, s, sisr.insertion, u, sisr.active, sisr.at[7]!)
  return p >= 0 && bestCost[0]! < m.leftOutCost[u]! ? p : -1
}

/** The best place beside a near activity or on an empty route. */
const placeBeside = (m: Model, s: PlanState, sisr: Sisr, u: number): number => {
  const { at, neighbours, insertion, random, near, empty } = sisr
  const from = neighboursOf(m, neighbours, u)
  const count = Math.min(BESIDE, neighbours.size)
  const p = bestNearPosition(m, s, insertion, u, neighbours.list, from, count)
  const cost = bestCost[0]!
  const empties = Math.min(EMPTY_TRIED, at[8]!)
  if (empties === 0) return p
  const first = at[8]! <= EMPTY_TRIED ? 0 : below(random, at[8]!)
  for (let i = 0; i < empties; i++) near[i] = empty[(first + i) % at[8]!]!
  const other = bestPosition(m, s, insertion, u, near, empties)
  if (other >= 0 && bestCost[0]! < cost) return other
  bestCost[0] = cost
  return p
}

/** Routes of the nearest neighbours, the routes that this step has touched, and a few empty ones. */
const nearRoutes = (m: Model, s: PlanState, sisr: Sisr, u: number): number => {
  const { at, near, nearAt, neighbours, touched, random } = sisr
  const stamp = at[4]! + 1
  at[4] = stamp
  let count = 0
  const from = neighboursOf(m, neighbours, u)
  const size = Math.min(NEAR, neighbours.size)
  for (let i = 0; i < size; i++) {
    const r = s.route[neighbours.list[from + i]!]!
    if (r >= 0 && nearAt[r] !== stamp) {
      nearAt[r] = stamp
      near[count++] = r
    }
  }
  for (let i = 0; i < at[2]!; i++) {
    const r = touched[i]!
    if (nearAt[r] !== stamp) {
      nearAt[r] = stamp
      near[count++] = r
    }
  }
  for (let i = 0; i < 4; i++) {
    const r = below(random, m.routes)
    if (nearAt[r] !== stamp) {
      nearAt[r] = stamp
      near[count++] = r
    }
  }
  return count
}

/** Sorts `removed` by chance, by what leaving out costs, by demand, by windows, by distance from home or by duration. */
const order = (m: Model, sisr: Sisr, count: number, way: number): void => {
  const { removed, keys } = sisr
  for (let i = 0; i < count; i++) {
    const u = removed[i]!
    keys[i] = keyOf(m, sisr, u, way)
  }
  // Insertion sort: the list is short, and this keeps equal keys in the order of chance that removal gave them.
  for (let i = 1; i < count; i++) {
    const key = keys[i]!
    const u = removed[i]!
    let j = i - 1
    while (j >= 0 && keys[j]! > key) {
      keys[j + 1] = keys[j]!
      removed[j + 1] = removed[j]!
      j--
    }
    keys[j + 1] = key
    removed[j + 1] = u
  }
}

const keyOf = (m: Model, sisr: Sisr, u: number, way: number): number => {
  // Short and dear work first: that fits more of it in.
  if (way >= ORDERS) return m.duration[u]! - m.leftOutCost[u]! / POINTS_PER_SECOND
  if (way < 4) return unit(sisr.random)
  if (way < 6)
    return m.dimensions > 0
      ? -(m.delivery[u * m.dimensions]! + m.pickup[u * m.dimensions]!)
      : -m.leftOutCost[u]!
  if (way < 8) return m.lastTo[u]! - m.firstFrom[u]!
  if (way < 9) return m.targetAt[u + 1]! > m.targetAt[u]! ? m.targetDue[m.targetAt[u]!]! : m.lastTo[u]!
  const kind = m.classes[0]!
  const home = kind.time[m.place[m.n]! * m.places + m.place[u]!]!
  return way < 11 ? -home : home
}
