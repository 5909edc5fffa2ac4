import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { explain } from '../explain/explain.ts'
import type { Plan, Problem } from '../problem.ts'
import { solve } from '../solve.ts'
import { drawn, drawnPlan } from '../testing/drawn-board.ts'

const solved = (problem: Problem): Plan => {
  const plan = solve(problem, { seed: 1, stop: { iterations: 400 } })
  expect(check(problem, plan).violations).toEqual([])
  return plan
}

const minutes = (plan: Plan) =>
  plan.routes.map(({ depotCall }) =>
    depotCall === undefined ? null : { ...depotCall, start: depotCall.start / 60, end: depotCall.end / 60 },
  )

describe('tools on the van', () => {
  it('send work to someone who carries them', () => {
    const plan = solved(
      drawn(`
        Ann | 08:00-17:00 | home 0 | tools drill
        Bo  | 08:00-17:00 | home 60 | tools drill saw
        A1  | 30m | at 5 | tools saw
      `),
    )
    expect(drawnPlan(plan)).toBe('Bo | 08:55 A1 09:25')
  })

  it('are fetched at the depot on the way, where nobody who carries them is nearer', () => {
    const plan = solved(
      drawn(`
        Ann | 08:00-17:00 | home 0 | tools drill | depot 10 15m
        Bo  | 08:00-17:00 | home 300 | tools saw
        A1  | 30m | at 5 | tools saw
      `),
    )
    expect(drawnPlan(plan)).toBe('Ann | 08:30 A1 09:00')
    expect(minutes(plan)).toEqual([{ start: 490, end: 505, after: -1 }])
  })

  it('are all there for someone of whom nothing is said', () => {
    expect(
      drawnPlan(
        solved(
          drawn(`
            Ann | 08:00-17:00 | home 0
            A1  | 30m | at 5 | tools saw | uses pipe:9
          `),
        ),
      ),
    ).toBe('Ann | 08:05 A1 08:35')
  })
})

describe('parts on the van', () => {
  it('are used up by the work before, and the depot is called at once for all that follows', () => {
    const plan = solved(
      drawn(`
        Ann | 08:00-17:00 | home 0 | stock pipe:2 | depot 0 10m
        A1  | 30m | at 10 | uses pipe:2 | from 08:00 to 08:15
        A2  | 30m | at 20 | uses pipe:1 | from 10:00 to 10:30
        A3  | 30m | at 30 | uses pipe:5 | from 11:00 to 11:30
      `),
    )
    expect(drawnPlan(plan)).toBe('Ann | 08:10 A1 08:40 | 10:00 A2 10:30 | 11:00 A3 11:30')
    expect(minutes(plan)).toEqual([{ start: 530, end: 540, after: 0 }])
  })

  it('are fetched only once a shift, and in the next one again', () => {
    const plan = solved(
      drawn(`
        Ann | 08:00-10:00 / 32:00-34:00 | home 0 | stock pipe:0 | depot 10
        A1  | 60m | at 20 | uses pipe:1
        A2  | 60m | at 20 | uses pipe:1
      `),
    )
    expect(minutes(plan).map((call) => call?.after)).toEqual([-1, -1])
  })

  it('leave work out, and say why, when there is no time or place to fetch them', () => {
    const board = (depot: string): Problem =>
      drawn(`
        Ann | 08:00-17:00 | home 0 | stock valve:1 ${depot}
        A1  | 30m | at 10 | uses pipe:1 | from 08:00 to 08:15
      `)
    const far = solved(board('| depot 60'))
    expect(far.unassigned).toMatchObject([{ activityId: 'A1', rule: 'parts' }])
    expect(explain(board('| depot 60'), 'A1').blocked).toEqual([
      { technicianId: 'Ann', rule: 'parts', sentence: 'has no pipe on the van and cannot fetch it in time' },
    ])
    expect(explain(board(''), 'A1').blocked).toEqual([
      { technicianId: 'Ann', rule: 'parts', sentence: 'has no pipe on the van and nowhere to fetch it' },
    ])
    expect(solved(board('| depot 5')).unassigned).toEqual([])
  })

  it('are fetched for fixed work where a call fits, and fixed work without them is tolerated where none does', () => {
    const board = (fixed: string): Problem =>
      drawn(`
        Ann | 08:00-17:00 | home 0 | stock pipe:0 | depot 30
        A1  | 30m | at 0 | uses pipe:1 | fixed Ann ${fixed}
        A2  | 60m | at 0 | from 08:00 to 08:00
      `)
    const plan = solved(board('10:30'))
    expect(minutes(plan)).toEqual([{ start: 570, end: 570, after: 0 }])
    // The call does not give way to other work.
    expect(solved(board('09:30')).unassigned.map(({ activityId }) => activityId)).toEqual(['A2'])
    const late = solved(board('08:30'))
    expect(minutes(late)).toEqual([null])
    expect(check(board('08:30'), late).given).toMatchObject([{ rule: 'parts', activityId: 'A1' }])
  })

  it('let a break fall into the call, which then takes so much longer', () => {
    const plan = solved(
      drawn(`
        Ann | 08:00-09:00 10:00-17:00 | home 0 | stock pipe:0 | depot 50 20m
        A1  | 30m | at 60 | uses pipe:1
      `),
    )
    expect(drawnPlan(plan)).toBe('Ann | 10:20 A1 10:50')
    expect(minutes(plan)).toEqual([{ start: 530, end: 610, after: -1 }])
  })
})

