import { describe, expect, it } from 'vitest'
import { emptyTally, spreadOf, workPrior } from './spread.ts'
import {
  certain,
  chanceAfter,
  follow,
  type Kernel,
  moveOut,
  noTimes,
  remaining,
  STEP,
  setCertain,
  type Times,
  waitUntil,
} from './times.ts'

const spread = spreadOf(workPrior, emptyTally)
const massOf = (times: Times): number =>
  times.atom + times.mass.subarray(0, times.length).reduce((sum, mass) => sum + mass, 0)
const meanOf = (kernel: Kernel): number =>
  kernel.mass.reduce((sum, mass, i) => sum + mass * (kernel.first + i) * STEP, 0)
const startedAt = (minutes: number, kernel: Kernel): Times => {
  const from = noTimes()
  const to = noTimes()
  setCertain(from, minutes)
  follow(from, kernel, to)
  return to
}

describe('uncertain times', () => {
  it('keep their whole mass through every step', () => {
    const times = startedAt(7, remaining(spread, 60))
    const next = noTimes()
    waitUntil(times, 55)
    moveOut(times, 80, 110)
    follow(times, remaining(spread, 200), next)
    expect(massOf(times)).toBeCloseTo(1, 9)
    expect(massOf(next)).toBeCloseTo(1, 9)
    expect(times.mass.subarray(0, times.length).every((mass) => mass >= 0)).toBe(true)
  })

  it('a certain duration keeps its length, on the grid or off it', () => {
    for (const minutes of [0, 5, 7, 61.5]) expect(meanOf(certain(minutes))).toBeCloseTo(minutes, 9)
  })

  it('agree with the spread they were made from', () => {
    const times = startedAt(0, remaining(spread, 60))
    for (const minutes of [30, 60, 90, 150]) {
      const exact = chanceOf(60, minutes)
      expect(Math.abs(chanceAfter(times, minutes) - exact)).toBeLessThan(0.01)
    }
  })

  it('are not late for a promise at the very minute they wait for', () => {
    const times = startedAt(0, certain(20))
    waitUntil(times, 63)
    expect(chanceAfter(times, 63)).toBe(0)
    expect(chanceAfter(times, 62)).toBe(1)
  })

  it('leave a closed time at its end', () => {
    const times = startedAt(0, remaining(spread, 60))
    const before = chanceAfter(times, 72.5)
    moveOut(times, 75, 600)
    expect(chanceAfter(times, 599)).toBeCloseTo(before, 1)
    // Only what would have come later than that by itself is later.
    expect(Math.abs(chanceAfter(times, 600) - chanceOf(60, 600))).toBeLessThan(1e-3)
  })

  it('hold two waits one after the other', () => {
    const times = startedAt(0, remaining(spread, 60))
    waitUntil(times, 50)
    moveOut(times, 60, 90)
    expect(massOf(times)).toBeCloseTo(1, 9)
    expect(chanceAfter(times, 40)).toBeCloseTo(1, 9)
  })

  it('a job that runs over is expected to take longer still', () => {
    const fresh = meanOf(remaining(spread, 60))
    const over = meanOf(remaining(spread, 60, 90))
    expect(over).toBeGreaterThan(5)
    expect(90 + over).toBeGreaterThan(fresh)
    expect(meanOf(remaining(spread, 60, 30))).toBeLessThan(fresh)
  })

  it('stay within their bounds for work of weeks and jobs that never end', () => {
    const times = startedAt(0, remaining(spread, 14 * 24 * 60))
    expect(massOf(times)).toBeCloseTo(1, 9)
    const forgotten = startedAt(0, remaining(spread, 30, 40 * 24 * 60))
    expect(massOf(forgotten)).toBeCloseTo(1, 9)
    expect(chanceAfter(forgotten, 60)).toBeGreaterThan(0.9)
  })

  it('cost nothing where nothing is to be done', () => {
    const times = startedAt(10, remaining(spread, 0))
    expect(chanceAfter(times, 10 + STEP)).toBe(0)
    expect(massOf(times)).toBe(1)
  })
})

/** The tail of the prior's predictive spread, by its own formula: Student's t with six degrees of freedom. */
function chanceOf(planned: number, minutes: number): number {
  const t = Math.log(minutes / planned) / spread.scale
  // The closed form for six degrees of freedom.
  const x = t / Math.sqrt(6)
  const root = Math.sqrt(1 + x * x)
  const sine = x / root
  const cosine2 = 1 / (1 + x * x)
  return 0.5 - 0.5 * sine * (1 + cosine2 / 2 + (3 * cosine2 * cosine2) / 8)
}
