import { describe, expect, it } from 'vitest'
import { wholePolicy } from '../../../server/contract/default-policy.ts'
import type { Activity } from '../../../server/domain/activity/activity.ts'
import { DAY, HOUR, MINUTE } from '../../../server/domain/instant.ts'
import type { Technician } from '../../../server/domain/plan/technician.ts'
import type { PlanningBoard, PlanningOrder } from '../../../server/ports/planner.ts'
import { check } from '../../optimiser/checker/checker.ts'
import { candidates } from '../../optimiser/explain/candidates.ts'
import { repair } from '../../optimiser/repair.ts'
import { solve } from '../../optimiser/solve.ts'
import { createPlanner } from '../planner.ts'
import { propose } from '../propose.ts'
import { createBoardTravel } from '../travel/board-travel.ts'
import { buildProblem } from './build-problem.ts'
import type { Scope } from './scope.ts'

/** A Monday, ten in the morning. */
const now = Date.UTC(2026, 2, 2, 10)
const day = [
  { from: '08:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
]
const calendar = {
  id: 'week',
  timeZone: 'UTC',
  week: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [], sun: [] },
  exceptions: [],
  standardWorkDayHours: 8,
}

const technician = (id: string, more: Partial<Technician> = {}): Technician => ({
  id,
  version: 1,
  companyId: 'c',
  name: id,
  kind: 'employee',
  active: true,
  teamId: 'team',
  boardId: 'b',
  calendarId: 'week',
  skills: [],
  home: null,
  absences: [],
  ...more,
})

const activity = (id: string, more: Partial<Activity> = {}): Activity => ({
  id,
  version: 1,
  number: id,
  companyId: 'c',
  boardId: 'b',
  orderId: `order of ${id}`,
  orderLineId: null,
  typeId: null,
  teamId: null,
  technicianId: null,
  start: null,
  end: null,
  durationMinutes: 60,
  state: 'undispatched',
  fieldStatus: 'none',
  priority: 'normal',
  locked: false,
  requiredSkills: [],
  earliestStart: null,
  latestEnd: null,
  windows: [],
  preferredTechnicianId: null,
  place: null,
  blocking: false,
  humanTouchedAt: null,
  createdAt: now,
  closedAt: null,
  closedBy: null,
  closedCause: null,
  ...more,
})

const at = (hours: number, minutes = 0): number => Date.UTC(2026, 2, 2, hours, minutes)
const placed = (technicianId: string, from: number, to: number): Partial<Activity> => ({
  technicianId,
  start: from,
  end: to,
})

function boardOf(activities: Activity[], more: Partial<PlanningBoard> = {}): PlanningBoard {
  return {
    companyId: 'c',
    boardId: 'b',
    epoch: 'e',
    seq: 7,
    now,
    timeZone: 'UTC',
    policyVersion: 3,
    policy: wholePolicy({
      autoRepair: false,
      autoApply: false,
      churnBudget: 5,
      holdMinutes: 30,
      freezeMinutes: 15,
      horizonDays: 1,
      repairBudgetMs: 100,
      speedKmh: 30,
      roadFactor: 1.4,
    }),
    activities,
    technicians: [technician('Ann')],
    calendars: new Map([['week', calendar]]),
    orders: new Map(),
    takenOff: new Set(),
    lastPlaces: new Map(),
    ...more,
  }
}

const scope: Scope = { kind: 'optimise', teams: [], from: null, to: null, openMax: 100 }
const built = (board: PlanningBoard, more: Partial<Scope> = {}) => buildProblem(board, { ...scope, ...more })
const find = (board: PlanningBoard, id: string, more: Partial<Scope> = {}) =>
  built(board, more).problem.activities.find((a) => a.id === id)

