/** The claim of the bench, small enough for every run: on days never seen, what is said is what happens. */
import { describe, expect, it } from 'vitest'
import { missed, simulateDay } from './days.ts'
import { type Forecast, forecastDay, halfHours, learnFrom } from './forecasts.ts'
import { asShare, brierOf, calibrationErrorOf, reliabilityOf, thresholdFor, warningsOf } from './judge.ts'

const daysFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => simulateDay(4_200 + first + i))
const past = daysFrom(0, 30)
const future = daysFrom(10_000, 40)
const knowledge = learnFrom(past)
const at = (days: typeof past, moments: readonly number[]): Forecast[] =>
  days.flatMap((day, i) => forecastDay(day, i, knowledge, moments))
const moments = [480, 600, 720, 840, 960]
const seen = at(past, moments)
const held = at(future, moments)
const said = (forecast: Forecast): number => forecast.chance

describe('breach forecasts on simulated days that were not learned from', () => {
  it('have something to be right or wrong about', () => {
    expect(held.length).toBeGreaterThan(5_000)
    const share = held.filter((forecast) => forecast.isMissed).length / held.length
    expect(share).toBeGreaterThan(0.1)
    expect(share).toBeLessThan(0.6)
  })

  it('are calibrated: the expected calibration error is at most 0.05', () => {
    expect(calibrationErrorOf(reliabilityOf(held, said))).toBeLessThanOrEqual(0.05)
  })

  it('score better than "less than four hours left" and "planned end after the deadline"', () => {
    const ours = brierOf(held, said)
    expect(ours).toBeLessThan(brierOf(held, (f) => (f.isUnderFourHours ? 1 : 0)))
    expect(ours).toBeLessThan(brierOf(held, (f) => (f.isPlannedLate ? 1 : 0)))
  })

  it('score better than those rules where each says how often it came true before', () => {
    const ours = brierOf(held, said)
    expect(ours).toBeLessThan(
      brierOf(
        held,
        asShare(seen, (f) => f.isUnderFourHours),
      ),
    )
    expect(ours).toBeLessThan(
      brierOf(
        held,
        asShare(seen, (f) => f.isPlannedLate),
      ),
    )
    expect(ours).toBeLessThan(
      brierOf(
        held,
        asShare(seen, (f) => f.isShiftedLate),
      ),
    )
  })

  it('warn of more misses than the plan does, with as many warnings', () => {
    const all = at(future, halfHours)
    const plan = warningsOf(all, (f) => f.isShiftedLate)
    const threshold = thresholdFor(all, plan.alerts)
    const ours = warningsOf(all, (f) => f.chance >= threshold)
    expect(ours.alerts).toBeLessThanOrEqual(plan.alerts + 1)
    expect(ours.caught).toBeGreaterThan(plan.caught)
  })
})

describe('the simulated days', () => {
  it('are the same for the same seed and others for another', () => {
    expect(simulateDay(5)).toEqual(simulateDay(5))
    expect(simulateDay(5)).not.toEqual(simulateDay(6))
  })

  it('let nobody be in two places, and no work begin before it was planned or known', () => {
    for (const { visits } of future.flatMap((day) => day.technicians))
      for (const [i, visit] of visits.entries()) {
        const before = visits[i - 1]
        expect(visit.left).toBeGreaterThanOrEqual(Math.max(visit.placedAt, before?.ended ?? 0))
        expect(visit.began).toBeGreaterThan(visit.left)
        expect(visit.ended).toBeGreaterThan(visit.began)
        expect(missed(visit)).toBe((visit.target === 'complete' ? visit.ended : visit.began) > visit.due)
      }
  })
})
