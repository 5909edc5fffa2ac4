import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Problem, SlaTarget } from '../problem.ts'
import { solve } from '../solve.ts'
import { straightLine } from '../travel.ts'
import { rates } from '../weights.ts'
import { wishesFor } from '../wishes.ts'

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
  const wish: SlaTarget = { kind: 'arrive', dueAt: 0, weight: 1, wish: 'waiting' }

  it('not to wait costs a tenth of the travel that takes as long, and is told in a line of its own', () => {
    const plan = planned(problem([work('a', [wish]), work('b', [wish])]))
    // One begins at once, the other when the first is done.
    expect(plan.points).toBe(HOUR / 10)
    expect(plan.cost).toMatchObject({ missedTargets: 0, lateMinutes: 0, waitingMinutes: 60 })
  })

  it('for time to spare costs more the nearer the promise, and nothing more beyond it', () => {
    const cost = (dueAt: number) => {
      const promise: SlaTarget = { kind: 'complete', dueAt, weight: 1 }
      const margins = wishesFor([promise], { weight: 1, since: 0, marginSeconds: 1_800 })
      const plan = planned(problem([work('a', [promise, ...margins])]))
      return { points: plan.points, minutes: plan.cost.marginMinutes }
    }
    expect(cost(HOUR + 1_800)).toEqual({ points: 0, minutes: 0 })
    expect(cost(HOUR + 900)).toEqual({ points: 1_500 * 900, minutes: 15 })
    expect(cost(HOUR)).toEqual({ points: 1_500 * 900 + 4_500 * 900, minutes: 30 })
    const late = rates.missed + rates.latePerSecond * 600
    expect(cost(HOUR - 600)).toEqual({ points: late + 1_500 * 900 + 4_500 * 900, minutes: 30 })
  })

  it('adds up with all that a plan costs to exactly its points', () => {
    const promise: SlaTarget = { kind: 'complete', dueAt: HOUR + 600, weight: 1 }
    const margin: SlaTarget = { kind: 'complete', dueAt: HOUR, weight: 1, wish: 'margin', most: 600 }
    const { points, cost } = planned(problem(['a', 'b', 'c'].map((id) => work(id, [promise, margin, wish]))))
    expect(points).toBe(
      rates.missed * cost.missedTargets +
        60 *
          (rates.latePerSecond * cost.lateMinutes +
            rates.waitingPerSecond * cost.waitingMinutes +
            rates.marginPerSecond * cost.marginMinutes),
    )
  })

  it('may weigh more or nothing at all', () => {
    const two = problem([work('a', [wish]), work('b', [wish])])
    expect(planned({ ...two, weights: { waiting: 3 } }).points).toBe((3 * HOUR) / 10)
    expect(planned({ ...two, weights: { waiting: 0 } }).points).toBe(0)
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
