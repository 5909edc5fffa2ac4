/**
 * Judges a plan afresh from the problem: every hard rule, and the cost.
 *
 * It shares no code with the search: no model, no kernel, no schedule. It reads the problem's own words and the plan's own times, so
 * a mistake in the search cannot hide here too. Only the rates of the bands are common to both, because they are the question.
 * Fixed work may break rules that the search did not cause; those are `given`, not violations.
 */
import { assertNever } from '../../server/domain/assert-never.ts'
import { judgeLinks, pointsAsAWhole } from './checker-links.ts'
import { judgeDepotCall, judgeVan } from './checker-vans.ts'
import type {
  Break,
  CostSplit,
  OpenInterval,
  Plan,
  PlanRoute,
  Problem,
  ProblemActivity,
  ProblemTechnician,
  Shift,
  SlaTarget,
  Visit,
} from './problem.ts'
import { lateBeyondHorizonMax, rates, weightsOf } from './weights.ts'

export type Finding = {
  readonly rule: string
  readonly activityId?: string
  readonly technicianId?: string
  readonly sentence: string
}

export type Verdict = {
  readonly violations: readonly Finding[]
  /** Breaches that fixed work brought with it. */
  readonly given: readonly Finding[]
  readonly cost: CostSplit
  readonly points: number
}

type Judge = {
  readonly problem: Problem
  readonly activities: ReadonlyMap<string, ProblemActivity>
  readonly technicians: ReadonlyMap<string, ProblemTechnician>
  readonly violations: Finding[]
  readonly given: Finding[]
}

export const check = (problem: Problem, plan: Plan): Verdict => {
  const judge: Judge = {
    problem,
    activities: new Map(problem.activities.map((activity) => [activity.id, activity])),
    technicians: new Map(problem.technicians.map((technician) => [technician.id, technician])),
    violations: [],
    given: [],
  }
  judgeAccount(judge, plan)
  for (const route of plan.routes) judgeRoute(judge, route)
  judgeDeparted(judge, plan)
  judgeOverlaps(judge, plan)
  const links = judgeLinks(problem, plan)
  judge.violations.push(...links.violations)
  judge.given.push(...links.given)
  const { cost, points } = priceOf(judge, plan)
  if (points !== plan.points) {
    judge.violations.push({
      rule: 'cost',
      sentence: `the plan says ${plan.points} points, but it costs ${points}`,
    })
  }
  judgeSplit(judge, plan.cost, cost)
  return { violations: judge.violations, given: judge.given, cost, points }
}

/** Every activity is in the plan exactly once: with someone, or named as left out. Fixed work is where it was fixed. */
const judgeAccount = (judge: Judge, plan: Plan): void => {
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
const judgeDeparted = (judge: Judge, plan: Plan): void => {
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

const travelSeconds = (
  problem: Problem,
  technician: ProblemTechnician,
  from: number | null,
  to: number | null,
): number => {
  const matrix = problem.travel[technician.profile ?? 0]
  if (from === null || to === null || matrix === undefined) return 0
  const seconds = matrix.seconds[from * matrix.size + to] ?? 0
  return Math.round(seconds / (technician.speedFactor ?? 1))
}

const travelMetres = (
  problem: Problem,
  technician: ProblemTechnician,
  from: number | null,
  to: number | null,
): number => {
  const matrix = problem.travel[technician.profile ?? 0]
  // Where kilometres cost nothing their table may not even have been laid out.
  return from === null || to === null || matrix === undefined || (technician.perKm ?? 0) === 0
    ? 0
    : (matrix.metres[from * matrix.size + to] ?? 0)
}

/** Times in which nobody works or travels: gaps between open intervals, and the breaks the plan has set. */
const closedTimes = (shift: Shift | undefined, route: PlanRoute): OpenInterval[] => {
  const closed = route.breaks.map((pause) => ({ from: pause.start, to: pause.end }))
  shift?.open.forEach((interval, i) => {
    const before = shift.open[i - 1]
    if (before !== undefined) closed.push({ from: before.to, to: interval.from })
  })
  const merged: { from: number; to: number }[] = []
  for (const span of closed.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else merged.push({ ...span })
  }
  return merged
}

const sharedSeconds = (spans: readonly OpenInterval[], from: number, to: number): number =>
  spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from)), 0)

