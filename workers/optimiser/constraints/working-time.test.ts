import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Plan, Problem } from '../problem.ts'
import { solve } from '../solve.ts'
import { drawn, drawnPlan } from '../testing/drawn-board.ts'

const solved = (problem: Problem): Plan => {
  const plan = solve(problem, { seed: 1, stop: { iterations: 400 } })
  expect(check(problem, plan).violations).toEqual([])
  return plan
}

const hoursPaid = (plan: Plan): number =>
  plan.routes.reduce((sum, { departure, endsAt }) => sum + (endsAt - departure) / 3600, 0)

describe('paid working time', () => {
  it('puts off the departure so that nothing is waited for that need not be', () => {
    const plan = solved(
      drawn(`
        Ann | 08:00-17:00 | home 0 | paid 3600
        A1  | 60m | at 0 | from 08:00 to 12:00
        A2  | 60m | at 0 | from 14:00 to 15:00
      `),
    )
    expect(drawnPlan(plan)).toBe('Ann | 12:00 A1 13:00 | 14:00 A2 15:00')
    expect(hoursPaid(plan)).toBe(3)
    expect(plan.points).toBe(3 * 3600)
  })

  it('prefers a longer way to a longer wait', () => {
    const board = (paid: string): Problem =>
      drawn(`
        Ann | 08:00-17:00 | home 0 ${paid}
        Bo  | 08:00-17:00 | home 5 ${paid}
        A1  | 30m | at 0 | from 08:00 to 08:00 | only Ann
        A2  | 30m | at 0 | from 15:00 to 15:00
      `)
    expect(drawnPlan(solved(board('')))).toBe('Ann | 08:00 A1 08:30 | 15:00 A2 15:30')
    expect(drawnPlan(solved(board('| paid 3600')))).toBe('Ann | 08:00 A1 08:30\nBo | 15:00 A2 15:30')
  })

  it('makes no promise late and moves no announced visit for a later departure', () => {
    const plan = solved(
      drawn(`
        Ann | 08:00-17:00 | home 0 | paid 3600
        A1  | 60m | at 0 | due 10:30
        A2  | 60m | at 0 | from 14:00 to 15:00
        Bo  | 08:00-17:00 | home 300 | paid 3600
        B1  | 60m | at 300 | now Bo 09:00
        B2  | 60m | at 300 | from 10:05 to 10:05
      `),
    )
    expect(drawnPlan(plan)).toBe(
      'Ann | 09:30 A1 10:30 | 14:00 A2 15:00\nBo | 09:00 B1 10:00 | 10:05 B2 11:05',
    )
  })

  it('keeps two technicians together who are awaited together, though one of them could leave later', () => {
    const board = drawn(`
      Ann | 08:00-17:00 | home 0 | paid 3600
      Bo  | 08:00-17:00 | home 0
      A1  | 60m | at 0 | from 08:00 to 12:00 | only Ann
      A2  | 60m | at 0 | from 13:30 to 14:00 | only Ann
      B1  | 60m | at 0 | from 08:00 to 12:00 | only Bo
    `)
    const plan = solved({
      ...board,
      links: [{ first: 'A1', second: 'B1', from: 0, to: 0, technicians: 'different', together: true }],
    })
    const [ann, bo] = plan.routes
    expect(ann?.visits[0]?.start).toBe(bo?.visits[0]?.start)
  })

  it('takes a break before a late departure at home, and one on the way with what is left of it', () => {
    const morning = solved(
      drawn(`
        Ann | 08:00-12:00 13:00-17:00 | home 0 | paid 3600
        A1  | 60m | at 30 | from 15:00 to 15:00
      `),
    )
    expect(morning.routes[0]).toMatchObject({ departure: 14.5 * 3600, breaks: [{ start: 43_200 }] })
    const noon = solved(
      drawn(`
        Ann | 08:00-12:00 13:00-17:00 | home 0 | paid 3600
        A1  | 60m | at 10 | from 08:00 to 11:00
        A2  | 60m | at 50 | from 13:20 to 14:00
      `),
    )
    // Twenty of the forty minutes between the two are driven before the break.
    expect(drawnPlan(noon)).toBe('Ann | 10:40 A1 11:40 | 13:20 A2 14:20')
    expect(noon.routes[0]?.departure).toBe(10.5 * 3600)
  })

  it('counts from the opening for someone who is on the road already, and takes him home without work', () => {
    const problem = drawn(`
      Ann | 08:00-17:00 | home 0 | paid 3600
      Bo  | 08:00-17:00 | home 30 | paid 3600
      A1  | 60m | at 30 | from 10:00 to 10:00 | only Ann
    `)
    const [ann, bo] = problem.technicians
    if (ann === undefined || bo === undefined) throw new Error('two technicians were drawn')
    const onTheRoad: Problem = {
      ...problem,
      technicians: [ann, bo].map((technician) => ({
        ...technician,
        shifts: technician.shifts.map((shift) => ({ ...shift, endLocation: 0, departed: true })),
      })),
    }
    const plan = solved(onTheRoad)
    expect(plan.routes.map(({ departure, endsAt }) => [departure / 3600, endsAt / 3600])).toEqual([
      [8, 11.5],
      [8, plan.routes[1]?.endsAt === undefined ? 0 : plan.routes[1].endsAt / 3600],
    ])
    expect(plan.routes[1]?.visits).toEqual([])
    const { violations } = check(onTheRoad, { ...plan, routes: plan.routes.slice(0, 1) })
    expect(violations.map(({ rule }) => rule)).toContain('working-time')
  })

  it('is found out when a plan says it cost less', () => {
    const problem = drawn(`
      Ann | 08:00-17:00 | home 0 | paid 3600
      A1  | 60m | at 30
    `)
    const plan = solved(problem)
    expect(check(problem, { ...plan, points: plan.points - 1 }).violations).toMatchObject([{ rule: 'cost' }])
    const early = plan.routes.map((route) => ({ ...route, departure: route.departure - 60 }))
    expect(check(problem, { ...plan, routes: early }).points).not.toBe(plan.points)
  })
})

describe('distance', () => {
  it('costs by the kilometre beside the hour', () => {
    // Places are as many metres apart as seconds.
    const problem = drawn(`
      Ann | 08:00-17:00 | home 0 | kilometre 500
      A1  | 60m | at 60
    `)
    expect(solved(problem).points).toBe(7_200 + 3_600)
  })
})
