/**
 * The search as a whole: first plan, then ruin and recreate until the budget is spent.
 *
 * Anytime: the best plan so far is always complete and within the hard rules. The same problem, seed and iterations give the
 * same plan byte for byte; time budgets do not, because they read a clock.
 */
import { beginFromBest } from './construct/elite-start.ts'
import { construct } from './construct/regret-insertion.ts'
import { currentVisits, placeVisits, warmVisits } from './construct/warm-start.ts'
import { insertionFor } from './improve/insertion.ts'
import { annealedWalk } from './improve/walk.ts'
import type { Exchange } from './islands/meeting.ts'
import { linkedStart, linkedWalk } from './linked/walk.ts'
import { compile } from './model/compile.ts'
import type { Model } from './model/model.ts'
import { decode } from './plan/decode.ts'
import { emptyPlan, placeFixedWork } from './plan/new-plan.ts'
import type { PlanState } from './plan/plan-state.ts'
import type { Plan, Problem, WarmPlan } from './problem.ts'
import { type Random, randomFrom } from './random.ts'
import { type Budget, type Stop, startBudget } from './stop/budget.ts'
import { keepTheEnd } from './stop/ending.ts'

export type Progress = {
  readonly iterations: number
  readonly points: number
  readonly unassigned: number
  readonly elapsedMs: number
}

export type SolveOptions = {
  readonly seed: number
  readonly stop: Stop
  readonly warm?: WarmPlan
  /** Plans of earlier searches: the search begins from one of them where that costs less than where it would begin. */
  readonly elites?: readonly WarmPlan[]
  readonly onImprovement?: (progress: Progress) => void
  /** Other searches of the same problem to trade plans with. */
  readonly exchange?: Exchange
}

export const solve = (problem: Problem, options: SolveOptions): Plan =>
  solveWithin(problem, options, startBudget(options.stop))

/** The same with a budget that has begun already. */
export const solveWithin = (problem: Problem, options: SolveOptions, budget: Budget): Plan => {
  const given = budget.leftMs()
  const m = compile(problem)
  const isOver = keepTheEnd(budget, given)
  const s = emptyPlan(m)
  const random = randomFrom(options.seed)
  startingPlan(m, s, random, options.warm, budget)
  if (options.elites !== undefined) {
    beginFromBest(m, s, options.elites, {
      build: (into, warm) => startingPlan(m, into, randomFrom(options.seed), warm, budget),
      isLate: () => budget.timeShare() >= ELITES_SHARE,
    })
  }
  const onBetter = (iterationCount: number, points: number, unassigned: number): void =>
    options.onImprovement?.({ iterations: iterationCount, points, unassigned, elapsedMs: budget.elapsedMs() })
  const { exchange } = options
  const iterations = m.joint
    ? linkedWalk(m, s, random, budget, { exchange, onBetter, isOver })
    : annealedWalk(m, s, random, budget, { exchange, onBetter, isOver })
  return decode(m, s, iterations, { isOver })
}

/** Share of the time after which no further plan is brought up to date. */
const ELITES_SHARE = 0.15
/** Share of the time that the first plan may take before it is finished in a hurry. */
const CONSTRUCT_SHARE = 0.4
/** Where not even that is enough, a plan that leaves work out for want of time helps nobody: three times the time is the end. */
const CONSTRUCT_MOST = 3

export const startingPlan = (
  m: Model,
  s: PlanState,
  random: Random,
  warm: WarmPlan | undefined,
  budget: Budget,
): void => {
  placeFixedWork(m, s)
  placeVisits(m, s, warm === undefined ? currentVisits(m) : warmVisits(m, warm))
  const after = (share: number): (() => boolean) => {
    let asked = 0
    let reached = false
    return () => {
      // The clock is looked at now and then; once late, always late.
      if (!reached && ++asked % 4 === 1) reached = budget.timeShare() >= share
      return reached
    }
  }
  if (m.joint) {
    linkedStart(m, s, random, after(CONSTRUCT_MOST))
    return
  }
  construct(m, s, insertionFor(m, random, 0), {
    isLate: after(CONSTRUCT_SHARE),
    isOver: after(CONSTRUCT_MOST),
  })
}
