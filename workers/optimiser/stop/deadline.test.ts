import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { candidates } from '../explain/candidates.ts'
import type { Problem } from '../problem.ts'
import { repairWithin } from '../repair.ts'
import { solve, solveWithin } from '../solve.ts'
import { withRandomLinks } from '../testing/random-links.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { startBudget } from './budget.ts'

const seeds = fc.integer({ min: 0, max: 0xffffffff })

/** Far more work than there is time for, so there is much to look through in the end. */
const crowded = (seed: number): Problem => randomProblem(seed, { activities: 60, technicians: 3 })

/** The board with its first plan announced, but for what has changed. */
const announced = (problem: Problem, changed: ReadonlySet<string>): Problem => {
  const { routes } = solve(problem, { seed: 1, stop: { iterations: 0 } })
  const places = new Map(
    routes.flatMap(({ technicianId, visits }) =>
      visits.map(({ activityId, start }) => [activityId, { technicianId, start }] as const),
    ),
  )
  return {
    ...problem,
    activities: problem.activities.map((activity) => {
      const { current: _, ...open } = activity
      const current = places.get(activity.id)
      return changed.has(activity.id) || current === undefined ? open : { ...open, current }
    }),
  }
}

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

  it('is looked at all along where days hang together', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 40, max: 80 }), (seed, cpuMs) => {
        let looks = 0
        const problem = withRandomLinks(crowded(seed), seed)
        const clocks = { cpu: () => looks++, wall: () => 0 }
        const plan = solveWithin(problem, { seed, stop: {} }, startBudget({ cpuMs }, clocks))
        expect(check(problem, plan).violations).toEqual([])
        expect(looks).toBeLessThanOrEqual(cpuMs + 20)
        expect(looks).toBeGreaterThan(cpuMs / 2)
      }),
      { numRuns: 10 },
    )
  })
})

describe('the deadline of a repair', () => {
  const shapes = [
    ['of days that stand by themselves', (seed: number) => crowded(seed)],
    ['of days that hang together', (seed: number) => withRandomLinks(crowded(seed), seed)],
  ] as const

  it.each(shapes)('%s is looked at all along', (_, posed) => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 60, max: 120 }), (seed, cpuMs) => {
        let looks = 0
        const drawn = posed(seed)
        const changed = drawn.activities.slice(0, 20).map(({ id }) => id)
        const problem = announced(drawn, new Set(changed))
        const clocks = { cpu: () => looks++, wall: () => 0 }
        const how = { seed, stop: {}, changed, churnBudget: 6 }
        const plan = repairWithin(problem, how, startBudget({ cpuMs }, clocks))
        expect(check(problem, plan).violations).toEqual([])
        expect(looks).toBeLessThanOrEqual(cpuMs + 20)
        expect(looks).toBeGreaterThan(cpuMs / 2)
      }),
      { numRuns: 10 },
    )
  })

  it.each(shapes)(
    '%s leaves a plan within the rules wherever it passes, and no reason that was not looked into',
    (_, posed) => {
      let cutShort = 0
      fc.assert(
        fc.property(seeds, fc.integer({ min: 1, max: 60 }), (seed, passesAt) => {
          let looks = 0
          const drawn = posed(seed)
          const changed = drawn.activities.map(({ id }) => id)
          const problem = announced(drawn, new Set(changed))
          const clocks = { cpu: () => (++looks > passesAt ? 1e6 + looks : 0), wall: () => 0 }
          const how = { seed, stop: {}, changed, churnBudget: 60 }
          const plan = repairWithin(problem, how, startBudget({ cpuMs: 1_000 }, clocks))
          expect(check(problem, plan).violations).toEqual([])
          // Whatever a rule is named for has been asked of everybody: there is no place for it.
          for (const { activityId, rule } of plan.unassigned) {
            if (rule === 'time') continue
            const { candidates: found } = candidates(problem, activityId, { warm: plan })
            expect(found.filter(({ points }) => points < 0)).toEqual([])
          }
          cutShort += plan.unassigned.some(({ rule }) => rule === 'time') ? 1 : 0
        }),
        { numRuns: 20 },
      )
      expect(cutShort).toBeGreaterThan(0)
    },
  )
})
