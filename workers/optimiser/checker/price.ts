/**
 * What a plan costs, counted afresh from the problem's own words: the bands one by one, and the points they come to.
 *
 * Only the rates of the bands are common to the search and this, because they are the question.
 */
import { assertNever } from '../../../server/domain/assert-never.ts'
import type {
  CostSplit,
  Plan,
  PlanRoute,
  Problem,
  ProblemActivity,
  ProblemTechnician,
  SlaTarget,
  Visit,
  Weights,
} from '../problem.ts'
import { lateBeyondHorizonMax, rates, weightsOf } from '../weights.ts'
import type { Judge } from './judge.ts'
import { pointsAsAWhole } from './links.ts'
import { travelMetres, travelSeconds } from './travel.ts'

/** The bands while they are counted. */
type Tally = {
  points: number
  missedTargets: number
  lateSeconds: number
  waitingSeconds: number
  marginSeconds: number
  preferred: number
  travelSeconds: number
  overtimeSeconds: number
  moved: number
}

export const priceOf = (judge: Judge, plan: Plan): { cost: CostSplit; points: number } => {
  const tally: Tally = {
    points: pointsAsAWhole(judge.problem, plan),
    missedTargets: 0,
    lateSeconds: 0,
    waitingSeconds: 0,
    marginSeconds: 0,
    preferred: 0,
    travelSeconds: 0,
    overtimeSeconds: 0,
    moved: 0,
  }
  const weights = weightsOf(judge.problem.weights)
  for (const route of plan.routes) priceRoute(judge, weights, route, tally)
  for (const { activityId } of plan.unassigned) {
    const activity = judge.activities.get(activityId)
    if (activity !== undefined) priceLeftOut(judge, weights, activity, tally)
  }
  const cost: CostSplit = {
    missedTargets: tally.missedTargets,
    lateMinutes: tally.lateSeconds / 60,
    waitingMinutes: tally.waitingSeconds / 60,
    marginMinutes: tally.marginSeconds / 60,
    unassigned: plan.unassigned.length,
    preferred: tally.preferred,
    travelMinutes: tally.travelSeconds / 60,
    overtimeMinutes: tally.overtimeSeconds / 60,
    moved: tally.moved,
  }
  return { cost, points: tally.points }
}

const priceRoute = (judge: Judge, weights: Weights, route: PlanRoute, tally: Tally): void => {
  const technician = judge.technicians.get(route.technicianId)
  if (technician === undefined) return
  const shift = route.shift < 0 ? undefined : technician.shifts[route.shift]
  const leg = (from: number | null, to: number | null): void => {
    tally.travelSeconds += travelSeconds(judge.problem, technician, from, to)
    tally.points += priceOfLeg(judge.problem, weights, technician, from, to)
  }
  let place = shift?.startLocation ?? null
  for (const [i, visit] of route.visits.entries()) {
    const activity = judge.activities.get(visit.activityId)
    if (activity === undefined) continue
    if (route.depotCall?.after === i - 1 && technician.depot !== undefined) {
      leg(place, technician.depot.location)
      place = technician.depot.location
    }
    leg(place, activity.location)
    place = activity.location
    priceVisit(judge, weights, technician, activity, visit, tally)
  }
  leg(place, shift?.endLocation ?? null)
  // Work outside of every shift is all overtime, from where it starts.
  const closes = shift?.open.at(-1)?.to ?? route.visits[0]?.start ?? route.endsAt
  const over = Math.max(0, route.endsAt - closes)
  tally.overtimeSeconds += over
  tally.points += over * Math.round(rates.overtimePerSecond * weights.overtime)
  if (route.visits.length > 0) tally.points += technician.fixedCost ?? 0
  const workedRate = shift === undefined ? 0 : ((technician.perHourWorked ?? 0) * weights.travel) / 3600
  tally.points += Math.round(workedRate * (route.endsAt - route.departure))
}

const priceOfLeg = (
  problem: Problem,
  weights: Weights,
  technician: ProblemTechnician,
  from: number | null,
  to: number | null,
): number => {
  const matrix = problem.travel[technician.profile ?? 0]
  const priced = from === null || to === null ? undefined : matrix?.points?.[from * matrix.size + to]
  const perHour = (technician.perHour ?? 3600) * weights.travel
  const perKm = (technician.perKm ?? 0) * weights.travel
  const hours = travelSeconds(problem, technician, from, to) / 3600
  const kilometres = travelMetres(problem, technician, from, to) / 1000
  return Math.round(priced === undefined ? hours * perHour + kilometres * perKm : priced * weights.travel)
}