describe('a lock that could be let go', () => {
  const pinned = { ...placed('Ann', at(14), at(15)), locked: true }
  const cases: [string, Partial<Activity>, boolean][] = [
    ['is that of work nobody has sent out', pinned, true],
    ['is none of dispatched work', { ...pinned, state: 'dispatched' }, false],
    ['is none of work somebody is on the way to', { ...pinned, fieldStatus: 'travelling' }, false],
    ['is none of what a person has just placed', { ...pinned, humanTouchedAt: now - MINUTE }, false],
    ['is none of what begins in ten minutes', { ...pinned, ...placed('Ann', at(10, 10), at(11)) }, false],
    ['is none where its own time has passed', { ...pinned, latestEnd: at(10) }, false],
  ]
  it.each(cases)('%s', (_what, more, isLiftable) => {
    expect(find(boardOf([activity('A', more)]), 'A')?.fixed?.liftable).toBe(isLiftable ? true : undefined)
  })

  it('lets the work start only when it may', () => {
    const board = boardOf([activity('A', { ...pinned, earliestStart: at(13), latestEnd: at(16) })])
    const seconds = (instant: number): number => (instant - built(board).zero) / 1000
    expect(find(board, 'A')?.windows).toEqual([{ from: seconds(at(13)), to: seconds(at(15)) }])
  })
})

describe('what stays where it is', () => {
  const spot = placed('Ann', at(14), at(15))
  const cases: [string, Partial<Activity>, boolean][] = [
    ['dispatched work', { ...spot, state: 'dispatched' }, true],
    ['locked work', { ...spot, locked: true }, true],
    ['what a person placed a quarter of an hour ago', { ...spot, humanTouchedAt: now - 15 * MINUTE }, true],
    ['what a person placed an hour ago', { ...spot, humanTouchedAt: now - HOUR }, false],
    ['what begins in ten minutes', placed('Ann', at(10, 10), at(11)), true],
    ['an ordinary plan for the afternoon', spot, false],
  ]
  it.each(cases)('%s', (_what, more, isFixed) => {
    const found = find(boardOf([activity('A', more)]), 'A')
    expect(found?.fixed !== undefined).toBe(isFixed)
    expect(found?.current !== undefined).toBe(!isFixed)
  })

  it('starts late work now, and lets running work end a little later than planned', () => {
    const late = find(boardOf([activity('A', { ...placed('Ann', at(9), at(10)), state: 'dispatched' })]), 'A')
    expect(late?.fixed).toEqual({ technicianId: 'Ann', start: 0 })
    const over = find(
      boardOf([
        activity('A', { ...placed('Ann', at(8), at(9)), state: 'dispatched', fieldStatus: 'onSite' }),
      ]),
      'A',
    )
    expect(over?.fixed?.start).toBe(-2 * 3600)
    expect(over?.duration).toBe(2 * 3600 + 5 * 60)
  })
})

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

