import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { candidates } from '../explain/candidates.ts'
import { compile } from '../model/compile.ts'
import type { Link, Problem } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { repair } from '../repair.ts'
import { solve } from '../solve.ts'
import { drawn, drawnPlan } from '../testing/drawn-board.ts'

const MINUTE = 60

const together = (first: string, second: string): Link => ({
  first,
  second,
  from: 0,
  to: 0,
  technicians: 'different',
  together: true,
})

const followed = (first: string, second: string, from: number, to: number | null): Link => ({
  first,
  second,
  from: from * MINUTE,
  to: to === null ? null : to * MINUTE,
})

const linked = (text: string, ...links: Link[]): Problem => ({ ...drawn(text), links })

const planned = (problem: Problem, warm?: Parameters<typeof solve>[1]['warm']): string => {
  const plan = solve(problem, { seed: 1, stop: { iterations: 300 }, ...(warm === undefined ? {} : { warm }) })
  expect(check(problem, plan).violations).toEqual([])
  return drawnPlan(plan)
}

describe('a visit of two technicians', () => {
  it('starts when the later of the two can be there', () => {
    expect(
      planned(
        linked(
          `
          Ann | 08:00-17:00 | home 0
          Bo  | 09:00-17:00 | home 90
          V1  | 60m | at 30
          V2  | 60m | at 30
          `,
          together('V1', 'V2'),
        ),
      ),
    ).toBe('Ann | 10:00 V1 11:00\nBo | 10:00 V2 11:00')
  })

  it('is left out whole where only one of them could come', () => {
    expect(
      planned(
        linked(
          `
          Ann | 08:00-17:00 | home 0 | has gas:1
          Bo  | 08:00-17:00 | home 0
          V1  | 60m | at 30 | needs gas:1
          V2  | 60m | at 30 | needs gas:1
          A1  | 60m | at 30
          `,
          together('V1', 'V2'),
        ),
      ),
    ).toMatch(/A1 .*\nleft out \| V1 V2$/)
  })

  it('holds up what comes after it on both days', () => {
    expect(
      planned(
        linked(
          `
          Ann | 08:00-17:00 | home 0 | has x:1
          Bo  | 10:00-17:00 | home 0 | has y:1
          V1  | 60m | at 0 | needs x:1
          V2  | 60m | at 0 | needs y:1
          A1  | 300m | at 0 | needs x:1 | from 11:00 to 12:00
          `,
          together('V1', 'V2'),
        ),
      ),
    ).toBe('Ann | 10:00 V1 11:00 | 11:00 A1 16:00\nBo | 10:00 V2 11:00')
  })

  it('does not let two people wait for each other for ever', () => {
    const problem = linked(
      `
      Ann | 08:00-17:00 | home 0 | has x:1
      Bo  | 08:00-17:00 | home 0 | has y:1
      V1  | 60m | at 0 | needs x:1
      V2  | 60m | at 0 | needs y:1
      W1  | 60m | at 0 | needs x:1
      W2  | 60m | at 0 | needs y:1
      `,
      together('V1', 'V2'),
      together('W1', 'W2'),
    )
    const crossed = {
      routes: [
        {
          technicianId: 'Ann',
          visits: [
            { activityId: 'V1', start: 8 * 3600 },
            { activityId: 'W1', start: 9 * 3600 },
          ],
        },
        {
          technicianId: 'Bo',
          visits: [
            { activityId: 'W2', start: 8 * 3600 },
            { activityId: 'V2', start: 9 * 3600 },
          ],
        },
      ],
    }
    expect(planned(problem, crossed)).toMatch(
      /^Ann \| 08:00 (V|W)1 09:00 \| 09:00 (V|W)1 10:00\nBo \| 08:00 (V|W)2 09:00/,
    )
  })
})