const judgeRoute = (judge: Judge, route: PlanRoute): void => {
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
  const tell = (list: Finding[], rule: string, sentence: string, activityId?: string): void => {
    list.push({
      rule,
      technicianId: technician.id,
      sentence,
      ...(activityId === undefined ? {} : { activityId }),
    })
  }
  const closed = closedTimes(shift, route)
  const opens = shift?.open[0]?.from ?? Number.NEGATIVE_INFINITY
  const closes = (shift?.open.at(-1)?.to ?? Number.NEGATIVE_INFINITY) + (shift?.overtimeMax ?? 0)

  let place = shift?.startLocation ?? null
  let freeAt = route.departure
  let givenBefore = true
  let placedCount = 0
  if (
    route.departure < opens &&
    judge.activities.get(route.visits[0]?.activityId ?? '')?.fixed === undefined
  ) {
    tell(judge.violations, 'calendar', 'the day begins before it opens')
  }
  for (const [i, visit] of route.visits.entries()) {
    const activity = judge.activities.get(visit.activityId)
    if (activity === undefined) continue
    const isGiven = activity.fixed !== undefined
    if (!isGiven) placedCount++
    // A breach between two fixed activities, or between fixed work and the day's start, was there before the search.
    const between = isGiven && givenBefore ? judge.given : judge.violations
    const own = isGiven ? judge.given : judge.violations
    const call = route.depotCall?.after === i - 1 ? route.depotCall : undefined
    const depot = call === undefined ? undefined : technician.depot
    const travelTo = (from: number | null, to: number | null): number =>
      travelSeconds(judge.problem, technician, from, to)
    const travel =
      depot === undefined
        ? travelTo(place, activity.location)
        : travelTo(place, depot.location) + travelTo(depot.location, activity.location)
    judgeSelf(judge, technician, activity, visit, depot === undefined ? place : depot.location, own)
    if (visit.travel !== travel)
      tell(judge.violations, 'travel', `travel is ${travel} s, not ${visit.travel} s`, activity.id)
    const usableFrom = (from: number, to: number): number => to - from - sharedSeconds(closed, from, to)
    const usable = usableFrom(freeAt, visit.arrival) - (depot?.duration ?? 0)
    if (usable < travel)
      tell(between, 'travel', `${travel} s of travel do not fit into ${usable} s`, activity.id)
    if (call !== undefined && depot !== undefined) {
      for (const sentence of judgeDepotCall(call, depot, {
        to: travelTo(place, depot.location),
        from: travelTo(depot.location, activity.location),
        leftAt: freeAt,
        arrival: visit.arrival,
        usable: usableFrom,
      }))
        tell(judge.violations, 'parts', sentence, activity.id)
    }
    if (
      freeAt === route.departure &&
      placedCount + (isGiven ? 1 : 0) === 1 &&
      route.departure < opens &&
      !isGiven
    ) {
      tell(judge.violations, 'calendar', 'the day begins before it opens', activity.id)
    }
    if (visit.start < visit.arrival) tell(own, 'overlap', 'starts before the technician arrives', activity.id)
    if (visit.start < freeAt) tell(between, 'overlap', 'starts before the work before it ends', activity.id)
    if (visit.start < opens || visit.end > closes)
      tell(own, 'calendar', 'lies outside of the shift', activity.id)
    if (sharedSeconds(closed, visit.start, visit.end) > 0)
      tell(own, 'calendar', 'is cut by a break', activity.id)
    place = activity.location
    // Of fixed activities that overlap, the one that ends last keeps the technician.
    freeAt = isGiven && givenBefore ? Math.max(freeAt, visit.end) : visit.end
    givenBefore = isGiven
  }
  const home = travelSeconds(judge.problem, technician, place, shift?.endLocation ?? null)
  const ending = givenBefore ? judge.given : judge.violations
  if (route.travelHome !== home)
    tell(judge.violations, 'travel', `the way home takes ${home} s, not ${route.travelHome} s`)
  const usable = route.endsAt - freeAt - sharedSeconds(closed, freeAt, route.endsAt)
  if (usable < home) tell(ending, 'travel', `${home} s of travel home do not fit into ${usable} s`)
  if (route.endsAt > closes) tell(ending, 'calendar', 'the day ends after it may')
  if (shift === undefined) {
    if (placedCount > 0) tell(judge.violations, 'calendar', 'work was placed outside of every shift')
  } else judgeBreaks(judge, technician, shift, route)
  judgeLoads(judge, technician, route)
  const activities = route.visits.flatMap((visit) => judge.activities.get(visit.activityId) ?? [])
  for (const { activity, sentence } of judgeVan(technician, shift, route, activities)) {
    tell(activity?.fixed === undefined ? judge.violations : judge.given, 'parts', sentence, activity?.id)
  }
}

