/**
 * A plan mended after an event: what the event touched is placed again, everything else stays where it was announced.
 *
 * At most `churnBudget` other activities get another technician, another start, or no place; a mend that would move more is
 * not made, however cheap. This is the way for a board that is read afresh; `live/live-engine.ts` keeps one between events.
 */
import { currentVisits, placeVisits, warmVisits } from './construct/warm-start.ts'
import { hasMoved } from './mend/churn.ts'
import { mend } from './mend/mend.ts'
import { menderFor } from './mend/mender.ts'
import { compile } from './model/compile.ts'
import { decode } from './plan/decode.ts'
import { emptyPlan, placeFixedWork } from './plan/new-plan.ts'
import type { Plan, Problem, ProblemActivity, WarmPlan } from './problem.ts'
import type { Progress } from './solve.ts'
import { type Budget, type Stop, startBudget } from './stop/budget.ts'
import { keepTheEnd } from './stop/ending.ts'

export type RepairOptions = {
  /** New, invalidated or otherwise to be placed again. */
  readonly changed: readonly string[]
  /** Most other activities that may move. */
  readonly churnBudget: number
  /** Nothing special has happened: the search looks around every day, still within the churn budget. */
  readonly everywhere?: boolean
  readonly seed: number
  readonly stop: Stop
  readonly warm?: WarmPlan
  readonly onImprovement?: (progress: Progress) => void
}

export type Repaired = Plan & {
  /** The other activities that have moved, by id. */
  readonly moved: readonly string[]
}

/** Without some price on moving, starts would slide forward for nothing; a hundredth of the ordinary one is enough. */
const STABILITY_LEAST = 0.01

export const stabilityFor = (problem: Problem): number =>
  Math.max(STABILITY_LEAST, problem.weights?.stability ?? 1)

/** Gives every placed activity its present place as the announced one. */
const announced = (problem: Problem, warm: WarmPlan | undefined, changed: ReadonlySet<string>): Problem => {
  const places = new Map<string, { technicianId: string; start: number }>()
  for (const route of warm?.routes ?? []) {
    for (const visit of route.visits) {
      places.set(visit.activityId, { technicianId: route.technicianId, start: visit.start })
    }
  }
  return {
    ...problem,
    weights: { ...problem.weights, stability: stabilityFor(problem) },
    activities: problem.activities.map((activity): ProblemActivity => {
      if (changed.has(activity.id) || activity.fixed !== undefined) return activity
      const place = places.get(activity.id)
      return place === undefined ? activity : { ...activity, current: { ...activity.current, ...place } }
    }),
  }
}

export const repair = (problem: Problem, options: RepairOptions): Repaired =>
  repairWithin(problem, options, startBudget(options.stop))

/** The same with a budget that has begun already. */
export const repairWithin = (problem: Problem, options: RepairOptions, budget: Budget): Repaired => {
  const ready = budget.leftMs()
  const changed = new Set(options.changed)
  const m = compile(announced(problem, options.warm, changed))
  const isOver = keepTheEnd(budget, ready)
  const s = emptyPlan(m)
  placeFixedWork(m, s)
  const given = options.warm === undefined ? currentVisits(m) : warmVisits(m, options.warm)
  placeVisits(
    m,
    s,
    // Activities of a plan are those of the problem.
    given.filter((visit) => !changed.has(m.problem.activities[visit.activity]!.id)),
  )
  const { onImprovement } = options
  const mender = menderFor(m, s)
  const iterations = mend(mender, {
    // What no longer fits where it was is part of the event, not of the churn.
    open: Array.from(s.absent.subarray(0, s.count[0]!)),
    roomy: [],
    everywhere: options.everywhere === true,
    churnBudget: options.churnBudget,
    seed: options.seed,
    budget,
    isOver,
    ...(onImprovement === undefined
      ? {}
      : {
          onImprovement: (iterations) =>
            onImprovement({
              iterations,
              points: s.total[0]!,
              unassigned: s.count[0]!,
              elapsedMs: budget.elapsedMs(),
            }),
        }),
  })
  const moved = m.problem.activities.filter((_, u) => hasMoved(mender, u)).map((activity) => activity.id)
  return { ...decode(m, s, iterations, { isOver, churn: true }), moved }
}
