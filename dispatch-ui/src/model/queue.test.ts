import { describe, expect, it } from 'vitest'
import { activity, orderFor, time } from '../test-records.ts'
import { Board } from './board.ts'
import { isUnassigned, isUndispatched, rungOf, waiting } from './queue.ts'

const HOUR = 3_600_000

describe('the queue', () => {
  it('is ordered by the time left, then by priority, and what has no promise comes last', () => {
    const board = new Board('board')
    const free = { technicianId: null, start: null, end: null } as const
    board.replace({
      activities: [
        activity('none', free),
        activity('noon', free),
        activity('nine', free),
        activity('noon-high', { ...free, priority: 'high' }),
        activity('placed'),
      ],
      technicians: [],
      orders: [
        orderFor('noon', { complete: '12:00' }),
        orderFor('noon-high', { arrive: '12:00' }),
        orderFor('nine', { respond: '09:00' }),
      ],
    })
    const order = waiting(board, isUnassigned, time('10:00')).map((one) => one.bar.id)
    expect(order).toEqual(['nine', 'noon-high', 'noon', 'none'])
  })

  it.each([
    [-1, 'late'],
    [0, 'hour'],
    [HOUR - 1, 'hour'],
    [HOUR, 'four'],
    [4 * HOUR, 'today'],
    [9 * HOUR, 'today'],
    [9 * HOUR + 1, 'later'],
    [Number.POSITIVE_INFINITY, 'later'],
  ])('puts %d ms left on the rung %s when nine hours of the day remain', (left, rung) => {
    expect(rungOf(left, 9 * HOUR)).toBe(rung)
  })

  it('asks two questions: nobody is named, and somebody has not been told', () => {
    const board = new Board('board')
    board.replace({
      activities: [
        activity('nobody', { technicianId: null }),
        activity('no-time', { start: null, end: null }),
        activity('untold'),
        activity('told', { state: 'dispatched' }),
        activity('over', { state: 'closed', technicianId: null }),
      ],
      technicians: [],
      orders: [],
    })
    const bars = [...board.bars.values()]
    expect(bars.filter(isUnassigned).map((b) => b.id)).toEqual(['nobody', 'no-time'])
    expect(bars.filter(isUndispatched).map((b) => b.id)).toEqual(['untold'])
  })
})
