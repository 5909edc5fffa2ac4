import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { compile } from '../model/compile.ts'
import type { Model } from '../model/model.ts'
import { emptyPlan } from '../plan/new-plan.ts'
import { linkAfter, takeIn } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import { randomFrom } from '../random.ts'
import { solve } from '../solve.ts'
import { clock, drawn, drawnPlan } from '../testing/drawn-board.ts'
import { randomAbsence, randomEvent } from '../testing/random-events.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { type LiveEngine, liveEngine } from './live-engine.ts'

const how = { churnBudget: 3, seed: 1, stop: { iterations: 40 } }

const board = drawn(`
  Ann | 08:00-12:00 | home 0
  Bo  | 08:00-12:00 | home 0
  A1  | 60m | at 0 | now Ann 08:00
  A2  | 60m | at 0 | now Bo 10:00
`)

describe('a live engine', () => {
  it('places new work, gives the room of cancelled work away, and opens what a technician who is ill cannot do', () => {
    const engine = liveEngine(board)
    // Two activities were drawn.
    const a3 = { ...board.activities[0]!, id: 'A3', duration: 4 * 3_600 }
    const refused = engine.mend([{ kind: 'activity', activity: a3 }], { ...how, churnBudget: 0 })
    expect(refused.opened).toEqual([{ activityId: 'A3', before: expect.anything(), after: null }])
    const room = engine.mend([{ kind: 'cancelled', activityId: 'A2' }], { ...how, churnBudget: 0 })
    expect(room.unassigned).toBe(0)
    expect(drawnPlan(engine.plan())).toBe('Ann | 08:00 A1 09:00\nBo | 08:00 A3 12:00')
    // Ann was drawn first.
    const ill = { ...board.technicians[0]!, shifts: [] }
    const left = engine.mend([{ kind: 'technician', technician: ill }], { ...how, churnBudget: 0 })
    expect(left.opened).toEqual([
      { activityId: 'A1', before: { technicianId: 'Ann', start: clock('08:00') }, after: null },
    ])
    expect(engine.compiledAfresh()).toBe(0)
  })

  it('refuses a bad event by name and applies nothing of what came with it', () => {
    const engine = liveEngine(board)
    const before = JSON.stringify(engine.plan())
    const bad = { ...board.activities[0]!, id: 'A9', priority: 101 }
    expect(() =>
      engine.mend(
        [
          { kind: 'cancelled', activityId: 'A1' },
          { kind: 'activity', activity: bad },
        ],
        how,
      ),
    ).toThrow('priority')
    expect(() => engine.mend([{ kind: 'cancelled', activityId: 'A7' }], how)).toThrow('events[0].activityId')
    expect(JSON.stringify(engine.plan())).toBe(before)
  })

  it('stands after any events where a board compiled afresh would stand, within the rules and the churn', () => {
    let inPlace = 0
    let events = 0
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.nat({ max: 4 }), (seed, churnBudget) => {
        const problem = randomProblem(seed, { activities: 14, technicians: 4 })
        const warm = solve(problem, { seed, stop: { iterations: 30 } })
        const engine = liveEngine(problem, { warm })
        const random = randomFrom(seed)
        for (let number = 0; number < 8; number++) {
          const event = randomEvent(engine.problem(), engine.plan(), random, number)
          const mended = engine.mend([event], { churnBudget, seed, stop: { iterations: 10 } })
          expect(mended.moved.length).toBeLessThanOrEqual(churnBudget)
          expect(check(engine.problem(), engine.plan()).violations).toEqual([])
          expect(mended.unassigned).toBe(engine.plan().unassigned.length)
          expectFresh(engine)
        }
        events += 8
        inPlace += 8 - engine.compiledAfresh()
      }),
      { numRuns: 60 },
    )
    expect(inPlace).toBeGreaterThan(events / 2)
  })

  it('changes its days in place when people with fixed work fall ill, lose a day, and come back', () => {
    let afresh = 0
    let events = 0
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
        const problem = randomProblem(seed, { activities: 14, technicians: 4 })
        const warm = solve(problem, { seed, stop: { iterations: 30 } })
        const engine = liveEngine(problem, { warm })
        const random = randomFrom(seed)
        for (let number = 0; number < 12; number++) {
          const event = randomAbsence(problem, engine.problem(), engine.plan(), random)
          const mended = engine.mend([event], { churnBudget: 3, seed, stop: { iterations: 5 } })
          expect(mended.moved.length).toBeLessThanOrEqual(3)
          expect(check(engine.problem(), engine.plan()).violations).toEqual([])
          expectFresh(engine)
        }
        events += 12
        afresh += engine.compiledAfresh()
      }),
      { numRuns: 60 },
    )
    expect(afresh).toBeLessThan(events / 50)
  })

  it("lets nobody else's break slip when a technician's day becomes two and the pause goes to the second", () => {
    const one = drawn(`
      Ann | 08:00-12:00 13:00-20:00 | home 0
      Bo  | 08:00-12:00 13:00-17:00 | home 0
      B1  | 60m | at 0 | now Bo 08:00
      B2  | 60m | at 0 | now Bo 14:00
    `)
    const engine = liveEngine(one)
    // Ann was drawn first, with one shift.
    const ann = one.technicians[0]!
    const day = ann.shifts[0]!
    const shifts = [
      { ...day, open: [{ from: clock('08:00'), to: clock('12:00') }] },
      {
        ...day,
        open: ['13:00-15:00', '16:00-20:00'].map((text) => ({
          from: clock(text.slice(0, 5)),
          to: clock(text.slice(6)),
        })),
      },
    ]
    engine.mend([{ kind: 'technician', technician: { ...ann, shifts } }], { ...how, stop: { iterations: 0 } })
    expect(engine.compiledAfresh()).toBe(0)
    expect(check(engine.problem(), engine.plan()).violations).toEqual([])
    expectFresh(engine)
  })

  it('keeps a promise missed elsewhere on the board while it mends, as far as the churn budget allows', () => {
    const late = drawn(`
      Ann | 08:00-12:00 | home 0
      Bo  | 08:00-12:00 | home 0
      Cy  | 08:00-12:00 | home 0
      A1  | 120m | at 0 | now Ann 08:00
      A2  | 60m  | at 0 | now Ann 10:00 | due 09:30
      C1  | 60m  | at 0 | now Cy 08:00
    `)
    const mended = (churnBudget: number) =>
      liveEngine(late).mend([{ kind: 'cancelled', activityId: 'C1' }], { ...how, churnBudget })
    expect(mended(0).moved).toEqual([])
    const [moved, ...others] = mended(1).moved
    expect(moved).toMatchObject({ activityId: 'A2', before: { technicianId: 'Ann' } })
    expect(moved?.after?.end).toBeLessThanOrEqual(clock('09:30'))
    expect(others).toEqual([])
  })

  it('has others make room for work that waits, at any event that leaves time to search', () => {
    const waiting = drawn(`
      Ann | 08:00-12:00 | home 0
      Bo  | 08:00-12:00 | home 0
      Cy  | 08:00-09:00 | home 0
      A1  | 120m | at 0 | now Ann 08:00
      A2  | 120m | at 0 | now Bo 10:00
      A3  | 240m | at 0
      C1  | 60m  | at 0 | now Cy 08:00
    `)
    const mended = (churnBudget: number, iterations: number) =>
      liveEngine(waiting).mend([{ kind: 'cancelled', activityId: 'C1' }], {
        ...how,
        churnBudget,
        stop: { iterations },
      })
    expect(mended(0, 1).unassigned).toBe(1)
    expect(mended(1, 0).unassigned).toBe(1)
    const room = mended(1, 1)
    expect(room.unassigned).toBe(0)
    expect(room.moved.map(({ activityId }) => activityId)).toEqual(['A1'])
    expect(room.opened).toEqual([
      {
        activityId: 'A3',
        before: null,
        after: { technicianId: 'Ann', start: clock('08:00'), end: clock('12:00') },
      },
    ])
  })

  it('gives the same answers for the same events and seed', () => {
    const run = (): string => {
      const problem = randomProblem(7, { activities: 14, technicians: 4 })
      const engine = liveEngine(problem)
      const random = randomFrom(7)
      const answers = Array.from({ length: 10 }, (_, number) =>
        engine.mend([randomEvent(engine.problem(), engine.plan(), random, number)], how),
      )
      return JSON.stringify([answers, engine.plan()])
    }
    expect(run()).toBe(run())
  })
})

