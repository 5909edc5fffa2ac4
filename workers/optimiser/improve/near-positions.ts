/**
 * Where an activity fits best next to its neighbours: the kernel for large plain problems.
 *
 * Scanning whole routes costs as much as they are long. Here only the places on both sides of the nearest activities are tried,
 * and the ends of the routes that the step has opened up, so that a step costs the same however large the problem and however
 * long its days. What finds no place here is not lost: the caller then looks everywhere.
 */
import { hasRoom } from '../constraints/capacity.ts'
import { preferenceCost } from '../constraints/preferred-technician.ts'
import { mayDo } from '../constraints/skills.ts'
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { bestCost, type Insertion, passesOver } from './insertion.ts'

/** Best position for `u` beside the `count` activities that `list` names from `at` on; -1 when there is none below the limit. */
export const bestNearPosition = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  list: Int32Array,
  at: number,
  count: number,
): number => {
  const { places, place } = m
  const { next, prev, route, free, latest, arc } = s
  const { closed } = insertion
  // Every index below is a node, a route or a cell of a travel class.
  const single = m.classes.length === 1
  let kind = m.classes[0]!
  const row = place[u]! * places
  const from = m.firstFrom[u]!
  const to = m.lastTo[u]!
  const work = m.duration[u]!
  let least = NEVER
  let best = -1
  for (let i = at; i < at + count; i++) {
    const v = list[i]!
    const r = route[v]!
    if (r < 0 || closed[r] === 1) continue
    if (!single) kind = m.classes[m.classOf[r]!]!
    // First after `v`, then before it.
    for (let p = v; ; p = prev[v]!) {
      const q = next[p]!
      const before = row + place[p]!
      const after = row + place[q]!
      const detour = kind.costTo[before]! + kind.cost[after]! - arc[p]!
      if (detour < least) {
        let start = free[p]! + kind.timeTo[before]!
        if (start < from) start = from
        if (start <= to && start + work + kind.time[after]! <= latest[q]!) {
          const technician = m.technicianOf[r]!
          const cost = detour + preferenceCost(m, u, technician)
          if (
            cost < least &&
            mayDo(m, u, technician) &&
            s.length[r]! < m.tasksMax[r]! &&
            hasRoom(m, s.brought, s.collected, r, u) &&
            !passesOver(insertion)
          ) {
            least = cost
            best = p
          }
        }
      }
      if (p !== v) break
    }
  }
  bestCost[0] = best < 0 ? Number.POSITIVE_INFINITY : least
  return best
}
