/**
 * Makes times, loads and costs of a day true after its links have changed, by the shortest way that the board allows.
 *
 * The surprising rule: fixed work may break rules among itself (that is how it was given); the search only answers for
 * what it placed.
 */
import { settle } from '../linked/times.ts'
import type { Model } from '../model/model.ts'
import { updateExact } from './exact-times.ts'
import { updatePlain, updatePlainAfter } from './plain-times.ts'
import type { PlanState } from './plan-state.ts'
import { updateVan } from './van-route.ts'

/** Makes the route's times, loads and costs true. False when a hard rule is broken by something that is not fixed. */
export const updateRoute = (m: Model, s: PlanState, r: number): boolean =>
  m.joint ? settle(m, s, r, updateAlone) : updateAlone(m, s, r)

/** The same for one route by itself, with the releases as they are. */
export const updateAlone = (m: Model, s: PlanState, r: number): boolean => {
  changed(s, r)
  const before = s.routeCost[r]!
  const lateBefore = s.routeLate[r]!
  const possible = m.plain ? updatePlain(m, s, r) : m.van ? updateVan(m, s, r) : updateExact(m, s, r)
  s.total[0] = s.total[0]! + s.routeCost[r]! - before
  s.total[1] = s.total[1]! + s.routeLate[r]! - lateBefore
  s.possible[r] = possible ? 1 : 0
  return possible
}

/** Makes the route's times, loads and costs true after `u`, a fitting activity, has been linked into it. */
export const updateAfterLink = (m: Model, s: PlanState, u: number, r: number): void => {
  // A route that was broken may be whole again now, which only the full way can tell.
  if (!m.plain || s.possible[r] === 0) {
    updateRoute(m, s, r)
    return
  }
  changed(s, r)
  updatePlainAfter(m, s, u, r)
}

/** The numbers wrap around after 2^32 changes, by when nobody remembers the first ones. */
export const changed = (s: PlanState, r: number): void => {
  const version = (s.count[1]! + 1) | 0
  s.count[1] = version
  s.version[r] = version
}
