/**
 * The checker's walk along a day: one visit after the other, with the travel between them, inside the hours that the shift has.
 *
 * The surprising rule: a breach between two pieces of fixed work, or between fixed work and the start of the day, was there
 * before the search and is `given`.
 */
import type { OpenInterval, Plan, PlanRoute, ProblemActivity, ProblemTechnician, Visit } from '../problem.ts'
import { closedTimes, judgeBreaks, sharedSeconds } from './breaks.ts'
import type { Finding, Judge } from './judge.ts'
import { judgeLoads } from './loads.ts'
import { judgeSelf } from './match.ts'
import { travelSeconds } from './travel.ts'
import { judgeDepotCall, judgeVan } from './vans.ts'

/** A day as it is walked: what is known of it, and where the technician has come to. */
type Walk = {
  readonly judge: Judge
  readonly technician: ProblemTechnician
  readonly route: PlanRoute
  /** Times in which nobody works or travels. */
  readonly closed: readonly OpenInterval[]
  readonly opens: number
  readonly closes: number
  place: number | null
  freeAt: number
  /** All so far is fixed work, or the visit before is. */
  givenBefore: boolean
  placedCount: number
}

export const judgeRoute = (judge: Judge, route: PlanRoute): void => {
  const technician = judge.technicians.get(route.technicianId)
  if (technician === undefined) {
    judge.violations.push({
      rule: 'unknown',
      technicianId: route.technicianId,
      sentence: 'is no technician of the problem',
    })
    return
  }
  const shift = route.shift < 0 ? undefined : technician.shifts[route.shift]
  const walk: Walk = {
    judge,
    technician,
    route,
    closed: closedTimes(shift, route),
    opens: shift?.open[0]?.from ?? Number.NEGATIVE_INFINITY,
    closes: (shift?.open.at(-1)?.to ?? Number.NEGATIVE_INFINITY) + (shift?.overtimeMax ?? 0),
    place: shift?.startLocation ?? null,
    freeAt: route.departure,
    givenBefore: true,
    placedCount: 0,
  }
  if (
    route.departure < walk.opens &&
    judge.activities.get(route.visits[0]?.activityId ?? '')?.fixed === undefined
  ) {
    tell(walk, judge.violations, 'calendar', 'the day begins before it opens')
  }
  for (const [i, visit] of route.visits.entries()) {
    const activity = judge.activities.get(visit.activityId)
    if (activity !== undefined) judgeVisit(walk, i, visit, activity)
  }
  judgeWayHome(walk, shift?.endLocation ?? null)
  if (shift !== undefined) judgeBreaks(judge, technician, shift, route)
  else if (walk.placedCount > 0)
    tell(walk, judge.violations, 'calendar', 'work was placed outside of every shift')
  judgeLoads(judge, technician, route)
  const activities = route.visits.flatMap((visit) => judge.activities.get(visit.activityId) ?? [])
  for (const { activity, sentence } of judgeVan(technician, shift, route, activities)) {
    tell(
      walk,
      activity?.fixed === undefined ? judge.violations : judge.given,
      'parts',
      sentence,
      activity?.id,
    )
  }
}

const tell = (walk: Walk, list: Finding[], rule: string, sentence: string, activityId?: string): void => {
  list.push({
    rule,
    technicianId: walk.technician.id,
    sentence,
    ...(activityId === undefined ? {} : { activityId }),
  })
}

const travelTo = ({ judge, technician }: Walk, from: number | null, to: number | null): number =>
  travelSeconds(judge.problem, technician, from, to)

/** Seconds between two times in which nobody pauses. */
const usableIn = ({ closed }: Walk, from: number, to: number): number =>
  to - from - sharedSeconds(closed, from, to)

