import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { bestCost, bestPosition, insertionFor } from '../improve/insertion.ts'
import { compile } from '../model/compile.ts'
import type { DepotCall, Link, Plan, PlanRoute, Problem, ProblemActivity, Visit } from '../problem.ts'
import { randomFrom } from '../random.ts'
import { solve } from '../solve.ts'
import { leastOfEveryPlan } from '../testing/every-plan.ts'
import { randomVanProblem } from '../testing/random-problems.ts'
import { emptyPlan, placeFixedWork } from './new-plan.ts'
import { linkAfter, takeIn } from './plan-state.ts'
import { updateRoute } from './update.ts'

const seeds = fc.integer({ min: 0, max: 0xfffffffe })

/** A break that nobody has to take any more, so that times are run forward one by one. */
const withIdleBreak = (problem: Problem): Problem => ({
  ...problem,
  technicians: problem.technicians.map((technician) => ({
    ...technician,
    shifts: technician.shifts.map((shift) => {
      const closes = (shift.open.at(-1)?.to ?? 0) + (shift.overtimeMax ?? 0)
      return {
        ...shift,
        breaks: [...(shift.breaks ?? []), { earliest: closes, latest: closes, duration: 0 }],
      }
    }),
  })),
})

/** Only what earliest and latest times can tell: one window each, no breaks, no targets, nothing announced or fixed. */
const hardOnly = (problem: Problem): Problem => ({
  ...problem,
  technicians: problem.technicians.map((technician) => ({
    ...technician,
    shifts: technician.shifts.map(({ breaks: _, overtimeMax: __, open, ...shift }) => ({
      ...shift,
      open: [{ from: open[0]?.from ?? 0, to: open.at(-1)?.to ?? 0 }],
    })),
  })),
  activities: problem.activities.map(
    ({ setup: _, fixed: __, current: ___, pickup: ____, windows, ...activity }) => ({
      ...activity,
      windows: windows.slice(0, 1),
      targets: [],
    }),
  ),
})

describe('limited vans and paid working time', () => {
  it('make only plans that the checker accepts, whatever other rules meet them', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = randomVanProblem(seed, { activities: 20, technicians: 4 })
        const plan = solve(problem, { seed, stop: { iterations: 100 } })
        expect(check(problem, plan).violations).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('make only plans that the checker accepts where work is linked to other work', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { activities, ...problem } = randomVanProblem(seed, { activities: 12, technicians: 4 })
        const free = activities.filter(({ fixed }) => fixed === undefined)
        const links = free.flatMap((second, i): Link[] => {
          const first = free[i - 1]
          if (first === undefined || i % 3 !== 1) return []
          const together: Link = {
            first: first.id,
            second: second.id,
            from: 0,
            to: 0,
            technicians: 'different',
            together: true,
          }
          return [seed % 2 === 0 ? together : { first: first.id, second: second.id, from: 600, to: 7_200 }]
        })
        const linked = { ...problem, activities, links }
        const plan = solve(linked, { seed, stop: { iterations: 60 } })
        expect(check(linked, plan).violations).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('make only plans that the checker accepts where windows are hard and single', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = hardOnly(randomVanProblem(seed, { activities: 20, technicians: 4 }))
        const plan = solve(problem, { seed, stop: { iterations: 150 } })
        expect(check(problem, plan).violations).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('cost the same whether a day is judged in constant time or run forward', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = hardOnly(randomVanProblem(seed, { activities: 12, technicians: 3 }))
        const plan = solve(problem, { seed, stop: { iterations: 100 } })
        const again = solve(withIdleBreak(problem), { seed, stop: { iterations: 0 }, warm: plan })
        expect(again.points).toBe(plan.points)
        expect(again.routes).toEqual(plan.routes)
      }),
      { numRuns: 50 },
    )
  })

  it('are planned as cheaply as trying everything finds, on boards small enough to try everything', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = oneDay(hardOnly(randomVanProblem(seed, { activities: 4, technicians: 2 })))
        const plan = solve(problem, { seed, stop: { iterations: 1_000 } })
        expect(plan.points).toBe(bestByTrying(problem))
      }),
      { numRuns: 50 },
    )
  })

  it('grow a day by what its best place was said to cost, or by less', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, isHard) => {
        const drawn = randomVanProblem(seed, { activities: 12, technicians: 3 })
        const problem = isHard ? hardOnly(drawn) : drawn
        const m = compile(problem)
        const s = emptyPlan(m)
        const insertion = insertionFor(m, randomFrom(1), 0)
        placeFixedWork(m, s)
        for (let u = 0; u < m.n; u++) {
          if (m.isFixed[u] === 1) continue
          const p = bestPosition(m, s, insertion, u, new Int32Array(0), -1)
          if (p < 0) continue
          const said = bestCost[0] ?? 0
          const r = s.route[p] ?? -1
          const before = s.routeCost[r] ?? 0
          takeIn(m, s, u)
          linkAfter(s, u, p)
          // Fixed work can break a day on which it was alone; those days take nothing.
          expect(updateRoute(m, s, r)).toBe(true)
          expect((s.routeCost[r] ?? 0) - before).toBeLessThanOrEqual(said)
        }
      }),
      { numRuns: 120 },
    )
  })
})

