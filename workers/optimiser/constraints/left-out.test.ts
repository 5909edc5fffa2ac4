import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Problem } from '../problem.ts'
import { solve } from '../solve.ts'
import { drawn, drawnPlan } from '../testing/drawn-board.ts'

/** Ann is an hour of travel away from both, and has time for all. */
const board = (prices: Readonly<Record<string, number>>, unassigned = 1): Problem => {
  const problem = drawn(
    `
    Ann | 08:00-17:00 | home 0
    A1  | 60m | at 60
    A2  | 60m | at 60
    `,
    { unassigned },
  )
  return {
    ...problem,
    activities: problem.activities.map((activity) => {
      const leftOut = prices[activity.id]
      return leftOut === undefined ? activity : { ...activity, leftOut }
    }),
  }
}

const planned = (problem: Problem): { drawing: string; points: number } => {
  const plan = solve(problem, { seed: 1, stop: { iterations: 50 } })
  const { violations, points } = check(problem, plan)
  expect(violations).toEqual([])
  return { drawing: drawnPlan(plan), points }
}

describe('a price of leaving work out', () => {
  it('leaves out what others do for less than the journey', () => {
    // There and back is 7,200 s, and a second is a point.
    expect(planned(board({ A1: 3_000, A2: 3_000 }))).toEqual({ drawing: 'left out | A1 A2', points: 6_000 })
  })

  it('does what is dearer to leave out, and then what is on the way', () => {
    const { drawing, points } = planned(board({ A1: 3_000, A2: 9_000 }))
    expect(drawing).not.toContain('left out')
    expect(points).toBe(7_200)
  })

  it('takes the place of the priority for that activity alone', () => {
    // A2 is without a price, so it is done; A1 is then on the way.
    expect(planned(board({ A1: 1 })).drawing).not.toContain('left out')
  })

  it('is multiplied by the policy as every price is', () => {
    expect(planned(board({ A1: 9_000, A2: 9_000 }, 0.1)).points).toBe(1_800)
  })

  it.each([-1, Number.NaN, 1e12])('is refused as %s', (price) => {
    expect(() => planned(board({ A1: price }))).toThrow(/leftOut: must be from 0/)
  })
})
