import fc from 'fast-check'
import { IANAZone } from 'luxon'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../instant.ts'
import type { Calendar, OpenHours, Weekday } from './calendar.ts'
import { dayNumber, instantOf, localOf, offsetMinutes } from './local-time.ts'
import {
  addOpenDays,
  addOpenTime,
  advanceOpenDays,
  alignStart,
  isOpenDate,
  measureOpenDays,
  NeverOpenError,
  nextOpen,
  openMinutes,
  openSpans,
  openTime,
  validateCalendar,
} from './open-time.ts'

const weekdays: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const calendarOf = (
  timeZone: string,
  hours: OpenHours[],
  open: Weekday[] = weekdays.slice(0, 5),
): Calendar => {
  const on = (day: Weekday): OpenHours[] => (open.includes(day) ? hours : [])
  return {
    id: timeZone,
    timeZone,
    week: {
      mon: on('mon'),
      tue: on('tue'),
      wed: on('wed'),
      thu: on('thu'),
      fri: on('fri'),
      sat: on('sat'),
      sun: on('sun'),
    },
    exceptions: [],
    standardWorkDayHours: 8,
  }
}
const night: OpenHours[] = [{ from: '00:00', to: '24:00' }]
const office: OpenHours[] = [{ from: '09:00', to: '17:00' }]
const text = (at: number): string => new Date(at).toISOString()

