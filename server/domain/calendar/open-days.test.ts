import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../instant.ts'
import type { Calendar, CalendarException, OpenHours } from './calendar.ts'
import { dateOfDay, instantAt, localOf } from './local-time.ts'
import { addOpenDays, measureOpenDays, spansOfDay } from './open-time.ts'

/** Day by day, as the rule reads: the leaps of the real ones must not be seen. */
const isOpen = (calendar: Calendar, day: number): boolean => spansOfDay(calendar, day).length > 0
function plainMeasure(calendar: Calendar, from: number, to: number): number {
  const zone = calendar.timeZone
  const start = localOf(from, zone)
  let whole = 0
  let lower = from
  for (let day = start.day + 1; ; day++) {
    if (!isOpen(calendar, day)) continue
    const upper = instantAt(zone, day, start.time).instant
    if (upper > to) return whole + (to - lower) / (upper - lower)
    lower = upper
    whole++
  }
}
function plainAdd(calendar: Calendar, at: number, count: number): number {
  const { day, time } = localOf(at, calendar.timeZone)
  let left = count
  for (let d = day + 1; ; d++)
    if (isOpen(calendar, d) && --left === 0) return instantAt(calendar.timeZone, d, time).instant
}

const hours: OpenHours[] = [{ from: '08:30', to: '17:00' }]
const base = Date.UTC(2010, 0, 4)
const calendars = fc
  .record({
    week: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }).filter((days) => days.some(Boolean)),
    exceptions: fc.array(fc.record({ day: fc.integer({ min: 0, max: 900 }), open: fc.boolean() }), {
      maxLength: 12,
    }),
  })
  .map(({ week, exceptions }): Calendar => {
    const at = (i: number) => (week[i] ? hours : [])
    return {
      id: 'c',
      timeZone: 'America/New_York',
      week: { mon: at(0), tue: at(1), wed: at(2), thu: at(3), fri: at(4), sat: at(5), sun: at(6) },
      exceptions: exceptions.map(
        ({ day, open }): CalendarException => ({
          date: dateOfDay(base / DAY + day),
          ...(open ? { state: 'open', hours } : { state: 'closed' }),
        }),
      ),
      standardWorkDayHours: 8,
    }
  })

describe('open days over long times', () => {
  it('are measured as if counted one by one', () => {
    fc.assert(
      fc.property(
        calendars,
        fc.integer({ min: 0, max: 700 * 24 }),
        fc.integer({ min: 1, max: 900 * 24 }),
        (calendar, start, length) => {
          const from = base + start * HOUR
          const to = from + length * HOUR
          expect(measureOpenDays(calendar, from, to)).toBeCloseTo(plainMeasure(calendar, from, to), 9)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('are added as if counted one by one', () => {
    fc.assert(
      fc.property(
        calendars,
        fc.integer({ min: 0, max: 700 * 24 }),
        fc.integer({ min: 1, max: 600 }),
        (calendar, start, count) => {
          const from = base + start * HOUR
          expect(addOpenDays(calendar, from, count)).toBe(plainAdd(calendar, from, count))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('of fifteen years are measured by reading no more of the calendar than those of one year', () => {
    const readsOver = (years: number): number => {
      let reads = 0
      const read = (list: readonly OpenHours[]): readonly OpenHours[] => {
        reads++
        return list
      }
      const all: Calendar = {
        id: 'all',
        timeZone: 'America/New_York',
        week: {
          get mon() {
            return read(hours)
          },
          get tue() {
            return read(hours)
          },
          get wed() {
            return read(hours)
          },
          get thu() {
            return read(hours)
          },
          get fri() {
            return read(hours)
          },
          get sat() {
            return read([])
          },
          get sun() {
            return read([])
          },
        },
        exceptions: [],
        standardWorkDayHours: 8,
      }
      const days = measureOpenDays(all, base, base + years * 364 * DAY)
      expect(Math.floor(days)).toBe(years * 260)
      return reads
    }
    expect(readsOver(15)).toBe(readsOver(1))
  })
})