const oneDay = (problem: Problem): Problem => ({
  ...problem,
  technicians: problem.technicians.map((technician) => ({
    ...technician,
    shifts: technician.shifts.slice(0, 1).map(({ departed: _, ...shift }) => shift),
  })),
})

/** Every order of every choice for every technician with every call and every departure that could be best, priced by the checker. */
const bestByTrying = (problem: Problem): number => {
  const prices = new Map<string, number>()
  const priceOf = (t: number, ids: readonly string[]): number => {
    if (ids.length === 0) return 0
    const key = `${t} ${ids.join()}`
    const known = prices.get(key) ?? dayPrice(problem, t, ids)
    prices.set(key, known)
    return known
  }
  return leastOfEveryPlan(problem, (days, out) =>
    days.reduce((sum, day, t) => sum + priceOf(t, day), check(problem, planOf([], out)).points),
  )
}

const planOf = (routes: readonly PlanRoute[], out: readonly string[]): Plan => ({
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
})

const dayPrice = (problem: Problem, t: number, ids: readonly string[]): number => {
  const activities = ids.flatMap((id) => problem.activities.find((activity) => activity.id === id) ?? [])
  // The checker prices the day as if it were all there is.
  const own = { ...problem, activities }
  let best = Number.POSITIVE_INFINITY
  for (let call = -1; call < ids.length; call++) {
    for (const departure of departures(problem, t, activities, call)) {
      const route = timed(problem, t, activities, call, departure)
      if (route === null) continue
      const { violations, points } = check(own, planOf([route], []))
      if (violations.every(({ rule }) => rule === 'cost')) best = Math.min(best, points)
    }
  }
  return best
}

/** Leaving at once, or so late that some window is met at its end or nothing is waited for. */
const departures = (
  problem: Problem,
  t: number,
  activities: readonly ProblemActivity[],
  call: number,
): number[] => {
  const opens = problem.technicians[t]?.shifts[0]?.open[0]?.from ?? 0
  const early = timed(problem, t, activities, call, opens)
  if (early === null) return []
  const moving = (until: number): number =>
    early.visits
      .slice(0, until)
      .reduce((sum, visit, i) => sum + (visit.end - visit.start) + wayTo(early, i, visit), 0)
  const found = activities.flatMap((activity, i) => {
    const visit = early.visits[i]
    if (visit === undefined) return []
    const way = moving(i) + wayTo(early, i, visit)
    return activity.windows.map(({ to }) => to - way)
  })
  found.push(early.endsAt - moving(activities.length) - early.travelHome)
  return [opens, ...found.filter((departure) => departure > opens)]
}

const wayTo = (route: PlanRoute, i: number, visit: Visit): number =>
  visit.travel + (route.depotCall?.after === i - 1 ? route.depotCall.end - route.depotCall.start : 0)

const timed = (
  problem: Problem,
  t: number,
  activities: readonly ProblemActivity[],
  call: number,
  departure: number,
): PlanRoute | null => {
  const technician = problem.technicians[t]
  const shift = technician?.shifts[0]
  const matrix = problem.travel[0]
  if (technician === undefined || shift === undefined || matrix === undefined) return null
  const { depot } = technician
  if (call >= 0 && depot === undefined) return null
  const leg = (from: number | null, to: number | null): number =>
    from === null || to === null
      ? 0
      : Math.round((matrix.seconds[from * matrix.size + to] ?? 0) / (technician.speedFactor ?? 1))
  let at = departure
  let place = shift.startLocation
  let depotCall: DepotCall | undefined
  const visits: Visit[] = []
  for (const [i, activity] of activities.entries()) {
    let travel = leg(place, activity.location)
    let arrival = at + travel
    if (i === call && depot !== undefined) {
      const start = at + leg(place, depot.location)
      const end = start + (depot.duration ?? 0)
      depotCall = { start, end, after: i - 1 }
      travel = leg(place, depot.location) + leg(depot.location, activity.location)
      arrival = end + leg(depot.location, activity.location)
    }
    const start = Math.max(arrival, activity.windows[0]?.from ?? arrival)
    at = start + activity.duration
    place = activity.location
    visits.push({ activityId: activity.id, arrival, start, end: at, travel })
  }
  const travelHome = leg(place, shift.endLocation)
  return {
    technicianId: technician.id,
    shift: 0,
    departure,
    visits,
    breaks: [],
    ...(depotCall === undefined ? {} : { depotCall }),
    travelHome,
    endsAt: at + travelHome,
  }
}
