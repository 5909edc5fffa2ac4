import { describe, expect, it } from 'vitest'
import { createWalk, type Day, type Leg, missChances, type Stake } from './day.ts'
import { emptyTally, noted, type Spread } from './spread.ts'
import { createSpreads } from './spreads.ts'

const many = (...ratios: readonly number[]) =>
  Array.from({ length: 40 }, (_, i) => ratios[i % ratios.length] ?? 1).reduce(
    (tally, ratio) => noted(tally, ratio),
    emptyTally,
  )
const spreads = createSpreads({
  work: new Map([
    ['steady', many(0.95, 1, 1.05)],
    ['wild', many(0.6, 1, 2)],
  ]),
  travel: many(0.8, 1, 1.3),
})
const leg = (given: Partial<Leg>): Leg => ({
  typeId: 'wild',
  travelMinutes: 20,
  travelElapsed: null,
  workMinutes: 60,
  workElapsed: null,
  notBefore: 0,
  windows: [],
  pauses: [],
  ...given,
})
const chances = (day: Day, stakes: readonly Stake[]) => missChances(createWalk(), day, spreads, stakes)

describe('the rest of a day', () => {
  it('agrees with playing it out many times', () => {
    const day: Day = {
      legs: [
        leg({ workElapsed: 40, notBefore: -35 }),
        leg({ notBefore: 50, typeId: 'steady', workMinutes: 90 }),
        leg({ notBefore: 170, pauses: [{ at: 150, minutes: 30 }], windows: [{ from: 180, to: 400 }] }),
        leg({ notBefore: 300, workMinutes: 120 }),
      ],
      closings: [{ from: 420, to: 1200 }],
    }
    const stakes: Stake[] = [
      { leg: 0, target: 'complete', due: 30 },
      { leg: 1, target: 'arrive', due: 70 },
      { leg: 1, target: 'complete', due: 160 },
      { leg: 2, target: 'arrive', due: 200 },
      { leg: 2, target: 'complete', due: 280 },
      { leg: 3, target: 'arrive', due: 350 },
      { leg: 3, target: 'complete', due: 480 },
    ]
    const played = playOut(day, stakes, 20_000)
    for (const [i, chance] of chances(day, stakes).entries())
      expect(Math.abs(chance - (played[i] ?? 0)), `stake ${i}: ${chance} beside ${played[i]}`).toBeLessThan(
        0.02,
      )
  })

  it('rises with every minute that present work runs over', () => {
    const at = (elapsed: number): number =>
      chances({ legs: [leg({ workElapsed: elapsed }), leg({ notBefore: 60 })], closings: [] }, [
        { leg: 1, target: 'complete', due: 150 },
      ])[0] ?? 0
    expect(at(120)).toBeGreaterThan(at(90))
    expect(at(240)).toBeGreaterThan(at(120))
  })

  it('is surer of steady work than of wild work', () => {
    const of = (typeId: string): number =>
      chances({ legs: [leg({ typeId, travelMinutes: 0 })], closings: [] }, [
        { leg: 0, target: 'complete', due: 90 },
      ])[0] ?? 0
    expect(of('steady')).toBeLessThan(0.02)
    expect(of('wild')).toBeGreaterThan(0.1)
  })

  it('an evening holds up what has not begun, and not what was planned into it', () => {
    const closings = [{ from: 100, to: 900 }]
    const day = { legs: [leg({ workElapsed: 200 }), leg({ notBefore: 50 })], closings }
    const stakes: Stake[] = [{ leg: 1, target: 'arrive', due: 890 }]
    expect(chances(day, stakes)[0]).toBeGreaterThan(0.1)
    expect(chances({ ...day, closings: [] }, stakes)[0]).toBeLessThan(0.02)
    const meant = chances({ legs: [leg({ notBefore: 120, typeId: 'steady' })], closings }, [
      { leg: 0, target: 'complete', due: 240 },
    ])[0]
    expect(meant).toBeLessThan(0.05)
  })

  it('the same facts give the same answer to the last bit', () => {
    const day: Day = { legs: [leg({}), leg({ notBefore: 100 })], closings: [] }
    const stakes: Stake[] = [{ leg: 1, target: 'complete', due: 170 }]
    expect(chances(day, stakes)).toEqual(chances(day, stakes))
  })

  it('has nothing to say where nothing is at stake', () => {
    expect(chances({ legs: [], closings: [] }, [])).toEqual([])
  })
})

/** The same day by dice: draws every duration and walks the clock, sharing nothing with the grid. */
function playOut(day: Day, stakes: readonly Stake[], rounds: number): number[] {
  const missed = stakes.map(() => 0)
  const roll = diceOf(7)
  for (let round = 0; round < rounds; round++) {
    let at = 0
    for (const [index, one] of day.legs.entries()) {
      if (one.workElapsed === null) {
        for (const pause of one.pauses) at = Math.max(at, pause.at) + pause.minutes
        at = Math.max(at, one.notBefore - one.travelMinutes)
        at += draw(spreads.travel, one.travelMinutes, 0, roll)
        at = Math.max(at, one.notBefore)
        const window = one.windows[0]
        if (window && at < window.from) at = window.from
        for (const closing of day.closings) if (at >= closing.from && at < closing.to) at = closing.to
      }
      const begin = at
      at += draw(spreads.workOf(one.typeId), one.workMinutes, one.workElapsed ?? 0, roll)
      for (const [i, stake] of stakes.entries())
        if (stake.leg === index && (stake.target === 'complete' ? at : begin) > stake.due)
          missed[i] = (missed[i] ?? 0) + 1
    }
  }
  return missed.map((count) => count / rounds)
}

function draw(spread: Spread, planned: number, elapsed: number, roll: () => number): number {
  for (;;) {
    let chi = 0
    for (let i = 0; i < Math.round(spread.freedom); i++) chi += normal(roll) ** 2
    const t = normal(roll) / Math.sqrt(chi / Math.round(spread.freedom))
    const minutes = planned * Math.exp(spread.centre + spread.scale * t)
    if (minutes > elapsed) return minutes - elapsed
  }
}
const normal = (roll: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll())
function diceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