/** What one visit costs by itself: promises and wishes, who does it, whether it was moved. */
const priceVisit = (
  judge: Judge,
  weights: Weights,
  technician: ProblemTechnician,
  activity: ProblemActivity,
  visit: Visit,
  tally: Tally,
): void => {
  for (const target of activity.targets) {
    const beyond = momentJudged(target, activity, visit) - target.dueAt
    tally.points += priceOfTarget(judge.problem, weights, target, beyond)
    if (beyond <= 0) continue
    const late = Math.min(beyond, target.most ?? beyond)
    if (target.wish === 'waiting') tally.waitingSeconds += late
    else if (target.wish === 'margin') tally.marginSeconds += late
    else {
      tally.missedTargets++
      tally.lateSeconds += late
    }
  }
  if (isUnloved(technician, activity)) {
    tally.preferred++
    tally.points += Math.round(rates.preferred * weights.preferred)
  }
  const current = knownCurrent(judge, activity)
  if (
    current !== undefined &&
    (current.technicianId !== technician.id ||
      Math.abs(visit.start - current.start) > (current.tolerance ?? 0))
  ) {
    tally.moved++
    tally.points += priceOfMove(weights, activity)
  }
}

const priceLeftOut = (judge: Judge, weights: Weights, activity: ProblemActivity, tally: Tally): void => {
  const price = activity.leftOut ?? rates.unassigned * (1 + activity.priority)
  tally.points += Math.round(price * weights.unassigned)
  for (const target of activity.targets) {
    const late = judge.problem.horizon + activity.duration - target.dueAt
    tally.points += priceOfTarget(judge.problem, weights, target, late)
    if (late > 0 && target.wish === undefined) tally.missedTargets++
  }
  if (knownCurrent(judge, activity) !== undefined) tally.points += priceOfMove(weights, activity)
}

const priceOfTarget = (problem: Problem, weights: Weights, target: SlaTarget, late: number): number => {
  if (late <= 0) return 0
  const capped = Math.min(
    late,
    Math.max(0, problem.horizon - target.dueAt) + lateBeyondHorizonMax,
    target.most ?? late,
  )
  const share = target.weight * (target.perMinute ?? 1)
  // A wish costs a broken number of points a second, rounded once; a promise a whole number, and a price for its loss.
  if (target.wish === 'waiting') return Math.round(rates.waitingPerSecond * share * weights.waiting * capped)
  if (target.wish === 'margin') return Math.round(rates.marginPerSecond * share * weights.margin * capped)
  const missing = Math.round(rates.missed * target.weight * weights.missed)
  return missing + Math.round(rates.latePerSecond * share * weights.late) * capped
}

/** Others than this technician are preferred; where he may not do the work at all that is another finding. */
const isUnloved = (technician: ProblemTechnician, activity: ProblemActivity): boolean => {
  const likes = activity.preferred ?? []
  if (likes.length === 0 || likes.includes(technician.id)) return false
  const mayDo =
    !activity.excluded?.includes(technician.id) && activity.only?.includes(technician.id) !== false
  const able = activity.skills.every((need) =>
    technician.skills.some((own) => own.skill === need.skill && own.level >= need.level),
  )
  return mayDo && able
}

const priceOfMove = (weights: Weights, activity: ProblemActivity): number =>
  Math.round(rates.moved * (activity.current?.weight ?? 1) * weights.stability)

const knownCurrent = (judge: Judge, activity: ProblemActivity): ProblemActivity['current'] =>
  activity.fixed === undefined &&
  activity.current !== undefined &&
  judge.technicians.has(activity.current.technicianId)
    ? activity.current
    : undefined

const momentJudged = (target: SlaTarget, activity: ProblemActivity, visit: Visit): number => {
  switch (target.kind) {
    case 'respond':
      return 0
    case 'arrive':
      return visit.start
    case 'complete':
      return visit.start + activity.duration
    default:
      return assertNever(target.kind)
  }
}