describe('one after another', () => {
  it('keeps the least time between the starts', () => {
    expect(
      planned(
        linked(
          `
          Ann | 08:00-17:00 | home 0
          A1  | 30m | at 0
          A2  | 30m | at 0
          `,
          followed('A1', 'A2', 120, null),
        ),
      ),
    ).toBe('Ann | 08:00 A1 08:30 | 10:00 A2 10:30')
  })

  it('delays the first where the second cannot come soon enough after it', () => {
    expect(
      planned(
        linked(
          `
          Ann | 08:00-17:00 | home 0 | has x:1
          Bo  | 12:00-17:00 | home 0
          A1  | 30m | at 0 | needs x:1
          A2  | 30m | at 0 | only Bo
          `,
          followed('A1', 'A2', 30, 60),
        ),
      ),
    ).toBe('Ann | 11:00 A1 11:30\nBo | 12:00 A2 12:30')
  })

  it('never places the second without the first, but the first without the second', () => {
    const board = `
      Ann | 08:00-09:00 | home 0 | has x:1
      A1  | 60m | at 0
      A2  | 60m | at 0 | priority 90
      `
    expect(planned(linked(board, followed('A1', 'A2', 60, null)))).toBe('Ann | 08:00 A1 09:00\nleft out | A2')
    expect(
      planned(
        linked(
          board.replace('A1  | 60m | at 0', 'A1 | 60m | at 0 | needs y:1'),
          followed('A1', 'A2', 60, null),
        ),
      ),
    ).toBe('left out | A1 A2')
  })

  it('gives both to one technician where the link says so', () => {
    const plan = planned(
      linked(
        `
        Ann | 08:00-12:00 | home 0
        Bo  | 08:00-17:00 | home 40
        A1  | 60m | at 0
        A2  | 240m | at 40
        `,
        { ...followed('A1', 'A2', 60, null), technicians: 'same' },
      ),
    )
    expect(plan).toBe('Bo | 08:40 A1 09:40 | 10:20 A2 14:20')
  })

  it('counts fixed work as it was given: its partner goes round it', () => {
    expect(
      planned(
        linked(
          `
          Ann | 08:00-17:00 | home 0
          Bo  | 08:00-17:00 | home 0
          A1  | 60m | at 0 | fixed Ann 10:00
          A2  | 60m | at 0
          `,
          { ...followed('A1', 'A2', 0, 0), technicians: 'different', together: true },
        ),
      ),
    ).toBe('Ann | 10:00 A1 11:00\nBo | 10:00 A2 11:00')
  })

  it('tolerates a link that fixed work breaks among itself', () => {
    const problem = linked(
      `
      Ann | 08:00-17:00 | home 0
      A1  | 60m | at 0 | fixed Ann 10:00
      A2  | 60m | at 0 | fixed Ann 08:00
      `,
      followed('A1', 'A2', 60, null),
    )
    const plan = solve(problem, { seed: 1, stop: { iterations: 10 } })
    const { violations, given } = check(problem, plan)
    expect(violations).toEqual([])
    expect(given.map(({ rule }) => rule)).toEqual(['link'])
  })
})

