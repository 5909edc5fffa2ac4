/**
 * Ruin and recreate within the churn budget, partly around the event, partly wherever a promise is missed, partly anywhere.
 *
 * Around the event alone a board would drift: what one event leaves a little worse nobody looks at again. The walk may go uphill a
 * little, less and less, and ends at the best plan it has seen. The surprising rule: the churn budget holds at every step of the
 * walk, so whatever it ends at may be kept.
 */
import { heatAllowed, heatNeeded } from '../improve/annealing.ts'
import { sisrStepAround } from '../improve/sisr.ts'
import { troubleIn } from '../improve/trouble.ts'
import type { Model } from '../model/model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn } from '../plan/plan-state.ts'
import { keep, type Snapshot } from '../plan/snapshot.ts'
import { updateRoute } from '../plan/update.ts'
import { below, unit } from '../random.ts'
import { movedOnRoute, movedOut, settleChurn } from './churn.ts'
import type { Mender, MendOptions } from './mender.ts'

const SEEDS_MAX = 48
/** Shares of the steps that begin around the event and at work that is late or without a place. */
const AROUND_EVENT = 0.2
const AT_TROUBLE = 0.4
/** Rows asked for one that may move, before the event's own work has to do. */
const ROWS_ASKED = 20
/** The first temperatures: beside the average journey, and of lateness, in points. */
const HEAT = 0.4
const LATE_HEAT = 3_000
/** Steps between two looks at the clock. */
export const STRIDE = 8

/** Returns the iterations. */
export const searchOn = (mender: Mender, options: MendOptions): number => {
  const { m, s, sisr, random } = mender
  const { budget, onImprovement } = options
  onImprovement?.(0)
  if (m.routes === 0 || budget.progress(0) >= 1) return 0
  const seeds = seedsFor(mender, options)
  const { best } = mender
  keep(s, best)
  const journey = averageJourney(m, s)
  const { temperature } = sisr
  let total = s.total[0]!
  let late = s.total[1]!
  const judge = (): boolean => {
    const needed = heatNeeded(temperature, s.total[0]! - total, s.total[1]! - late)
    return needed < heatAllowed(random) && keepsChurnAfterStep(mender)
  }
  let iterations = 0
  for (let progress = budget.progress(0); progress < 1; progress = budget.progress(iterations)) {
    temperature[0] = HEAT * journey * (1 - progress)
    temperature[1] = LATE_HEAT * (1 - progress)
    const steps = Math.min(STRIDE, budget.iterationsMax - iterations)
    for (let i = 0; i < steps; i++) {
      iterations++
      const seed = seeds.next()
      if (seed < 0) return iterations
      if (!sisrStepAround(m, s, sisr, seed, judge)) continue
      for (let k = 0; k < sisr.at[2]!; k++) settleChurn(mender, sisr.touched[k]!)
      if (s.total[1]! !== late) seeds.lookForTrouble()
      total = s.total[0]!
      late = s.total[1]!
      if (total >= best.total[0]!) continue
      keep(s, best)
      onImprovement?.(iterations)
    }
  }
  if (total > best.total[0]!) backTo(mender, best)
  return iterations
}

/** True while the plan after a step of ruin and recreate keeps within the churn budget. */
const keepsChurnAfterStep = (mender: Mender): boolean => {
  const { sisr, churn, movedOn } = mender
  let moved = churn[0]! + movedOut(mender)
  for (let i = 0; i < sisr.at[2]!; i++) {
    const r = sisr.touched[i]!
    moved += movedOnRoute(mender, r) - movedOn[r]!
  }
  return moved <= churn[1]!
}

/** Puts back the days that are not as the snapshot has them; what is remembered of all others still holds. */
const backTo = (mender: Mender, best: Snapshot): void => {
  const { m, s } = mender
  const other: number[] = []
  for (let r = 0; r < m.routes; r++) if (!isAsIn(m, s, best, r)) other.push(r)
  for (const r of other) {
    const first = m.n + 2 * r
    for (let u = s.next[first]!; u < m.n; u = s.next[u]!) leaveOut(m, s, u)
    s.next[first] = first + 1
    s.prev[first + 1] = first
  }
  for (const r of other) {
    let p = m.n + 2 * r
    for (let u = best.next[p]!; u < m.n; u = best.next[u]!) {
      takeIn(m, s, u)
      linkAfter(s, u, p)
      p = u
    }
    updateRoute(m, s, r)
    settleChurn(mender, r)
  }
}

const isAsIn = (m: Model, s: PlanState, best: Snapshot, r: number): boolean => {
  let u = m.n + 2 * r
  // Both lists end at the end of the route.
  while (s.next[u] === best.next[u]) {
    u = s.next[u]!
    if (u >= m.n) return true
  }
  return false
}

const averageJourney = (m: Model, s: PlanState): number => {
  let sum = 0
  let count = 0
  for (let r = 0; r < m.routes; r++) {
    if (s.length[r] === 0) continue
    const first = m.n + 2 * r
    for (let p = first; p !== first + 1; p = s.next[p]!) sum += s.arc[p]!
    count += s.length[r]! + 1
  }
  return count === 0 ? 1 : Math.max(1, sum / count)
}

export type Seeds = {
  /** An activity to begin a step at; -1 where nothing may move. */
  readonly next: () => number
  /** To be called when lateness, or what is left out, has changed. */
  readonly lookForTrouble: () => void
}

export const seedsFor = (mender: Mender, options: MendOptions): Seeds => {
  const { m, s, random } = mender
  const own = seedsOf(mender, options)
  let trouble = troubleIn(m, s)
  return {
    next: () => {
      const where = unit(random)
      // The lists are not empty where they are asked.
      if (where < AROUND_EVENT && own.length > 0) return own[below(random, own.length)]!
      if (where < AROUND_EVENT + AT_TROUBLE && trouble.length > 0)
        return trouble[below(random, trouble.length)]!
      for (let i = 0; i < ROWS_ASKED; i++) {
        const u = below(random, m.n)
        if (m.isFixed[u] === 0) return u
      }
      return own[0] ?? trouble[0] ?? -1
    },
    lookForTrouble: () => {
      trouble = troubleIn(m, s)
    },
  }
}

/** The opened work, and what stands on the days that it came to or left. */
const seedsOf = (mender: Mender, { open, roomy, everywhere }: MendOptions): number[] => {
  const { m, s } = mender
  if (everywhere === true) return Array.from({ length: m.n }, (_, u) => u).filter((u) => m.isFixed[u] === 0)
  const seeds = new Set(open.filter((u) => m.isFixed[u] === 0))
  const days = new Set(roomy)
  for (const u of open) if (s.route[u]! >= 0) days.add(s.route[u]!)
  for (const r of days) {
    for (let u = s.next[m.n + 2 * r]!; u < m.n && seeds.size < SEEDS_MAX; u = s.next[u]!) {
      if (m.isFixed[u] === 0) seeds.add(u)
    }
  }
  return [...seeds]
}
