import { expect, it } from 'vitest'
import { activity, orderFor, placed, technician, time } from '../test-records.ts'
import { Board } from './board.ts'
import { QUARTER, summaryOf } from './summary.ts'

it('counts promises by the quarter hour, the plum part apart, and the load of a team in people', () => {
  const board = new Board('board')
  board.replace({
    activities: [
      placed('a', '10:00', '10:30', { fieldStatus: 'onSite', state: 'dispatched' }),
      placed('b', '10:15', '10:30', { technicianId: 'bo' }),
      activity('c', { technicianId: null, start: null, end: null }),
      placed('d', '08:00', '08:15', { state: 'closed' }),
    ],
    technicians: [technician('ann'), technician('bo')],
    orders: [
      orderFor('a', { complete: '14:05' }),
      orderFor('b', { complete: '14:10' }),
      orderFor('c', { respond: '09:30' }),
    ],
  })
  const summary = summaryOf(board, time('10:00'))
  expect(summary).toMatchObject({ broken: 1, atRisk: 0, unassigned: 1, planned: 2, onSite: 1 })
  const quarter = (clock: string): number => time(clock) / QUARTER
  expect(summary.tide.get(quarter('14:00'))).toEqual({ all: 2, plum: 0 })
  expect(summary.tide.get(quarter('09:30'))).toEqual({ all: 1, plum: 1 })
  const load = summary.loads.get('crew')
  expect(load?.get(quarter('10:00'))).toBe(1)
  expect(load?.get(quarter('10:15'))).toBe(2)
  expect(load?.get(quarter('10:30'))).toBeUndefined()
  expect(load?.get(quarter('08:00'))).toBe(1)
})
