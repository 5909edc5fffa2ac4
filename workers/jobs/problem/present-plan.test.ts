import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../../server/domain/instant.ts'
import { check } from '../../optimiser/checker/checker.ts'
import { solve } from '../../optimiser/solve.ts'
import { propose } from '../propose.ts'
import { activity, at, boardOf, built, placed, technician } from './small-board.ts'

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
    const { summary } = propose(board, made, plan, { namesChange: () => true })
    expect(summary.unassigned).toMatchObject([{ activityId: 'left' }])
    expect(summary.unassigned[0]?.smallestChange).toMatch(
      /^Unlock pinned: Ann could then do it at \d\d:\d\d\.$/,
    )
    expect(propose(board, made, plan).summary.unassigned[0]).not.toHaveProperty('smallestChange')
  })

  it('names no further change once there is no time left for it, and tells the moves all the same', () => {
    const board = boardOf([
      activity('pinned', { ...placed('Ann', at(12), at(14)), durationMinutes: 120, locked: true }),
      activity('left', { durationMinutes: 210 }),
      activity('left too', { durationMinutes: 210 }),
    ])
    const made = built(board)
    const plan = solve(made.problem, { seed: 1, stop: { iterations: 50 } })
    let asked = 0
    const { summary } = propose(board, made, plan, { namesChange: () => asked++ < 1 })
    expect(summary.unassigned).toHaveLength(2)
    expect(summary.unassigned[0]).toHaveProperty('smallestChange')
    expect(summary.unassigned[1]).not.toHaveProperty('smallestChange')
    expect(asked).toBe(2)
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
