/**
 * Emptying whole days: the search of its own that finds plans with fewer routes.
 *
 * Shortening routes one string at a time hardly ever empties one, so a plan with one technician too many is a trap. Here a
 * route is closed, its work is left out, and ruin and recreate runs until all of it has found room elsewhere or the time
 * for it is over. The plan handed back is complete and never uses more routes than before; its travel may be longer.
 */
import type { Model } from '../model/model.ts'
import { leaveOut, type PlanState, unlink } from '../plan/plan-state.ts'
import { keep, restore, type Snapshot } from '../plan/snapshot.ts'
import { updateRoute } from '../plan/update.ts'
import { sisrStepForFleet } from './sisr.ts'
import type { Sisr } from './sisr-state.ts'

/** Fewest routes that the loads alone allow, where all technicians carry the same. */
export const routesNeeded = (m: Model): number => {
  let needed = 1
  for (let d = 0; d < m.dimensions; d++) {
    let brought = 0
    let collected = 0
    let largest = 1
    for (let u = 0; u < m.n; u++) {
      brought += m.delivery[u * m.dimensions + d]!
      collected += m.pickup[u * m.dimensions + d]!
    }
    for (let r = 0; r < m.routes; r++) largest = Math.max(largest, m.capacity[r * m.dimensions + d]!)
    needed = Math.max(needed, Math.ceil(Math.max(brought, collected) / largest))
  }
  return needed
}

const usedRoutes = (m: Model, s: PlanState): number[] => {
  const used: number[] = []
  for (let r = 0; r < m.routes; r++) if (s.length[r]! > 0) used.push(r)
  return used
}

/** The route whose work has been missed least often, so most likely to be placed elsewhere. */
const easiest = (m: Model, s: PlanState, sisr: Sisr, used: readonly number[]): number => {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  for (const r of used) {
    let sum = 0
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) sum += 1 + sisr.misses[u]!
    if (sum < least) {
      least = sum
      best = r
    }
  }
  return best
}

export const emptyRoutes = (
  m: Model,
  s: PlanState,
  sisr: Sisr,
  complete: Snapshot,
  /** Told how many routes more than needed there still are. */
  isOver: (tooMany: number) => boolean,
): void => {
  const needed = routesNeeded(m)
  const { closed } = sisr.insertion
  keep(s, complete)
  for (;;) {
    const used = usedRoutes(m, s)
    if (used.length <= needed) break
    closed.fill(1)
    for (const r of used) closed[r] = 0
    const r = easiest(m, s, sisr, used)
    closed[r] = 1
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[m.n + 2 * r]!) {
      unlink(s, u)
      leaveOut(m, s, u)
    }
    updateRoute(m, s, r)
    while (s.count[0]! > 0 && !isOver(used.length - needed)) sisrStepForFleet(m, s, sisr)
    if (s.count[0]! > 0) break
    keep(s, complete)
  }
  closed.fill(0)
  restore(m, s, complete)
  sisr.misses.fill(0)
}