describe('a plan about vans', () => {
  const problem = drawn(`
    Ann | 08:00-17:00 | home 0 | stock pipe:0 | depot 10 15m
    A1  | 30m | at 5 | uses pipe:1
  `)
  const plan = solve(problem, { seed: 1, stop: { iterations: 50 } })
  const [route] = plan.routes
  const broken = (change: object): string[] =>
    check(problem, { ...plan, routes: plan.routes.map((own) => ({ ...own, ...change })) }).violations.map(
      ({ rule, sentence }) => `${rule}: ${sentence}`,
    )

  it('is refused without the call, with a call behind the work, and with one too short or too early', () => {
    const call = route?.depotCall
    if (call === undefined) throw new Error('the plan has to have a call')
    expect(check(problem, plan).violations).toEqual([])
    expect(broken({ depotCall: undefined })).toContain('parts: needs 1 of pipe, and 0 are left')
    expect(broken({ depotCall: { ...call, after: 0 } })).toContain(
      'parts: calls at the depot where no visit follows',
    )
    expect(broken({ depotCall: { ...call, end: call.end - 1 } })).toContain(
      'parts: leaves the depot in less than 900 s',
    )
    expect(broken({ depotCall: { ...call, start: call.start - 1 } })).toContain(
      'parts: is at the depot before anyone can be',
    )
  })
})

describe('a problem about vans', () => {
  const board = (technician: object, activity: object): Problem => {
    const problem = drawn('Ann | 08:00-17:00 | home 0\nA1 | 30m | at 5')
    return {
      ...problem,
      technicians: problem.technicians.map((own) => ({ ...own, ...technician })),
      activities: problem.activities.map((own) => ({ ...own, ...activity })),
    }
  }
  it.each([
    ['technicians[0].depot.location', { depot: { location: 2 } }, {}],
    ['technicians[0].depot.duration', { depot: { location: 1, duration: -1 } }, {}],
    ['technicians[0].parts[0].amount', { parts: [{ part: 'pipe', amount: 0.5 }] }, {}],
    [
      'technicians[0].parts[1].part',
      {
        parts: [
          { part: 'pipe', amount: 1 },
          { part: 'pipe', amount: 2 },
        ],
      },
      {},
    ],
    ['activities[0].parts[0].amount', {}, { parts: [{ part: 'pipe', amount: -1 }] }],
    ['technicians[0].perHourWorked', { perHourWorked: Number.NaN }, {}],
  ])('that makes no sense is refused by the name of its field: %s', (field, technician, activity) => {
    expect(() => solve(board(technician, activity), { seed: 1, stop: { iterations: 1 } })).toThrow(
      `${field}: must`.replace(': must', ':'),
    )
  })
})
