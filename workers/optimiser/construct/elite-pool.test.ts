import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Plan, Problem, WarmPlan } from '../problem.ts'
import { solve } from '../solve.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { elitePool } from './elite-pool.ts'

const problem = randomProblem(11, { activities: 30, technicians: 5 })
/** The same with nothing announced. */
const unannounced: Problem = {
  ...problem,
  activities: problem.activities.map(({ current, ...activity }) => activity),
}
const planBy = (seed: number, of: Problem = problem): Plan => solve(of, { seed, stop: { iterations: 150 } })
const board = { key: 'north', zeroAt: 0 }

const places = (plan: WarmPlan) =>
  new Map(
    plan.routes.flatMap(({ technicianId, visits }) =>
      visits.map(({ activityId, start }) => [activityId, `${technicianId} at ${start}`] as const),
    ),
  )

/** A plan with one visit on a technician's only day. */
const visit = (technicianId: string, ...activityIds: string[]): Plan => ({
  ...planBy(1),
  routes: [
    {
      technicianId,
      shift: 0,
      departure: 0,
      visits: activityIds.map((activityId, i) => ({
        activityId,
        arrival: 0,
        start: 60 * i,
        end: 60,
        travel: 0,
      })),
      breaks: [],
      travelHome: 0,
      endsAt: 60,
    },
  ],
})

describe('plans remembered of a board', () => {
  it('come back as they were, the latest first', () => {
    const pool = elitePool()
    const plans = [visit('t0', 'a0'), visit('t1', 'a0')]
    for (const plan of plans) pool.remember(board, plan)
    expect(pool.plansFor(board, unannounced).map(places)).toEqual([places(plans[1]!), places(plans[0]!)])
  })

  it('move with second zero', () => {
    const pool = elitePool()
    pool.remember({ ...board, zeroAt: 100 }, visit('t0', 'a0', 'a1'))
    const [plan] = pool.plansFor({ ...board, zeroAt: 130 }, unannounced)
    expect(plan === undefined ? [] : [...places(plan)]).toEqual([
      ['a0', 't0 at -30'],
      ['a1', 't0 at 30'],
    ])
  })

  it('have no other nearly like them', () => {
    const pool = elitePool()
    pool.remember(board, visit('t0', 'a0', 'a1'))
    pool.remember(board, visit('t0', 'a0', 'a1'))
    expect(pool.plansFor(board, unannounced)).toHaveLength(1)
    pool.remember(board, visit('t0', 'a1', 'a0'))
    expect(pool.plansFor(board, unannounced)).toHaveLength(2)
  })

  it('are eight at most, of four boards at most: those used last', () => {
    const pool = elitePool()
    for (let i = 0; i < 12; i++) pool.remember(board, visit('t0', `a${i}`))
    expect(pool.plansFor(board, unannounced)).toHaveLength(8)
    for (const key of ['east', 'south', 'west']) pool.remember({ ...board, key }, visit('t0', 'a0'))
    pool.plansFor(board, unannounced)
    pool.remember({ ...board, key: 'centre' }, visit('t0', 'a0'))
    const counts = ['east', 'north'].map((key) => pool.plansFor({ ...board, key }, unannounced).length)
    expect(counts).toEqual([0, 8])
  })

  it('leave work that they do not know where it is announced', () => {
    const pool = elitePool()
    pool.remember(board, visit('t0', 'a0'))
    const announced: Problem = {
      ...problem,
      activities: problem.activities.map((activity) => ({
        ...activity,
        current: { technicianId: 't1', start: 600 },
      })),
    }
    const [plan] = pool.plansFor(board, announced)
    const found = plan === undefined ? new Map() : places(plan)
    expect(found.get('a0')).toBe('t0 at 0')
    expect(found.get('a1')).toBe('t1 at 600')
  })
})

