import { describe, expect, it } from 'vitest'
import { emptyTally, noted, spreadOf, workPrior } from './spread.ts'
import { WAITS_MIN, waitAndWorkChance, waitChance, waitOf } from './waiting.ts'

const tallyOf = (minutes: readonly number[]) => minutes.reduce((t, m) => noted(t, m), emptyTally)
const usual = tallyOf([20, 25, 30, 30, 35, 40, 45, 60, 25, 35])
const work = { spread: spreadOf(workPrior, emptyTally), minutes: 60 }

function known(tally = usual) {
  const wait = waitOf(tally)
  if (wait === null) throw new Error('enough waits were noted')
  return wait
}

describe('work that nobody has been given', () => {
  it('has no chance to its name while too few waits are known', () => {
    expect(waitOf(undefined)).toBeNull()
    expect(waitOf(tallyOf(Array.from({ length: WAITS_MIN - 1 }, () => 30)))).toBeNull()
  })

  it('is as likely to be late as others waited longer', () => {
    expect(waitChance(known(), { waited: 0, left: 34 })).toBeGreaterThan(0.35)
    expect(waitChance(known(), { waited: 0, left: 34 })).toBeLessThan(0.65)
    expect(waitChance(known(), { waited: 0, left: 200 })).toBeLessThan(0.05)
  })

  it('is in more danger the less is left, and the more of its time went by in waiting', () => {
    const wait = known()
    expect(waitChance(wait, { waited: 10, left: 5 })).toBeGreaterThan(
      waitChance(wait, { waited: 10, left: 50 }),
    )
    expect(waitChance(wait, { waited: 35, left: 10 })).toBeGreaterThan(
      waitChance(wait, { waited: 0, left: 45 }),
    )
  })

  it('is lost when its time is over', () => {
    expect(waitChance(known(), { waited: 10, left: 0 })).toBe(1)
    expect(waitAndWorkChance(known(), { waited: 10, left: -3 }, work)).toBe(1)
  })

  it('needs time to be done, too', () => {
    const waiting = { waited: 10, left: 100 }
    const both = waitAndWorkChance(known(), waiting, work)
    expect(both).toBeGreaterThan(waitChance(known(), waiting))
    expect(both).toBeLessThan(1)
    expect(Math.abs(both - bySampling(waiting))).toBeLessThan(0.02)
  })
})

/** Sums over a fine grid of waits and of ratios, the plain way. */
function bySampling({ waited, left }: { waited: number; left: number }): number {
  const wait = known()
  let chance = 0
  let before = 1
  for (let i = 1; i <= 4_000; i++) {
    const minutes = i * 0.25
    const after = waitChance(wait, { waited, left: minutes })
    const room = left - minutes
    const over = room <= 0 ? 1 : tailOf(Math.log(room / work.minutes))
    chance += (before - after) * over
    before = after
  }
  return chance + before
}
function tailOf(log: number): number {
  // Student's t with six degrees of freedom, by its closed form.
  const x = (log - work.spread.centre) / work.spread.scale / Math.sqrt(6)
  const cosine2 = 1 / (1 + x * x)
  return 0.5 - 0.5 * (x / Math.sqrt(1 + x * x)) * (1 + cosine2 / 2 + (3 * cosine2 * cosine2) / 8)
}
