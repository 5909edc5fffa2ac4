/**
 * The search as a whole: first plan, then ruin and recreate until the budget is spent.
 *
 * Anytime: the best plan so far is always complete and within the hard rules. The same problem, seed and iterations give the
 * same plan byte for byte; time budgets do not, because they read a clock.
 */
import { travelOn } from './constraints/parts.ts'
import { beginFromBest } from './construct/elite-start.ts'
import { construct } from './construct/regret-insertion.ts'
import { currentVisits, placeVisits, warmVisits } from './construct/warm-start.ts'
import { decode } from './decode.ts'
import { type Annealing, hotFor, setTemperature } from './improve/annealing.ts'
import { emptyRoutes } from './improve/fleet.ts'
import { insertionFor } from './improve/insertion.ts'
import { insertWhatFits } from './improve/last-insertion.ts'
import { linkedStart, linkedWalk } from './improve/linked-walk.ts'
import { ordinarySisr, sisrFor, sisrStep } from './improve/sisr.ts'
import { type Exchange, meetingFor, meetings } from './islands.ts'
import { compile, type Model } from './model.ts'
import { emptyPlan, keep, type PlanState, placeFixedWork, restore, snapshotFor } from './plan.ts'
import type { Plan, Problem, WarmPlan } from './problem.ts'
import { type Random, randomFrom } from './random.ts'
import { type Budget, type Stop, startBudget } from './stop/budget.ts'

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

/** What is left to do after the search, restoring the best plan and telling it, beside what it took to compile the problem. */
const FINISH_SHARE = 0.5
const FINISH_LEAST_MS = 1

export const solve = (problem: Problem, options: SolveOptions): Plan =>
  solveWithin(problem, options, startBudget(options.stop))

/** The same with a budget that has begun already. */
export const solveWithin = (problem: Problem, options: SolveOptions, budget: Budget): Plan => {
  const given = budget.leftMs()
  const m = compile(problem)
  const finishMs = Number.isFinite(given)
    ? FINISH_LEAST_MS + FINISH_SHARE * Math.max(0, given - budget.leftMs())
    : 0
  budget.reserve(finishMs)
  const isOver = endOf(budget, finishMs)
  const s = emptyPlan(m)
  const random = randomFrom(options.seed)
  startingPlan(m, s, random, options.warm, budget)
  if (options.elites !== undefined) {
    beginFromBest(m, s, options.elites, {
      build: (into, warm) => startingPlan(m, into, randomFrom(options.seed), warm, budget),
      isLate: () => budget.timeShare() >= ELITES_SHARE,
    })
  }
  const iterations = m.joint
    ? linkedWalk(m, s, random, budget, {
        exchange: options.exchange,
        onBetter: (iterationCount) =>
          options.onImprovement?.({
            iterations: iterationCount,
            points: s.total[0]!,
            unassigned: s.count[0]!,
            elapsedMs: budget.elapsedMs(),
          }),
      })
    : improve(m, s, random, budget, isOver, options)
  return decode(m, s, iterations, isOver)
}

/** The least time that the last look and the reasons for what is left out are given, however late it is. */
const END_LEAST_MS = 8

