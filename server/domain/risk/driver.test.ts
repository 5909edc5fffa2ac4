import { describe, expect, it } from 'vitest'
import { createWalk, type Day, type Leg } from './day.ts'
import { driverOf } from './driver.ts'
import { emptyTally, noted } from './spread.ts'
import { createSpreads } from './spreads.ts'

const many = (...ratios: readonly number[]) =>
  Array.from({ length: 40 }, (_, i) => ratios[i % ratios.length] ?? 1).reduce(
    (tally, ratio) => noted(tally, ratio),
    emptyTally,
  )
const spreads = createSpreads({
  work: new Map([
    ['steady', many(0.95, 1, 1.05)],
    ['wild', many(0.6, 1, 2.2)],
  ]),
  travel: many(0.5, 1, 2),
})
const leg = (given: Partial<Leg>): Leg => ({
  typeId: 'steady',
  travelMinutes: 10,
  travelElapsed: null,
  workMinutes: 60,
  workElapsed: null,
  notBefore: 0,
  windows: [],
  pauses: [],
  ...given,
})
const ask = (
  day: Day,
  stake: { leg: number; target: 'arrive' | 'complete'; due: number; plannedAt: number },
) => driverOf(createWalk(), day, spreads, stake)

describe('what a likely miss comes from', () => {
  it('names the job before it that may run over', () => {
    const day = {
      legs: [leg({ typeId: 'wild', workElapsed: 30 }), leg({ notBefore: 45 }), leg({ notBefore: 120 })],
      closings: [],
    }
    const driver = ask(day, { leg: 2, target: 'complete', due: 200, plannedAt: 180 })
    expect(driver).toMatchObject({ kind: 'work', leg: 0 })
    expect(driver.without).toBeLessThan(0.2)
  })

  it('names the own work where nothing before it is in doubt', () => {
    const day = { legs: [leg({ typeId: 'wild', notBefore: 10 })], closings: [] }
    expect(ask(day, { leg: 0, target: 'complete', due: 100, plannedAt: 70 })).toMatchObject({
      kind: 'work',
      leg: 0,
    })
  })

  it('names the road where the way is long', () => {
    const day = { legs: [leg({ travelMinutes: 90, notBefore: 90 })], closings: [] }
    expect(ask(day, { leg: 0, target: 'arrive', due: 110, plannedAt: 90 })).toMatchObject({
      kind: 'travel',
      leg: 0,
    })
  })

  it('says that the plan itself is too late', () => {
    const day = { legs: [leg({ notBefore: 100 })], closings: [] }
    expect(ask(day, { leg: 0, target: 'complete', due: 120, plannedAt: 160 }).kind).toBe('plan')
  })

  it('says that the day runs late already, whatever happens from now on', () => {
    const day = { legs: [leg({ notBefore: -60, travelMinutes: 0 })], closings: [] }
    expect(ask(day, { leg: 0, target: 'complete', due: 20, plannedAt: 0 })).toMatchObject({
      kind: 'late',
      leg: 0,
    })
  })

  it('never promises more than walking the day again without it would show', () => {
    const day = {
      legs: [leg({ typeId: 'wild' }), leg({ typeId: 'wild', notBefore: 80 })],
      closings: [],
    }
    const driver = ask(day, { leg: 1, target: 'complete', due: 160, plannedAt: 140 })
    expect(driver.without).toBeGreaterThanOrEqual(0)
    expect(driver.without).toBeLessThan(1)
  })
})
