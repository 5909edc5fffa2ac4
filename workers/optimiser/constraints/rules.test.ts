import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Problem } from '../problem.ts'
import { solve } from '../solve.ts'
import { drawn, drawnPlan } from '../testing/drawn-board.ts'

const planned = (problem: Problem): string => {
  const plan = solve(problem, { seed: 1, stop: { iterations: 400 } })
  expect(check(problem, plan).violations).toEqual([])
  return drawnPlan(plan)
}

describe('skills', () => {
  it('gives work only to someone who has every skill at its level', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0 | has gas:1
          Bo  | 08:00-17:00 | home 90 | has gas:2
          A1  | 60m | at 10 | needs gas:2
        `),
      ),
    ).toBe('Bo | 09:20 A1 10:20')
  })

  it('leaves work out when nobody has the skill', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 60m | at 10 | needs gas:1
        `),
      ),
    ).toBe('left out | A1')
  })

  it('keeps excluded technicians away and obeys a list of those allowed', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          Bo  | 08:00-17:00 | home 30
          Cy  | 08:00-17:00 | home 60
          A1  | 60m | at 0 | not Ann | from 08:00 to 08:30
          A2  | 60m | at 0 | only Cy
        `),
      ),
    ).toBe('Bo | 08:30 A1 09:30\nCy | 09:00 A2 10:00')
  })
})

describe('open hours', () => {
  it('never cuts work by a break', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-12:00 13:00-17:00 | home 0
          A1  | 180m | at 30 | due 12:00
          A2  | 60m | at 30
        `),
      ),
    ).toBe('Ann | 08:30 A1 11:30 | 13:00 A2 14:00')
  })

  it('lets travel stop for a break and go on after it', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-12:00 13:00-17:00 | home 0
          A1  | 150m | at 60
          A2  | 30m | at 120 | from 13:00 to 13:30
        `),
      ),
    ).toBe('Ann | 09:00 A1 11:30 | 13:30 A2 14:00')
  })

  it('brings the technician home before the day ends', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-10:00 | home 0
          A1  | 60m | at 31
        `),
      ),
    ).toBe('left out | A1')
  })

  it('takes a movable break when it costs least, and by the time it must', () => {
    const problem = drawn(`
      Ann | 08:00-17:00 | home 0 | break 30m 11:00-13:00
      A1  | 60m | at 0 | from 10:00 to 10:00
      A2  | 120m | at 0 | from 11:30 to 12:30
      A3  | 60m | at 0 | from 14:00 to 15:00
    `)
    const plan = solve(problem, { seed: 1, stop: { iterations: 200 } })
    expect(check(problem, plan).violations).toEqual([])
    expect(drawnPlan(plan)).toBe('Ann | 10:00 A1 11:00 | 11:30 A2 13:30 | 14:00 A3 15:00')
    expect(plan.routes[0]?.breaks).toEqual([{ start: 39_600, end: 41_400 }])
  })

  it('uses a later day when the first is full', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-10:00 / 32:00-34:00 | home 0
          A1  | 120m | at 0 | due 10:00
          A2  | 120m | at 0
        `),
      ),
    ).toBe('Ann | 08:00 A1 10:00\nAnn | 32:00 A2 34:00')
  })
})

describe('windows', () => {
  it('starts work within one of its windows, waiting for it if need be', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 60m | at 0 | from 08:00 to 08:10
          A2  | 60m | at 0 | from 08:00 to 08:30 | from 14:00 to 15:00
        `),
      ),
    ).toBe('Ann | 08:00 A1 09:00 | 14:00 A2 15:00')
  })

  it('leaves work out whose windows lie outside of every day', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 60m | at 0 | from 18:00 to 19:00
        `),
      ),
    ).toBe('left out | A1')
  })
})

describe('fixed work', () => {
  it('stays where it is, and other work finds room around it with its travel', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-12:00 | home 0
          A1  | 60m | at 30 | fixed Ann 10:00
          A2  | 60m | at 0
          A3  | 61m | at 0
        `),
      ),
    ).toBe('Ann | 08:00 A2 09:00 | 10:00 A1 11:00\nleft out | A3')
  })

  it('is kept even where it breaks rules, and what it covers is not given away', () => {
    const problem = drawn(`
      Ann | 08:00-12:00 13:00-17:00 | home 0
      A1  | 120m | at 0 | fixed Ann 11:00
      A2  | 60m | at 0 | fixed Ann 12:30
      A3  | 30m | at 0 | fixed Ann 20:00
      A4  | 180m | at 0
    `)
    const plan = solve(problem, { seed: 1, stop: { iterations: 100 } })
    expect(drawnPlan(plan)).toBe(
      'Ann | 08:00 A4 11:00 | 11:00 A1 13:00 | 12:30 A2 13:30\nAnn | 20:00 A3 20:30',
    )
    const { violations, given } = check(problem, plan)
    expect(violations).toEqual([])
    expect(given.map((finding) => finding.rule)).toContain('overlap')
  })
})

