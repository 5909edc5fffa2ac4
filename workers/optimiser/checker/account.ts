/**
 * The checker's account of a plan: everyone and everything of the problem is in it once, and what stands already stands there too.
 */
import type { Plan } from '../problem.ts'
import type { Judge } from './judge.ts'

/** Every activity is in the plan exactly once: with someone, or named as left out. Fixed work is where it was fixed. */
export const judgeAccount = (judge: Judge, plan: Plan): void => {
  const seen = new Map<string, number>()
  const count = (id: string): void => {
    seen.set(id, (seen.get(id) ?? 0) + 1)
  }
  for (const route of plan.routes) for (const visit of route.visits) count(visit.activityId)
  for (const { activityId } of plan.unassigned) count(activityId)
  for (const [id, times] of seen) {
    if (!judge.activities.has(id)) {
      judge.violations.push({ rule: 'unknown', activityId: id, sentence: 'is not in the problem' })
    } else if (times > 1) {
      judge.violations.push({ rule: 'twice', activityId: id, sentence: `is there ${times} times` })
    }
  }
  for (const activity of judge.problem.activities) {
    if (!seen.has(activity.id)) {
      judge.violations.push({
        rule: 'lost',
        activityId: activity.id,
        sentence: 'is neither placed nor left out',
      })
    }
    if (activity.fixed === undefined) continue
    const { fixed } = activity
    const kept = plan.routes.some(
      (route) =>
        route.technicianId === fixed.technicianId &&
        route.visits.some((visit) => visit.activityId === activity.id && visit.start === fixed.start),
    )
    if (!kept) {
      judge.violations.push({ rule: 'fixed', activityId: activity.id, sentence: 'is not where it is fixed' })
    }
  }
}

/** Who is on the road already is in the plan, if only to go home, and has left when his shift began. */
export const judgeDeparted = (judge: Judge, plan: Plan): void => {
  for (const technician of judge.problem.technicians) {
    technician.shifts.forEach((shift, i) => {
      if (shift.departed !== true) return
      const route = plan.routes.find((item) => item.technicianId === technician.id && item.shift === i)
      if (route?.departure === shift.open[0]?.from) return
      judge.violations.push({
        rule: 'working-time',
        technicianId: technician.id,
        sentence: 'is on the road already, and the plan says otherwise',
      })
    })
  }
}
