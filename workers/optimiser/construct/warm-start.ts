/**
 * Puts a given plan on the empty one: who does what, in which order. Visits that no longer fit are left out for the search to
 * place again; fixed work is there already and is passed over.
 */
import { hasRoom, loadFits } from '../constraints/capacity.ts'
import { mayDo } from '../constraints/skills.ts'
import type { Model } from '../model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink, updateRoute } from '../plan.ts'
import type { WarmPlan } from '../problem.ts'

type GivenVisit = { readonly activity: number; readonly technician: number; readonly start: number }

/** The plan that the activities' own `current` places describe. */
export const currentVisits = (m: Model): GivenVisit[] => {
  const visits: GivenVisit[] = []
  for (let u = 0; u < m.n; u++) {
    if (m.currentTechnician[u]! >= 0) {
      visits.push({ activity: u, technician: m.currentTechnician[u]!, start: m.currentStart[u]! })
    }
  }
  return visits
}

/** The visits of a plan made elsewhere; activities and technicians that the problem does not know are passed over. */
export const warmVisits = (m: Model, warm: WarmPlan): GivenVisit[] =>
  warm.routes.flatMap((route) => {
    const technician = m.technicianIndex.get(route.technicianId)
    if (technician === undefined) return []
    return route.visits.flatMap((visit) => {
      const activity = m.activityIndex.get(visit.activityId)
      return activity === undefined ? [] : [{ activity, technician, start: visit.start }]
    })
  })

/** The technician's route on which `start` falls, or the nearest one to it. */
const routeFor = (m: Model, technician: number, start: number): number => {
  let best = -1
  let bestGap = Number.POSITIVE_INFINITY
  for (const r of m.routesOf[technician] ?? []) {
    if (m.shiftOf[r]! < 0) continue
    const gap = Math.max(m.opensAt[r]! - start, start - m.closesHardAt[r]!, 0)
    if (gap < bestGap) {
      bestGap = gap
      best = r
    }
  }
  return best
}

export const placeVisits = (m: Model, s: PlanState, visits: readonly GivenVisit[]): void => {
  const inOrder = visits
    .filter((visit) => m.isFixed[visit.activity] === 0)
    .map((visit) => ({ ...visit, route: routeFor(m, visit.technician, visit.start) }))
    .sort((a, b) => a.route - b.route || a.start - b.start || a.activity - b.activity)
  const sequence = new Int32Array(m.n)
  for (const { activity, technician, start, route } of inOrder) {
    if (route < 0 || s.route[activity] !== -1 || !mayDo(m, activity, technician)) continue
    if (s.length[route]! >= m.tasksMax[route]! || !hasRoom(m, s.brought, s.collected, route, activity))
      continue
    let p = m.n + 2 * route
    // The list ends at a node that is no activity.
    for (let q = s.next[p]!; q < m.n && (m.isFixed[q] === 0 || m.fixedStart[q]! <= start); q = s.next[q]!)
      p = q
    takeIn(m, s, activity)
    linkAfter(s, activity, p)
    let fits = updateRoute(m, s, route)
    if (fits && m.mixedLoads) {
      let length = 0
      for (let q = s.next[m.n + 2 * route]!; q < m.n; q = s.next[q]!) sequence[length++] = q
      fits = loadFits(m, route, sequence, length)
    }
    if (!fits) {
      unlink(s, activity)
      updateRoute(m, s, route)
      leaveOut(m, s, activity)
    }
  }
}