/** What concerns the activity and its technician alone: skills, permission, windows, duration. */
const judgeSelf = (
  judge: Judge,
  technician: ProblemTechnician,
  activity: ProblemActivity,
  visit: Visit,
  placeBefore: number | null,
  list: Finding[],
): void => {
  const tell = (rule: string, sentence: string): void => {
    list.push({ rule, activityId: activity.id, technicianId: technician.id, sentence })
  }
  for (const need of activity.skills) {
    if (!technician.skills.some((own) => own.skill === need.skill && own.level >= need.level)) {
      tell('skill', `needs ${need.skill} at level ${need.level}`)
    }
  }
  if (activity.excluded?.includes(technician.id)) tell('excluded', 'this technician is excluded')
  if (activity.only !== undefined && !activity.only.includes(technician.id)) {
    tell('excluded', 'this technician is not among those allowed')
  }
  const inWindow = activity.windows.some((window) => window.from <= visit.start && visit.start <= window.to)
  if (activity.windows.length > 0 && !inWindow) tell('window', `may not start at ${visit.start}`)
  const setup = activity.fixed === undefined && placeBefore !== activity.location ? (activity.setup ?? 0) : 0
  if (visit.end - visit.start !== activity.duration + setup) {
    judge.violations.push({
      rule: 'duration',
      activityId: activity.id,
      technicianId: technician.id,
      sentence: `takes ${activity.duration + setup} s, not ${visit.end - visit.start} s`,
    })
  }
}

/** Breaks that the shift demands are there, long enough and in time, unless the day was over before they had to begin. */
const judgeBreaks = (judge: Judge, technician: ProblemTechnician, shift: Shift, route: PlanRoute): void => {
  const wanted: Break[] = [...(shift.breaks ?? [])]
  const taken = [...route.breaks].sort((a, b) => a.start - b.start)
  const fixedEnds = route.visits.filter(
    (visit) => judge.activities.get(visit.activityId)?.fixed !== undefined,
  )
  for (const pause of wanted.sort((a, b) => a.latest - b.latest)) {
    if (pause.duration === 0) continue
    const at = taken.findIndex(
      (own) =>
        own.start >= pause.earliest && own.start <= pause.latest && own.end - own.start >= pause.duration,
    )
    if (at >= 0) {
      taken.splice(at, 1)
      continue
    }
    if (pause.latest >= route.endsAt) continue
    const overrun = fixedEnds.some((visit) => visit.start <= pause.latest && visit.end > pause.latest)
    const list = overrun ? judge.given : judge.violations
    list.push({
      rule: 'break',
      technicianId: technician.id,
      sentence: `has no break of ${pause.duration} s that begins from ${pause.earliest} to ${pause.latest}`,
    })
  }
  taken.forEach((own, i) => {
    if (own.end < own.start) {
      judge.violations.push({
        rule: 'break',
        technicianId: technician.id,
        sentence: `break ${i} ends before it begins`,
      })
    }
  })
}