describe('links that cannot be kept', () => {
  const board = `
    Ann | 08:00-17:00 | home 0
    A1  | 60m | at 0
    A2  | 60m | at 0
    A3  | 60m | at 0
    `
  const refused = (...links: Link[]): string => {
    try {
      compile(linked(board, ...links))
    } catch (error) {
      if (error instanceof ProblemError) return error.field
      throw error
    }
    return 'accepted'
  }

  it('are refused by the field that is wrong', () => {
    expect(refused(followed('A1', 'A9', 0, null))).toBe('links[0].second')
    expect(refused(followed('A9', 'A1', 0, null))).toBe('links[0].first')
    expect(refused(followed('A1', 'A1', 0, null))).toBe('links[0].second')
    expect(refused(followed('A1', 'A2', 10, 5))).toBe('links[0].to')
    expect(refused(followed('A1', 'A2', 0.001, null))).toBe('links[0].from')
    expect(
      refused(followed('A1', 'A2', 0, null), followed('A2', 'A3', 0, null), followed('A3', 'A1', 0, null)),
    ).toBe('links[2]')
    expect(
      refused(followed('A1', 'A2', 60, null), followed('A2', 'A3', 60, null), followed('A1', 'A3', 0, 90)),
    ).toMatch(/^links\[/)
    expect(
      refused(followed('A1', 'A2', 60, null), followed('A2', 'A3', 60, null), followed('A1', 'A3', 0, 120)),
    ).toBe('accepted')
  })
})

describe('the checker', () => {
  it('finds broken links by itself', () => {
    const text = `
      Ann | 08:00-17:00 | home 0
      Bo  | 08:00-17:00 | home 0
      A1  | 60m | at 0
      A2  | 60m | at 0
      `
    const free = drawn(text)
    const plan = solve(free, {
      seed: 1,
      stop: { iterations: 20 },
      warm: {
        routes: [
          {
            technicianId: 'Ann',
            visits: [
              { activityId: 'A1', start: 0 },
              { activityId: 'A2', start: 1 },
            ],
          },
        ],
      },
    })
    const broken = (link: Link): string[] =>
      check({ ...free, links: [link] }, plan).violations.map(({ rule, sentence }) => `${rule}: ${sentence}`)
    expect(broken(followed('A1', 'A2', 61, null))).toEqual(['link: starts 3600 s after A1, not 3660 or more'])
    expect(broken(followed('A1', 'A2', 0, 59))).toEqual(['link: starts 3600 s after A1, not 0 to 3540'])
    expect(broken({ ...followed('A1', 'A2', 0, null), technicians: 'different' })).toEqual([
      'link: must not have the same technician than A1',
    ])
    const without = (id: string, other: string) => ({
      ...plan,
      routes: plan.routes.map((route) => ({
        ...route,
        visits: route.visits.filter((visit) => visit.activityId !== id),
      })),
      unassigned: [{ activityId: id, rule: 'overlap' as const, reason: '' }],
      other,
    })
    const rules = (id: string, link: Link): string[] =>
      check({ ...free, links: [link] }, without(id, '')).violations.map(({ rule }) => rule)
    expect(rules('A1', followed('A1', 'A2', 0, null))).toContain('link')
    expect(rules('A2', followed('A1', 'A2', 0, null))).not.toContain('link')
    expect(rules('A2', { ...followed('A1', 'A2', 0, null), together: true })).toContain('link')
  })
})

describe('answers about linked work', () => {
  const board = linked(
    `
    Ann | 08:00-17:00 | home 0
    Bo  | 08:00-17:00 | home 0
    Cy  | 08:00-09:30 | home 0
    V1  | 60m | at 0 | now Ann 10:00
    V2  | 60m | at 0
    `,
    together('V1', 'V2'),
  )

  it('name the candidates that go with the partner, and who cannot beside it', () => {
    const both = solve(board, { seed: 1, stop: { iterations: 0 } })
    const { candidates: found, refusals } = candidates(board, 'V2', { warm: both })
    const partner = both.routes.flatMap(({ visits }) => visits).find(({ activityId }) => activityId === 'V1')
    expect(found.every(({ start }) => start === partner?.start)).toBe(true)
    expect(refusals.some(({ rule }) => rule === 'link')).toBe(true)
  })

  it('say that the partner is not planned', () => {
    const { candidates: found, refusals } = candidates(board, 'V2', { warm: { routes: [] } })
    expect(found).toEqual([])
    expect(refusals[0]).toMatchObject({
      rule: 'link',
      sentence: 'cannot do it without V1, which is not planned',
      partner: 'V1',
    })
  })

  it('mend a plan with both of a pair, within the churn budget', () => {
    const mended = repair(board, { changed: ['V1', 'V2'], churnBudget: 0, seed: 1, stop: { iterations: 50 } })
    expect(check(board, mended).violations).toEqual([])
    expect(mended.unassigned).toEqual([])
    expect(mended.moved).toEqual([])
  })
})