const judgeVisit = (walk: Walk, i: number, visit: Visit, activity: ProblemActivity): void => {
  const { judge, route, closed, opens, closes } = walk
  const { id } = activity
  const isGiven = activity.fixed !== undefined
  if (!isGiven) walk.placedCount++
  // A breach between two fixed activities, or between fixed work and the day's start, was there before the search.
  const between = isGiven && walk.givenBefore ? judge.given : judge.violations
  const own = isGiven ? judge.given : judge.violations
  judgeTravel(walk, i, visit, activity, { own, between })
  if (walk.freeAt === route.departure && walk.placedCount === 1 && route.departure < opens && !isGiven)
    tell(walk, judge.violations, 'calendar', 'the day begins before it opens', id)
  if (visit.start < visit.arrival) tell(walk, own, 'overlap', 'starts before the technician arrives', id)
  if (visit.start < walk.freeAt) tell(walk, between, 'overlap', 'starts before the work before it ends', id)
  if (visit.start < opens || visit.end > closes) tell(walk, own, 'calendar', 'lies outside of the shift', id)
  if (sharedSeconds(closed, visit.start, visit.end) > 0) tell(walk, own, 'calendar', 'is cut by a break', id)
  walk.place = activity.location
  // Of fixed activities that overlap, the one that ends last keeps the technician.
  walk.freeAt = isGiven && walk.givenBefore ? Math.max(walk.freeAt, visit.end) : visit.end
  walk.givenBefore = isGiven
}

/** The way to a visit, through the depot where the plan calls there, and what the visit is by itself. */
const judgeTravel = (
  walk: Walk,
  i: number,
  visit: Visit,
  activity: ProblemActivity,
  lists: { readonly own: Finding[]; readonly between: Finding[] },
): void => {
  const { judge, technician, route, place, freeAt } = walk
  const call = route.depotCall?.after === i - 1 ? route.depotCall : undefined
  const depot = call === undefined ? undefined : technician.depot
  const travel =
    depot === undefined
      ? travelTo(walk, place, activity.location)
      : travelTo(walk, place, depot.location) + travelTo(walk, depot.location, activity.location)
  judgeSelf(judge, technician, activity, visit, depot === undefined ? place : depot.location, lists.own)
  if (visit.travel !== travel)
    tell(walk, judge.violations, 'travel', `travel is ${travel} s, not ${visit.travel} s`, activity.id)
  const usable = usableIn(walk, freeAt, visit.arrival) - (depot?.duration ?? 0)
  if (usable < travel)
    tell(walk, lists.between, 'travel', `${travel} s of travel do not fit into ${usable} s`, activity.id)
  if (call === undefined || depot === undefined) return
  const sentences = judgeDepotCall(call, depot, {
    to: travelTo(walk, place, depot.location),
    from: travelTo(walk, depot.location, activity.location),
    leftAt: freeAt,
    arrival: visit.arrival,
    usable: (from, to) => usableIn(walk, from, to),
  })
  for (const sentence of sentences) tell(walk, judge.violations, 'parts', sentence, activity.id)
}

const judgeWayHome = (walk: Walk, endLocation: number | null): void => {
  const { judge, route, closes } = walk
  const home = travelTo(walk, walk.place, endLocation)
  const ending = walk.givenBefore ? judge.given : judge.violations
  if (route.travelHome !== home)
    tell(walk, judge.violations, 'travel', `the way home takes ${home} s, not ${route.travelHome} s`)
  const usable = usableIn(walk, walk.freeAt, route.endsAt)
  if (usable < home) tell(walk, ending, 'travel', `${home} s of travel home do not fit into ${usable} s`)
  if (route.endsAt > closes) tell(walk, ending, 'calendar', 'the day ends after it may')
}

/** Nobody is at two places at once, across all the days of a technician. */
export const judgeOverlaps = (judge: Judge, plan: Plan): void => {
  const byTechnician = new Map<string, Visit[]>()
  for (const route of plan.routes) {
    const visits = byTechnician.get(route.technicianId) ?? []
    visits.push(...route.visits)
    byTechnician.set(route.technicianId, visits)
  }
  const isFixed = (visit: Visit): boolean => judge.activities.get(visit.activityId)?.fixed !== undefined
  for (const [technicianId, visits] of byTechnician) {
    const sorted = visits.filter((visit) => visit.end > visit.start).sort((a, b) => a.start - b.start)
    let reach: Visit | undefined
    for (const visit of sorted) {
      if (reach !== undefined && visit.start < reach.end) {
        const list = isFixed(visit) && isFixed(reach) ? judge.given : judge.violations
        list.push({
          rule: 'overlap',
          technicianId,
          activityId: visit.activityId,
          sentence: `overlaps ${reach.activityId}`,
        })
      }
      if (reach === undefined || visit.end > reach.end) reach = visit
    }
  }
}
