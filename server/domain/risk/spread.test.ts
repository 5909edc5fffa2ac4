import { describe, expect, it } from 'vitest'
import {
  chanceAbove,
  emptyTally,
  MEMORY,
  normalAbove,
  noted,
  type Prior,
  sharedPrior,
  spreadOf,
  studentAbove,
  type Tally,
  together,
  workPrior,
} from './spread.ts'

const tallyOf = (ratios: readonly number[]): Tally => ratios.reduce((t, r) => noted(t, r), emptyTally)

describe('the tails', () => {
  it.each([
    [0, 0.5],
    [1, 0.158655254],
    [1.959963985, 0.025],
    [3.290526731, 0.0005],
    [-1.281551566, 0.9],
    [5, 2.866516e-7],
  ])('gives the normal tail above %d', (z, tail) => {
    expect(normalAbove(z)).toBeCloseTo(tail, 9)
  })

  it.each([
    // Quantiles of the printed tables.
    [1.943, 6, 0.05],
    [2.447, 6, 0.025],
    [3.143, 6, 0.01],
    [2.228, 10, 0.025],
    [1.812, 10, 0.05],
    [2.042, 30, 0.025],
    [-2.042, 30, 0.975],
  ])('gives Student’s tail above %d with %d degrees of freedom', (t, freedom, tail) => {
    expect(Math.abs(studentAbove(t, freedom) - tail)).toBeLessThan(0.001)
  })
})

describe('what finished work teaches', () => {
  it('is the same whether learned one by one or put together', () => {
    const first = [0.8, 1.3, 1.1]
    const second = [2.1, 0.9]
    const apart = together([tallyOf(first), tallyOf(second)])
    const whole = tallyOf([...first, ...second])
    expect(apart.count).toBe(whole.count)
    expect(apart.sum).toBeCloseTo(whole.sum, 12)
    expect(apart.sumSquares).toBeCloseTo(whole.sumSquares, 12)
  })

  it('predicts as integrating over every mean and variance would', () => {
    const prior: Prior = { mean: 0.1, weight: 2, shape: 3, scale: 0.3 }
    const ratios = [1.4, 0.7, 2.2, 1.1]
    const spread = spreadOf(prior, tallyOf(ratios))
    for (const asked of [0.6, 1, 1.5, 3])
      expect(Math.abs(chanceAbove(spread, asked) - byIntegration(prior, ratios, asked))).toBeLessThan(0.003)
  })

  it('says nothing by a ratio that no clock can show', () => {
    const tally = tallyOf([1.2])
    expect(noted(tally, 0)).toBe(tally)
    expect(noted(tally, -5, 10)).toBe(tally)
    expect(noted(tally, Number.NaN)).toBe(tally)
    expect(noted(tally, 10, 0)).toBe(tally)
  })

  it('lets old work fade, so that what is learned can change', () => {
    const long = tallyOf(Array.from({ length: 5 * MEMORY }, () => 2))
    expect(long.count).toBeLessThanOrEqual(MEMORY + 1)
    const turned = Array.from({ length: 3 * MEMORY }, () => 1).reduce((t, r) => noted(t, r), long)
    expect(turned.sum / turned.count).toBeLessThan(0.05)
  })
})

describe('what types share', () => {
  const steady = tallyOf(Array.from({ length: 60 }, (_, i) => (i % 2 ? 1.45 : 1.55)))
  const also = tallyOf(Array.from({ length: 60 }, (_, i) => (i % 2 ? 1.4 : 1.6)))

  it('a type seen once is mostly believed to be like the others', () => {
    const once = tallyOf([0.5])
    const spread = spreadOf(sharedPrior(workPrior, [steady, also, once]), once)
    expect(Math.exp(spread.centre)).toBeGreaterThan(0.8)
    expect(Math.exp(spread.centre)).toBeLessThan(1.5)
  })

  it('a type seen often is believed for itself', () => {
    const short = tallyOf(Array.from({ length: 80 }, (_, i) => (i % 2 ? 0.48 : 0.52)))
    const spread = spreadOf(sharedPrior(workPrior, [steady, also, short]), short)
    expect(Math.exp(spread.centre)).toBeCloseTo(0.5, 1)
  })

  it('before anything is known, plans are right on average and spread by a sensible factor', () => {
    const spread = spreadOf(sharedPrior(workPrior, []), emptyTally)
    expect(chanceAbove(spread, 1)).toBeCloseTo(0.5, 6)
    const overByHalf = chanceAbove(spread, 1.5)
    expect(overByHalf).toBeGreaterThan(0.1)
    expect(overByHalf).toBeLessThan(0.25)
  })
})

/** The posterior predictive by brute force: a grid over mean and variance, likelihood times prior, normal tail. */
function byIntegration(prior: Prior, ratios: readonly number[], asked: number): number {
  let total = 0
  let above = 0
  for (let v = -6; v <= 3; v += 0.03) {
    const variance = Math.exp(v)
    for (let mean = -3; mean <= 3; mean += 0.02) {
      let log = -(prior.shape + 1) * v - prior.scale / variance + v
      log += -0.5 * v - (prior.weight * (mean - prior.mean) ** 2) / (2 * variance)
      for (const ratio of ratios) log += -0.5 * v - (Math.log(ratio) - mean) ** 2 / (2 * variance)
      const weight = Math.exp(log)
      total += weight
      above += weight * normalAbove((Math.log(asked) - mean) / Math.sqrt(variance))
    }
  }
  return above / total
}
