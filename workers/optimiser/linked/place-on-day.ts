/**
 * The best place on one day for an activity whose days hang together, for those who answer people rather than search.
 *
 * The priced places come first. Where pricing finds none, every position is tried on the plan itself, links and partners' days and
 * all, so that "there is no place" is never an estimate.
 */
import { hasRoom } from '../constraints/capacity.ts'
import { mayDoBeside, missingPartner } from '../constraints/links.ts'
import { mayDo } from '../constraints/skills.ts'
import type { Model } from '../model/model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import { bestLinkedPosition } from './positions.ts'
import type { LinkedInsertion } from './trial.ts'

/** The node to insert `u` after on route `r`, or -1; what it costs is in `cost[0]`. */
export const linkedPositionOnRoute = (
  m: Model,
  s: PlanState,
  insertion: LinkedInsertion,
  u: number,
  r: number,
): number => {
  const technician = m.technicianOf[r]!
  if (m.shiftOf[r]! < 0 || !mayDo(m, u, technician) || s.length[r]! >= m.tasksMax[r]!) return -1
  if (!hasRoom(m, s.brought, s.collected, r, u)) return -1
  if (missingPartner(m, s, u, -1) >= 0 || !mayDoBeside(m, s, u, technician)) return -1
  const priced = bestLinkedPosition(m, s, insertion, u, r, r + 1, Number.POSITIVE_INFINITY)
  if (priced >= 0 && costByTrying(m, s, u, priced, r) < Number.POSITIVE_INFINITY) return priced
  let best = -1
  let least = Number.POSITIVE_INFINITY
  const last = m.n + 2 * r + 1
  for (let p = last - 1; p !== last; p = s.next[p]!) {
    const cost = costByTrying(m, s, u, p, r)
    if (cost >= least) continue
    least = cost
    best = p
  }
  insertion.cost[0] = least
  return best
}

const costByTrying = (m: Model, s: PlanState, u: number, p: number, r: number): number => {
  const before = s.total[0]! - m.leftOutCost[u]!
  takeIn(m, s, u)
  linkAfter(s, u, p)
  const cost = updateRoute(m, s, r) ? s.total[0]! - before : Number.POSITIVE_INFINITY
  unlink(s, u)
  updateRoute(m, s, r)
  leaveOut(m, s, u)
  return cost
}
