/**
 * Two days exchange everything that comes after a cut in each.
 *
 * Ruin and recreate moves about ten activities at a time; on long days no row of such small steps, each good by itself, leads to
 * another pairing of mornings and afternoons. Only days of the same kind swap, and only on plain problems, so two comparisons
 * tell whether the times allow it.
 */
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { type Random, unit } from '../random.ts'

/** The nodes after which the two days are cut. */
export const cuts = new Int32Array(2)

/** Pairs passed over by chance, so that the cheapest swap does not keep the others out for ever. */
const PASSED_OVER = 0.2

/**
 * Finds the cheapest swap that brings `u` beside one of the `count` activities that `list` names from `at` on, `closed` days
 * left alone; false if there is none.
 */
export const findTailSwap = (
  m: Model,
  s: PlanState,
  random: Random,
  closed: Uint8Array,
  u: number,
  list: Int32Array,
  at: number,
  count: number,
): boolean => {
  const { route, prev, next, free, latest, arc } = s
  const { places, place } = m
  // Every index below is a node, a route or a cell of the travel class.
  const own = route[u]!
  if (own < 0) return false
  const { time, cost } = m.classes[m.classOf[own]!]!
  let least = Number.POSITIVE_INFINITY
  for (let i = at; i < at + count; i++) {
    const v = list[i]!
    const r = route[v]!
    if (r < 0 || r === own || closed[r] === 1 || m.kindOf[r] !== m.kindOf[own] || unit(random) < PASSED_OVER)
      continue
    // First `v` after `u`, then `u` after `v`.
    for (let turn = 0; turn < 2; turn++) {
      const a = turn === 0 ? u : prev[u]!
      const b = turn === 0 ? prev[v]! : v
      const afterA = next[a]!
      const afterB = next[b]!
      // Days that swap as a whole, or that have nothing to swap, stay the same.
      if ((a >= m.n && b >= m.n) || (afterA >= m.n && afterB >= m.n)) continue
      const toB = place[a]! * places + place[afterB]!
      const toA = place[b]! * places + place[afterA]!
      const growth = cost[toB]! + cost[toA]! - arc[a]! - arc[b]!
      if (growth >= least) continue
      if (free[a]! + time[toB]! > latest[afterB]! || free[b]! + time[toA]! > latest[afterA]!) continue
      if (!loadsAllow(m, s, a, b, own, r)) continue
      least = growth
      cuts[0] = a
      cuts[1] = b
    }
  }
  return least < Number.POSITIVE_INFINITY
}

/**
 * Days of the same kind take alike, so what the heads differ by is all that matters: `ra` gets the tail of `rb` and the other
 * way round.
 */
const loadsAllow = (m: Model, s: PlanState, a: number, b: number, ra: number, rb: number): boolean => {
  const { dimensions } = m
  if (m.tasksMax[ra]! < NEVER) {
    let more = 0
    for (let p = a; p < m.n; p = s.prev[p]!) more++
    for (let p = b; p < m.n; p = s.prev[p]!) more--
    if (s.length[rb]! + more > m.tasksMax[ra]! || s.length[ra]! - more > m.tasksMax[rb]!) return false
  }
  for (let d = 0; d < dimensions; d++) {
    let brought = 0
    let collected = 0
    for (let p = a; p < m.n; p = s.prev[p]!) {
      brought += m.delivery[p * dimensions + d]!
      collected += m.pickup[p * dimensions + d]!
    }
    for (let p = b; p < m.n; p = s.prev[p]!) {
      brought -= m.delivery[p * dimensions + d]!
      collected -= m.pickup[p * dimensions + d]!
    }
    const atA = ra * dimensions + d
    const atB = rb * dimensions + d
    const room = m.capacity[atA]!
    if (s.brought[atB]! + brought > room || s.brought[atA]! - brought > room) return false
    if (s.collected[atB]! + collected > room || s.collected[atA]! - collected > room) return false
  }
  return true
}

/** Swaps what comes after `a` and after `b`; the times of both routes are stale until `updateRoute`. */
export const swapTails = (m: Model, s: PlanState, a: number, b: number): void => {
  const { next, prev, route } = s
  const ra = route[a]!
  const rb = route[b]!
  const afterA = next[a]!
  const afterB = next[b]!
  const lastA = m.n + 2 * ra + 1
  const lastB = m.n + 2 * rb + 1
  const endA = prev[lastA]!
  const endB = prev[lastB]!
  join(m, s, a, afterB, endB, lastA, ra)
  join(m, s, b, afterA, endA, lastB, rb)
}

/** Puts the activities from `from` to `to`, if `from` is one, between `a` and the end `last` of route `r`. */
const join = (m: Model, s: PlanState, a: number, from: number, to: number, last: number, r: number): void => {
  const { next, prev, route } = s
  if (from >= m.n) {
    next[a] = last
    prev[last] = a
    return
  }
  next[a] = from
  prev[from] = a
  next[to] = last
  prev[last] = to
  for (let p = from; p < m.n; p = next[p]!) route[p] = r
}