describe('whose days a repair looks at', () => {
  const skilled = (id: string) => technician(id, { skills: [{ skill: 'pumps', level: 2 }] })
  const board = boardOf(
    [
      activity('new', { requiredSkills: [{ skill: 'pumps', level: 1 }] }),
      activity('far', placed('Cleo', at(14), at(15))),
      activity('one', placed('Dev', at(14), at(15))),
      activity('two', placed('Dev', at(14, 30), at(15, 30))),
    ],
    { technicians: [skilled('Ann'), technician('Cleo'), technician('Dev')] },
  )

  it('those who could do the loose work and those whose own day is broken, nobody else', () => {
    const { problem } = built(board, { kind: 'repair' })
    expect(problem.technicians.filter((t) => t.shifts.length > 0).map((t) => t.id)).toEqual(['Ann', 'Dev'])
    expect(problem.activities.map((a) => a.id).sort()).toEqual(['new', 'one', 'two'])
  })

  it('the nearest of many, and everybody when that was not enough', () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      technician(`T${String(i).padStart(2, '0')}`, { home: { lat: 48 + i / 100, lon: 2 } }),
    )
    const crowd = boardOf([activity('new', { place: { lat: 48, lon: 2 } })], { technicians: many })
    const near = built(crowd, { kind: 'repair' })
    const working = near.problem.technicians.filter((t) => t.shifts.length > 0).map((t) => t.id)
    expect(near.isNarrow).toBe(true)
    expect(working).toHaveLength(40)
    expect(working).toContain('T00')
    expect(working).not.toContain('T59')
    expect(built(crowd, { kind: 'repair', wide: true }).isNarrow).toBe(false)
    expect(built(crowd).isNarrow).toBe(false)
  })

  it('names those without the skill to whoever asks for candidates', () => {
    const { problem } = built(board, { openMax: 0, asked: 'new' })
    expect(problem.technicians.map((t) => t.id)).toEqual(['Ann', 'Cleo', 'Dev'])
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

describe('the way to a proposal', () => {
  it('moves only what changes, with versions, reasons and a price before and after', () => {
    const board = boardOf([activity('old', placed('Ann', at(14), at(15))), activity('new', { version: 3 })])
    const made = built(board)
    const plan = solve(made.problem, { seed: 1, stop: { iterations: 200 } })
    expect(check(made.problem, plan).violations).toEqual([])
    const { moves, summary } = propose(board, made, plan)
    expect(moves).toEqual([
      {
        activityId: 'new',
        expectedVersion: 3,
        technicianId: 'Ann',
        start: '2026-03-02T10:00:00.000Z',
        end: '2026-03-02T11:00:00.000Z',
        from: { technicianId: null, start: null, end: null },
        why: 'Ann can take it, without a journey.',
      },
    ])
    expect(summary).toMatchObject({ moved: 0, placed: 1, unassigned: [] })
    expect(summary.before.unassigned).toBe(1)
    expect(summary.after.unassigned).toBe(0)
  })

  it('says of work without a place what one thing would let it in, as the day would then be', () => {
    const board = boardOf([
      activity('pinned', { ...placed('Ann', at(12), at(14)), durationMinutes: 120, locked: true }),
      activity('left', { durationMinutes: 210 }),
    ])
    const made = built(board)
    const plan = solve(made.problem, { seed: 1, stop: { iterations: 50 } })
    const { summary } = propose(board, made, plan, { namesChanges: true })
    expect(summary.unassigned).toMatchObject([{ activityId: 'left' }])
    expect(summary.unassigned[0]?.smallestChange).toMatch(
      /^Unlock pinned: Ann could then do it at \d\d:\d\d\.$/,
    )
    expect(propose(board, made, plan).summary.unassigned[0]).not.toHaveProperty('smallestChange')
  })

  it('leaves nothing for tomorrow’s way while somebody is free today, and calls no wish a missed promise', () => {
    const far = { lat: 42.4, lon: -71.06 }
    const tomorrow = DAY + at(9)
    const board = boardOf(
      [
        activity('fixed', { ...placed('Ann', tomorrow, tomorrow + HOUR), locked: true, place: far }),
        activity('beside it', { place: far }),
      ],
      { technicians: [technician('Ann', { home: { lat: 42.3, lon: -71.06 } })] },
    )
    const made = built({ ...board, policy: { ...board.policy, horizonDays: 2 } })
    const plan = solve(made.problem, { seed: 1, stop: { iterations: 300 } })
    const { moves, summary } = propose(board, made, plan)
    expect(moves.map((move) => move.start.slice(0, 10))).toEqual(['2026-03-02'])
    expect(summary.after).toMatchObject({ missedTargets: 0, lateMinutes: 0, unassigned: 0 })
  })
})

describe('people who stand idle', () => {
  const km = (far: number) => ({ lat: 42.3 + far / 111.2, lon: -71.06 })
  const idle = [technician('Ann', { home: km(0) }), technician('Bo', { home: km(0.5) })]
  const promisedAt = (...due: [string, number][]): ReadonlyMap<string, PlanningOrder> =>
    new Map(
      due.map(([id, complete]) => [
        `order of ${id}`,
        {
          id: `order of ${id}`,
          priority: 'normal',
          slaStatus: 'started',
          due: { complete },
          weight: 1,
          place: null,
        },
      ]),
    )
  /** Who has what, whether the board is searched or mended. */
  const shares = (board: PlanningBoard) => {
    const made = built(board, { kind: 'repair' })
    const how = { seed: 1, stop: { iterations: 300 } }
    const plans = [
      solve(made.problem, how),
      repair(made.problem, { ...how, changed: [...made.loose], churnBudget: 5 }),
    ]
    return plans.map((plan) => {
      expect(check(made.problem, plan).violations).toEqual([])
      return Object.fromEntries(
        plan.routes.map((route) => [route.technicianId, route.visits.map((visit) => visit.activityId)]),
      )
    })
  }

  it('share four jobs of an hour', () => {
    const jobs = [1, 2, 3, 4].map((i) => activity(`job ${i}`, { place: km(1 + i / 10) }))
    for (const share of shares(boardOf(jobs, { technicians: idle })))
      expect([share.Ann?.length, share.Bo?.length]).toEqual([2, 2])
  })

  it('take over what a busy colleague would end in the minute of its promise', () => {
    // Ann is beside it and would be through at twelve sharp; Bo is six minutes away and free.
    const jobs = [
      activity('first', { ...placed('Ann', at(10), at(11)), state: 'dispatched', place: km(0) }),
      activity('promised', { place: km(0) }),
    ]
    const technicians = [technician('Ann', { home: km(0) }), technician('Bo', { home: km(2) })]
    const orders = promisedAt(['promised', at(12)])
    const policy = { ...boardOf([]).policy, weights: { ...boardOf([]).policy.weights, waiting: 0 } }
    for (const share of shares(boardOf(jobs, { technicians, orders, policy })))
      expect(share.Bo).toEqual(['promised'])
  })

  it('are explained by the time that the busy colleague would not leave to spare', async () => {
    const jobs = [
      activity('first', { ...placed('Ann', at(10), at(11)), state: 'dispatched', place: km(0) }),
      activity('promised', { ...placed('Bo', at(10, 30), at(11, 30)), place: km(0) }),
    ]
    const technicians = [technician('Ann', { home: km(0) }), technician('Bo', { home: km(2) })]
    const board = boardOf(jobs, { technicians, orders: promisedAt(['promised', at(12)]) })
    const told = await createPlanner(createBoardTravel({ now: () => now })).explain(board, 'promised')
    expect(told.sentence).toBe(
      "Bo's place costs least; the next best is Ann, which leaves 30 min less to spare before promises.",
    )
    expect(told.cost).toMatchObject({ missedTargets: 0, waitingMinutes: 30, marginMinutes: 0 })
  })

  it('are not sent across town for it while there is time to spare', () => {
    const jobs = [
      activity('first', {
        ...placed('Ann', at(10), at(10, 20)),
        durationMinutes: 20,
        state: 'dispatched',
        place: km(0),
      }),
      activity('promised', { place: km(0) }),
    ]
    const technicians = [technician('Ann', { home: km(0) }), technician('Bo', { home: km(20) })]
    const orders = promisedAt(['promised', at(12)])
    for (const share of shares(boardOf(jobs, { technicians, orders })))
      expect(share.Ann).toContain('promised')
  })
})

describe('what hangs together', () => {
  const people = [technician('Ann'), technician('Bo')]
  const links = (activities: Activity[], more: Partial<Scope> = {}) =>
    built(boardOf(activities, { technicians: people }), more)
  const waitsFor = (activityId: string, minutesMin = 0, minutesMax: number | null = null) => ({
    startsAfter: { activityId, minutesMin, minutesMax },
  })

  it('is told to the search: a pair starts together with different people, the later one after the end of the first', () => {
    const { problem } = links([
      activity('A'),
      activity('B', { startsWith: 'A' }),
      activity('C', { durationMinutes: 30, ...waitsFor('A', 15, 120) }),
    ])
    expect(problem.links).toEqual([
      { first: 'A', second: 'B', from: 0, to: 0, technicians: 'different', together: true },
      { first: 'A', second: 'C', from: 75 * 60, to: 180 * 60 },
    ])
  })

  it('says nothing of work that stays where it is on both sides, or is done', () => {
    const stays = { state: 'dispatched' as const }
    const { problem } = links([
      activity('A', { ...placed('Ann', at(13), at(14)), ...stays }),
      activity('B', { ...placed('Bo', at(13), at(14)), ...stays, startsWith: 'A' }),
      activity('C', waitsFor('closed long ago')),
    ])
    expect(problem.links).toBeUndefined()
  })

  it('leaves out what waits for work without a place in the planned days, and says so', () => {
    const { problem, beyond } = links([
      activity('A', { earliestStart: at(10) + 5 * 24 * HOUR }),
      activity('B', { startsWith: 'A' }),
      activity('C', waitsFor('B')),
    ])
    expect(problem.activities).toEqual([])
    expect(beyond.slice(1)).toEqual([
      { activityId: 'B', reason: 'It hangs on work that has no place in the planned days.' },
      { activityId: 'C', reason: 'It hangs on work that has no place in the planned days.' },
    ])
  })

  it('makes loose what a person has pulled apart', () => {
    const { loose } = links([
      activity('A', { ...placed('Ann', at(14), at(15)), humanTouchedAt: now }),
      activity('B', { ...placed('Bo', at(13), at(14)), startsWith: 'A' }),
    ])
    expect(loose).toEqual(['B'])
  })

  it('has no links in a circle, whatever the records say', () => {
    const { problem } = links([
      activity('A', waitsFor('C')),
      activity('B', waitsFor('A')),
      activity('C', waitsFor('B')),
      activity('D', { startsWith: 'D' }),
    ])
    expect(problem.links).toHaveLength(2)
  })

  it('brings the days of both into the view of a repair', () => {
    const { problem } = links(
      [
        activity('A', placed('Ann', at(14), at(15))),
        activity('B', { ...placed('Bo', at(14), at(15)), startsWith: 'A' }),
        activity('C', { ...placed('Ann', at(14, 30), at(16)), state: 'dispatched' }),
      ],
      { kind: 'repair' },
    )
    expect(problem.activities.map((a) => a.id).sort()).toEqual(['A', 'B', 'C'])
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

describe('linked work in a plan', () => {
  it('is planned together and in its order, and judged by the checker', () => {
    const people = [technician('Ann'), technician('Bo')]
    const board = boardOf(
      [
        activity('A'),
        activity('B', { startsWith: 'A' }),
        activity('C', { startsAfter: { activityId: 'A', minutesMin: 30, minutesMax: null } }),
      ],
      { technicians: people },
    )
    const { problem } = built(board)
    const plan = solve(problem, { seed: 1, stop: { iterations: 300 } })
    expect(check(problem, plan).violations).toEqual([])
    expect(plan.unassigned).toEqual([])
    const visits = new Map(
      plan.routes.flatMap((route) =>
        route.visits.map((visit) => [visit.activityId, { ...visit, by: route.technicianId }]),
      ),
    )
    expect(visits.get('A')?.start).toBe(visits.get('B')?.start)
    expect(visits.get('A')?.by).not.toBe(visits.get('B')?.by)
    expect(visits.get('C')?.start).toBeGreaterThanOrEqual((visits.get('A')?.end ?? 0) + 1800)
  })

  it('has candidates for the second of a pair only when the first is, and never its own technician', () => {
    const people = [technician('Ann'), technician('Bo'), technician('Cy')]
    const board = boardOf(
      [activity('A', placed('Ann', at(14), at(15))), activity('B', { startsWith: 'A' })],
      {
        technicians: people,
      },
    )
    const { problem } = built(board, { openMax: 0, asked: 'B' })
    const found = candidates(problem, 'B')
    expect(found.candidates.map((c) => c.technicianId).sort()).toEqual(['Bo', 'Cy'])
    for (const { start } of found.candidates) expect(start).toBe(4 * 3600)
    expect(found.refusals.map((r) => r.technicianId)).toEqual(['Ann'])
  })
})
