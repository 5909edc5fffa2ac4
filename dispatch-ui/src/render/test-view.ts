/** A view for the tests of painters: colours are called by their names, so that a picture can be read. */
import { sheetOf } from '../layout/sheet.ts'
import { Board } from '../model/board.ts'
import { rowsOf } from '../model/rows.ts'
import { summaryOf } from '../model/summary.ts'
import { technician, time } from '../test-records.ts'
import type { Colours } from './colours.ts'
import type { View } from './view.ts'

const nothing = new Map<string, never>()

export function viewOf(records: Partial<Parameters<Board['replace']>[0]>, differs: Partial<View> = {}): View {
  const board = new Board('board')
  board.replace({
    activities: [],
    technicians: [technician('ann'), technician('bo')],
    orders: [],
    ...records,
  })
  const now = differs.now ?? time('10:00')
  const summary = summaryOf(board, now)
  return {
    board,
    sheet: sheetOf(rowsOf(board, [{ id: 'crew', code: 'C', description: 'Crew' }], new Set()), 'standard'),
    scale: { from: time('08:00'), pxPerHour: 100, width: 1000 },
    scrollY: 0,
    width: 1148,
    height: 400,
    now,
    // Each role's colour is its own name.
    colours: new Proxy({}, { get: (_target, role) => String(role) }) as Colours,
    hatches: {
      high: 'high-hatch',
      normal: 'normal-hatch',
      low: 'low-hatch',
      absence: 'absence-hatch',
      late: 'late-hatch',
    },
    zone: 'UTC',
    clock: (at, withSeconds) => new Date(at).toISOString().slice(11, withSeconds ? 19 : 16),
    dayLabel: (at) => new Date(at).toISOString().slice(5, 10),
    summary: '2 people',
    tideLabel: ['Promises due', 'per quarter hour'],
    mineLabel: 'Mine',
    types: new Map([['tree', { full: 'Tree emergency', short: 'Tree', code: 'TE' }]]),
    calendars: new Map(),
    travel: { speedKmh: 60, roadFactor: 1 },
    tide: summary.tide,
    loads: summary.loads,
    chances: new Map(),
    selected: null,
    focused: null,
    pending: nothing,
    fresh: nothing,
    glides: nothing,
    held: nothing,
    ghosts: [],
    contest: null,
    drag: null,
    isStale: false,
    ...differs,
  }
}
