/** The slow way for an event that the rows do not hold: it goes into the problem, everything is compiled, the plan is put back. */
import type { Problem, ProblemActivity, WarmPlan } from '../problem.ts'
import type { Doing } from './apply-event.ts'
import { compiledBoard, type LiveBoard, orderOf, problemOf } from './live-board.ts'
import type { LiveEvent } from './live-event.ts'

export const applyAfresh = (live: LiveBoard, event: LiveEvent, doing: Doing): void => {
  const { activities, technicians } = problemOf(live)
  const warm = orderOf(live)
  const wasPlaced = new Set(warm.routes.flatMap((route) => route.visits.map((visit) => visit.activityId)))
  const compiled = live.compiled + 1
  const without = (id: string): ProblemActivity[] => activities.filter((activity) => activity.id !== id)
  const next: Partial<Problem> =
    event.kind === 'activity'
      ? { activities: [...without(event.activity.id), event.activity] }
      : event.kind === 'cancelled'
        ? { activities: without(event.activityId) }
        : {
            technicians: technicians.map((technician) =>
              technician.id === event.technician.id ? event.technician : technician,
            ),
          }
  const opened = event.kind === 'activity' && event.activity.fixed === undefined ? event.activity.id : null
  const kept: WarmPlan = {
    routes: warm.routes.map((route) => ({
      ...route,
      visits: route.visits.filter((visit) => visit.activityId !== opened),
    })),
  }
  const problem = { ...live.problem, activities, technicians, ...next }
  Object.assign(live, compiledBoard(withLinksLeft(problem), kept), { compiled })
  doing.roomy.clear()
  if (opened !== null) doing.opened.add(opened)
  const { s } = live
  for (const id of wasPlaced) {
    const u = live.index.get(id)
    if (u !== undefined && s.route[u] === -1) doing.opened.add(id)
  }
  const about =
    event.kind === 'technician'
      ? (live.m.routesOf[live.m.technicianIndex.get(event.technician.id) ?? -1] ?? [])
      : event.kind === 'activity' && event.activity.fixed !== undefined
        ? [s.route[live.index.get(event.activity.id)!]!]
        : []
  for (const r of about) if (r >= 0) doing.roomy.add(r)
}

/** Links to work that is no longer there bind nobody. */
const withLinksLeft = (problem: Problem): Problem => {
  if (problem.links === undefined) return problem
  const ids = new Set(problem.activities.map(({ id }) => id))
  return { ...problem, links: problem.links.filter(({ first, second }) => ids.has(first) && ids.has(second)) }
}
