/** Mending where days hang together: a change anywhere may move a visit anywhere, so all of them are counted each time. */
import { linkedPlaceAll } from '../linked/recreate.ts'
import { linkedStepAround } from '../linked/search.ts'
import { linkedSearchFor, ordinaryLinked } from '../linked/search-state.ts'
import { hasMoved } from './churn.ts'
import type { Mender, MendOptions } from './mender.ts'
import { STRIDE } from './search.ts'
import { seedsFor } from './seeds.ts'

/** Downhill only. Returns the iterations of the search. */
export const mendJoint = (mender: Mender, options: MendOptions): number => {
  const { m, s, random, churn } = mender
  const { budget, onImprovement } = options
  const keeps = (): boolean => {
    let moved = 0
    for (let u = 0; u < m.n; u++) if (hasMoved(mender, u)) moved++
    return moved <= churn[1]!
  }
  linkedPlaceAll(m, s, linkedSearchFor(m, s, random, { ...ordinaryLinked, blinkRate: 0 }), keeps)
  onImprovement?.(0)
  if (m.routes === 0) return 0
  const seeds = seedsFor(mender, options, () => false)
  const search = linkedSearchFor(m, s, random, { ...ordinaryLinked, removed: 6 })
  let total = s.total[0]!
  const judge = (): boolean => s.total[0]! < total && keeps()
  let iterations = 0
  while (budget.progress(iterations) < 1) {
    const steps = Math.min(STRIDE, budget.iterationsMax - iterations)
    for (let i = 0; i < steps; i++) {
      iterations++
      const seed = seeds.next()
      if (seed < 0) return iterations
      if (!linkedStepAround(m, s, search, seed, judge)) continue
      total = s.total[0]!
      seeds.lookForTrouble()
      onImprovement?.(iterations)
    }
  }
  return iterations
}
