/**
 * A compiled board with everything that keeping it takes: the plan on it, the mender, the rows that are free.
 *
 * The surprising rule: some rows stand for nothing. New work takes a vacant activity's row and cancelled work leaves one; a
 * technician who needs another route takes a spare one.
 */
import { placeVisits, warmVisits } from '../construct/warm-start.ts'
import { type Mender, menderFor } from '../mend/mender.ts'
import { compile } from '../model/compile.ts'
import { bareTechnicians, mayPatch, type OwnModel, vacancy } from '../model/patch.ts'
import { emptyPlan, placeFixedWork } from '../plan/new-plan.ts'
import { type PlanState, takeIn } from '../plan/plan-state.ts'
import type { Problem, ProblemActivity, ProblemTechnician, WarmPlan } from '../problem.ts'
import { SPARE_DAYS } from './patch-days.ts'

export type LiveBoard = {
  m: OwnModel
  s: PlanState
  mender: Mender
  bare: ProblemTechnician[]
  activities: ProblemActivity[]
  technicians: ProblemTechnician[]
  index: Map<string, number>
  /** Rows for new work, and routes for days to come: the last is taken first. */
  vacant: number[]
  spare: number[]
  /** Travel class of each technician, -1 where nobody who travels alike has a route. */
  classOf: number[]
  problem: Problem
  compiled: number
}

/** Rows kept free for new work: a tenth, and some. */
const vacantFor = (count: number): number => 32 + Math.ceil(count / 10)

/** Off every route and not waiting for one either. */
const NO_ROUTE = -2

export const compiledBoard = (problem: Problem, warm: WarmPlan): LiveBoard => {
  const count = problem.activities.length
  const size = problem.travel[0]?.size ?? 0
  const hasNowhere = size === 0 || problem.activities.some((activity) => activity.location === null)
  const more = Array.from({ length: vacantFor(count) }, (_, i) => vacancy(count + i, hasNowhere ? null : 0))
  const activities = [...problem.activities, ...more]
  const technicians = [...problem.technicians]
  const own: Problem = { ...problem, activities, technicians }
  const m: OwnModel = compile(own, SPARE_DAYS)
  if (mayPatch(m)) {
    // The exact way is right for every such board, so an event need not find out whether the short one still is.
    m.plain = false
    m.mixedLoads = m.dimensions > 0
  }
  m.kinds = m.routes
  for (let r = 0; r < m.routes; r++) m.kindOf[r] = r
  const spare = takeSpareDays(m)
  const s = emptyPlan(m)
  const vacant: number[] = []
  for (let u = activities.length - 1; u >= count; u--) {
    m.isFixed[u] = 1
    takeIn(m, s, u)
    s.route[u] = NO_ROUTE
    vacant.push(u)
  }
  const index = new Map(problem.activities.map((activity, u) => [activity.id, u]))
  m.activityIndex = index
  placeGiven(m, s)
  placeVisits(m, s, warmVisits(m, warm))
  return {
    m,
    s,
    mender: menderFor(m, s),
    bare: bareTechnicians(own),
    activities,
    technicians,
    index,
    vacant,
    spare,
    classOf: travelClasses(m),
    problem: own,
    compiled: 0,
  }
}

/** The spare routes are the model's last ones, and nobody's. */
const takeSpareDays = (m: OwnModel): number[] => {
  const from = m.routes - (m.technicians > 0 && (m.problem.travel[0]?.size ?? 0) > 0 ? SPARE_DAYS : 0)
  m.routesOf = m.routesOf.map((routes) => routes.filter((r) => r < from))
  return Array.from({ length: m.routes - from }, (_, i) => m.routes - 1 - i)
}

/** Technicians without a route of their own travel like those with whom they share all that decides it. */
const travelClasses = (m: OwnModel): number[] => {
  const wayOf = ({ profile, speedFactor, perHour, perKm }: ProblemTechnician): string =>
    JSON.stringify([profile, speedFactor, perHour, perKm])
  const known = new Map<string, number>()
  m.routesOf.forEach(([r], t) => {
    // There is a technician for each list of routes.
    if (r !== undefined) known.set(wayOf(m.problem.technicians[t]!), m.classOf[r]!)
  })
  return m.problem.technicians.map((technician) => known.get(wayOf(technician)) ?? -1)
}

/** Vacant rows are fixed, so that nothing moves them, but they have no place to be put. */
const placeGiven = (m: OwnModel, s: PlanState): void => {
  const vacant: number[] = []
  for (let u = 0; u < m.n; u++) if (s.route[u] === NO_ROUTE) vacant.push(u)
  for (const u of vacant) m.isFixed[u] = 0
  placeFixedWork(m, s)
  for (const u of vacant) m.isFixed[u] = 1
}

export const isVacant = (live: LiveBoard, u: number): boolean => live.s.route[u] === NO_ROUTE

/** The caller has taken `u` off its route and out of what waits. */
export const makeVacant = (live: LiveBoard, u: number): void => {
  live.m.isFixed[u] = 1
  live.s.route[u] = NO_ROUTE
  live.vacant.push(u)
}

// Rows that are not vacant have an activity.
export const idOf = (live: LiveBoard, u: number): string => live.activities[u]!.id

export const problemOf = (live: LiveBoard): Problem => ({
  ...live.problem,
  activities: live.activities.filter((_, u) => !isVacant(live, u)),
  technicians: [...live.technicians],
})

/** Who does what in which order, by start: enough to put the plan back. */
export const orderOf = ({ m, s, activities }: LiveBoard): WarmPlan => {
  const routes: { technicianId: string; visits: { activityId: string; start: number }[] }[] = []
  for (let r = 0; r < m.routes; r++) {
    const visits: { activityId: string; start: number }[] = []
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) {
      visits.push({ activityId: activities[u]!.id, start: s.start[u]! })
    }
    if (visits.length > 0)
      routes.push({ technicianId: m.problem.technicians[m.technicianOf[r]!]!.id, visits })
  }
  return { routes }
}
