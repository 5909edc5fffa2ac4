import { describe, expect, it } from 'vitest'
import { check } from '../../workers/optimiser/checker/checker.ts'
import { solve } from '../../workers/optimiser/solve.ts'
import { readDisclosures, runDynamicVrptw } from './dvrptw.ts'
import type { Lived } from './live-day.ts'
import { parseTrsp, readReleases, readTrsp, SCALE, scoreTrsp } from './trsp.ts'
import { runTrspDynamic, scoreLived } from './trsp-dynamic.ts'

/** The second technician has the tool but lives far off; the first passes the depot. */
const file = `hand-made

INFO
CREW COUNT  SKILLS  TOOLS   SPARE PARTS
2       1       1       1

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0    3     4     0      200    0      [] 	[] 	[]
1    0     0     0      200    0      [0] 	[] 	[1]
2    90    0     0      200    0      [0] 	[0] 	[0]
3    6     8     0      100    10     [0] 	[0] 	[0]
4    6     0     50     60     10     [0] 	[] 	[2]
`
const stop = { iterations: 300 }

describe('the TRSP reader', () => {
  it('asks for skills, tools, parts, one call at the depot and paid time, and scores what comes in full precision', () => {
    const { problem, score } = readTrsp(file)
    const plan = solve(problem, { seed: 1, stop })
    expect(check(problem, plan).violations).toEqual([])
    const { duration, rejected, findings } = score(plan)
    // Home, depot, 3, 4, home, without waiting.
    expect({ rejected, findings }).toEqual({ rejected: 0, findings: [] })
    expect(duration).toBeCloseTo(5 + 5 + 10 + 8 + 10 + 6, 6)
    expect(Math.abs(plan.points / SCALE - duration)).toBeLessThan(0.01)
  })

  it('finds what a plan may not do', () => {
    const trsp = parseTrsp(file)
    const day = { technicianId: '1', activityIds: ['3', '4'] }
    expect(scoreTrsp(trsp, [{ ...day, callAfter: -1 }]).findings).toEqual([])
    expect(scoreTrsp(trsp, [day]).findings).toEqual(['1 lacks a tool for 3', '1 lacks a part for 4'])
    expect(scoreTrsp(trsp, [{ ...day, callAfter: 0 }]).findings).toEqual(['1 lacks a tool for 3'])
    expect(scoreTrsp(trsp, [{ technicianId: '2', activityIds: ['4'] }]).findings).toEqual([
      '2 lacks a part for 4',
      '4 is reached at 84, after 60',
    ])
    expect(scoreTrsp(trsp, [{ technicianId: '1', activityIds: ['4', '3'], callAfter: -1 }]).rejected).toBe(0)
  })

  it('refuses what is no such file, and reads release dates', () => {
    expect(() => parseTrsp('CREW COUNT\n3\n')).toThrow('not a TRSP file')
    expect([...readReleases('# x\nDyn Stat\n1 1\nID    RD\n3  -1\n4  20\n')]).toEqual([
      ['3', -1],
      ['4', 20],
    ])
    expect(() => readReleases('ID RD\n')).toThrow('not a file of release dates')
  })
})

describe('a TRSP day lived through', () => {
  const live = (releases: [string, number][]) =>
    runTrspDynamic(file, new Map(releases), { seed: 1, first: stop, event: stop })

  it('is the static plan where all is known beforehand', () => {
    const { rejected, duration, findings, events } = live([])
    expect({ rejected, findings, events }).toEqual({ rejected: 0, findings: [], events: 1 })
    expect(duration).toBeCloseTo(44, 1)
  })

  it('finds room for what is disclosed between two visits, when the first was given a head start', () => {
    const between = `between

INFO
CREW COUNT  SKILLS  TOOLS   SPARE PARTS
1       1       1       1

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0    0     0     0      200    0      [] 	[] 	[]
1    0     0     0      200    0      [0] 	[] 	[0]
2    10    0     20     100    10     [0] 	[] 	[0]
3    20    0     100    110    10     [0] 	[] 	[0]
4    10    20    60     85     10     [0] 	[] 	[0]
`
    const day = (headStart: number) =>
      runTrspDynamic(between, new Map([['4', 50]]), {
        seed: 1,
        first: stop,
        event: stop,
        settingOut: { headStart: headStart * SCALE, driveFirst: false },
      })
    expect(day(0)).toMatchObject({ rejected: 1, findings: [] })
    expect(day(60)).toMatchObject({ rejected: 0, findings: [] })
  })

  it('sends nobody before a request is known, and loses one that is known too late', () => {
    // From home to the depot and on it is eleven away; its window closes at 60.
    expect(live([['4', 30]])).toMatchObject({ rejected: 0, findings: [] })
    expect(live([['4', 58]])).toMatchObject({ rejected: 1, findings: [] })
  })

  it('serves even that one where setting out may be backdated, as published runs did', () => {
    const options = { seed: 1, first: stop, event: stop, backdated: true }
    expect(runTrspDynamic(file, new Map([['4', 58]]), options)).toMatchObject({ rejected: 0, findings: [] })
  })

  it('pays for the time at home between two rounds', () => {
    const { duration, rejected, findings } = live([['4', 45]])
    expect({ rejected, findings }).toEqual({ rejected: 0, findings: [] })
    expect(duration).toBeGreaterThan(44)
  })

  it('is judged afresh: knowing too early, going too fast and lacking things are found', () => {
    const trsp = parseTrsp(file)
    const visit = {
      at: 'visit' as const,
      activityId: '3',
      leftAt: 0,
      arrival: 5_000,
      start: 5_000,
      end: 9_000,
    }
    const lived: Lived = {
      days: [{ technicianId: '1', stops: [visit], leftForHomeAt: 9_000, home: 19_000 }],
      rejected: ['4'],
      events: 1,
    }
    expect(scoreLived(trsp, new Map([['3', 2]]), lived)).toEqual({
      rejected: 1,
      duration: 19,
      events: 1,
      findings: [
        '1 is too fast on the way to 3',
        '3 is set out for before it is known',
        '3 is cut short',
        '1 lacks a tool for 3',
      ],
    })
  })
})

describe('a dynamic VRPTW day', () => {
  const solomon = `D1

VEHICLE
NUMBER     CAPACITY
  2          10

CUSTOMER
CUST NO.   XCOORD.   YCOORD.   DEMAND   READY TIME   DUE DATE   SERVICE TIME

    0      0         0         0          0        100          0
    1      10        0         6          0         90         10
    2      20        0         4          0         60         10
    3      30        0         6          0         40         10
`
  const live = (text: string) =>
    runDynamicVrptw(solomon, readDisclosures(text), { seed: 1, first: stop, event: stop })

  it('is driven as planned where all is known, and at a detour where it is not', () => {
    // One van for 2 and 3, one for 1.
    expect(live('1 -1\n2 -1\n3 -1\n')).toEqual({ rejected: 0, distance: 80, events: 1, findings: [] })
    expect(live('1 -1\n2 -1\n3 5\n')).toMatchObject({ rejected: 0, findings: [], events: 2 })
    expect(live('1 -1\n2 -1\n3 35\n')).toMatchObject({ rejected: 1, findings: [] })
  })

  it('refuses what is no file of disclosures', () => {
    expect(() => readDisclosures('1 soon\n')).toThrow('not a file of disclosures')
  })
})
