/**
 * The few statistics that benches tell: means, medians, quantiles, and how sure a ratio of means is.
 *
 * The interval is a percentile bootstrap over instances, seeded, so that the same figures give the same interval. Instances are
 * resampled in pairs: the question is how we would compare on other instances like these, not how noisy one instance is.
 */
import { below, randomFrom } from '../workers/optimiser/random.ts'

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length

/** Linear between the neighbours, as most tools do; `share` from 0 to 1. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const low = sorted[Math.floor(at)]
  const high = sorted[Math.ceil(at)]
  return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (at - Math.floor(at))
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export type Pair = { readonly ours: number; readonly theirs: number }

export type RatioOfMeans = { readonly ratio: number; readonly low: number; readonly high: number }

const RESAMPLES = 2_000

const ratioOf = (pairs: readonly Pair[]): number =>
  pairs.reduce((sum, pair) => sum + pair.ours, 0) / pairs.reduce((sum, pair) => sum + pair.theirs, 0)

/** Our mean over theirs, with the range that holds the middle `confidence` of the resampled ratios. */
export const ratioOfMeans = (pairs: readonly Pair[], { seed = 1, confidence = 0.95 } = {}): RatioOfMeans => {
  const random = randomFrom(seed)
  const ratios = Array.from({ length: RESAMPLES }, () =>
    // An index below the length is there.
    ratioOf(Array.from(pairs, () => pairs[below(random, pairs.length)]!)),
  )
  const tail = (1 - confidence) / 2
  return { ratio: ratioOf(pairs), low: quantile(ratios, tail), high: quantile(ratios, 1 - tail) }
}
