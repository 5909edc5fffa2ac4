import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { openPlaceFor, rankedPlaces, tryAfter } from '../explain/candidates.ts'
import { repair } from '../repair.ts'
import { solve } from '../solve.ts'
import { withRandomLinks } from '../testing/random-links.ts'
import { randomProblem } from '../testing/random-problems.ts'

const seeds = fc.integer({ min: 0, max: 0xffffffff })

const board = (seed: number, activities: number, technicians: number) =>
  withRandomLinks(randomProblem(seed, { activities, technicians }), seed)

describe('a search over linked work', () => {
  it('makes only plans that the checker accepts, whatever rules meet', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = board(seed, 25, 5)
        const plan = solve(problem, { seed, stop: { iterations: 100 } })
        expect(check(problem, plan).violations).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('gives the same plan byte for byte for the same seed and iterations', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = board(seed, 25, 4)
        const once = solve(problem, { seed, stop: { iterations: 100 } })
        const again = solve(problem, { seed, stop: { iterations: 100 } })
        expect(JSON.stringify(again)).toBe(JSON.stringify(once))
      }),
      { numRuns: 30 },
    )
  })

  it('mends plans within the churn budget, and every mend is accepted', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = board(seed, 20, 4)
        const before = solve(problem, { seed, stop: { iterations: 30 } })
        const changed = problem.activities.filter((_, i) => i % 7 === 0).map(({ id }) => id)
        const plan = repair(problem, {
          changed,
          churnBudget: 2,
          seed,
          stop: { iterations: 20 },
          warm: before,
        })
        expect(check(problem, plan).violations.filter(({ rule }) => rule !== 'cost')).toEqual([])
        expect(plan.moved.length).toBeLessThanOrEqual(2)
      }),
      { numRuns: 60 },
    )
  })

  it('names only candidates that leave everyone else in the plan, at the points they are named with', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = board(seed, 15, 4)
        const plan = solve(problem, { seed, stop: { iterations: 20 } })
        for (const activity of problem.activities.filter(({ fixed }) => fixed === undefined)) {
          const place = openPlaceFor(problem, activity.id, plan)
          const leftOut = place.s.count[0] ?? 0
          for (const candidate of rankedPlaces(place)) {
            expect(place.s.count[0]).toBe(leftOut)
            expect(Number.isSafeInteger(candidate.points)).toBe(true)
          }
          const placed = plan.routes.find(({ visits }) =>
            visits.some(({ activityId }) => activityId === activity.id),
          )
          if (placed === undefined || place.before === null) continue
          const own = tryAfter(place, place.before.after)
          expect(own?.points).toBe(plan.points - place.points)
        }
      }),
      { numRuns: 20 },
    )
  })
})
