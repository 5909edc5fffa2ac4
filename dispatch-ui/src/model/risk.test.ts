import { describe, expect, it } from 'vitest'
import { orderFor, placed, time } from '../test-records.ts'
import { Board, barOf } from './board.ts'
import { stakeOf, standingOf } from './risk.ts'

const bar = barOf(placed('a', '10:00', '11:00'))
const promise = (clock: string, target: 'arrive' | 'complete' = 'complete') => ({
  target,
  dueAt: time(clock),
  reachedAt: null,
})

describe('how a promise stands', () => {
  it.each([
    ['kept while the plan leaves room', '13:00', '09:00', 'kept'],
    ['at risk when the slack is less than fifteen minutes', '11:10', '09:00', 'risk'],
    ['late when the plan itself ends after it', '10:45', '09:00', 'late'],
    ['broken once it has passed', '10:45', '10:50', 'broken'],
  ])('is %s', (_what, due, now, standing) => {
    expect(standingOf(bar, promise(due), time(now))).toBe(standing)
  })

  it('is judged by the start where arriving was promised', () => {
    expect(standingOf(bar, promise('10:30', 'arrive'), time('09:00'))).toBe('kept')
    expect(standingOf(bar, promise('09:30', 'arrive'), time('09:00'))).toBe('late')
  })

  it('gets worse while work that should have begun has not', () => {
    expect(standingOf(bar, promise('11:30'), time('10:00'))).toBe('kept')
    expect(standingOf(bar, promise('11:30'), time('10:40'))).toBe('late')
    expect(standingOf({ ...bar, fieldStatus: 'onSite' }, promise('11:30'), time('10:40'))).toBe('kept')
  })

  it('is at risk for unplanned work when the time left is hardly more than the work', () => {
    const free = barOf(placed('b', '10:00', '11:00', { technicianId: null, start: null, end: null }))
    expect(standingOf(free, promise('18:00'), time('09:00'))).toBe('kept')
    expect(standingOf(free, promise('10:30'), time('09:00'))).toBe('risk')
  })
})

describe('what is at stake', () => {
  const stake = (promises: Parameters<typeof orderFor>[1], now: string) => {
    const board = new Board('board')
    board.replace({
      activities: [placed('a', '10:00', '11:00')],
      technicians: [],
      orders: [orderFor('a', promises)],
    })
    const own = board.bars.get('a')
    if (!own) throw new Error('the board has its bar')
    const { promise, standing } = stakeOf(board, own, time(now))
    return [promise?.target, standing]
  }

  it('is what stands worst, not what falls due first', () => {
    expect(stake({ respond: '09:50', complete: '10:45' }, '09:00')).toEqual(['complete', 'late'])
  })
  it('is what falls due first when all stand equally', () => {
    expect(stake({ respond: '12:00', arrive: '14:00', complete: '16:00' }, '09:00')).toEqual([
      'respond',
      'kept',
    ])
  })
  it('is nothing without a promise', () => {
    expect(stake({}, '09:00')).toEqual([undefined, 'none'])
  })
})
