/**
 * A day with limited vans or paid working time, run forward whole: breaks, choices of windows, lateness and fixed work included.
 *
 * Days on a board are short, so the price of a change is the price of the whole day with it. Where a depot call is needed it is
 * tried on every journey before the first lack. The surprising rule: fixed work that lacks something asks for a call like any
 * other; only where no call fits is it left as it was given, and no insertion may bring that about.
 */
import { arrivalAt, arrivalBy, breakAfter, freeAfterFixed, startOn } from '../constraints/open-hours.ts'
import { overtimeCost } from '../constraints/overtime.ts'
import { costThroughDepot, emptyVan, hasOnVan, takeParts, wayThroughDepot } from '../constraints/parts.ts'
import { preferenceCost } from '../constraints/preferred-technician.ts'
import { latenessCost } from '../constraints/sla-lateness.ts'
import { moveCost } from '../constraints/stability.ts'
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
import type { PlanState } from './plan-state.ts'

const day = new Int32Array(2)

/** Seconds of work at `u` for someone who comes from `place`. */
export const workFrom = (m: Model, place: number, u: number): number =>
  m.setup[u] === 0 || place === m.place[u] ? m.duration[u]! : m.duration[u]! + m.setup[u]!

/** What the day of route `r` costs with `sequence`, calling at the depot before its member `call` (-1: not); infinite when it breaks a rule. */
export const priceOfDay = (
  m: Model,
  release: Int32Array,
  r: number,
  sequence: Int32Array,
  length: number,
  call: number,
): number => {
  const { places, place } = m
  const { time, cost } = m.classes[m.classOf[r]!]!
  const technician = m.technicianOf[r]!
  const first = m.n + 2 * r
  let p = first
  let at = m.opensAt[r]!
  let k = m.breakAt[r]!
  let price = m.routeFixedCost[r]!
  let given = true
  beginDeparture(day)
  // Every index below is a node of this route or a cell of its tables.
  for (let i = 0; i < length; i++) {
    const u = sequence[i]!
    const calls = i === call
    const cell = place[p]! * places + place[u]!
    const way = calls ? wayThroughDepot(m, time, r, p, u) : time[cell]!
    price += (calls ? costThroughDepot(m, cost, r, p, u) : cost[cell]!) + preferenceCost(m, u, technician)
    const pause = k
    let start: number
    if (m.isFixed[u] === 1) {
      start = m.fixedStart[u]!
      if (arrivalBy(m, r, at, way, start, k) !== NEVER) k = breakAfter[0]!
      else if (!given || calls) return Number.POSITIVE_INFINITY
      addJourney(m, r, day, i === 0, at, way, start, true, pause, k)
      const end = start + m.duration[u]!
      at = freeAfterFixed(m, r, given && at > end ? at : end, k)
      k = breakAfter[0]!
      given = true
    } else {
      const work = workFrom(m, calls ? m.vans.depotPlace[r]! : place[p]!, u)
      start = startOn(m, r, at, way, u, work, k, release[u]!)
      if (start === NEVER) return Number.POSITIVE_INFINITY
      k = breakAfter[0]!
      addJourney(m, r, day, i === 0, at, way, start, false, pause, k)
      addWork(day, goodUntil(m, r, u, start, work, k), work)
      at = start + work
      given = false
    }
    price += latenessCost(m, u, start) + moveCost(m, u, technician, start)
    p = u
  }
  const cell = place[p]! * places + place[first + 1]!
  let home = arrivalAt(m, r, at, time[cell]!, k)
  let hasBreak = false
  if (home === NEVER) home = at + time[cell]!
  else hasBreak = breakAfter[0]! !== k
  if (!given && home > m.closesHardAt[r]!) return Number.POSITIVE_INFINITY
  const departure = departureFrom(m, r, day, at, time[cell]!, home, hasBreak)
  return price + cost[cell]! + overtimeCost(m, r, home) + workedCost(m.workedRate[r]!, home - departure)
}

/** Index of the first member of `sequence` that the van of route `r` cannot serve itself, -1 when there is none. */
const lackingIn = (
  m: Model,
  s: PlanState,
  r: number,
  sequence: Int32Array,
  length: number,
  passFixed: boolean,
): number => {
  if (!m.vans.limited) return -1
  const used = s.van.scratch
  emptyVan(m, used, r)
  for (let i = 0; i < length; i++) {
    const u = sequence[i]!
    if (!(passFixed && m.isFixed[u] === 1) && !hasOnVan(m, used, r, u)) return i
    takeParts(m, used, r, u)
  }
  return -1
}

const leastPrice = new Float64Array(1)

/** Before which member, `from` to `to`, the call costs least; -1 when it fits before none. The price is in `leastPrice[0]`. */
const bestCallIn = (
  m: Model,
  s: PlanState,
  r: number,
  sequence: Int32Array,
  length: number,
  from: number,
  to: number,
): number => {
  leastPrice[0] = Number.POSITIVE_INFINITY
  let best = -1
  if (m.vans.depotPlace[r]! < 0) return best
  for (let call = from; call <= to; call++) {
    const price = priceOfDay(m, s.release, r, sequence, length, call)
    if (price < leastPrice[0]!) {
      leastPrice[0] = price
      best = call
    }
  }
  return best
}

/** Settles where the depot is called at. False where something that the search placed cannot get what it lacks. */
export const settleCall = (m: Model, s: PlanState, r: number): boolean => {
  const { van } = s
  const { sequence } = van
  van.call[r] = -1
  if (!m.vans.limited) return true
  let length = 0
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) sequence[length++] = u
  let call = -1
  let possible = true
  const lacking = lackingIn(m, s, r, sequence, length, false)
  if (lacking >= 0) {
    call = bestCallIn(m, s, r, sequence, length, 0, lacking)
    const placed = call < 0 ? lackingIn(m, s, r, sequence, length, true) : -1
    if (placed >= 0) {
      call = bestCallIn(m, s, r, sequence, length, lacking + 1, placed)
      possible = call >= 0
    }
  }
  if (call >= 0) van.call[r] = call === 0 ? m.n + 2 * r : sequence[call - 1]!
  emptyVan(m, van.used, r)
  for (let i = 0; i < (call < 0 ? length : call); i++) takeParts(m, van.used, r, sequence[i]!)
  return possible
}

/** What the whole day costs with `u` as member `at`, where the depot is called at as it is best; infinite when it breaks a rule. */
export const priceWith = (
  m: Model,
  s: PlanState,
  r: number,
  u: number,
  at: number,
  supplied: boolean,
): number => {
  const { van } = s
  const { sequence } = van
  const first = m.n + 2 * r
  let length = 0
  let old = 0
  let call = van.call[r] === first ? 0 : -1
  if (at === 0) sequence[length++] = u
  for (let q = s.next[first]!; q < m.n; q = s.next[q]!) {
    sequence[length++] = q
    old++
    if (van.call[r] === q) call = old
    if (old === at) sequence[length++] = u
  }
  const own = supplied || !m.vans.limited || hasOnVan(m, van.used, r, u)
  if (call < 0) {
    if (own) return priceOfDay(m, s.release, r, sequence, length, -1)
  } else if (at > call) return priceOfDay(m, s.release, r, sequence, length, call)
  else if (own) {
    // On the journey of the call itself the depot may come before or after.
    const price = priceOfDay(m, s.release, r, sequence, length, call + 1)
    return at === call ? Math.min(price, priceOfDay(m, s.release, r, sequence, length, call)) : price
  }
  const lacking = lackingIn(m, s, r, sequence, length, false)
  bestCallIn(m, s, r, sequence, length, 0, lacking)
  return leastPrice[0]!
}