/** Rows of the model that must be as if made anew, by activity and by route. */
const perActivity = [
  'firstFrom',
  'lastTo',
  'sunkCost',
  'leftOutCost',
  'currentStart',
  'anchor',
  'moveCost',
] as const
const perNode = ['place', 'duration', 'setup'] as const

const rowOf = (m: Model, u: number): unknown => [
  perActivity.map((field) => m[field][u]),
  perNode.map((field) => m[field][u]),
  Array.from(m.fit.subarray(u * m.technicians, (u + 1) * m.technicians)),
  Array.from(m.windowFrom.subarray(m.windowAt[u], m.windowAt[u + 1])),
  Array.from(m.windowTo.subarray(m.windowAt[u], m.windowAt[u + 1])),
  Array.from(m.targetDue.subarray(m.targetAt[u], m.targetAt[u + 1])),
  Array.from(m.targetMiss.subarray(m.targetAt[u], m.targetAt[u + 1])),
  Array.from(m.delivery.subarray(u * m.dimensions, (u + 1) * m.dimensions)),
  Array.from(m.pickup.subarray(u * m.dimensions, (u + 1) * m.dimensions)),
]

const perRoute = ['opensAt', 'closesAt', 'closesHardAt', 'shiftOf', 'routeFixedCost', 'tasksMax'] as const

