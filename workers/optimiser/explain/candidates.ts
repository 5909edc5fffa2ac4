/**
 * Who could do one activity, when, and what it would cost; and for everybody else the rule that is in the way.
 *
 * Every candidate has been put into the plan and taken out again before it is named: its start, its lateness and its cost are read
 * from the changed plan, not from an estimate. The rest of the plan keeps its technicians and its order.
 */
import { travelOn } from '../constraints/parts.ts'
import { currentVisits, placeVisits, warmVisits } from '../construct/warm-start.ts'
import { type Insertion, insertionFor, positionOnRoute } from '../improve/insertion.ts'
import { compile } from '../model/compile.ts'
import type { Model } from '../model/model.ts'
import { mayPatch, type OwnModel } from '../model/patch.ts'
import { ANY_TIME } from '../model/times.ts'
import { plannedStart, splitOf, type Tally, tallyOfRoute } from '../plan/decode.ts'
import { emptyPlan, placeFixedWork } from '../plan/new-plan.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import type { CostSplit, Problem, ProblemActivity, WarmPlan } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { randomFrom } from '../random.ts'
import { blockingRule, type Refusal } from './blocked.ts'

export type { Refusal } from './blocked.ts'

export type Candidate = {
  readonly technicianId: string
  readonly start: number
  readonly end: number
  /** Seconds of travel to it from the place before. */
  readonly travelSeconds: number
  /** Some target of the activity itself would be missed. */
  readonly late: boolean
  /** What the plan costs with it beyond what the same plan costs without counting it. */
  readonly cost: CostSplit
  /** Points that the plan's cost grows by. */
  readonly points: number
  /** Points above the best candidate. */
  readonly delta: number
}

export type Candidates = { readonly candidates: readonly Candidate[]; readonly refusals: readonly Refusal[] }

export type CandidateOptions = { readonly limit?: number; readonly warm?: WarmPlan }

/** Candidates named unless the caller asks for more or fewer. */
const LIMIT = 10

/** A plan that holds everything but one activity, which may be put in and taken out. */
export type OpenPlace = {
  readonly m: OwnModel
  readonly s: PlanState
  readonly insertion: Insertion
  readonly u: number
  /** What the plan costs without it, not counting that it is left out. */
  readonly points: number
  /** The route that it was taken from, or -1. Very rarely a day holds only with it: then it can go nowhere else. */
  readonly left: number
  /** Where the activity was before it was taken out. */
  readonly before: {
    readonly technicianId: string
    readonly start: number
    readonly end: number
    readonly after: number
  } | null
}

const withoutFixed = (activity: ProblemActivity): ProblemActivity => {
  if (activity.fixed === undefined) return activity
  const { fixed, ...rest } = activity
  // A dispatcher asks "who else": the lock is hers to lift, so its place is only the current one.
  return { ...rest, current: activity.current ?? fixed }
}

export const openPlaceFor = (problem: Problem, activityId: string, warm: WarmPlan | undefined): OpenPlace => {
  const asked = problem.activities.findIndex((activity) => activity.id === activityId)
  if (asked < 0) throw new ProblemError('activityId', `"${activityId}" is not in the problem`)
  const m: OwnModel = compile({
    ...problem,
    activities: problem.activities.map((activity, i) => (i === asked ? withoutFixed(activity) : activity)),
  })
  // What is asked may change a row, and the exact way is right for every one.
  if (mayPatch(m)) m.plain = false
  const s = emptyPlan(m)
  placeFixedWork(m, s)
  placeVisits(m, s, warm === undefined ? currentVisits(m) : warmVisits(m, warm))
  const r = s.route[asked]!
  let before: OpenPlace['before'] = null
  if (r >= 0) {
    before = {
      technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
      start: s.start[asked]!,
      end: s.free[asked]!,
      after: s.prev[asked]!,
    }
    unlink(s, asked)
    updateRoute(m, s, r)
    leaveOut(m, s, asked)
  }
  return {
    m,
    s,
    insertion: insertionFor(m, randomFrom(1), 0),
    u: asked,
    points: s.total[0]! - m.leftOutCost[asked]!,
    left: r,
    before,
  }
}

/** Only one day changes, so the difference of the plans is that of the day. */
const growthOf = (after: Tally, before: Tally): CostSplit =>
  splitOf({
    missed: after.missed - before.missed,
    lateSeconds: after.lateSeconds - before.lateSeconds,
    waitingSeconds: after.waitingSeconds - before.waitingSeconds,
    marginSeconds: after.marginSeconds - before.marginSeconds,
    left: 0,
    preferred: after.preferred - before.preferred,
    travelSeconds: after.travelSeconds - before.travelSeconds,
    overtimeSeconds: after.overtimeSeconds - before.overtimeSeconds,
    moved: after.moved - before.moved,
  })

