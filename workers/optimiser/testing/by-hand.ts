/**
 * Puts one activity into a day by hand, at every position, the slow way: for tests that must not believe the search.
 *
 * Nothing of the kernel is used. Visits before the position keep their times, those after it start as early as they can, but not
 * before an announced start; a break that is still to come is tried in every gap. Breaks come in the order in which they must have
 * begun, as everywhere in the search. What comes out is a day for the checker to judge.
 * Days that hold fixed work, or into which it reaches from outside, are not made here.
 */
import type {
  Plan,
  PlannedBreak,
  PlanRoute,
  Problem,
  ProblemActivity,
  ProblemTechnician,
  Visit,
} from '../problem.ts'

type Span = { readonly from: number; readonly to: number }

const travelOf = (
  problem: Problem,
  technician: ProblemTechnician,
  a: number | null,
  b: number | null,
): number => {
  const matrix = problem.travel[technician.profile ?? 0]
  if (a === null || b === null || matrix === undefined) return 0
  return Math.round((matrix.seconds[a * matrix.size + b] ?? 0) / (technician.speedFactor ?? 1))
}

/** When someone arrives who sets out at `at` and stands still in the closed times. */
const arrivalOf = (at: number, travel: number, closed: readonly Span[]): number => {
  let now = at
  let left = travel
  for (const span of closed) {
    if (span.to <= now) continue
    if (now + left <= span.from) break
    left -= Math.max(0, span.from - now)
    now = span.to
  }
  return now + left
}

/** The earliest start from `at` on, in a window, with all of the work in open time. */
const startOf = (
  at: number,
  work: number,
  activity: ProblemActivity,
  closed: readonly Span[],
): number | null => {
  const windows =
    activity.windows.length === 0
      ? [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }]
      : [...activity.windows].sort((a, b) => a.from - b.from)
  for (const window of windows) {
    let start = Math.max(at, window.from)
    for (const span of closed) if (start < span.to && start + work > span.from) start = span.to
    if (start <= window.to) return start
  }
  return null
}

/** All plans that differ from `plan`, which is without the activity, by having it somewhere in the technician's days. */
export const insertedByHand = (problem: Problem, plan: Plan, id: string, technicianId: string): Plan[] => {
  const activity = problem.activities.find((own) => own.id === id)
  const technician = problem.technicians.find((own) => own.id === technicianId)
  if (activity === undefined || technician === undefined) return []
  const byId = new Map(problem.activities.map((own) => [own.id, own]))
  const plans: Plan[] = []
  technician.shifts.forEach((shift, day) => {
    const route = plan.routes.find((own) => own.technicianId === technicianId && own.shift === day)
    const visits = route?.visits ?? []
    // Activities of a plan are those of the problem.
    const work = visits.map((visit) => byId.get(visit.activityId)!)
    const opens = shift.open[0]?.from ?? 0
    const closes = (shift.open.at(-1)?.to ?? 0) + (shift.overtimeMax ?? 0)
    const reachesIn = problem.activities.some(
      ({ fixed, duration }) =>
        fixed?.technicianId === technicianId && fixed.start < closes && fixed.start + duration > opens,
    )
    if (reachesIn) return
    for (let position = 0; position <= visits.length; position++) {
      const order = [...work.slice(0, position), activity, ...work.slice(position)]
      const gapsToCome = visits.length - position + 2
      for (const pauses of pausesOf(shift.breaks ?? [], gapsToCome)) {
        const made = dayByHand(problem, technician, day, { order, visits, position, pauses, route })
        if (made === null) continue
        const others = plan.routes.filter((own) => own !== route)
        const unassigned = plan.unassigned.filter((own) => own.activityId !== id)
        plans.push({ ...plan, routes: [...others, made], unassigned })
      }
    }
  })
  return plans
}

/** For each break the gap, counted from the position, in which it is taken; -1 for never. */
const pausesOf = (breaks: readonly unknown[], gaps: number): number[][] =>
  breaks.reduce<number[][]>(
    (all) => all.flatMap((chosen) => Array.from({ length: gaps + 1 }, (_, gap) => [...chosen, gap - 1])),
    [[]],
  )

type DayParts = {
  readonly order: readonly ProblemActivity[]
  readonly visits: readonly Visit[]
  readonly position: number
  readonly pauses: readonly number[]
  readonly route: PlanRoute | undefined
}

const dayByHand = (
  problem: Problem,
  technician: ProblemTechnician,
  day: number,
  { order, visits, position, pauses, route }: DayParts,
): PlanRoute | null => {
  const shift = technician.shifts[day]
  const opens = shift?.open[0]?.from
  if (shift === undefined || opens === undefined) return null
  const gaps = shift.open.flatMap((interval, i) => {
    const before = shift.open[i - 1]
    return before === undefined ? [] : [{ from: before.to, to: interval.from }]
  })
  const kept = visits.slice(0, position)
  let free = kept.at(-1)?.end ?? opens
  let place = position === 0 ? shift.startLocation : (order[position - 1]?.location ?? null)
  const made: Visit[] = [...kept]
  const taken: PlannedBreak[] = (route?.breaks ?? []).filter((own) => position > 0 && own.end <= free)
  const isTaken = (shift.breaks ?? []).map((own) =>
    taken.some(
      ({ start, end }) => start >= own.earliest && start <= own.latest && end - start >= own.duration,
    ),
  )
  let outOfOrder = false
  let departure = position === 0 ? opens : (route?.departure ?? opens)
  const closedBy = (gap: number): Span[] => {
    shift.breaks?.forEach((own, i) => {
      if (isTaken[i] || pauses[i] !== gap || own.duration === 0) return
      let start = Math.max(free, own.earliest)
      for (const span of gaps) if (start < span.to && start + own.duration > span.from) start = span.to
      if (gaps.some((span) => span.from < own.latest && start < span.from)) outOfOrder = true
      taken.push({ start, end: start + own.duration })
    })
    return [...gaps, ...taken.map(({ start, end }) => ({ from: start, to: end }))].sort(
      (a, b) => a.from - b.from,
    )
  }
  for (let i = position; i < order.length; i++) {
    // The index stays below the length.
    const own = order[i]!
    const travel = travelOf(problem, technician, place, own.location)
    const closed = closedBy(i - position)
    const arrival = arrivalOf(free, travel, closed)
    const work = own.duration + (place === own.location ? 0 : (own.setup ?? 0))
    const before = visits[i - 1]
    const announced =
      i > position && own.current?.technicianId === technician.id && before?.start === own.current.start
    const start = startOf(announced ? Math.max(arrival, before.start) : arrival, work, own, closed)
    if (start === null) return null
    made.push({ activityId: own.id, arrival, start, end: start + work, travel })
    free = start + work
    place = own.location
  }
  const travelHome = travelOf(problem, technician, place, shift.endLocation)
  const endsAt = arrivalOf(free, travelHome, closedBy(order.length - position))
  if (outOfOrder) return null
  const first = made[0]
  if (first !== undefined && departure > first.arrival) departure = opens
  return {
    technicianId: technician.id,
    shift: day,
    departure,
    visits: made,
    breaks: taken.sort((a, b) => a.start - b.start),
    travelHome,
    endsAt,
  }
}
