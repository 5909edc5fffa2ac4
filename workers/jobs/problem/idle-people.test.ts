import { describe, expect, it } from 'vitest'
import type { PlanningBoard, PlanningOrder } from '../../../server/ports/planner.ts'
import { check } from '../../optimiser/checker/checker.ts'
import { repair } from '../../optimiser/repair.ts'
import { solve } from '../../optimiser/solve.ts'
import { createPlanner } from '../planner.ts'
import { createBoardTravel } from '../travel/board-travel.ts'
import { activity, at, boardOf, built, now, placed, technician } from './small-board.ts'

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
