import { describe, expect, it } from 'vitest'
import { currentVisits, placeVisits } from '../construct/warm-start.ts'
import { compile } from '../model/compile.ts'
import { emptyPlan } from '../plan/new-plan.ts'
import { drawn } from '../testing/drawn-board.ts'
import { troubleIn } from './trouble.ts'

const troubleOf = (board: string): string[] => {
  const problem = drawn(board)
  const m = compile(problem)
  const s = emptyPlan(m)
  placeVisits(m, s, currentVisits(m))
  // What is listed are activities of the problem.
  return [...new Set(troubleIn(m, s))].map((u) => problem.activities[u]!.id)
}

describe('the trouble of a plan', () => {
  it('is work without a place and late work that somebody could begin earlier', () => {
    expect(
      troubleOf(`
        Ann | 08:00-17:00 | home 0
        A1  | 60m | at 0 | now Ann 08:00
        A2  | 60m | at 0 | now Ann 09:00 | due 09:00
        A3  | 60m | at 0 | now Ann 10:00 | due 12:00
        A4  | 60m | at 0
      `),
    ).toEqual(['A4', 'A2'])
  })

  it('is not work that is as early as anyone able could do it', () => {
    expect(
      troubleOf(`
        Ann | 08:00-17:00 | home 60 | has gas:1
        Bo  | 06:00-17:00 | home 0
        A1  | 60m | at 0 | needs gas:1 | now Ann 09:00 | due 09:30
      `),
    ).toEqual([])
  })

  it('names a promise that could be kept more often than lateness that could only be less', () => {
    const problem = drawn(`
      Ann | 08:00-17:00 | home 0
      A1  | 60m | at 0 | now Ann 08:00
      A2  | 60m | at 0 | now Ann 09:00 | due 08:30
      A3  | 60m | at 0 | now Ann 10:00 | due 09:30
    `)
    const m = compile(problem)
    const s = emptyPlan(m)
    placeVisits(m, s, currentVisits(m))
    const trouble = troubleIn(m, s)
    expect(trouble.filter((u) => u === 2).length).toBeGreaterThan(trouble.filter((u) => u === 1).length)
  })
})
