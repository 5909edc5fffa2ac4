import { describe, expect, it } from 'vitest'
import { below, randomFrom } from '../workers/optimiser/random.ts'
import { mean, median, quantile, ratioOfMeans } from './statistics.ts'

describe('statistics', () => {
  it('take the middle of an odd count and between the two middle ones of an even count', () => {
    expect(median([9, 1, 4])).toBe(4)
    expect(median([9, 1, 4, 6])).toBe(5)
  })

  it('place a quantile between its neighbours', () => {
    expect(quantile([0, 10, 20, 30], 0.95)).toBeCloseTo(28.5, 9)
    expect(quantile([3], 0.1)).toBe(3)
  })

  it('know no mean of nothing', () => {
    expect(mean([])).toBeNaN()
    expect(median([])).toBeNaN()
  })

  it('compare means, not single ratios, so that large instances count for their size', () => {
    expect(ratioOfMeans([pair(90, 100), pair(11, 10)]).ratio).toBeCloseTo(101 / 110, 12)
  })

  it('give the same interval for the same figures and seed, and hold the ratio inside it', () => {
    const pairs = Array.from({ length: 20 }, (_, i) => pair(100 + ((i * 7) % 11), 104))
    const one = ratioOfMeans(pairs, { seed: 5 })
    expect(ratioOfMeans(pairs, { seed: 5 })).toEqual(one)
    expect(one.low).toBeLessThan(one.ratio)
    expect(one.high).toBeGreaterThan(one.ratio)
  })

  it('leave no room for doubt where every pair has the same ratio', () => {
    const { low, high } = ratioOfMeans([pair(50, 100), pair(5, 10), pair(1, 2)])
    expect([low, high]).toEqual([0.5, 0.5])
  })

  it('hold the true ratio in about 95 of 100 intervals', () => {
    const random = randomFrom(77)
    const covered = Array.from({ length: 100 }, (_, round) => {
      const pairs = Array.from({ length: 40 }, () => pair(80 + below(random, 41), 100))
      const { low, high } = ratioOfMeans(pairs, { seed: round })
      return low <= 1 && 1 <= high
    }).filter(Boolean).length
    expect(covered).toBeGreaterThanOrEqual(87)
    expect(covered).toBeLessThan(100)
  })
})

const pair = (ours: number, theirs: number): { ours: number; theirs: number } => ({ ours, theirs })
