import { describe, expect, it } from 'vitest'
import { sheetOf } from '../layout/sheet.ts'
import { Board } from '../model/board.ts'
import { rowsOf } from '../model/rows.ts'
import { placed, technician } from '../test-records.ts'
import { barBeside, type Direction } from './walk.ts'

const board = new Board('board')
board.replace({
  activities: [
    placed('a1', '08:00', '09:00'),
    placed('a2', '10:00', '11:00'),
    placed('c1', '08:00', '09:00', { technicianId: 'cleo' }),
    placed('c2', '10:30', '11:00', { technicianId: 'cleo' }),
  ],
  technicians: ['ann', 'bo', 'cleo'].map((id) => technician(id)),
  orders: [],
})
const sheet = sheetOf(rowsOf(board, [{ id: 'crew', code: 'C', description: 'Crew' }], new Set()), 'standard')
const walk = (from: string | null, direction: Direction): string | undefined =>
  barBeside(board, sheet, from === null ? undefined : board.bars.get(from), direction)?.id

describe('the arrows', () => {
  it('begin at the first bar', () => {
    expect(walk(null, 'down')).toBe('a1')
  })
  it('walk time along a row and stop at its ends', () => {
    expect(walk('a1', 'right')).toBe('a2')
    expect(walk('a2', 'left')).toBe('a1')
    expect(walk('a1', 'left')).toBeUndefined()
    expect(walk('a2', 'right')).toBeUndefined()
  })
  it('walk rows past empty ones, to the bar that begins nearest', () => {
    expect(walk('a2', 'down')).toBe('c2')
    expect(walk('c1', 'up')).toBe('a1')
    expect(walk('c2', 'down')).toBeUndefined()
  })
})
