/**
 * The annealing walk of a plan whose days stand by themselves, from its first plan to the end of the budget: days are emptied
 * where that pays, then ruin and recreate cools down, then everything left out is looked at once more.
 *
 * With an exchange it walks together with other islands; see `islands/rounds.ts`.
 */
import { travelOn } from '../constraints/parts.ts'
import { districtWalkFor, visitDistrict } from '../districts/walk.ts'
import { type Exchange, meetingFor } from '../islands/meeting.ts'
import { type Rounds, roundsFor } from '../islands/rounds.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { keep, restore, type Snapshot, snapshotFor } from '../plan/snapshot.ts'
import type { Random } from '../random.ts'
import type { Budget } from '../stop/budget.ts'
import { type Annealing, hotFor, setTemperature } from './annealing.ts'
import { emptyRoutes } from './fleet.ts'
import { insertionFor } from './insertion.ts'
import { insertWhatFits } from './last-insertion.ts'
import { sisrStep } from './sisr.ts'
import { ordinarySisr, reachEverything, type Sisr, sisrFor } from './sisr-state.ts'

export type Walk = {
  readonly exchange?: Exchange | undefined
  readonly onBetter: (iterations: number, points: number, unassigned: number) => void
  /** True once there is only time left to tell the plan. */
  readonly isOver: () => boolean
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

const unassignedIn = (m: Model, plan: Snapshot): number => {
  let count = 0
  for (let u = 0; u < m.n; u++) if (plan.route[u] === -1) count++
  return count
}

/** Searches until the budget is spent and leaves the best plan in `s`; tells the iterations. */
export const annealedWalk = (m: Model, s: PlanState, random: Random, budget: Budget, walk: Walk): number => {
  const best = snapshotFor(m)
  keep(s, best)
  const sisr = sisrFor(m, random, ordinarySisr)
  // With nothing to move all islands return here alike, so none waits for another. Nothing is left out then either.
  if (sisr.movable.length === 0 || m.routes === 0) return 0
  const islands = walk.exchange?.islands ?? 1
  const journey = averageJourney(m, s)
  const hotAfter = (steps: number): number => journey * hotFor((islands * steps) / sisr.movable.length)
  const annealing: Annealing = {
    hot: hotAfter(Number.isFinite(budget.iterationsMax) ? budget.iterationsMax : 0),
    cold: COLD * journey,
    lateHot: 1_000_000,
    lateCold: 1_000,
  }
  const stride = strideFor(m)
  let iterations = 0
  let progress = budget.progress(0)
  const tellBetter = (count: number): void => walk.onBetter(count, best.total[0]!, unassignedIn(m, best))
  tellBetter(0)
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
  const lastLook = lastLookFor(m, s, sisr, budget, walk.isOver)
  const rounds: Rounds | null =
    walk.exchange === undefined
      ? null
      : roundsFor({
          m,
          s,
          sisr,
          best,
          meeting: meetingFor(m.problem, walk.exchange),
          isOver: () => budget.timeShare() >= 1,
          onBetter: () => tellBetter(iterations),
        })
  const districts = districtWalkFor(m, s, random, sisr.insertion.closed)
  while (progress < 1) {
    rounds?.meetIfDue(progress)
    const mark = rounds === null ? best : rounds.mark()
    if (lastLook.tryOut(progress) && s.total[0]! < mark.total[0]!) keep(s, mark)
    const share = (progress - annealFrom) / (1 - annealFrom)
    if (!paced && share >= PACE_KNOWN) {
      annealing.hot = hotAfter((iterations - stepsBefore) / share)
      paced = true
    }
    setTemperature(annealing, share, sisr.temperature)
    if (districts !== null) {
      iterations += visitDistrict(m, s, districts, {
        best: mark,
        temperature: sisr.temperature,
        random,
        stepsMax: budget.iterationsMax - iterations,
        isOver: (steps) => budget.progress(iterations + steps) >= 1,
        // What is best in a part of the plan only counts when the parts are one again.
        onBetter: (steps) => {
          if (mark === best) tellBetter(iterations + steps)
        },
      })
      progress = budget.progress(iterations)
      continue
    }
    const steps = Math.min(stride, budget.iterationsMax - iterations)
    for (let i = 0; i < steps; i++) {
      if (!sisrStep(m, s, sisr) || s.total[0]! >= mark.total[0]!) continue
      keep(s, mark)
      if (mark === best) tellBetter(iterations + i + 1)
    }
    iterations += steps
    progress = budget.progress(iterations)
  }
  // Whoever makes way for the last look still comes to the meetings that others wait at.
  rounds?.meetIfDue(1)
  reachEverything(m, sisr)
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
const lastLookFor = (m: Model, s: PlanState, sisr: Sisr, budget: Budget, isOver: () => boolean) => {
  // It goes where the steps may go.
  const insertion = { ...insertionFor(m, sisr.random, 0), closed: sisr.insertion.closed }
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
      // A part of the work on a part of the days takes less by both.
      const part = sisr.at[10]! / m.n
      const most = (left - budget.leftMs()) / (part * part)
      budget.reserve((RESERVE * most * absent) / Math.max(1, looked))
      return changed
    },
    look: (): void => {
      insertWhatFits(m, s, insertion, isOver)
    },
  }
}
