/**
 * Ruin and recreate within the churn budget, partly around the event, partly wherever a promise is missed, partly anywhere.
 *
 * Around the event alone a board would drift: what one event leaves a little worse nobody looks at again. The walk may go uphill a
 * little, less and less, and ends at the best plan it has seen. The surprising rule: every plan that
 * is kept holds the churn budget, but the walk may go beyond it for a while (`loan.ts`).
 */
import { heatAllowed, heatNeeded } from '../improve/annealing.ts'
import { sisrStepAround } from '../improve/sisr.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { keep } from '../plan/snapshot.ts'
import { backTo } from './back-to.ts'
import { movedOnRoute, movedOut, settleChurn } from './churn.ts'
import { loanFor } from './loan.ts'
import type { Mender, MendOptions } from './mender.ts'
import { seedsFor } from './seeds.ts'

/** The first temperatures: beside the average journey, and of lateness, in points. */
const HEAT = 0.4
const LATE_HEAT = 3_000
/** Steps between two looks at the clock: a few milliseconds' worth. */
export const strideFor = (m: Model): number => Math.max(1, Math.min(8, Math.floor(10_000 / (m.n + 1))))

/** Returns the iterations. */
export const searchOn = (mender: Mender, options: MendOptions): number => {
  const { m, s, sisr, random, churn } = mender
  const { budget, onImprovement } = options
  onImprovement?.(0)
  if (m.routes === 0 || budget.progress(0) >= 1) return 0
  const loan = loanFor(mender)
  const seeds = seedsFor(mender, options, loan.isOn)
  const { best } = mender
  keep(s, best)
  const journey = averageJourney(m, s)
  const { temperature } = sisr
  let total = s.total[0]!
  let late = s.total[1]!
  const stride = strideFor(m)
  const judge = (): boolean => {
    const needed = heatNeeded(temperature, s.total[0]! - total, s.total[1]! - late)
    if (needed >= heatAllowed(random)) return false
    const isBetter = s.total[1]! < best.total[1]! && s.total[0]! < best.total[0]!
    return loan.allows(movedAfterStep(mender), isBetter)
  }
  let iterations = 0
  for (let progress = budget.progress(0); progress < 1; progress = budget.progress(iterations)) {
    temperature[0] = HEAT * journey * (1 - progress)
    temperature[1] = LATE_HEAT * (1 - progress)
    const steps = Math.min(stride, budget.iterationsMax - iterations)
    for (let i = 0; i < steps; i++) {
      iterations++
      const seed = seeds.next()
      if (seed < 0) return iterations
      const isTaken = sisrStepAround(m, s, sisr, seed, judge)
      if (isTaken) for (let k = 0; k < sisr.at[2]!; k++) settleChurn(mender, sisr.touched[k]!)
      else if (!loan.isOn()) continue
      if (loan.isOverdue(churn[0]! + movedOut(mender))) backTo(mender, best)
      else if (!isTaken) continue
      if (s.total[1]! !== late) seeds.lookForTrouble()
      total = s.total[0]!
      late = s.total[1]!
      if (total >= best.total[0]! || loan.isOn()) continue
      keep(s, best)
      onImprovement?.(iterations)
    }
  }
  if (total > best.total[0]! || loan.isOn()) backTo(mender, best)
  return iterations
}

/** Moved visits, were the step of ruin and recreate under way kept. */
const movedAfterStep = (mender: Mender): number => {
  const { sisr, churn, movedOn } = mender
  let moved = churn[0]! + movedOut(mender)
  for (let i = 0; i < sisr.at[2]!; i++) {
    const r = sisr.touched[i]!
    moved += movedOnRoute(mender, r) - movedOn[r]!
  }
  return moved
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
