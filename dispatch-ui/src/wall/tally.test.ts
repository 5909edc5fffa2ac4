import { describe, expect, it } from 'vitest'
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { OrderView } from '../../../server/contract/order.ts'
import { Board } from '../model/board.ts'
import { figures, openPromises, shares } from './tally.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const at = (minutes: number): string => new Date(now + minutes * 60_000).toISOString()

function boardOf(rows: { id: string; due: number; planned?: [number, number]; group?: string }[]): Board {
  const board = new Board()
  board.replace({
    technicians: [],
    orders: rows.map(({ id, due, group }) => ({
      // Only the members that the wall reads; the rest of an order plays no part here.
      ...({
        id,
        version: 1,
        slaStatus: 'started',
        address: null,
        customerName: null,
        agreementGroupId: group ?? null,
      } as OrderView),
      slas: [
        {
          target: 'complete',
          slaId: 's',
          status: 'started',
          startedAt: at(-60),
          dueAt: at(due),
          reachedAt: null,
          limitMinutes: 60,
          recordedMinutes: 0,
          compliance: 0,
        },
      ],
    })),
    activities: rows.map(({ id, planned }) => ({
      ...({
        id,
        version: 1,
        orderId: id,
        state: 'undispatched',
        fieldStatus: 'none',
        durationMinutes: 30,
        teamId: 'crew',
      } as ActivityView),
      technicianId: planned ? 'ann' : null,
      start: planned ? at(planned[0]) : null,
      end: planned ? at(planned[1]) : null,
    })),
  })
  return board
}

describe('the wall counts', () => {
  const board = boardOf([
    { id: 'broken', due: -27, planned: [-10, 20], group: 'gold' },
    { id: 'late', due: 60, planned: [40, 70], group: 'gold' },
    { id: 'tight', due: 60, planned: [20, 50] },
    { id: 'calm', due: 600, planned: [20, 50] },
    { id: 'unplaced, soon', due: 50 },
    { id: 'unplaced, far', due: 2_000 },
  ])
  const opens = openPromises([board], now)

  it('each promise once, by how the plan stands', () => {
    expect(Object.fromEntries(opens.map((open) => [open.bar.id, open.standing]))).toEqual({
      broken: 'broken',
      late: 'late',
      tight: 'risk',
      calm: 'kept',
      'unplaced, soon': 'risk',
      'unplaced, far': 'kept',
    })
  })

  it('five figures that add up to what is open', () => {
    const counted = figures([board], opens, now)
    expect(counted).toMatchObject({
      broken: 1,
      risk: 3,
      onCourse: 2,
      notPlaced: 2,
      dueSoon: 1,
      oldestMs: 27 * 60_000,
    })
    expect(counted.broken + counted.risk + counted.onCourse).toBe(opens.length)
  })

  it('groups with their parts', () => {
    expect(shares(opens, (open) => open.groupId ?? 'none').get('gold')).toEqual({
      open: 2,
      broken: 1,
      risk: 1,
    })
  })
})
