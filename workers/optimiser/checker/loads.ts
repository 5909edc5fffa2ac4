/**
 * The checker's view of how much one day can hold: the number of activities, and the load in each dimension where it peaks.
 *
 * The surprising rule: what fixed work alone overloads was given.
 */
import type { PlanRoute, ProblemTechnician } from '../problem.ts'
import type { Judge } from './judge.ts'

export const judgeLoads = (judge: Judge, technician: ProblemTechnician, route: PlanRoute): void => {
  const activities = route.visits.flatMap((visit) => judge.activities.get(visit.activityId) ?? [])
  // What fixed work alone overloads was given.
  const list = activities.every((activity) => activity.fixed !== undefined) ? judge.given : judge.violations
  if (activities.length > (technician.maxTasks ?? Number.POSITIVE_INFINITY)) {
    list.push({ rule: 'tasks', technicianId: technician.id, sentence: `has ${activities.length} activities` })
  }
  technician.capacity?.forEach((room, d) => {
    let load = activities.reduce((sum, activity) => sum + (activity.delivery?.[d] ?? 0), 0)
    let peak = load
    for (const activity of activities) {
      load += (activity.pickup?.[d] ?? 0) - (activity.delivery?.[d] ?? 0)
      peak = Math.max(peak, load)
    }
    if (peak > room) {
      list.push({
        rule: 'capacity',
        technicianId: technician.id,
        sentence: `carries ${peak} of ${room} in dimension ${d}`,
      })
    }
  })
}
