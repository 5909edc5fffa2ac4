/**
 * Where two activities that belong together fit best: the few best places of one with all places of the other, from both sides.
 *
 * The surprising rule: one may stand right behind the other, so a position can be an activity that is not in the plan yet.
 */
import { linkedFrom } from '../constraints/links.ts'
import { NO_PUSH } from '../model/link-table.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { gather, takeLeast } from './positions.ts'
import { costOfLinked } from './price.ts'
import { blinks, type LinkedInsertion, TRIED } from './trial.ts'

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
