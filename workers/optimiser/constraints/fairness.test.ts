import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Problem } from '../problem.ts'
import { solve } from '../solve.ts'
import { drawn } from '../testing/drawn-board.ts'

const counts = (problem: Problem): Record<string, number> => {
  const plan = solve(problem, { seed: 1, stop: { iterations: 500 } })
  expect(check(problem, plan).violations).toEqual([])
  return Object.fromEntries(plan.routes.map(({ technicianId, visits }) => [technicianId, visits.length]))
}

const board = (fairness: number, boDay = '08:00-16:00'): Problem =>
  drawn(
    `
    Ann | 08:00-16:00 | home 0
    Bo  | ${boDay} | home 5
    A1  | 60m | at 0
    A2  | 60m | at 0
    A3  | 60m | at 0
    A4  | 60m | at 0
    A5  | 60m | at 0
    A6  | 60m | at 0
    `,
    { fairness },
  )

describe('fairness', () => {
  it('is no concern where its weight is 0', () => {
    expect(counts(board(0))).toEqual({ Ann: 6 })
  })

  it('spreads work evenly where it weighs', () => {
    expect(counts(board(1))).toEqual({ Ann: 3, Bo: 3 })
  })

  it('gives less to those whose days are shorter', () => {
    expect(counts(board(1, '08:00-12:00'))).toEqual({ Ann: 4, Bo: 2 })
  })
})

describe('the greatest lateness', () => {
  const late = (worstLatePerSecond: number): number[] => {
    const problem: Problem = {
      ...drawn(
        `
        Ann | 08:00-16:00 | home 0
        Bo  | 08:00-16:00 | home 0
        A1  | 60m | at 0 | arrive 07:30
        A2  | 60m | at 0 | arrive 07:30
        A3  | 10m | at 40 | arrive 07:30
        `,
        { missed: 0, late: 1 / 300, travel: 4 },
      ),
      worstLatePerSecond,
    }
    const plan = solve(problem, { seed: 1, stop: { iterations: 500 } })
    const { violations } = check(problem, plan)
    expect(violations).toEqual([])
    return plan.routes
      .flatMap(({ visits }) => visits.map(({ start }) => (start - 7.5 * 3600) / 60))
      .sort((a, b) => a - b)
  }

  it('is paid for beside the lateness of each', () => {
    expect(Math.max(...late(0))).toBeGreaterThanOrEqual(Math.max(...late(60)))
    expect(late(60)).toEqual([30, 70, 90])
  })
})