/** A technician's days, whichever rows they have; routes that hold fixed work alone may begin at its place. */
const daysOf = (m: Model, t: number): unknown =>
  m.routesOf[t]!.filter((r) => m.shiftOf[r]! >= 0).map((r) => [
    perRoute.map((field) => m[field][r]),
    [m.place[m.n + 2 * r], m.place[m.n + 2 * r + 1]],
    Array.from(m.capacity.subarray(r * m.dimensions, (r + 1) * m.dimensions)),
    ([m.breakEarliest, m.breakLatest, m.breakDuration] as const).map((list) =>
      Array.from(list.subarray(m.breakAt[r], m.breakAt[r + 1])),
    ),
    // Boards differ in whether they have a nowhere, which comes after all places.
    Array.from(m.classes[m.classOf[r]!]!.cost.subarray(0, m.problem.travel[0]!.size)),
  ])

const expectFresh = (engine: LiveEngine): void => {
  const problem = engine.problem()
  const { m, s } = engine.board()
  const fresh = compile(problem)
  problem.activities.forEach((activity, u) => {
    // Both know the activities of the problem.
    expect(rowOf(m, m.activityIndex.get(activity.id)!)).toEqual(rowOf(fresh, u))
  })
  problem.technicians.forEach((_, t) => {
    expect(daysOf(m, t)).toEqual(daysOf(fresh, t))
  })
  const again = emptyPlan(fresh)
  for (const route of engine.plan().routes) {
    const visits = route.visits.map(({ activityId }) => fresh.activityIndex.get(activityId)!)
    const r = fresh.routesOf[fresh.technicianIndex.get(route.technicianId)!]!.find((day) =>
      route.shift < 0 ? fresh.fixedRoute[visits[0]!] === day : fresh.shiftOf[day] === route.shift,
    )!
    let p = fresh.n + 2 * r
    for (const u of visits) {
      takeIn(fresh, again, u)
      linkAfter(again, u, p)
      p = u
    }
    expect(updateRoute(fresh, again, r)).toBe(true)
    for (const u of visits) {
      const own = m.activityIndex.get(fresh.problem.activities[u]!.id)!
      // Which break comes next is remembered by its number on the whole board.
      expect(s.pause[own]! - m.breakAt[s.route[own]!]!).toBe(again.pause[u]! - fresh.breakAt[r]!)
    }
  }
  expect([again.total[0], again.count[0]]).toEqual([s.total[0], s.count[0]])
}
