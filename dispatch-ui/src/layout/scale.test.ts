import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { time } from '../test-records.ts'
import { atX, marksOf, openedAt, panBy, quartersPerStep, snap, xOf, zoomAt } from './scale.ts'

const scale = { from: time('08:00'), pxPerHour: 92, width: 1000 }

describe('time and x', () => {
  it('are each other’s inverse', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5000, max: 5000 }),
        fc.double({ min: 1.3, max: 480, noNaN: true }),
        (x, px) => {
          const there = xOf({ ...scale, pxPerHour: px }, atX({ ...scale, pxPerHour: px }, x))
          expect(there).toBeCloseTo(x, 3)
        },
      ),
    )
  })

  it('show the present at a fifth of the width when a board opens, whatever the width', () => {
    for (const width of [242, 1000, 3400])
      expect(xOf(openedAt({ ...scale, width }, time('11:00')), time('11:00'))).toBeCloseTo(width / 5, 6)
  })

  it('zoom keeps the time under the pointer', () => {
    for (const factor of [0.1, 0.8, 1.25, 9]) {
      const zoomed = zoomAt(scale, 300, factor)
      expect(atX(zoomed, 300)).toBeCloseTo(atX(scale, 300), 0)
    }
  })

  it('zoom stops where hours or months would become meaningless', () => {
    expect(zoomAt(scale, 0, 1000).pxPerHour).toBe(480)
    expect(zoomAt(scale, 0, 0.0001).pxPerHour).toBe(1)
  })

  it('pan moves the sheet with the hand', () => {
    expect(atX(panBy(scale, 92), 92)).toBe(scale.from)
  })

  it('drops land on five minutes', () => {
    expect(snap(time('10:02') + 1)).toBe(time('10:00'))
    expect(snap(time('10:03'))).toBe(time('10:05'))
  })
})

describe('the marks of the scale', () => {
  it('stand at local hours, also where the zone is off by a half', () => {
    const marks = marksOf(scale, 'Asia/Kolkata')
    expect(new Date(marks[0] ?? 0).toISOString()).toBe('2026-06-01T07:30:00.000Z')
  })

  it('keep their distance at every zoom down to days', () => {
    for (const pxPerHour of [480, 220, 92, 40, 16, 4]) {
      const marks = marksOf({ ...scale, pxPerHour }, 'UTC')
      const step = xOf({ ...scale, pxPerHour }, marks[1] ?? 0) - xOf({ ...scale, pxPerHour }, marks[0] ?? 0)
      expect(step, `${pxPerHour} px per hour`).toBeGreaterThanOrEqual(64)
    }
  })

  it('let a column of the tide stand for as few quarter hours as can be seen', () => {
    expect(quartersPerStep({ ...scale, pxPerHour: 92 })).toBe(1)
    expect(quartersPerStep({ ...scale, pxPerHour: 16 })).toBe(4)
    expect(quartersPerStep({ ...scale, pxPerHour: 1.35 })).toBe(48)
  })
})
