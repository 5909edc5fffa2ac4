import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from './checker/checker.ts'
import { placeVisits, warmVisits } from './construct/warm-start.ts'
import { insertionFor } from './improve/insertion.ts'
import { insertWhatFits } from './improve/last-insertion.ts'
import { compile } from './model/compile.ts'
import { decode } from './plan/decode.ts'
import { emptyPlan, placeFixedWork } from './plan/new-plan.ts'
import type { Plan, PlanRoute, Problem, Visit } from './problem.ts'
import { randomFrom } from './random.ts'
import { solve } from './solve.ts'
import { drawn, drawnPlan } from './testing/drawn-board.ts'
import { leastOfEveryPlan } from './testing/every-plan.ts'
import { randomProblem } from './testing/random-problems.ts'

const seeds = fc.integer({ min: 0, max: 0xffffffff })

describe('a search', () => {
  it('makes only plans that the checker accepts, whatever rules meet', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = randomProblem(seed, { activities: 25, technicians: 5 })
        const plan = solve(problem, { seed, stop: { iterations: 150 } })
        expect(check(problem, plan).violations).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('gives the same plan byte for byte for the same seed and iterations', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = randomProblem(seed, { activities: 25, technicians: 4 })
        const once = solve(problem, { seed, stop: { iterations: 200 } })
        const again = solve(problem, { seed, stop: { iterations: 200 } })
        expect(JSON.stringify(again)).toBe(JSON.stringify(once))
        expect(once.iterations).toBeLessThanOrEqual(200)
      }),
      { numRuns: 40 },
    )
  })

  it('finds what trying everything finds, on boards small enough to try everything', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = simplified(randomProblem(seed, { activities: 5, technicians: 2 }))
        const plan = solve(problem, { seed, stop: { iterations: 2_000 } })
        expect(check(problem, plan).violations).toEqual([])
        expect(plan.points).toBe(bestByTrying(problem))
      }),
      { numRuns: 40 },
    )
  })

  it('leaves nothing out that somebody could do as well, at any place of any day', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 30 }), (seed, iterations) => {
        const problem = simplified(randomProblem(seed, { activities: 14, technicians: 3 }))
        const plan = solve(problem, { seed, stop: { iterations } })
        expect(couldTake(problem, plan)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('fills idle days in its last look, and says itself when nothing more fits', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = simplified(randomProblem(seed, { activities: 14, technicians: 3 }))
        const m = compile(problem)
        const s = emptyPlan(m)
        const insertion = insertionFor(m, randomFrom(seed), 0)
        insertWhatFits(m, s, insertion)
        expect(couldTake(problem, decode(m, s, 0))).toEqual([])
        expect(insertWhatFits(m, s, insertion)).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  it('never makes a plan worse than the one it starts from', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = simplified(randomProblem(seed, { activities: 20, technicians: 4 }))
        const before = solve(problem, { seed, stop: { iterations: 0 } })
        const after = solve(problem, { seed: seed + 1, stop: { iterations: 50 }, warm: before })
        expect(after.points).toBeLessThanOrEqual(before.points)
      }),
      { numRuns: 40 },
    )
  })

  it('begins with a visit that takes no time before the fixed work of the same second', () => {
    const board = drawn(`
      Ann | 08:00-12:00 | home 0
      A1  | 0m  | at 0
      A2  | 60m | at 0 | fixed Ann 09:00
    `)
    const visit = { activityId: 'A1', start: 9 * 3600 }
    const warm = { routes: [{ technicianId: 'Ann', visits: [visit, { ...visit, activityId: 'A2' }] }] }
    const m = compile(board)
    const s = emptyPlan(m)
    placeFixedWork(m, s)
    placeVisits(m, s, warmVisits(m, warm))
    expect(decode(m, s, 0).routes[0]?.visits.map(({ activityId }) => activityId)).toEqual(['A1', 'A2'])
  })

  it('reports ever cheaper plans, and ends when it is called off', () => {
    const problem = randomProblem(7, { activities: 40, technicians: 3 })
    const points: number[] = []
    let asked = 0
    const plan = solve(problem, {
      seed: 1,
      stop: { wallMs: 60_000, cancelled: () => ++asked > 5 },
      onImprovement: (progress) => points.push(progress.points),
    })
    expect(points.length).toBeGreaterThan(0)
    expect([...points].sort((a, b) => b - a)).toEqual(points)
    expect(check(problem, plan).violations).toEqual([])
  })

  it('says of each activity that is left out which rule stands in the way', () => {
    const plan = solve(
      drawn(`
        Ann | 08:00-12:00 | home 0
        A1  | 60m | at 0 | needs gas:2
        A2  | 60m | at 0 | from 13:00 to 14:00
        A3  | 60m | at 200
        A4  | 240m | at 0 | priority 9
        A5  | 60m | at 0
        A6  | 60m | at 0 | only Zoe
      `),
      { seed: 1, stop: { iterations: 50 } },
    )
    expect(drawnPlan(plan)).toBe('Ann | 08:00 A4 12:00\nleft out | A1 A2 A3 A5 A6')
    expect(plan.unassigned.map(({ activityId, rule }) => [activityId, rule])).toEqual([
      ['A1', 'skill'],
      ['A2', 'window'],
      ['A3', 'calendar'],
      ['A5', 'overlap'],
      ['A6', 'excluded'],
    ])
    expect(plan.unassigned[0]?.reason).toContain('gas at level 2')
  })

  it('leaves work out when the policy makes doing it dearer', () => {
    const board = (unassigned: number): Problem =>
      drawn(
        `
        Ann | 08:00-17:00 | home 0
        A1  | 60m | at 60
        `,
        { unassigned },
      )
    expect(drawnPlan(solve(board(1), { seed: 1, stop: { iterations: 20 } }))).toBe('Ann | 09:00 A1 10:00')
    const plan = solve(board(0.001), { seed: 1, stop: { iterations: 20 } })
    expect(plan.unassigned.map(({ rule }) => rule)).toEqual(['worth'])
  })

  it('plans a board without work, and one without technicians', () => {
    const none = solve(drawn('Ann | 08:00-17:00 | home 0'), { seed: 1, stop: { iterations: 10 } })
    expect(none).toMatchObject({ routes: [], unassigned: [], points: 0 })
    const nobody = solve(drawn('A1 | 60m | at 0'), { seed: 1, stop: { iterations: 10 } })
    expect(nobody.unassigned.map(({ rule }) => rule)).toEqual(['calendar'])
  })

  it('names the field of a problem that makes no sense', () => {
    const problem = drawn('Ann | 08:00-17:00 | home 0\nA1 | 60m | at 0')
    const broken = {
      ...problem,
      activities: problem.activities.map((activity) => ({ ...activity, location: 7 })),
    }
    expect(() => solve(broken, { seed: 1, stop: { iterations: 1 } })).toThrow(/^activities\[0\]\.location: /)
  })
})

