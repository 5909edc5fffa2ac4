import { describe, expect, it } from 'vitest'
import { wholePolicy } from '../../../server/contract/default-policy.ts'
import { HOUR } from '../../../server/domain/instant.ts'
import type { Technician } from '../../../server/domain/plan/technician.ts'
import type { PlanningOrder } from '../../../server/ports/planner.ts'
import { activity, at, boardOf, built, find, now, placed, technician } from './small-board.ts'

describe('what is loose', () => {
  it('is unplaced work, missed starts, and work of an absent technician', () => {
    const board = boardOf(
      [
        activity('new'),
        activity('missed', placed('Ann', at(9), at(9, 30))),
        activity('orphan', placed('Bo', at(14), at(15))),
        activity('fine', placed('Ann', at(14), at(15))),
      ],
      {
        technicians: [
          technician('Ann'),
          technician('Bo', { absences: [{ from: at(13), to: at(18), reason: 'ill' }] }),
        ],
      },
    )
    expect([...built(board).loose].sort()).toEqual(['missed', 'new', 'orphan'])
  })

  it('is not what a person took off the board, for a repair; a person’s own request takes it', () => {
    const board = boardOf([activity('A')], { takenOff: new Set(['A']) })
    expect(built(board, { kind: 'repair' }).loose).toEqual([])
    expect(built(board).loose).toEqual(['A'])
  })

  it('takes the most urgent when there is more than a search can hold, and says so of the rest', () => {
    const orders = new Map(
      ['A', 'B'].map((id, i): [string, PlanningOrder] => [
        `order of ${id}`,
        {
          id,
          priority: 'normal',
          slaStatus: 'started',
          due: { complete: now + (2 - i) * HOUR },
          weight: 1,
          place: null,
        },
      ]),
    )
    const both = built(boardOf([activity('A'), activity('B')], { orders }), { openMax: 1 })
    expect(both.loose).toEqual(['B'])
    expect(both.beyond).toEqual([{ activityId: 'A', reason: 'More urgent work fills the planned days.' }])
  })
})

describe('whom to send', () => {
  it('is nobody whom the activity rules out, and said only where it does', () => {
    const board = boardOf([activity('A', { excludedTechnicianIds: ['Ann'] }), activity('B')])
    expect(find(board, 'A')?.excluded).toEqual(['Ann'])
    expect(find(board, 'B')).not.toHaveProperty('excluded')
  })
})

describe('times', () => {
  it('never lets work start in the past, nor end after its range', () => {
    const found = find(boardOf([activity('A', { latestEnd: at(12) })]), 'A')
    expect(found?.windows).toEqual([{ from: 0, to: 3600 }])
  })

  it('reads windows of the day in the zone of the board', () => {
    const found = find(
      boardOf([activity('A', { windows: [{ from: '15:00', to: '17:00' }] })], { timeZone: 'Europe/Berlin' }),
      'A',
    )
    // Three in Berlin is two in UTC, four hours from now.
    expect(found?.windows[0]).toEqual({ from: 4 * 3600, to: 5 * 3600 })
  })

  it.each([
    [
      'too short a range that is still to come',
      { earliestStart: at(13), latestEnd: at(13, 30) },
      /60 min.*30 min are left/,
    ],
    ['a range of which too little is left', { latestEnd: at(10, 20) }, /60 min.*20 min are left/],
    [
      'windows that are too short',
      { windows: [{ from: '14:00', to: '14:30' }] },
      /windows of the day leave no 60 min/,
    ],
  ])('says of %s what is wrong, and not that it has passed', (_what, more, reason) => {
    expect(built(boardOf([activity('A', { durationMinutes: 60, ...more })])).beyond[0]?.reason).toMatch(
      reason,
    )
  })

  it('names work whose time has passed', () => {
    expect(built(boardOf([activity('A', { latestEnd: at(9) })])).beyond).toEqual([
      { activityId: 'A', reason: 'The time in which it may be done has passed.' },
    ])
  })

  it('starts a shift that has begun now, where the technician last was, with lunch as a break', () => {
    const lastPlaces = new Map([['Ann', { place: { lat: 1, lon: 1 }, at: at(9) }]])
    const { problem } = built(boardOf([activity('A', { place: { lat: 1, lon: 1 } })], { lastPlaces }))
    const [today] = problem.technicians[0]?.shifts ?? []
    expect(today?.open).toEqual([
      { from: 0, to: 2 * 3600 },
      { from: 3 * 3600, to: 7 * 3600 },
    ])
    expect(today?.startLocation).toBe(problem.activities[0]?.location)
  })
})