describe('a search that begins from remembered plans', () => {
  /** Half a day later: some work is gone, some is fixed, some can only be done by others, some is new. */
  const later = (seed: number): Problem => {
    return {
      ...problem,
      activities: problem.activities.flatMap((activity, i) => {
        if (i % 7 === seed % 7) return []
        if (i % 5 === 1) return [{ ...activity, excluded: ['t0', 't1'] }]
        if (i % 6 === 2) return [{ ...activity, id: `new${i}`, duration: activity.duration + 600 }]
        return [activity]
      }),
      technicians: problem.technicians.map((technician, t) =>
        t === seed % 5 ? { ...technician, shifts: [] } : technician,
      ),
    }
  }

  it('makes plans that the checker accepts after work has gone and come', () => {
    for (let seed = 0; seed < 20; seed++) {
      const pool = elitePool()
      for (const own of [1, 2, 3]) pool.remember(board, planBy(own))
      const now = later(seed)
      const elites = pool.plansFor({ ...board, zeroAt: 600 * seed }, now)
      const plan = solve(now, { seed, stop: { iterations: seed % 2 === 0 ? 1 : 60 }, elites })
      expect(check(now, plan).violations).toEqual([])
    }
  })

  it('is never worse off at its start than without them, or with them alone', () => {
    for (let seed = 0; seed < 10; seed++) {
      const pool = elitePool()
      pool.remember(board, planBy(seed))
      const now = later(seed)
      const stop = { iterations: 0 }
      const alone = solve(now, { seed, stop })
      const elites = pool.plansFor(board, now)
      const [elite] = elites
      const theirs = elite === undefined ? alone : solve(now, { seed, stop, warm: elite })
      const helped = solve(now, { seed, stop, elites })
      expect(helped.points).toBeLessThanOrEqual(Math.min(alone.points, theirs.points))
    }
  })

  it('takes from each of them what is good in it', () => {
    // Two technicians who live far apart, each beside one piece of work of two; a plan for each has one of them right.
    const line = [0, 10, 100, 110].map((minute) => minute * 60)
    const apart: Problem = {
      horizon: 86_400,
      activities: [0, 1, 2, 3].map((i) => ({
        id: `w${i}`,
        duration: 600,
        location: i,
        skills: [],
        windows: [],
        targets: [],
        priority: 50,
        only: [i < 2 ? 'west' : 'east'],
      })),
      technicians: ['west', 'east'].map((id, t) => ({
        id,
        skills: [],
        shifts: [{ open: [{ from: 0, to: 80_000 }], startLocation: 2 * t, endLocation: 2 * t + 1 }],
      })),
      travel: [
        {
          size: 4,
          seconds: Int32Array.from(line.flatMap((a) => line.map((b) => Math.abs(a - b)))),
          metres: new Int32Array(16),
        },
      ],
    }
    const day = (technicianId: string, ...ids: string[]) => ({
      technicianId,
      visits: ids.map((activityId, i) => ({ activityId, start: 3_600 * (i + 1) })),
    })
    const westRight = { routes: [day('west', 'w0', 'w1'), day('east', 'w3', 'w2')] }
    const eastRight = { routes: [day('west', 'w1', 'w0'), day('east', 'w2', 'w3')] }
    const how = { seed: 1, stop: { iterations: 0 } }
    const start = solve(apart, { ...how, warm: westRight })
    const both = solve(apart, { ...how, warm: westRight, elites: [eastRight] })
    expect(both.points).toBeLessThan(start.points)
    expect(both.routes.map(({ visits }) => visits.map(({ activityId }) => activityId))).toEqual([
      ['w0', 'w1'],
      ['w2', 'w3'],
    ])
  })

  it('begins where the best of them ended', () => {
    const good = solve(problem, { seed: 3, stop: { iterations: 3_000 } })
    const pool = elitePool()
    pool.remember(board, good)
    pool.remember(board, planBy(1))
    const how = { seed: 9, stop: { iterations: 0 } }
    expect(good.points).toBeLessThan(solve(problem, how).points)
    const plan = solve(problem, { ...how, elites: pool.plansFor(board, problem) })
    expect(plan.points).toBe(good.points)
  })

  it('makes the same plan from the same seed, iterations and pool, and the old one from an empty pool', () => {
    const pool = elitePool()
    pool.remember(board, planBy(1))
    const how = { seed: 4, stop: { iterations: 200 } }
    const elites = pool.plansFor(board, problem)
    expect(solve(problem, { ...how, elites })).toEqual(solve(problem, { ...how, elites }))
    expect(solve(problem, { ...how, elites: [] })).toEqual(solve(problem, how))
  })
})
