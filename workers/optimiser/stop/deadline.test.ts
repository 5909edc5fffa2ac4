import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Problem } from '../problem.ts'
import { solveWithin } from '../solve.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { startBudget } from './budget.ts'

const seeds = fc.integer({ min: 0, max: 0xffffffff })

/** Far more work than there is time for, so there is much to look through in the end. */
const crowded = (seed: number): Problem => randomProblem(seed, { activities: 60, technicians: 3 })

describe('the deadline of a search', () => {
  it('is looked at all along: a clock that ticks at each look is not looked at much more often than the budget is long', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 40, max: 80 }), (seed, cpuMs) => {
        let looks = 0
        const problem = crowded(seed)
        const clocks = { cpu: () => looks++, wall: () => 0 }
        const plan = solveWithin(problem, { seed, stop: {} }, startBudget({ cpuMs }, clocks))
        expect(check(problem, plan).violations).toEqual([])
        expect(looks).toBeLessThanOrEqual(cpuMs + 20)
        // It ends because the time does, not for want of anything to look for.
        expect(looks).toBeGreaterThan(cpuMs / 2)
      }),
      { numRuns: 10 },
    )
  })

  it('wherever it passes, leaves a plan within the rules, and a reason only for what was looked into', () => {
    let cutShort = 0
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), (seed, passesAt) => {
        let looks = 0
        const problem = crowded(seed)
        const clocks = { cpu: () => (++looks > passesAt ? 1e6 + looks : 0), wall: () => 0 }
        const plan = solveWithin(problem, { seed, stop: {} }, startBudget({ cpuMs: 1_000 }, clocks))
        expect(check(problem, plan).violations).toEqual([])
        const untold = plan.unassigned.filter(({ rule }) => rule === 'time')
        for (const { reason } of untold) expect(reason).toContain('time for planning was up')
        cutShort += untold.length > 0 ? 1 : 0
      }),
      { numRuns: 20 },
    )
    expect(cutShort).toBeGreaterThan(0)
  })

  it('is no reason where iterations are counted', () => {
    const problem = crowded(3)
    const plan = solveWithin(problem, { seed: 1, stop: {} }, startBudget({ iterations: 20 }))
    expect(plan.unassigned.length).toBeGreaterThan(0)
    expect(plan.unassigned.filter(({ rule }) => rule === 'time')).toEqual([])
  })
})