describe('overtime', () => {
  const shiftOf = (more: Partial<Technician>) =>
    built(
      boardOf([], {
        technicians: [technician('Ann', more)],
        policy: wholePolicy({ overtimeMinutes: 90, horizonDays: 1 }),
      }),
    ).problem.technicians[0]?.shifts[0]

  it('never runs into an appointment of one’s own', () => {
    expect(shiftOf({})?.overtimeMax).toBe(90 * 60)
    const dentist = [{ from: at(17, 30), to: at(19), reason: 'dentist' }]
    expect(shiftOf({ absences: dentist })?.overtimeMax).toBe(30 * 60)
    const off = [{ from: at(15), to: at(20), reason: 'off' }]
    const short = shiftOf({ absences: off })
    expect(short?.open.at(-1)?.to).toBe(5 * 3600)
    expect(short).not.toHaveProperty('overtimeMax')
  })

  it('leaves an appointment in the middle of the day out of the open hours', () => {
    const visit = [{ from: at(13, 30), to: at(14), reason: 'doctor' }]
    expect(shiftOf({ absences: visit })?.open.map(({ from, to }) => [from / 3600, to / 3600])).toEqual([
      [0, 2],
      [3, 3.5],
      [4, 7],
    ])
  })
})

describe('ways of travelling', () => {
  it('give each person the matrix of his or her own, and the policy’s to who says nothing', () => {
    const here = { lat: 42.3, lon: -71.1 }
    const people = [
      technician('Ann', { travelProfile: 'foot', home: here }),
      technician('Bo', { home: here }),
    ]
    const far = { place: { lat: 42.33, lon: -71.1 } }
    const { problem } = built(boardOf([activity('A', far)], { technicians: people }))
    expect(problem.travel).toHaveLength(2)
    const secondsFor = (i: number) =>
      Math.max(...(problem.travel[problem.technicians[i]?.profile ?? 0]?.seconds ?? []))
    expect(secondsFor(0)).toBeGreaterThan(4 * secondsFor(1))
  })
})

describe('what the policy prices', () => {
  const policed = (policy: object) => built(boardOf([], { policy: wholePolicy({ ...policy }) })).problem

  it('says nothing of kilometres, paid hours and overtime while they cost nothing', () => {
    const [ann] = policed({}).technicians
    expect(ann).not.toHaveProperty('perKm')
    expect(ann).not.toHaveProperty('perHourWorked')
    expect(ann?.shifts[0]).not.toHaveProperty('overtimeMax')
  })

  it('gives the search their price in seconds of travel, the allowed overtime, and every weight', () => {
    const problem = policed({
      kilometreMinutes: 1.5,
      hourWorkedMinutes: 20,
      overtimeMinutes: 45,
      weights: { fairness: 2 },
    })
    expect(problem.technicians[0]).toMatchObject({ perKm: 90, perHourWorked: 1200 })
    expect(problem.technicians[0]?.shifts[0]).toMatchObject({ overtimeMax: 2700 })
    expect(problem.weights).toMatchObject({ fairness: 2, late: 1 })
  })

  it('leaves work in allowed overtime where it is', () => {
    const board = (overtimeMinutes: number) =>
      boardOf([activity('A', placed('Ann', at(16, 30), at(17, 30)))], {
        policy: wholePolicy({ overtimeMinutes, horizonDays: 1 }),
      })
    expect(built(board(0)).loose).toEqual(['A'])
    expect(built(board(30)).loose).toEqual([])
  })
})
