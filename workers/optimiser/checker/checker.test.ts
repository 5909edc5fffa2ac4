import { describe, expect, it } from 'vitest'
import type { Plan, PlanRoute, Problem, Visit } from '../problem.ts'
import { solve } from '../solve.ts'
import { clock, drawn } from '../testing/drawn-board.ts'
import { check } from './checker.ts'

const problem = drawn(`
  Ann | 08:00-12:00 13:00-17:00 | home 0 | has gas:1 | carries 4 | break 15m 09:00-10:00
  Bo  | 08:00-17:00 | home 0 | carries 9 | most 3
  A1  | 60m | at 20 | needs gas:1 | from 08:00 to 10:00 | brings 2
  A2  | 60m | at 20 | not Bo | brings 2
  A3  | 60m | at 40 | fixed Bo 10:00 | brings 3
  A4  | 60m | at 40 | setup 5m | due 12:00 | only Bo | brings 3
`)
const good = solve(problem, { seed: 1, stop: { iterations: 300 } })

type Change = {
  readonly visit?: Partial<Visit>
  readonly route?: Partial<PlanRoute>
  readonly plan?: Partial<Plan>
}

/** The good plan with one lie planted at the visit of `activityId` or its route. */
const planted = (activityId: string, change: Change): Plan => ({
  ...good,
  ...change.plan,
  routes: good.routes.map((route) =>
    route.visits.some((visit) => visit.activityId === activityId)
      ? {
          ...route,
          ...change.route,
          visits: (change.route?.visits ?? route.visits).map((visit) =>
            visit.activityId === activityId ? { ...visit, ...change.visit } : visit,
          ),
        }
      : route,
  ),
})

const rulesBroken = (plan: Plan, of: Problem = problem): string[] =>
  check(of, plan).violations.map(({ rule }) => rule)

const visitOf = (id: string): Visit => {
  const visit = good.routes.flatMap((route) => route.visits).find((candidate) => candidate.activityId === id)
  if (visit === undefined) throw new Error(`${id} is not placed`)
  return visit
}

const shifted = (id: string, by: number): Partial<Visit> => {
  const { arrival, start, end } = visitOf(id)
  return { arrival: arrival + by, start: start + by, end: end + by }
}

describe('the checker', () => {
  it('accepts the plan that the search made', () => {
    expect(good.unassigned).toEqual([])
    expect(check(problem, good)).toMatchObject({
      violations: [],
      given: [],
      points: good.points,
      cost: good.cost,
    })
  })

  it('misses an activity that is nowhere', () => {
    const routes = good.routes.map((route) => ({
      ...route,
      visits: route.visits.filter((visit) => visit.activityId !== 'A2'),
    }))
    expect(rulesBroken({ ...good, routes })).toContain('lost')
  })

  it('sees an activity that is there twice, and one that nobody knows', () => {
    const unassigned = ['A1', 'A9'].map((activityId) => ({
      activityId,
      rule: 'overlap' as const,
      reason: '',
    }))
    expect(rulesBroken({ ...good, unassigned })).toEqual(expect.arrayContaining(['twice', 'unknown']))
  })

  it('sees a technician without the skill, one excluded and one not allowed', () => {
    const swapped = (id: string, technicianId: string): Plan => planted(id, { route: { technicianId } })
    expect(rulesBroken(swapped('A1', 'Bo'))).toContain('skill')
    expect(rulesBroken(swapped('A2', 'Bo'))).toContain('excluded')
    expect(rulesBroken(swapped('A4', 'Ann'))).toContain('excluded')
  })

  it('sees a start outside of the window', () => {
    expect(rulesBroken(planted('A1', { visit: shifted('A1', 4 * 3600) }))).toContain('window')
  })

  it('sees work that ends too early, and setup that is left out', () => {
    expect(rulesBroken(planted('A1', { visit: { end: visitOf('A1').end - 1 } }))).toContain('duration')
    expect(rulesBroken(drawnWithoutSetup())).toContain('duration')
  })

  it('sees work that is cut by a gap in the open hours', () => {
    expect(
      rulesBroken(planted('A2', { visit: shifted('A2', clock('11:30') - visitOf('A2').start) })),
    ).toContain('calendar')
  })

  it('sees work outside of the shift', () => {
    expect(
      rulesBroken(planted('A2', { visit: shifted('A2', clock('18:00') - visitOf('A2').start) })),
    ).toContain('calendar')
  })

  it('sees a journey that is too short', () => {
    expect(rulesBroken(planted('A4', { visit: { arrival: visitOf('A4').arrival - 60 } }))).toContain('travel')
    expect(rulesBroken(planted('A1', { visit: { travel: 60 } }))).toContain('travel')
    expect(rulesBroken(planted('A1', { route: { travelHome: 0 } }))).toContain('travel')
  })

  it('sees a way home that takes no time, and a day that ends after it may', () => {
    const route = good.routes.find((candidate) => candidate.technicianId === 'Ann')
    const last = route?.visits.at(-1)
    expect(rulesBroken(planted('A1', { route: { endsAt: last?.end ?? 0 } }))).toContain('travel')
    expect(rulesBroken(planted('A1', { route: { endsAt: clock('17:01') } }))).toContain('calendar')
  })

  it('sees that a break is missing, too short or too late', () => {
    const pause = good.routes.find((route) => route.technicianId === 'Ann')?.breaks[0]
    expect(pause).toBeDefined()
    const start = pause?.start ?? 0
    expect(rulesBroken(planted('A1', { route: { breaks: [] } }))).toContain('break')
    expect(rulesBroken(planted('A1', { route: { breaks: [{ start, end: start + 899 }] } }))).toContain(
      'break',
    )
    const late = clock('10:01')
    expect(rulesBroken(planted('A1', { route: { breaks: [{ start: late, end: late + 900 }] } }))).toContain(
      'break',
    )
  })

  it('sees two activities of one technician at the same time', () => {
    expect(
      rulesBroken(planted('A4', { visit: shifted('A4', clock('10:30') - visitOf('A4').start) })),
    ).toContain('overlap')
  })

  it('sees fixed work that has moved', () => {
    expect(rulesBroken(planted('A3', { visit: shifted('A3', 60) }))).toContain('fixed')
    expect(rulesBroken(planted('A3', { route: { technicianId: 'Ann' } }))).toContain('fixed')
  })

  it('sees a load that is too large, and one activity too many', () => {
    const heavier = (id: string, delivery: number[]): Problem => ({
      ...problem,
      activities: problem.activities.map((activity) =>
        activity.id === id ? { ...activity, delivery } : activity,
      ),
    })
    expect(rulesBroken(good, heavier('A1', [3]))).toContain('capacity')
    const busy: Problem = {
      ...problem,
      technicians: problem.technicians.map((technician) => ({ ...technician, maxTasks: 1 })),
    }
    expect(rulesBroken(good, busy)).toContain('tasks')
  })

  it('sees a cost that is not the plan’s', () => {
    expect(rulesBroken({ ...good, points: good.points - 1 })).toContain('cost')
    expect(rulesBroken({ ...good, cost: { ...good.cost, lateMinutes: 1 } })).toContain('cost')
  })
})

const drawnWithoutSetup = (): Plan => {
  const { start } = visitOf('A4')
  const { end } = visitOf('A4')
  const comesFromElsewhere = end - start === 3900
  // Where A4 follows A3 at the same place there is no setup to leave out, so one is put in.
  return planted('A4', { visit: { end: comesFromElsewhere ? end - 300 : end + 300 } })
}
