/**
 * Puts a given plan on the empty one: who does what, in which order. Visits that no longer fit are left out for the search to
 * place again; fixed work is there already and is passed over.
 */
import { loadFits } from '../constraints/capacity.ts'
import { mayDoBeside, missingPartner } from '../constraints/links.ts'
import { mayDo } from '../constraints/skills.ts'
import type { Model } from '../model/model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
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

type RoutedVisit = GivenVisit & { readonly route: number }

export const placeVisits = (m: Model, s: PlanState, visits: readonly GivenVisit[]): void => {
  const taken = new Set<number>()
  const inOrder: RoutedVisit[] = []
  for (const visit of visits) {
    const route = routeFor(m, visit.technician, visit.start)
    if (route < 0 || m.isFixed[visit.activity] === 1 || taken.has(visit.activity)) continue
    if (!mayDo(m, visit.activity, visit.technician)) continue
    taken.add(visit.activity)
    inOrder.push({ ...visit, route })
  }
  // Visits that start together keep the order in which the plan has them: sorting is stable.
  inOrder.sort((a, b) => a.route - b.route || a.start - b.start)
  for (let from = 0; from < inOrder.length; ) {
    let to = from
    while (to < inOrder.length && inOrder[to]?.route === inOrder[from]?.route) to++
    placeDay(m, s, inOrder.slice(from, to))
    from = to
  }
  if (m.joint) dropUnlinked(m, s)
}

/** Takes out what its links do not let stand: work without the work it needs, and the wrong technician beside it. */
const dropUnlinked = (m: Model, s: PlanState): void => {
  for (let again = true; again; ) {
    again = false
    for (let u = 0; u < m.n; u++) {
      const r = s.route[u]!
      if (r < 0 || m.isFixed[u] === 1) continue
      if (missingPartner(m, s, u, -1) < 0 && mayDoBeside(m, s, u, m.technicianOf[r]!)) continue
      unlink(s, u)
      updateRoute(m, s, r)
      leaveOut(m, s, u)
      again = true
    }
  }
}

/** A day as a whole where it holds as a whole; else visit by visit, as many as still fit. */
const placeDay = (m: Model, s: PlanState, day: readonly RoutedVisit[]): void => {
  for (const visit of day) link(m, s, visit)
  // A day has at least one visit.
  const { route } = day[0]!
  if (updateRoute(m, s, route) && dayFits(m, s, route)) return
  for (const { activity } of day) unlink(s, activity)
  updateRoute(m, s, route)
  for (const { activity } of day) leaveOut(m, s, activity)
  for (const visit of day) {
    link(m, s, visit)
    if (updateRoute(m, s, route) && dayFits(m, s, route)) continue
    unlink(s, visit.activity)
    updateRoute(m, s, route)
    leaveOut(m, s, visit.activity)
  }
}

/**
 * After the visits already there, but before fixed work that starts later; and before fixed work that starts at the same second where
 * the visit takes no time, because behind it that second has passed.
 */
const link = (m: Model, s: PlanState, { activity, route, start }: RoutedVisit): void => {
  let p = m.n + 2 * route
  // The list ends at a node that is no activity.
  const from = m.duration[activity]! > 0 ? start : start - 1
  for (let q = s.next[p]!; q < m.n && (m.isFixed[q] === 0 || m.fixedStart[q]! <= from); q = s.next[q]!) p = q
  takeIn(m, s, activity)
  linkAfter(s, activity, p)
}

export const dayFits = (m: Model, s: PlanState, r: number): boolean => {
  if (s.length[r]! > m.tasksMax[r]!) return false
  const sequence = new Int32Array(s.length[r]!)
  let length = 0
  for (let q = s.next[m.n + 2 * r]!; q < m.n; q = s.next[q]!) sequence[length++] = q
  return loadFits(m, r, sequence, length)
}
