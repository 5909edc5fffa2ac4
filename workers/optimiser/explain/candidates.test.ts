import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Plan, Problem } from '../problem.ts'
import { solve } from '../solve.ts'
import { clock, drawn } from '../testing/drawn-board.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { candidates } from './candidates.ts'
import { explain } from './explain.ts'

const board = drawn(`
  Ann | 08:00-17:00 | home 0 | has gas:2
  Bo  | 08:00-17:00 | home 30 | has gas:2
  Cy  | 08:00-17:00 | home 0 | has gas:1
  Di  | 08:00-17:00 | home 0
  Ed  | 08:00-10:00 | home 0 | has gas:2
  Flo | 13:00-17:00 | home 0 | has gas:2
  Gus | 08:00-17:00 | home 0 | has gas:2
  Hal | 08:00-17:00 | home 0 | has gas:2 | carries 0
  Ida | 08:00-17:00 | home 0 | has gas:2 | most 1
  A1  | 180m | at 0 | needs gas:2 | from 08:00 to 10:00 | not Gus | brings 1
  A2  | 360m | at 0 | fixed Ida 11:00
  A3  | 60m | at 0 | now Ann 09:00
`)

describe('candidates', () => {
  it('ranks who could do it, and says of everybody else which rule is in the way', () => {
    const { candidates: ranked, refusals } = candidates(board, 'A1')
    expect(ranked.map(({ technicianId, start }) => [technicianId, start])).toEqual([
      ['Ann', clock('10:00')],
      ['Bo', clock('08:30')],
    ])
    expect(ranked[0]?.delta).toBe(0)
    expect(ranked[1]?.delta).toBeGreaterThan(0)
    expect(refusals.map(({ technicianId, rule }) => [technicianId, rule])).toEqual([
      ['Cy', 'skill'],
      ['Di', 'skill'],
      ['Ed', 'calendar'],
      ['Flo', 'window'],
      ['Gus', 'excluded'],
      ['Hal', 'capacity'],
      ['Ida', 'tasks'],
    ])
    expect(refusals[0]).toMatchObject({ skill: 'gas', needed: 2, has: 1 })
    expect(refusals[1]).toMatchObject({ skill: 'gas', needed: 2, has: null })
  })

  it('speaks of an overlap only where there is no gap', () => {
    const busy = drawn(`
      Ann | 08:00-12:00 | home 0
      A1  | 60m | at 0
      A2  | 200m | at 0 | fixed Ann 08:30
    `)
    expect(candidates(busy, 'A1')).toMatchObject({
      candidates: [],
      refusals: [{ technicianId: 'Ann', rule: 'overlap' }],
    })
    const free = drawn(`
      Ann | 08:00-12:00 | home 0
      A1  | 60m | at 0
      A2  | 150m | at 0 | fixed Ann 08:30
    `)
    expect(candidates(free, 'A1').candidates[0]).toMatchObject({ technicianId: 'Ann', start: clock('11:00') })
  })

  it('can ask about dispatched work, as if it were free to move', () => {
    expect(candidates(board, 'A2').candidates[0]).toMatchObject({
      technicianId: 'Ida',
      start: clock('11:00'),
    })
  })

  it('names only places that hold when the activity is really put there, and costs what it said', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
        const problem = loose(randomProblem(seed, { activities: 12, technicians: 4 }))
        const warm = solve(problem, { seed, stop: { iterations: 30 } })
        // There is at least one activity.
        const asked = problem.activities[seed % problem.activities.length]!
        const answer = candidates(problem, asked.id, { warm, limit: 50 })
        const others = {
          ...problem,
          activities: problem.activities.filter((activity) => activity.id !== asked.id),
        }
        const base = solve(others, { seed, stop: { iterations: 0 }, warm })
        // Where other work is left out, or taking this out broke a day, the two plans are not the same but for one activity.
        fc.pre(orderOf(base) === orderOf(warm, asked.id) && base.unassigned.length === 0)
        for (const candidate of answer.candidates) {
          const only: Problem = {
            ...problem,
            activities: problem.activities.map((activity) =>
              activity.id === asked.id
                ? {
                    ...activity,
                    windows: [{ from: candidate.start, to: candidate.start }],
                    only: [candidate.technicianId],
                  }
                : activity,
            ),
          }
          const forced = solve(only, { seed, stop: { iterations: 0 }, warm: base })
          expect(check(only, forced).violations).toEqual([])
          expect(forced.unassigned).toEqual([])
          expect(forced.points - base.points).toBeLessThanOrEqual(candidate.points)
        }
        const named = new Set(
          [...answer.candidates, ...answer.refusals].map(({ technicianId }) => technicianId),
        )
        expect(named.size).toBe(problem.technicians.length)
        for (const refusal of answer.refusals) {
          const only: Problem = {
            ...problem,
            activities: problem.activities.map((activity) =>
              activity.id === asked.id ? { ...activity, only: [refusal.technicianId] } : activity,
            ),
          }
          const forced = solve(only, { seed, stop: { iterations: 0 }, warm: base })
          expect(forced.unassigned.map(({ activityId }) => activityId)).toContain(asked.id)
        }
      }),
      { numRuns: 60 },
    )
  })
})

/** Who does what in which order, and what is left out, but for one activity. */
const orderOf = (plan: Plan, except = ''): string => {
  const but = (ids: readonly string[]): string[] => ids.filter((id) => id !== except)
  const days = plan.routes.map(({ technicianId, shift, visits }) => {
    const ids = but(visits.map(({ activityId }) => activityId))
    return ids.length === 0 ? '' : `${technicianId} ${shift} ${ids.join(' ')}`
  })
  return [...days, ...but(plan.unassigned.map(({ activityId }) => activityId))].filter(Boolean).join('\n')
}

/** Without preferences, so that allowing only one technician changes nothing but who may do it; and nothing is worth leaving out. */
const loose = (problem: Problem): Problem => ({
  ...problem,
  weights: { unassigned: 1000 },
  activities: problem.activities.map(
    ({ only: _, preferred: __, fixed: ___, current: ____, ...activity }) => activity,
  ),
})

describe('an explanation', () => {
  it('tells what an activity costs where it is, the next best places and what blocks the others', () => {
    const told = explain(board, 'A3')
    expect(told.placed).toEqual({ technicianId: 'Ann', start: clock('09:00'), end: clock('10:00') })
    expect(told.cost).toMatchObject({ moved: 0, unassigned: 0, travelMinutes: 0 })
    expect(told.alternatives).toHaveLength(3)
    expect(told.alternatives[0]?.delta).toBe(600)
    expect(told.alternatives.every(({ cost }) => cost.moved === 1)).toBe(true)
    expect(told.blocked.map(({ technicianId, rule }) => [technicianId, rule])).toEqual([['Ida', 'tasks']])
  })

  it('of work without a place tells where it could go', () => {
    const told = explain(board, 'A1')
    expect(told).toMatchObject({ placed: null, cost: null })
    expect(told.alternatives.map(({ technicianId }) => technicianId)).toEqual(['Ann', 'Bo'])
  })
})