describe('local time', () => {
  it.each([
    ['America/New_York', '2026-11-01', '01:30', '2026-11-01T05:30:00.000Z', '2026-11-01T06:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', '2026-04-04T14:45:00.000Z', '2026-04-04T15:15:00.000Z'],
  ])(
    'in %s the doubled time %s %s is the earlier one unless said otherwise',
    (zone, date, time, earlier, later) => {
      expect(instantOf({ date, time }, zone)).toEqual({ instant: Date.parse(earlier), kind: 'ambiguous' })
      expect(instantOf({ date, time }, zone, { ambiguous: 'later' })?.instant).toBe(Date.parse(later))
    },
  )

  it.each([
    ['America/New_York', '2026-03-08', '02:30', '2026-03-08T07:30:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29T01:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04', '02:10', '2026-10-03T15:40:00.000Z'],
  ])('in %s the missing time %s %s moves forward by the gap', (zone, date, time, expected) => {
    expect(instantOf({ date, time }, zone)).toEqual({ instant: Date.parse(expected), kind: 'gap' })
  })

  it('knows a leap day, and no 30 February', () => {
    expect(instantOf({ date: '2028-02-29', time: '12:00' }, 'UTC')?.instant).toBe(
      Date.parse('2028-02-29T12:00:00Z'),
    )
    expect(dayNumber('2026-02-29')).toBeUndefined()
    expect(dayNumber('2026-02-30')).toBeUndefined()
    expect(instantOf({ date: '2026-01-01', time: '24:30' }, 'UTC')).toBeUndefined()
  })

  it.each([
    ['Europe/Berlin', '2026-03-29'],
    ['America/New_York', '2026-11-01'],
    ['Australia/Lord_Howe', '2026-10-04'],
    // Changed at one minute past midnight, so local days went back over midnight.
    ['America/St_Johns', '2010-11-07'],
    // Left out a whole day.
    ['Pacific/Apia', '2011-12-30'],
    ['Asia/Kolkata', '2026-06-01'],
  ])('keeps offsets of %s that are those of the zone, minute by minute around %s', (zone, date) => {
    const middle = Date.parse(`${date}T00:00Z`)
    for (let at = middle - 2 * DAY; at < middle + 2 * DAY; at += MINUTE)
      if (offsetMinutes(zone, at) !== IANAZone.create(zone).offset(at))
        expect.fail(`${new Date(at).toISOString()} has the wrong offset`)
  })

  it('names a zone that does not exist', () => {
    expect(() => offsetMinutes('Europe/Bielefeld', 0)).toThrow('expected an IANA time zone')
  })

  it('comes back to the same wall time, in any zone and at any time of the year', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'),
        fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) }),
        (zone, at) => {
          const minute = Math.floor(at / MINUTE) * MINUTE
          const local = localOf(minute, zone)
          const date = new Date(local.day * DAY).toISOString().slice(0, 10)
          const time = new Date(local.time).toISOString().slice(11, 16)
          const both = (['earlier', 'later'] as const).map(
            (ambiguous) => instantOf({ date, time }, zone, { ambiguous })?.instant,
          )
          expect(both).toContain(minute)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('open time', () => {
  const berlin = calendarOf('Europe/Berlin', office)

  it('omits a holiday and follows the zone across a clock change', () => {
    const holiday: Calendar = { ...berlin, exceptions: [{ date: '2026-03-31', state: 'closed' }] }
    const spans = openSpans(holiday, Date.parse('2026-03-27T00:00:00Z'), Date.parse('2026-04-02T00:00:00Z'))
    expect(spans.map((span) => text(span.from).slice(0, 16))).toEqual([
      '2026-03-27T08:00',
      '2026-03-30T07:00',
      '2026-04-01T07:00',
    ])
  })

  it('has 23 and 25 hours on the days of the change where it is always open', () => {
    const always = calendarOf('America/New_York', night, weekdays)
    const day = (date: string) => instantOf({ date, time: '00:00' }, 'America/New_York')?.instant ?? 0
    expect(openTime(always, day('2026-03-08'), day('2026-03-09')) / HOUR).toBe(23)
    expect(openTime(always, day('2026-11-01'), day('2026-11-02')) / HOUR).toBe(25)
  })

  it('asks the base calendar on dates that say so', () => {
    const base = calendarOf('UTC', [{ from: '10:00', to: '11:00' }], weekdays)
    const calendar: Calendar = {
      ...calendarOf('UTC', office, []),
      base,
      exceptions: [{ date: '2026-03-07', state: 'base' }],
    }
    expect(
      openMinutes(calendar, Date.parse('2026-03-01T00:00:00Z'), Date.parse('2026-03-31T00:00:00Z')),
    ).toBe(60)
  })

  it('joins midnight', () => {
    const always = calendarOf('UTC', night, weekdays)
    expect(openSpans(always, 0, 3 * DAY)).toEqual([{ from: 0, to: 3 * DAY }])
  })

  it('names a calendar that never opens instead of looking for ever', () => {
    const never = calendarOf('UTC', [], [])
    expect(() => nextOpen(never, 0)).toThrow(NeverOpenError)
    expect(() => addOpenTime(never, 0, 1)).toThrow(NeverOpenError)
    expect(() => addOpenDays(never, 0, 1)).toThrow(NeverOpenError)
    expect(isOpenDate(never, 0)).toBe(false)
  })

  it('adds what it measures: addOpenTime and openTime are inverses', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
        fc.integer({ min: 1, max: 400 * HOUR }),
        (zone, at, ms) => {
          const calendar = calendarOf(zone, [
            { from: '08:00', to: '12:00' },
            { from: '13:00', to: '17:30' },
          ])
          expect(openTime(calendar, at, addOpenTime(calendar, at, ms))).toBe(ms)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('measures open days back from where it advanced to', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
        fc.double({ min: 0.01, max: 40, noNaN: true }),
        (at, days) => {
          const reached = advanceOpenDays(berlin, at, days)
          expect(measureOpenDays(berlin, at, reached)).toBeCloseTo(days, 5)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('aligning a start', () => {
  const calendar = calendarOf('UTC', office)
  it.each([
    ['none', '2026-03-07T10:00:00.000Z', '2026-03-07T10:00:00.000Z'],
    ['open', '2026-03-07T10:00:00.000Z', '2026-03-09T09:00:00.000Z'],
    ['open', '2026-03-06T06:00:00.000Z', '2026-03-06T09:00:00.000Z'],
    ['after-hours', '2026-03-07T10:00:00.000Z', '2026-03-09T10:00:00.000Z'],
    ['after-hours', '2026-03-07T18:00:00.000Z', '2026-03-10T09:00:00.000Z'],
    ['after-hours', '2026-03-06T17:00:00.000Z', '2026-03-09T09:00:00.000Z'],
    ['after-hours', '2026-03-06T06:00:00.000Z', '2026-03-06T06:00:00.000Z'],
  ] as const)('%s turns %s into %s', (alignment, from, to) => {
    expect(text(alignStart(calendar, Date.parse(from), alignment))).toBe(to)
  })
})

it('says every fault of a calendar with its field', () => {
  const bad = {
    ...calendarOf('Mars/Base', [
      { from: '17:00', to: '09:00' },
      { from: '8', to: '9' },
    ]),
    exceptions: [
      { date: '2026-02-30', state: 'open' as const },
      {
        date: '2026-03-01',
        state: 'open' as const,
        hours: [
          { from: '08:00', to: '12:00' },
          { from: '11:00', to: '13:00' },
        ],
      },
    ],
  }
  const fields = new Set(validateCalendar(bad).map((fault) => fault.field))
  expect(fields).toEqual(
    new Set([
      'timeZone',
      ...['mon', 'tue', 'wed', 'thu', 'fri'].flatMap((day) => [`week.${day}[0]`, `week.${day}[1]`]),
      'exceptions[0].date',
      'exceptions[0].hours',
      'exceptions[1].hours[1]',
    ]),
  )
})
