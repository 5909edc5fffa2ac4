/**
 * How far real durations stray from planned ones: learned from finished work, with a prior where little is known.
 *
 * The logarithm of actual over planned is taken as normal with unknown mean and variance (service times are close to
 * log-normal: Strum, May and Vargas, Anesthesiology 92, 2000). Its conjugate prior is normal-inverse-gamma, and what is
 * predicted of the next one is a Student t (K. Murphy, "Conjugate Bayesian analysis of the Gaussian distribution", 2007).
 * All that is kept of the past is a count, a sum and a sum of squares, so that one more finished job is one addition.
 * Types share what they have in common: the prior of each is drawn from all of them (empirical Bayes; C. Morris, JASA 78,
 * 1983), and a type seen twice is mostly believed to be like the others.
 */

/** What is kept of the past: of natural logarithms. Counts may be broken once old work has faded. */
export type Tally = { readonly count: number; readonly sum: number; readonly sumSquares: number }

export const emptyTally: Tally = { count: 0, sum: 0, sumSquares: 0 }

/** About this many observations are remembered; older ones fade, so that what is learned can change. */
export const MEMORY = 400

/** One more observation of `actual` over `expected`; a ratio no clock could show in earnest says nothing. */
export function noted(tally: Tally, actual: number, expected = 1): Tally {
  const ratio = actual / expected
  if (!(ratio > 0) || !Number.isFinite(ratio)) return tally
  const log = Math.min(LOG_MAX, Math.max(-LOG_MAX, Math.log(ratio)))
  const keep = tally.count >= MEMORY ? 1 - 1 / MEMORY : 1
  return {
    count: tally.count * keep + 1,
    sum: tally.sum * keep + log,
    sumSquares: tally.sumSquares * keep + log * log,
  }
}
/** e^10 minutes are two weeks; a ratio beyond it is a clock that was forgotten. */
const LOG_MAX = 10

export const together = (tallies: Iterable<Tally>): Tally => {
  let [count, sum, sumSquares] = [0, 0, 0]
  for (const tally of tallies) {
    count += tally.count
    sum += tally.sum
    sumSquares += tally.sumSquares
  }
  return { count, sum, sumSquares }
}

/**
 * Normal-inverse-gamma: the mean is believed near `mean` as if seen `weight` times; the variance is inverse gamma with
 * `shape` and `scale`.
 */
export type Prior = {
  readonly mean: number
  readonly weight: number
  readonly shape: number
  readonly scale: number
}

/** The logarithm of the next ratio: a Student t with this many degrees of freedom. */
export type Spread = { readonly centre: number; readonly scale: number; readonly freedom: number }

const priorWith = (deviation: number): Prior => ({
  mean: 0,
  weight: 2,
  shape: PRIOR_SHAPE,
  scale: (PRIOR_SHAPE - 1) * deviation ** 2,
})
const PRIOR_SHAPE = 3

/** Before anything is known: plans are right on average, two of three jobs within a factor of 1.4. */
export const workPrior = priorWith(0.35)
/** Road times are a little steadier. */
export const travelPrior = priorWith(0.3)

export function spreadOf(prior: Prior, { count, sum, sumSquares }: Tally): Spread {
  const mean = count > 0 ? sum / count : 0
  const within = Math.max(0, sumSquares - count * mean * mean)
  const weight = prior.weight + count
  const shape = prior.shape + count / 2
  const scale =
    prior.scale +
    within / 2 +
    (prior.weight * count * (mean - prior.mean) ** 2) / (2 * Math.max(1e-9, weight))
  return {
    centre: (prior.weight * prior.mean + sum) / weight,
    scale: Math.sqrt((scale * (weight + 1)) / (shape * weight)),
    freedom: 2 * shape,
  }
}

const WEIGHT_MIN = 1
const WEIGHT_MAX = 30

/**
 * The prior of one type, from all of them: their common mean, the variance within types, and as much weight as the
 * types resemble each other.
 */
export function sharedPrior(base: Prior, tallies: Iterable<Tally>): Prior {
  const known = [...tallies].filter((tally) => tally.count > 0)
  const all = together(known)
  if (all.count === 0) return base
  const mean = (base.weight * base.mean + all.sum) / (base.weight + all.count)
  let within = 0
  let between = 0
  let inverse = 0
  for (const tally of known) {
    const own = tally.sum / tally.count
    within += Math.max(0, tally.sumSquares - tally.count * own * own)
    between += (own - all.sum / all.count) ** 2
    inverse += 1 / tally.count
  }
  const freedom = Math.max(0, all.count - known.length)
  const variance = (2 * base.scale + within) / (2 * (base.shape - 1) + freedom)
  const apart =
    known.length < 2 ? 0 : Math.max(0, between / (known.length - 1) - (variance * inverse) / known.length)
  return {
    mean,
    weight:
      known.length < 2
        ? base.weight
        : Math.min(WEIGHT_MAX, Math.max(WEIGHT_MIN, variance / Math.max(apart, 1e-9))),
    shape: base.shape,
    scale: (base.shape - 1) * variance,
  }
}

/** The chance that the ratio is above `ratio`. */
export function chanceAbove(spread: Spread, ratio: number): number {
  if (ratio <= 0) return 1
  return studentAbove((Math.log(ratio) - spread.centre) / spread.scale, spread.freedom)
}

/**
 * Upper tail of Student's t by a normal one (D. Wallace, Annals of Mathematical Statistics 30, 1959): within 0.001 for
 * the six and more degrees of freedom that our priors leave, at the price of one logarithm.
 */
export function studentAbove(t: number, freedom: number): number {
  const u = ((8 * freedom + 1) / (8 * freedom + 3)) * Math.sqrt(freedom * Math.log1p((t * t) / freedom))
  return normalAbove(t < 0 ? -u : u)
}

/** Upper tail of the normal: a power series in the middle, a continued fraction outside. Good to 1e-9. */
export function normalAbove(z: number): number {
  const size = Math.abs(z)
  const density = Math.exp(-0.5 * z * z) * 0.3989422804014327
  if (size < 3) {
    let term = z
    let sum = z
    for (let i = 3; Math.abs(term) > 1e-12 && i < 99; i += 2) {
      term *= (z * z) / i
      sum += term
    }
    return 0.5 - density * sum
  }
  let fraction = size
  for (let i = 24; i > 0; i--) fraction = size + i / fraction
  return z > 0 ? density / fraction : 1 - density / fraction
}