/** Without breaks, fixed work and announced starts, the earliest possible times are the best ones for any order. */
const simplified = (problem: Problem): Problem => ({
  ...problem,
  technicians: problem.technicians.map((technician) => ({
    ...technician,
    shifts: technician.shifts.slice(0, 1).map((shift) => ({
      open: [{ from: shift.open[0]?.from ?? 0, to: shift.open.at(-1)?.to ?? 0 }],
      startLocation: shift.startLocation,
      endLocation: shift.endLocation,
      overtimeMax: shift.overtimeMax ?? 0,
    })),
  })),
  activities: problem.activities.map(({ fixed: _, current: __, setup: ___, ...activity }) => activity),
})

/** Every order of every choice for every technician, timed by hand and priced by the checker. */
const bestByTrying = (problem: Problem): number =>
  leastOfEveryPlan(problem, (days, out) => pointsOf(problem, days, out))

/** Who could take what was left out, at which place of the day, and make the plan cheaper: tried one by one and priced by the checker. */
const couldTake = (problem: Problem, plan: Plan): string[] => {
  const days = problem.technicians.map(({ id }) =>
    plan.routes
      .filter((route) => route.technicianId === id)
      .flatMap((route) => route.visits.map((visit) => visit.activityId)),
  )
  const out = plan.unassigned.map((item) => item.activityId)
  return out.flatMap((id) => {
    const others = out.filter((other) => other !== id)
    return days.flatMap((day, t) =>
      Array.from({ length: day.length + 1 }, (_, at) => at)
        .filter((at) => {
          const more = days.map((same, other) => (other === t ? day.toSpliced(at, 0, id) : same))
          return pointsOf(problem, more, others) < plan.points
        })
        .map((at) => `${problem.technicians[t]?.id} could take ${id} as number ${at + 1}`),
    )
  })
}

const pointsOf = (problem: Problem, days: readonly (readonly string[])[], out: readonly string[]): number => {
  const routes: PlanRoute[] = []
  for (const [t, day] of days.entries()) {
    if (day.length === 0) continue
    const route = timed(problem, t, day)
    if (route === null) return Number.POSITIVE_INFINITY
    routes.push(route)
  }
  const plan: Plan = {
    routes,
    unassigned: out.map((activityId) => ({ activityId, rule: 'overlap', reason: '' })),
    cost: {
      missedTargets: 0,
      lateMinutes: 0,
      waitingMinutes: 0,
      marginMinutes: 0,
      unassigned: 0,
      preferred: 0,
      travelMinutes: 0,
      overtimeMinutes: 0,
      moved: 0,
    },
    points: 0,
    iterations: 0,
  }
  const { violations, points } = check(problem, plan)
  return violations.every(({ rule }) => rule === 'cost') ? points : Number.POSITIVE_INFINITY
}

const timed = (problem: Problem, t: number, ids: readonly string[]): PlanRoute | null => {
  const technician = problem.technicians[t]
  const shift = technician?.shifts[0]
  const matrix = problem.travel[0]
  if (technician === undefined || shift === undefined || matrix === undefined) return null
  const leg = (from: number | null, to: number | null): number =>
    from === null || to === null
      ? 0
      : Math.round((matrix.seconds[from * matrix.size + to] ?? 0) / (technician.speedFactor ?? 1))
  let at = shift.open[0]?.from ?? 0
  let place = shift.startLocation
  const visits: Visit[] = []
  for (const id of ids) {
    const activity = problem.activities.find((candidate) => candidate.id === id)
    if (activity === undefined) return null
    const travel = leg(place, activity.location)
    const arrival = at + travel
    const starts = activity.windows
      .filter((window) => window.to >= arrival)
      .map((window) => Math.max(window.from, arrival))
    if (activity.windows.length > 0 && starts.length === 0) return null
    const start = activity.windows.length === 0 ? arrival : Math.min(...starts)
    at = start + activity.duration
    place = activity.location
    visits.push({ activityId: id, arrival, start, end: at, travel })
  }
  const travelHome = leg(place, shift.endLocation)
  return {
    technicianId: technician.id,
    shift: 0,
    departure: shift.open[0]?.from ?? 0,
    visits,
    breaks: [],
    travelHome,
    endsAt: at + travelHome,
  }
}
