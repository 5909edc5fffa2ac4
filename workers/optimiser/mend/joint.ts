/** Mending where days hang together: a change anywhere may move a visit anywhere, so all of them are counted each time. */
import { linkedPlaceAll } from '../linked/recreate.ts'
import { linkedStepAround } from '../linked/search.ts'
import { linkedSearchFor, ordinaryLinked } from '../linked/search-state.ts'
import { hasMoved } from './churn.ts'
import type { Mender, MendOptions } from './mender.ts'
import { strideFor } from './search.ts'
import { seedsFor } from './seeds.ts'

/** Returns the iterations of the search. */
export const mendJoint = (mender: Mender, options: MendOptions): number => {
  const { m, s, random, churn } = mender
  const { budget, onImprovement, isOver } = options
  const keeps = (): boolean => {
    let moved = 0
    for (let u = 0; u < m.n; u++) if (hasMoved(mender, u)) moved++
    return moved <= churn[1]!
  }
  const placing = linkedSearchFor(m, s, random, { ...ordinaryLinked, blinkRate: 0 })
  let isCut = false
  const isUp = (): boolean => {
    isCut ||= budget.timeShare() >= 1
    return isCut
  }
  linkedPlaceAll(m, s, placing, { keeps, isOver: isUp })
  onImprovement?.(0)
  const iterations = searchOn(mender, options, keeps)
  // Nobody may say that there is no place for what was not looked into, and the search may have made room.
  if (isOver !== undefined) linkedPlaceAll(m, s, placing, { keeps, isOver })
  return iterations
}

/** Downhill only. */
const searchOn = (mender: Mender, options: MendOptions, keeps: () => boolean): number => {
  const { m, s, random } = mender
  const { budget, onImprovement } = options
  if (m.routes === 0 || budget.progress(0) >= 1) return 0
  const seeds = seedsFor(mender, options, () => false)
  const search = linkedSearchFor(m, s, random, { ...ordinaryLinked, removed: 6 })
  let total = s.total[0]!
  const judge = (): boolean => s.total[0]! < total && keeps()
  const stride = strideFor(m)
  let iterations = 0
  while (budget.progress(iterations) < 1) {
    const steps = Math.min(stride, budget.iterationsMax - iterations)
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
