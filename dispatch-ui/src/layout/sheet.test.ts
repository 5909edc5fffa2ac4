import { describe, expect, it } from 'vitest'
import { Board } from '../model/board.ts'
import { rowsOf } from '../model/rows.ts'
import { placed, technician, time } from '../test-records.ts'
import { barAt, barBox, firstAfter, rowAt, rowsBetween, sheetOf } from './sheet.ts'

const board = new Board('board')
board.replace({
  activities: [
    placed('a', '09:00', '10:00'),
    placed('b', '09:30', '10:30'),
    placed('c', '12:00', '13:00'),
    placed('d', '09:00', '17:00', { technicianId: 'bo' }),
    placed('e', '12:00', '12:30', { technicianId: 'bo', state: 'closed' }),
  ],
  technicians: [technician('ann'), technician('bo')],
  orders: [],
})
const sheet = sheetOf(rowsOf(board, [{ id: 'crew', code: 'C', description: 'Crew' }], new Set()), 'standard')
const scale = { from: time('08:00'), pxPerHour: 100, width: 1000 }

describe('the rows', () => {
  it('lie under each other: a team line, then its people', () => {
    expect(sheet.rows.map((one) => [one.row.id, one.top, one.height])).toEqual([
      ['crew', 0, 24],
      ['ann', 24, 28],
      ['bo', 52, 28],
    ])
    expect(sheet.height).toBe(80)
  })

  it('are found by y', () => {
    expect(rowAt(sheet, 23)?.row.id).toBe('crew')
    expect(rowAt(sheet, 24)?.row.id).toBe('ann')
    expect(rowAt(sheet, 79)?.row.id).toBe('bo')
    expect(rowAt(sheet, 80)).toBeUndefined()
  })

  it('in sight are those that touch the window', () => {
    expect(rowsBetween(sheet, 30, 53).map((one) => one.row.id)).toEqual(['ann', 'bo'])
  })
})

describe('a bar', () => {
  const box = (id: string, row: number) => {
    const bar = board.bars.get(id)
    const one = sheet.rows[row]
    return bar && one && barBox(bar, board.barsOf(one.row.id), one, scale, 'standard')
  }

  it('leaves one pixel free at its end', () => {
    expect(box('c', 1)).toEqual({ x: 400, y: 27, w: 99, h: 22 })
  })

  it('that overlaps another shares the row with it', () => {
    expect(box('a', 1)).toMatchObject({ y: 24.5, h: 13 })
    expect(box('b', 1)).toMatchObject({ y: 38.5, h: 13 })
  })

  it('that is closed is lower', () => {
    expect(box('e', 2)).toMatchObject({ h: 16 })
  })

  it('is hit where it is drawn, in its own lane', () => {
    const hit = (x: number, y: number) => barAt(board, sheet, scale, x, y)?.id
    expect(hit(160, 30)).toBe('a')
    expect(hit(160, 45)).toBe('b')
    expect(hit(450, 38)).toBe('c')
    expect(hit(350, 38)).toBeUndefined()
    expect(hit(420, 66)).toBe('e')
    expect(hit(300, 66)).toBe('d')
  })

  it('is in sight as long as it or an earlier, longer one reaches there', () => {
    const bars = board.barsOf('bo')
    expect(firstAfter(bars, time('16:00'))).toBe(0)
    expect(firstAfter(bars, time('17:00'))).toBe(2)
    expect(firstAfter(board.barsOf('ann'), time('10:15'))).toBe(1)
  })
})
