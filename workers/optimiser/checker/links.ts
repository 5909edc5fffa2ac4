/**
 * The checker's half for what a plan must keep as a whole: links between activities, the greatest lateness, the even spread of work.
 *
 * Like the checker it reads the problem's own words and the plan's own times, and shares no code with the search.
 */
import type { Plan, Problem, Visit } from '../problem.ts'
import { lateBeyondHorizonMax, rates } from '../weights.ts'
import type { Finding } from './judge.ts'

type Placed = { readonly visit: Visit; readonly technicianId: string }

/** What links are broken: `given` where only fixed work has to do with it. */
export const judgeLinks = (problem: Problem, plan: Plan): { violations: Finding[]; given: Finding[] } => {
  const violations: Finding[] = []
  const given: Finding[] = []
  const places = new Map<string, Placed>()
  for (const { technicianId, visits } of plan.routes)
    for (const visit of visits) places.set(visit.activityId, { visit, technicianId })
  const fixed = new Set(
    problem.activities.filter((activity) => activity.fixed !== undefined).map((activity) => activity.id),
  )
  for (const link of problem.links ?? []) {
    const first = places.get(link.first)
    const second = places.get(link.second)
    const tell = (isGiven: boolean, activityId: string, sentence: string): void => {
      const list = isGiven ? given : violations
      list.push({ rule: 'link', activityId, sentence })
    }
    if (first === undefined && second !== undefined)
      tell(fixed.has(link.second), link.second, `is placed without ${link.first}`)
    if (first !== undefined && second === undefined && link.together === true)
      tell(fixed.has(link.first), link.first, `is placed without ${link.second}`)
    if (first === undefined || second === undefined) continue
    const bothFixed = fixed.has(link.first) && fixed.has(link.second)
    const gap = second.visit.start - first.visit.start
    if (gap < link.from || (link.to !== null && gap > link.to)) {
      const wanted = link.to === null ? `${link.from} or more` : `${link.from} to ${link.to}`
      tell(bothFixed, link.second, `starts ${gap} s after ${link.first}, not ${wanted}`)
    }
    const sameTechnician = first.technicianId === second.technicianId
    if (link.technicians !== undefined && sameTechnician !== (link.technicians === 'same'))
      tell(
        bothFixed,
        link.second,
        `must not have ${sameTechnician ? 'the same' : 'another'} technician than ${link.first}`,
      )
  }
  return { violations, given }
}

/** Latest target of an activity that starts at `start`, where `respond` is none of the plan's business. */
const latenessAt = (problem: Problem, activityId: string, start: number): number => {
  const activity = problem.activities.find((candidate) => candidate.id === activityId)
  const lates = (activity?.targets ?? []).map((target) => {
    if (target.kind === 'respond' || target.wish !== undefined) return 0
    const late = start + (target.kind === 'complete' ? (activity?.duration ?? 0) : 0) - target.dueAt
    return Math.min(late, Math.max(0, problem.horizon - target.dueAt) + lateBeyondHorizonMax)
  })
  return Math.max(0, ...lates)
}

/** Lateness that work left out would have if it were done as late as the horizon is long. */
const latenessLeftOut = (problem: Problem, activityId: string): number => {
  const activity = problem.activities.find((candidate) => candidate.id === activityId)
  const lates = (activity?.targets ?? [])
    .filter((target) => target.kind !== 'respond' && target.wish === undefined)
    .map((target) =>
      Math.min(
        problem.horizon + (activity?.duration ?? 0) - target.dueAt,
        Math.max(0, problem.horizon - target.dueAt) + lateBeyondHorizonMax,
      ),
    )
  return Math.max(0, ...lates)
}

export const pointsAsAWhole = (problem: Problem, plan: Plan): number => {
  let points = 0
  const perSecond = problem.worstLatePerSecond ?? 0
  if (perSecond > 0) {
    const lates = plan.routes.flatMap((route) =>
      route.visits.map((visit) => latenessAt(problem, visit.activityId, visit.start)),
    )
    points += perSecond * Math.max(0, ...lates)
    for (const { activityId } of plan.unassigned) points += perSecond * latenessLeftOut(problem, activityId)
  }
  const fairness = problem.weights?.fairness ?? 0
  if (fairness > 0) {
    for (const technician of problem.technicians) {
      const open = technician.shifts
        .flatMap((shift) => shift.open)
        .reduce((sum, interval) => sum + interval.to - interval.from, 0)
      const worked = plan.routes
        .filter((route) => route.technicianId === technician.id)
        .reduce(
          (sum, route) =>
            route.visits.reduce(
              (day, visit) => day + visit.travel + visit.end - visit.start,
              sum + route.travelHome,
            ),
          0,
        )
      points += Math.round((fairness * rates.fairnessPerSecond * worked * worked) / Math.max(1, open))
    }
  }
  return points
}
