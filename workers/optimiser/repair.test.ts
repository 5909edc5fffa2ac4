import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from './checker/checker.ts'
import type { Plan, Problem } from './problem.ts'
import { repair } from './repair.ts'
import { solve } from './solve.ts'
import { drawn, drawnPlan } from './testing/drawn-board.ts'
import { randomProblem } from './testing/random-problems.ts'

const stop = { iterations: 60 }

describe('a repair', () => {
  it('gives a new activity a place and leaves everything else where it was announced', () => {
    const problem = drawn(`
      Ann | 08:00-17:00 | home 0
      A1  | 60m | at 0 | now Ann 09:00
      A2  | 60m | at 0 | now Ann 12:00
      A3  | 60m | at 0
    `)
    const plan = repair(problem, { changed: ['A3'], churnBudget: 5, seed: 1, stop })
    expect(drawnPlan(plan)).toMatch(/09:00 A1 10:00.*12:00 A2 13:00/)
    expect(plan.unassigned).toEqual([])
    expect(plan.moved).toEqual([])
  })

  it('moves other work only as far as its churn budget allows', () => {
    const board = drawn(`
      Ann | 08:00-12:00 | home 0
      Bo  | 08:00-12:00 | home 0
      A1  | 120m | at 0 | now Ann 08:00
      A2  | 120m | at 0 | now Bo 10:00
      A3  | 240m | at 0 | due 12:00
    `)
    const none = repair(board, { changed: ['A3'], churnBudget: 0, seed: 1, stop })
    expect(none.unassigned.map((item) => item.activityId)).toEqual(['A3'])
    expect(none.moved).toEqual([])
    const one = repair(board, { changed: ['A3'], churnBudget: 1, seed: 1, stop })
    expect(one.unassigned).toEqual([])
    expect(one.moved).toHaveLength(1)
  })

  it('says of work that only the churn budget keeps out that it is that, and not its worth', () => {
    const board = drawn(`
      Ann | 08:00-12:00 | home 0
      A1  | 60m | at 0 | now Ann 08:00
      A2  | 60m | at 0 | from 08:00 to 08:30
    `)
    const left = (churnBudget: number, unassigned = 1) =>
      repair(
        { ...board, weights: { unassigned } },
        { changed: ['A2'], churnBudget, seed: 1, stop },
      ).unassigned.map(({ rule }) => rule)
    expect(left(0)).toEqual(['churn'])
    expect(left(1)).toEqual([])
    // A place that costs more than leaving it out is no place, however much may move.
    expect(left(1, 0.0001)).toEqual(['worth'])
    expect(left(0, 0.0001)).toEqual(['worth'])
  })

  it('places the work of a technician who has fallen ill with others, uncounted', () => {
    const board = drawn(`
      Ann | 12:00-17:00 | home 0
      Bo  | 08:00-17:00 | home 0
      A1  | 60m | at 0 | now Ann 09:00 | due 11:00
      A2  | 60m | at 0 | now Bo 08:00
    `)
    const plan = repair(board, { changed: ['A1'], churnBudget: 0, seed: 1, stop })
    expect(drawnPlan(plan)).toBe('Bo | 08:00 A2 09:00 | 09:00 A1 10:00')
    expect(plan.moved).toEqual([])
  })

  it('ends at the best plan of its walk, never above where it began', () => {
    let better = 0
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
        const problem = randomProblem(seed, { activities: 20, technicians: 4 })
        const warm = solve(problem, { seed, stop: { iterations: 5 } })
        // A problem by chance has at least one activity.
        const changed = [problem.activities[0]!.id]
        const reached: number[] = []
        const onImprovement = ({ points }: { readonly points: number }): void => void reached.push(points)
        const searched = (iterations: number) =>
          repair(problem, { changed, churnBudget: 4, seed, stop: { iterations }, warm, onImprovement })
        const { points } = searched(0)
        const plan = searched(200)
        expect(plan.points).toBeLessThanOrEqual(points)
        expect(plan.points).toBe(Math.min(...reached))
        expect(plan.moved.length).toBeLessThanOrEqual(4)
        if (plan.points < points) better++
      }),
      { numRuns: 120 },
    )
    expect(better).toBeGreaterThan(10)
  })

  it('keeps to the rules, its budget and its seed on boards by chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.nat({ max: 4 }), (seed, churnBudget) => {
        const problem = randomProblem(seed, { activities: 20, technicians: 4 })
        const warm = solve(problem, { seed, stop: { iterations: 50 } })
        const changed = problem.activities
          .filter((_, i) => (seed + i) % 7 === 0)
          .map((activity) => activity.id)
        const options = { changed, churnBudget, seed, stop: { iterations: 40 }, warm }
        const plan = repair(problem, options)
        expect(check(announcedAs(problem, warm, changed), plan).violations).toEqual([])
        expect(plan.moved.length).toBeLessThanOrEqual(churnBudget)
        expect(plan.moved.filter((id) => changed.includes(id))).toEqual([])
        expect(JSON.stringify(repair(problem, options))).toBe(JSON.stringify(plan))
      }),
      { numRuns: 60 },
    )
  })
})

/** The repair prices moves against the plan it started from, so the checker is told of that plan. */
const announcedAs = (problem: Problem, warm: Plan, changed: readonly string[]): Problem => {
  const places = new Map(
    warm.routes.flatMap(({ technicianId, visits }) =>
      visits.map(({ activityId, start }) => [activityId, { technicianId, start }] as const),
    ),
  )
  return {
    ...problem,
    activities: problem.activities.map((activity) => {
      const place = places.get(activity.id)
      if (place === undefined || activity.fixed !== undefined || changed.includes(activity.id))
        return activity
      return { ...activity, current: { ...activity.current, ...place } }
    }),
  }
}
