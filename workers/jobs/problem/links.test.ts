import { describe, expect, it } from 'vitest'
import type { Activity } from '../../../server/domain/activity/activity.ts'
import { HOUR } from '../../../server/domain/instant.ts'
import { check } from '../../optimiser/checker/checker.ts'
import { candidates } from '../../optimiser/explain/candidates.ts'
import { solve } from '../../optimiser/solve.ts'
import type { Scope } from './scope.ts'
import { activity, at, boardOf, built, now, placed, technician } from './small-board.ts'

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
