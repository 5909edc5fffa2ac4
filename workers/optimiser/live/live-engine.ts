/**
 * A board that stays compiled between events: an event changes the rows it touches, the plan is mended around it, and what came of
 * it is the announced plan of the next event.
 *
 * The answer is the one that compiling afresh would give; the few events that do not fit into the rows that are there (another
 * skill of a technician, a place without coordinates where all had some, no row left) do compile afresh, a little slower. Nothing
 * here is stored and nothing expires: whoever holds an engine knows from which state of the board it came and passes every event
 * since, in order.
 */
import { hasMoved } from '../mend/churn.ts'
import { mend } from '../mend/mend.ts'
import { compile } from '../model/compile.ts'
import { mayPatch, type OwnModel } from '../model/patch.ts'
import { decode } from '../plan/decode.ts'
import type { PlanState } from '../plan/plan-state.ts'
import type { Plan, Problem, WarmPlan } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { stabilityFor } from '../repair.ts'
import { startBudget } from '../stop/budget.ts'
import { announce, needsAnnouncing } from './announce.ts'
import { applyAfresh } from './apply-afresh.ts'
import { applyInPlace, type Doing } from './apply-event.ts'
import { compiledBoard, idOf, isVacant, type LiveBoard, problemOf } from './live-board.ts'
import type { LiveEvent, LiveOptions, Mended, Place, Placement } from './live-event.ts'

export type { LiveEvent, LiveOptions, Mended, Place, Placement } from './live-event.ts'

export type LiveEngine = {
  /** Applies events in order and mends the plan. A bad event is refused with `ProblemError` before anything has changed. */
  readonly mend: (events: readonly LiveEvent[], options: LiveOptions) => Mended
  readonly plan: () => Plan
  /** The problem as it is now, every placed activity announced where the plan has it. */
  readonly problem: () => Problem
  /** Times that an event made everything be compiled afresh. */
  readonly compiledAfresh: () => number
  /** The board as the kernel sees it: to be read, or changed and put back within one call. */
  readonly board: () => { readonly m: OwnModel; readonly s: PlanState }
}

export const liveEngine = (problem: Problem, options: { readonly warm?: WarmPlan } = {}): LiveEngine => {
  const live = compiledBoard(withStability(problem), options.warm ?? currentPlan(problem))
  announce(live, allRoutes(live))
  return {
    mend: (events, how) => mendLive(live, events, how),
    plan: () => decode(live.m, live.s, 0, { churn: true }),
    problem: () => problemOf(live),
    compiledAfresh: () => live.compiled,
    board: () => ({ m: live.m, s: live.s }),
  }
}

const withStability = (problem: Problem): Problem => ({
  ...problem,
  weights: { ...problem.weights, stability: stabilityFor(problem) },
})

/** The plan that the activities' own places describe. */
const currentPlan = (problem: Problem): WarmPlan => ({
  routes: problem.activities.flatMap(({ id, current }) =>
    current === undefined
      ? []
      : [{ technicianId: current.technicianId, visits: [{ activityId: id, start: current.start }] }],
  ),
})

const allRoutes = ({ m }: LiveBoard): Set<number> => new Set(Array.from({ length: m.routes }, (_, r) => r))

const mendLive = (live: LiveBoard, events: readonly LiveEvent[], options: LiveOptions): Mended => {
  const budget = startBudget(options.stop)
  refuseBad(live, events)
  const before = new Map<number, Placement['before']>()
  const doing: Doing = { opened: new Set(), roomy: new Set() }
  for (const event of events) {
    if (!mayPatch(live.m) || !applyInPlace(live, event, doing)) applyAfresh(live, event, doing)
  }
  const { m, s, mender } = live
  const open = [...doing.opened].flatMap((id) => {
    const u = live.index.get(id)
    return u === undefined || s.route[u] !== -1 ? [] : [u]
  })
  const waiting = Array.from(s.absent.subarray(0, s.count[0]!)).filter((u) => !open.includes(u))
  for (const u of [...open, ...waiting]) before.set(u, announcedPlace(live, u))
  const iterations = mend(mender, {
    open,
    roomy: [...doing.roomy],
    churnBudget: options.churnBudget,
    seed: options.seed,
    budget,
  })
  const moved: Placement[] = []
  const touched = new Set(doing.roomy)
  for (let u = 0; u < m.n; u++) {
    if (isVacant(live, u)) continue
    const r = s.route[u]!
    if (r >= 0 && needsAnnouncing(live, u)) touched.add(r)
    if (!hasMoved(mender, u)) continue
    moved.push({ activityId: idOf(live, u), before: announcedPlace(live, u), after: placeOf(live, u) })
  }
  const placed = waiting.filter((u) => s.route[u]! >= 0)
  const opened = [...open, ...placed].map((u) => ({
    activityId: idOf(live, u),
    before: before.get(u) ?? null,
    after: placeOf(live, u),
  }))
  announce(live, touched)
  return { opened, moved, points: s.total[0]!, unassigned: s.count[0]!, iterations }
}

const announcedPlace = ({ m }: LiveBoard, u: number): Placement['before'] => {
  const t = m.currentTechnician[u]!
  return t < 0 ? null : { technicianId: m.problem.technicians[t]!.id, start: m.currentStart[u]! }
}

const placeOf = ({ m, s }: LiveBoard, u: number): Place | null => {
  const r = s.route[u]!
  if (r < 0) return null
  return {
    technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
    start: s.start[u]!,
    end: m.isFixed[u] === 1 ? s.start[u]! + m.duration[u]! : s.free[u]!,
  }
}

/** Everything that could be wrong with the events is found before the first of them is applied. */
const refuseBad = (live: LiveBoard, events: readonly LiveEvent[]): void => {
  const gone = new Set<string>()
  const come = new Set<string>()
  events.forEach((event, i) => {
    switch (event.kind) {
      case 'activity':
        // Technicians without their days do for judging an activity by itself.
        compile({ ...live.problem, links: [], activities: [event.activity], technicians: live.bare })
        come.add(event.activity.id)
        gone.delete(event.activity.id)
        return
      case 'cancelled': {
        const { activityId } = event
        const isKnown = come.has(activityId) || (live.index.has(activityId) && !gone.has(activityId))
        if (!isKnown) throw new ProblemError(`events[${i}].activityId`, `"${activityId}" is not on the board`)
        gone.add(activityId)
        come.delete(activityId)
        return
      }
      case 'technician': {
        const { technician } = event
        if (!live.m.technicianIndex.has(technician.id)) {
          throw new ProblemError(`events[${i}].technician.id`, `"${technician.id}" is not on the board`)
        }
        compile({ ...live.problem, links: [], activities: [], technicians: [technician] })
        return
      }
    }
  })
}