describe('capacity', () => {
  it('never loads more than a technician carries', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0 | carries 5
          Bo  | 08:00-17:00 | home 60 | carries 5
          A1  | 10m | at 0 | brings 3
          A2  | 10m | at 0 | brings 3
        `),
      ).split('\n').length,
    ).toBe(2)
  })

  it('lets what is collected take the room of what was brought', () => {
    const board = (order: string): Problem =>
      drawn(`
        Ann | 08:00-17:00 | home 0 | carries 5
        A1  | 10m | at 0 | brings 5 ${order === 'possible' ? '' : '| from 12:00 to 12:00'}
        A2  | 10m | at 0 | collects 5 | from 10:00 to 10:00
      `)
    expect(planned(board('possible'))).toBe('Ann | 08:00 A1 08:10 | 10:00 A2 10:10')
    expect(planned(board('impossible'))).toContain('left out')
  })

  it('gives nobody more activities than a day may hold', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0 | most 1
          A1  | 10m | at 0 | priority 9
          A2  | 10m | at 0
        `),
      ),
    ).toBe('Ann | 08:00 A1 08:10\nleft out | A2')
  })
})

describe('SLA lateness', () => {
  it('does the work with the earlier promise first, however far the way', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 60m | at 10
          A2  | 60m | at 100 | due 11:00
        `),
      ),
    ).toBe('Ann | 09:40 A2 10:40 | 12:10 A1 13:10')
  })

  it('misses the lighter promise when one has to be missed', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 60m | at 0 | due 09:00 1
          A2  | 60m | at 0 | due 09:00 3
        `),
      ),
    ).toBe('Ann | 08:00 A2 09:00 | 09:00 A1 10:00')
  })

  it('does work late rather than leaving it out', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 60m | at 60 | due 08:30
          A2  | 300m | at 0 | due 13:00
        `),
      ),
    ).toBe('Ann | 08:00 A2 13:00 | 14:00 A1 15:00')
  })

  it('judges arrival by the start of the work', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 240m | at 0 | arrive 08:00
          A2  | 60m | at 0 | due 13:00
        `),
      ),
    ).toBe('Ann | 08:00 A1 12:00 | 12:00 A2 13:00')
  })
})

describe('preferred technicians', () => {
  it('prefers them for a detour of up to half an hour', () => {
    const board = (home: number): Problem =>
      drawn(`
        Ann | 08:00-17:00 | home 0
        Bo  | 08:00-17:00 | home ${home}
        A1  | 60m | at 0 | prefers Bo
      `)
    expect(planned(board(14))).toContain('Bo |')
    expect(planned(board(16))).toContain('Ann |')
  })
})

describe('stability', () => {
  it('keeps an announced start although the work could begin earlier', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 60m | at 0 | now Ann 11:00
        `),
      ),
    ).toBe('Ann | 11:00 A1 12:00')
  })

  it('gives the announced start up when the promise would be broken by waiting', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 60m | at 0 | now Ann 11:00 | due 10:00
        `),
      ),
    ).toBe('Ann | 08:00 A1 09:00')
  })

  it('moves work to another technician only for more than ten minutes of travel', () => {
    const board = (home: number): Problem =>
      drawn(`
        Ann | 08:00-17:00 | home ${home}
        Bo  | 08:00-17:00 | home 0
        A1  | 60m | at 0 | now Ann 11:00
      `)
    expect(planned(board(4))).toBe('Ann | 11:00 A1 12:00')
    expect(planned(board(6))).toBe('Bo | 08:00 A1 09:00')
  })
})

describe('overtime', () => {
  it('runs over only where the shift allows it, and only as far', () => {
    const board = (overtime: string): Problem =>
      drawn(`
        Ann | 08:00-10:00 | home 0 ${overtime}
        A1  | 130m | at 0
      `)
    expect(planned(board(''))).toBe('left out | A1')
    expect(planned(board('| overtime 5m'))).toBe('left out | A1')
    expect(planned(board('| overtime 10m'))).toBe('Ann | 08:00 A1 10:10')
  })
})

describe('setup', () => {
  it('is needed only by someone who comes from another place', () => {
    expect(
      planned(
        drawn(`
          Ann | 08:00-17:00 | home 0
          A1  | 60m | at 30 | setup 10m
          A2  | 60m | at 30 | setup 10m
        `),
      ),
    ).toMatch(/^Ann \| 08:30 A\d 09:40 \| 09:40 A\d 10:40$/)
  })
})
