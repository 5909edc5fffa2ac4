/** What a company has learned, ready to be asked: one spread per activity type, one for travel, durations kept once made. */
import {
  emptyTally,
  type Spread,
  sharedPrior,
  spreadOf,
  type Tally,
  travelPrior,
  workPrior,
} from './spread.ts'
import { type Kernel, remaining } from './times.ts'

export type Learned = {
  /** By activity type; work without a type under ''. */
  readonly work: ReadonlyMap<string, Tally>
  readonly travel: Tally
}

export type Spreads = {
  workOf(typeId: string | null): Spread
  readonly travel: Spread
  workKernel(typeId: string | null, minutes: number, elapsed: number): Kernel
  travelKernel(minutes: number, elapsed: number): Kernel
}

export function createSpreads(learned: Learned): Spreads {
  const prior = sharedPrior(workPrior, learned.work.values())
  const spreads = new Map<string, Spread>()
  const kernels = new Map<string, Map<number, Kernel>>()
  const travels = new Map<number, Kernel>()
  const travel = spreadOf(travelPrior, learned.travel)

  const workOf = (typeId: string | null): Spread => {
    const key = typeId ?? ''
    const known = spreads.get(key)
    if (known) return known
    const spread = spreadOf(prior, learned.work.get(key) ?? emptyTally)
    spreads.set(key, spread)
    return spread
  }
  return {
    workOf,
    travel,
    workKernel(typeId, minutes, elapsed) {
      if (elapsed > 0) return remaining(workOf(typeId), minutes, elapsed)
      const key = typeId ?? ''
      const ofType = kernels.get(key) ?? new Map<number, Kernel>()
      kernels.set(key, ofType)
      const known = ofType.get(minutes)
      if (known) return known
      const kernel = remaining(workOf(typeId), minutes)
      ofType.set(minutes, kernel)
      return kernel
    },
    travelKernel(minutes, elapsed) {
      if (elapsed > 0) return remaining(travel, minutes, elapsed)
      const known = travels.get(minutes)
      if (known) return known
      const kernel = remaining(travel, minutes)
      travels.set(minutes, kernel)
      return kernel
    },
  }
}
