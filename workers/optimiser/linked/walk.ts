/**
 * The annealing walk of a plan whose days hang together, from its first plan to the end of the budget.
 *
 * One temperature for travel and one for the upper bands, set beside what a second late costs: where lateness is priced like
 * travel the two are the same.
 */
import { setTemperature } from '../improve/annealing.ts'
import { type Exchange, meetingFor } from '../islands/meeting.ts'
import { trade, trades } from '../islands/trade.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { keep, restore, snapshotFor } from '../plan/snapshot.ts'
import type { Random } from '../random.ts'
import type { Budget } from '../stop/budget.ts'
import { linkedConstruct, linkedPlaceAll } from './recreate.ts'
import { linkedStep } from './search.ts'
import { linkedSearchFor, ordinaryLinked } from './search-state.ts'

export type LinkedWalk = {
  readonly exchange?: Exchange | undefined
  readonly onBetter: (iterations: number, points: number, unassigned: number) => void
  /** True once there is only time left to tell the plan. */
  readonly isOver: () => boolean
}

/** Temperatures at the start and the end, beside the average journey. */
const HOT = 0.5
const COLD = 0.005
/** The upper bands are never hotter than this many points. */
const LATE_HOT = 1_000_000

const averageJourney = (m: Model, s: PlanState): number => {
  let sum = 0
  let count = 0
  for (let r = 0; r < m.routes; r++) {
    if (s.length[r] === 0) continue
    for (let p = m.n + 2 * r; p !== m.n + 2 * r + 1; p = s.next[p]!) sum += s.arc[p]!
    count += s.length[r]! + 1
  }
  return count === 0 ? 1 : Math.max(1, sum / count)
}

/** Average price of a second late; 1 where nothing has targets. */
const latePrice = (m: Model): number => {
  let sum = 0
  for (let k = 0; k < m.targetPerSecond.length; k++) sum += m.targetPerSecond[k]!
  return Math.max(1, m.targetPerSecond.length === 0 ? 1 : sum / m.targetPerSecond.length)
}

/** The first plan: what is still left out, each where it costs least. */
export const linkedStart = (m: Model, s: PlanState, random: Random, isOver: () => boolean): void =>
  linkedConstruct(m, s, linkedSearchFor(m, s, random), isOver)

/** Searches until the budget is spent and leaves the best plan in `s`; tells the iterations. */
export const linkedWalk = (
  m: Model,
  s: PlanState,
  random: Random,
  budget: Budget,
  walk: LinkedWalk,
): number => {
  const best = snapshotFor(m)
  keep(s, best)
  const search = linkedSearchFor(m, s, random)
  if (search.movable.length === 0 || m.routes === 0) return 0
  const journey = averageJourney(m, s)
  const price = latePrice(m)
  const annealing = {
    hot: HOT * journey,
    cold: COLD * journey,
    lateHot: Math.min(LATE_HOT, HOT * journey * price),
    lateCold: Math.min(LATE_HOT / 1_000, COLD * journey * price),
  }
  const stride = Math.max(1, Math.min(25, Math.floor(2_500 / (m.n + 1))))
  const meeting = walk.exchange === undefined ? null : meetingFor(m.problem, walk.exchange)
  let met = 0
  let iterations = 0
  let progress = budget.progress(0)
  const meetIfDue = (): void => {
    while (meeting !== null && met < trades.length && trades[met]! <= progress) {
      met++
      if (trade(m, meeting, best, s, isLate)) keep(s, best)
    }
  }
  const isLate = (): boolean => budget.timeShare() >= 1
  const tellBetter = (count: number): void => walk.onBetter(count, s.total[0]!, s.count[0]!)
  tellBetter(0)
  while (progress < 1) {
    meetIfDue()
    setTemperature(annealing, progress, search.temperature)
    const steps = Math.min(stride, budget.iterationsMax - iterations)
    for (let i = 0; i < steps; i++) {
      if (linkedStep(m, s, search) && s.total[0]! < best.total[0]!) {
        keep(s, best)
        tellBetter(iterations + i + 1)
      }
    }
    iterations += steps
    progress = budget.progress(iterations)
  }
  meetIfDue()
  restore(m, s, best)
  // Whatever has a place without moving anything else gets it.
  if (s.count[0]! > 0) {
    const search = linkedSearchFor(m, s, random, { ...ordinaryLinked, blinkRate: 0 })
    linkedPlaceAll(m, s, search, { keeps: () => true, isOver: walk.isOver })
  }
  return iterations
}