const judgeLoads = (judge: Judge, technician: ProblemTechnician, route: PlanRoute): void => {
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

/** Nobody is at two places at once, across all the days of a technician. */
const judgeOverlaps = (judge: Judge, plan: Plan): void => {
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

const priceOf = (judge: Judge, plan: Plan): { cost: CostSplit; points: number } => {
  const { problem } = judge
  const weights = weightsOf(problem.weights)
  let points = pointsAsAWhole(problem, plan)
  let missedTargets = 0
  let lateSeconds = 0
  let waitingSeconds = 0
  let marginSeconds = 0
  let preferred = 0
  let travel = 0
  let overtimeSeconds = 0
  let moved = 0

  const priceTarget = (target: SlaTarget, late: number): number => {
    if (late <= 0) return 0
    const capped = Math.min(
      late,
      Math.max(0, problem.horizon - target.dueAt) + lateBeyondHorizonMax,
      target.most ?? late,
    )
    const share = target.weight * (target.perMinute ?? 1)
    // A wish costs a broken number of points a second, rounded once; a promise a whole number, and a price for its loss.
    if (target.wish === 'waiting')
      return Math.round(rates.waitingPerSecond * share * weights.waiting * capped)
    if (target.wish === 'margin') return Math.round(rates.marginPerSecond * share * weights.margin * capped)
    const missing = Math.round(rates.missed * target.weight * weights.missed)
    return missing + Math.round(rates.latePerSecond * share * weights.late) * capped
  }
  const movedPrice = (activity: ProblemActivity): number =>
    Math.round(rates.moved * (activity.current?.weight ?? 1) * weights.stability)
  const knownCurrent = (activity: ProblemActivity): ProblemActivity['current'] =>
    activity.fixed === undefined &&
    activity.current !== undefined &&
    judge.technicians.has(activity.current.technicianId)
      ? activity.current
      : undefined

  for (const route of plan.routes) {
    const technician = judge.technicians.get(route.technicianId)
    if (technician === undefined) continue
    const shift = route.shift < 0 ? undefined : technician.shifts[route.shift]
    const leg = (from: number | null, to: number | null): void => {
      const seconds = travelSeconds(problem, technician, from, to)
      const perHour = (technician.perHour ?? 3600) * weights.travel
      const perKm = (technician.perKm ?? 0) * weights.travel
      const metres = travelMetres(problem, technician, from, to)
      travel += seconds
      const matrix = problem.travel[technician.profile ?? 0]
      const priced = from === null || to === null ? 0 : matrix?.points?.[from * matrix.size + to]
      points += Math.round(
        priced === undefined ? (seconds / 3600) * perHour + (metres / 1000) * perKm : priced * weights.travel,
      )
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
      for (const target of activity.targets) {
        const beyond = momentJudged(target, activity, visit) - target.dueAt
        points += priceTarget(target, beyond)
        if (beyond <= 0) continue
        const late = Math.min(beyond, target.most ?? beyond)
        if (target.wish === 'waiting') waitingSeconds += late
        else if (target.wish === 'margin') marginSeconds += late
        else {
          missedTargets++
          lateSeconds += late
        }
      }
      const mayDo =
        !activity.excluded?.includes(technician.id) && activity.only?.includes(technician.id) !== false
      const able = activity.skills.every((need) =>
        technician.skills.some((own) => own.skill === need.skill && own.level >= need.level),
      )
      const likes = activity.preferred ?? []
      if (likes.length > 0 && !likes.includes(technician.id) && mayDo && able) {
        preferred++
        points += Math.round(rates.preferred * weights.preferred)
      }
      const current = knownCurrent(activity)
      if (
        current !== undefined &&
        (current.technicianId !== technician.id ||
          Math.abs(visit.start - current.start) > (current.tolerance ?? 0))
      ) {
        moved++
        points += movedPrice(activity)
      }
    }
    leg(place, shift?.endLocation ?? null)
    // Work outside of every shift is all overtime, from where it starts.
    const closes = shift?.open.at(-1)?.to ?? route.visits[0]?.start ?? route.endsAt
    const over = Math.max(0, route.endsAt - closes)
    overtimeSeconds += over
    points += over * Math.round(rates.overtimePerSecond * weights.overtime)
    if (route.visits.length > 0) points += technician.fixedCost ?? 0
    const workedRate = shift === undefined ? 0 : ((technician.perHourWorked ?? 0) * weights.travel) / 3600
    points += Math.round(workedRate * (route.endsAt - route.departure))
  }

  for (const { activityId } of plan.unassigned) {
    const activity = judge.activities.get(activityId)
    if (activity === undefined) continue
    const price = activity.leftOut ?? rates.unassigned * (1 + activity.priority)
    points += Math.round(price * weights.unassigned)
    for (const target of activity.targets) {
      const late = problem.horizon + activity.duration - target.dueAt
      points += priceTarget(target, late)
      if (late > 0 && target.wish === undefined) missedTargets++
    }
    if (knownCurrent(activity) !== undefined) points += movedPrice(activity)
  }
  const cost: CostSplit = {
    missedTargets,
    lateMinutes: lateSeconds / 60,
    waitingMinutes: waitingSeconds / 60,
    marginMinutes: marginSeconds / 60,
    unassigned: plan.unassigned.length,
    preferred,
    travelMinutes: travel / 60,
    overtimeMinutes: overtimeSeconds / 60,
    moved,
  }
  return { cost, points }
}

const judgeSplit = (judge: Judge, said: CostSplit, found: CostSplit): void => {
  // Both have the same members.
  for (const term of Object.keys(found) as (keyof CostSplit)[]) {
    if (Math.abs(said[term] - found[term]) > 1e-6) {
      judge.violations.push({ rule: 'cost', sentence: `${term} is ${found[term]}, not ${said[term]}` })
    }
  }
}
