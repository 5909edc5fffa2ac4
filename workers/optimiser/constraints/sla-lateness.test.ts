import { describe, expect, it } from 'vitest'
import { check } from '../checker.ts'
import type { Problem, SlaTarget } from '../problem.ts'
import { solve } from '../solve.ts'
import { straightLine } from '../travel.ts'

const HOUR = 3_600
const work = (id: string, targets: SlaTarget[], priority = 50) => ({
  id,
  duration: HOUR,
  location: null,
  skills: [],
  windows: [],
  targets,
  priority,
})
const problem = (activities: Problem['activities']): Problem => ({
  horizon: 10 * HOUR,
  activities,
  technicians: [
    {
      id: 'Ann',
      skills: [],
      shifts: [{ open: [{ from: 0, to: 10 * HOUR }], startLocation: null, endLocation: null }],
    },
  ],
  travel: [straightLine([], { speedKmh: 30, roadFactor: 1 })],
})
const planned = (one: Problem) => {
  const plan = solve(one, { seed: 1, stop: { iterations: 200 } })
  const verdict = check(one, plan)
  expect(verdict.violations).toEqual([])
  expect(verdict.points).toBe(plan.points)
  expect(verdict.cost).toEqual(plan.cost)
  return plan
}

describe('a wish', () => {
  const wish: SlaTarget = { kind: 'arrive', dueAt: 0, weight: 1 / 300, wish: true }

  it('costs a point for each second beyond it, and is told neither as missed nor as late', () => {
    const plan = planned(problem([work('a', [wish]), work('b', [wish])]))
    // One begins at once, the other when the first is done.
    expect(plan.points).toBe(HOUR)
    expect(plan.cost).toMatchObject({ missedTargets: 0, lateMinutes: 0 })
  })

  it('gives way to any promise', () => {
    const promise: SlaTarget = { kind: 'complete', dueAt: HOUR, weight: 1 }
    const early: SlaTarget = { ...wish, weight: 1 }
    const plan = planned(problem([work('wished', [early]), work('promised', [promise])]))
    expect(plan.routes[0]?.visits.map((visit) => visit.activityId)).toEqual(['promised', 'wished'])
    expect(plan.cost.missedTargets).toBe(0)
  })

  it('is counted for work left out as little as for work done', () => {
    const late = { ...work('late', [wish]), windows: [{ from: 11 * HOUR, to: 12 * HOUR }] }
    const plan = planned(problem([late]))
    expect(plan.cost).toMatchObject({ unassigned: 1, missedTargets: 0 })
  })
})