/** What can change when the activity goes on route `r`: that day, or every day where days hang together. */
const tallyOfChange = (m: Model, s: PlanState, r: number): Tally => {
  if (!m.joint) return tallyOfRoute(m, s, r)
  const all = {
    missed: 0,
    lateSeconds: 0,
    waitingSeconds: 0,
    marginSeconds: 0,
    left: 0,
    preferred: 0,
    travelSeconds: 0,
    overtimeSeconds: 0,
    moved: 0,
  }
  for (let own = 0; own < m.routes; own++) {
    const tally = tallyOfRoute(m, s, own)
    // All members of a tally are counts or sums.
    for (const term of Object.keys(all) as (keyof Tally)[]) all[term] += tally[term]
  }
  return all
}

/** Puts the activity after node `p`, reads what came of it, and takes it out again. Null when a hard rule turned out broken. */
export const tryAfter = (place: OpenPlace, p: number): Omit<Candidate, 'delta'> | null => {
  const { m, s, u } = place
  const r = s.route[p]!
  const without = tallyOfChange(m, s, r)
  takeIn(m, s, u)
  linkAfter(s, u, p)
  const possible = updateRoute(m, s, r) && (place.left < 0 || s.possible[place.left] === 1)
  const start = possible ? plannedStart(m, s, u) : s.start[u]!
  const tried = possible
    ? {
        technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
        start,
        end: start + s.free[u]! - s.start[u]!,
        travelSeconds: travelOn(m, s, r, p),
        late: isLate(m.problem.activities[u]!, start),
        cost: growthOf(tallyOfChange(m, s, r), without),
        points: s.total[0]! - place.points,
      }
    : null
  unlink(s, u)
  updateRoute(m, s, r)
  leaveOut(m, s, u)
  return tried
}

const isLate = (activity: ProblemActivity, start: number): boolean =>
  activity.targets.some((target) => {
    if (target.wish !== undefined) return false
    const at = target.kind === 'respond' ? 0 : target.kind === 'arrive' ? start : start + activity.duration
    return at > target.dueAt
  })

/**
 * Without waiting for the announced start of the activity: the search waits for one even where the day then ends too late, but
 * what is said here of a technician has to hold whatever was announced.
 */
export const unannounced = <Answer>({ m, u }: OpenPlace, work: () => Answer): Answer => {
  // The table has a row for the activity.
  const anchor = m.anchor[u]!
  m.anchor[u] = ANY_TIME
  const answer = work()
  m.anchor[u] = anchor
  return answer
}

const bestOnDay = (place: OpenPlace, r: number): Omit<Candidate, 'delta'> | null => {
  const p = positionOnRoute(place.m, place.s, place.insertion, place.u, r)
  return p < 0 ? null : tryAfter(place, p)
}

/** The best place on each day of each technician, cheapest first. */
export const rankedPlaces = (place: OpenPlace): Omit<Candidate, 'delta'>[] => {
  const { m, u } = place
  const found: Omit<Candidate, 'delta'>[] = []
  for (let r = 0; r < m.routes; r++) {
    const isHeld = m.anchor[u] !== ANY_TIME && m.currentTechnician[u] === m.technicianOf[r]
    const best = bestOnDay(place, r) ?? (isHeld ? unannounced(place, () => bestOnDay(place, r)) : null)
    if (best !== null) found.push(best)
  }
  return found.sort(
    (a, b) => a.points - b.points || a.start - b.start || (a.technicianId < b.technicianId ? -1 : 1),
  )
}

export const refusalsFor = (place: OpenPlace, able: ReadonlySet<string>): Refusal[] =>
  unannounced(place, () =>
    place.m.problem.technicians.flatMap((technician, t) =>
      able.has(technician.id) ? [] : (blockingRule(place.m, place.s, place.insertion, place.u, t) ?? []),
    ),
  )

export const candidates = (
  problem: Problem,
  activityId: string,
  options: CandidateOptions = {},
): Candidates => {
  const place = openPlaceFor(problem, activityId, options.warm)
  const ranked = rankedPlaces(place)
  const best = ranked[0]?.points ?? 0
  return {
    candidates: ranked
      .slice(0, options.limit ?? LIMIT)
      .map((candidate) => ({ ...candidate, delta: candidate.points - best })),
    refusals: refusalsFor(place, new Set(ranked.map((candidate) => candidate.technicianId))),
  }
}