/** True once there is only time left to tell the plan; first asked when the search is over, and true for good from then on. */
const endOf = (budget: Budget, finishMs: number): (() => boolean) => {
  let until: number | null = null
  let over = false
  return () => {
    if (over) return true
    const left = budget.leftMs()
    until ??= Math.min(finishMs, left - END_LEAST_MS)
    over = left <= until
    return over
  }
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

/** Iterations between two looks at the clock: about a millisecond's worth. */
const strideFor = (m: Model): number => Math.max(1, Math.min(100, Math.floor(10_000 / (m.n + 1))))

/** Share of the budget that emptying days may take, and how much more the very last one too many is worth. */
const FLEET_SHARE = 0.02
const LAST_ROUTE_SHARE = 0.05

/** The last temperature, beside the average journey. */
const COLD = 0.03
/** Share of the annealing after which it is clear how many steps the budget holds. */
const PACE_KNOWN = 0.05

const averageJourney = (m: Model, s: PlanState): number => {
  let sum = 0
  let count = 0
  for (let r = 0; r < m.routes; r++) {
    if (s.length[r] === 0) continue
    const first = m.n + 2 * r
    for (let p = first; p !== first + 1; p = s.next[p]!)
      sum += s.arc[p]! + m.workedRate[r]! * travelOn(m, s, r, p)
    count += s.length[r]! + 1
  }
  return count === 0 ? 1 : Math.max(1, sum / count)
}

const improve = (
  m: Model,
  s: PlanState,
  random: Random,
  budget: Budget,
  isOver: () => boolean,
  options: SolveOptions,
): number => {
  const best = snapshotFor(m)
  keep(s, best)
  const sisr = sisrFor(m, random, ordinarySisr)
  // With nothing to move all islands return here alike, so none waits for another. Nothing is left out then either.
  if (sisr.movable.length === 0 || m.routes === 0) return 0
  const journey = averageJourney(m, s)
  const hotAfter = (steps: number): number => journey * hotFor(steps / sisr.movable.length)
  const annealing: Annealing = {
    hot: hotAfter(Number.isFinite(budget.iterationsMax) ? budget.iterationsMax : 0),
    cold: COLD * journey,
    lateHot: 1_000_000,
    lateCold: 1_000,
  }
  const stride = strideFor(m)
  let iterations = 0
  let progress = budget.progress(0)
  const report = (): void =>
    options.onImprovement?.({
      iterations,
      points: s.total[0]!,
      unassigned: s.count[0]!,
      elapsedMs: budget.elapsedMs(),
    })
  report()
  if (m.plain && s.count[0] === 0) {
    setTemperature(annealing, 0.5, sisr.temperature)
    const complete = snapshotFor(m)
    emptyRoutes(m, s, sisr, complete, (tooMany) => {
      if (++iterations % stride === 0) progress = budget.progress(iterations)
      return progress >= (tooMany === 1 ? LAST_ROUTE_SHARE : FLEET_SHARE)
    })
    if (s.total[0]! < best.total[0]!) keep(s, best)
  }
  const annealFrom = progress
  const stepsBefore = iterations
  let paced = Number.isFinite(budget.iterationsMax)
  const lastLook = lastLookFor(m, s, random, budget, isOver)
  const meeting = options.exchange === undefined ? null : meetingFor(m.problem, options.exchange)
  let met = 0
  const meetIfDue = (): void => {
    while (meeting !== null && met < meetings.length && meetings[met]! <= progress) {
      met++
      if (meeting.meet(m, best, s)) keep(s, best)
    }
  }
  while (progress < 1) {
    meetIfDue()
    if (lastLook.tryOut(progress) && s.total[0]! < best.total[0]!) keep(s, best)
    const share = (progress - annealFrom) / (1 - annealFrom)
    if (!paced && share >= PACE_KNOWN) {
      annealing.hot = hotAfter((iterations - stepsBefore) / share)
      paced = true
    }
    setTemperature(annealing, share, sisr.temperature)
    const steps = Math.min(stride, budget.iterationsMax - iterations)
    for (let i = 0; i < steps; i++) {
      if (sisrStep(m, s, sisr) && s.total[0]! < best.total[0]!) {
        keep(s, best)
        if (options.onImprovement !== undefined) {
          iterations += i + 1
          report()
          iterations -= i + 1
        }
      }
    }
    iterations += steps
    progress = budget.progress(iterations)
  }
  // Whoever makes way for the last look still comes to the meetings that others wait at.
  progress = 1
  meetIfDue()
  restore(m, s, best)
  lastLook.look()
  return iterations
}

/** Where the search first tries how long a last look takes, how long it tries, and how much longer than that it is given in the end. */
const TRIAL_FROM = 0.8
const TRIAL_MS = 3
const RESERVE = 3

/**
 * The look through everything left out with which a search ends. By a clock it has to end before the budget does: so it is begun
 * once a little earlier, and the time that it takes for all of it, the telling of reasons included, is kept for the end. Where
 * iterations are counted no clock is asked.
 */
const lastLookFor = (m: Model, s: PlanState, random: Random, budget: Budget, isOver: () => boolean) => {
  const insertion = insertionFor(m, random, 0)
  const timed = !Number.isFinite(budget.iterationsMax)
  let tried = false
  return {
    /** True when it has changed the plan. */
    tryOut: (progress: number): boolean => {
      if (!timed || tried || progress < TRIAL_FROM || s.count[0] === 0) return false
      tried = true
      const left = budget.leftMs()
      const absent = s.count[0]!
      let looked = 0
      const changed = insertWhatFits(
        m,
        s,
        insertion,
        () => budget.leftMs() <= left - TRIAL_MS || looked++ >= absent,
      )
      budget.reserve((RESERVE * (left - budget.leftMs()) * absent) / Math.max(1, looked))
      return changed
    },
    look: (): void => {
      insertWhatFits(m, s, insertion, isOver)
    },
  }
}
