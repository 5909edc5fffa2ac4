import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Calendar } from '../calendar/calendar.ts'
import { nextOpen, openMinutes } from '../calendar/open-time.ts'
import { DAY, HOUR, MINUTE } from '../instant.ts'
import {
  attach,
  cancel,
  compliance,
  countedIntervals,
  dueAt,
  isExceeded,
  noClock,
  reach,
  recorded,
  start,
  stop,
  thresholds,
  wasStoppedByStage,
} from './clock.ts'
import type { SlaClock, SlaTerms } from './sla.ts'

const hours = [
  { from: '08:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
]
/** `WK` of the domain digest's vectors. */
const WK: Calendar = {
  id: 'WK',
  timeZone: 'UTC',
  week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: [], sun: [] },
  exceptions: [],
  standardWorkDayHours: 8,
}
const at = (text: string): number => Date.parse(`2026-03-${text}:00Z`)
const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString().slice(8, 16)

const terms = (
  limit: { days?: number; hours?: number; minutes?: number },
  clockMode: SlaTerms['clockMode'],
  calendarId: string | null = null,
): SlaTerms => ({
  slaId: 'gold',
  targets: { complete: { days: 0, hours: 0, minutes: 0, ...limit } },
  clockMode,
  startAlignment: calendarId === null ? 'none' : 'open',
  calendarId,
})

const value = <T>(result: { ok: true; value: T } | { ok: false; refusal: { code: string } }): T => {
  if (!result.ok) throw new Error(result.refusal.code)
  return result.value
}
const code = (result: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  result.ok ? 'accepted' : result.refusal.code

const manual = { source: 'manual', reasonId: null, reasonOnExceed: false } as const
const stopAt = (clock: SlaClock, instant: number, more: Partial<Parameters<typeof stop>[2]> = {}) =>
  stop(clock, WK, { at: instant, now: instant, ...manual, ...more })
const startAt = (clock: SlaClock, instant: number) =>
  start(clock, WK, { at: instant, now: instant, source: 'manual' })

describe('the vectors of the domain digest, section 6', () => {
  const fourHoursOfWork = terms({ hours: 4 }, 'working', 'WK')

  it('S1: four hours without a calendar run through the evening', () => {
    const clock = attach(terms({ hours: 4 }, 'wall'), null, at('02T15:00'))
    expect(iso(dueAt(clock, null, 'complete'))).toBe('02T19:00')
  })

  it('S2: a Saturday order starts on Monday when only the start is aligned', () => {
    const clock = attach(terms({ hours: 4 }, 'wall', 'WK'), WK, at('07T10:00'))
    expect(iso(clock.records[0]?.startAt ?? null)).toBe('09T08:00')
    expect(iso(dueAt(clock, WK, 'complete'))).toBe('09T12:00')
  })

  it('S3: working time goes on the next morning', () => {
    const clock = attach(fourHoursOfWork, WK, at('02T15:00'))
    expect(iso(dueAt(clock, WK, 'complete'))).toBe('03T10:00')
  })

  it('S4: a stop takes the deadline away and a restart sets it later', () => {
    const running = attach(fourHoursOfWork, WK, at('02T15:00'))
    const stopped = value(stopAt(running, at('02T16:00')))
    expect(dueAt(stopped, WK, 'complete')).toBeNull()
    expect(compliance(stopped, WK, 'complete', at('03T09:00'))).toBe(25)
    const again = value(startAt(stopped, at('03T13:00')))
    expect(iso(dueAt(again, WK, 'complete'))).toBe('03T16:00')
  })

  it('S5: five hours of four are 125 %, and the stop needs a reason where the company asks for one', () => {
    const running = value(
      startAt(value(stopAt(attach(fourHoursOfWork, WK, at('02T15:00')), at('02T16:00'))), at('03T13:00')),
    )
    expect(recorded(running, WK, 'complete', at('03T17:00')) / HOUR).toBe(5)
    expect(code(stopAt(running, at('03T17:00'), { reasonOnExceed: true }))).toBe('REASON_REQUIRED')
    expect(code(stopAt(running, at('03T16:00'), { reasonOnExceed: true }))).toBe('accepted')
    const ended = value(stopAt(running, at('03T17:00'), { reasonOnExceed: true, reasonId: 'parts' }))
    expect(compliance(ended, WK, 'complete', at('09T17:00'))).toBe(125)
    expect(isExceeded(ended, WK, 'complete', at('09T17:00'))).toBe(true)
  })

  it.each([
    ['working' as const, '10T09:00'],
    ['wall' as const, '07T18:00'],
  ])('S6: one day and two hours from Friday 16:00 in %s time', (mode, due) => {
    const clock = attach(terms({ days: 1, hours: 2 }, mode, 'WK'), WK, at('06T16:00'))
    expect(iso(dueAt(clock, WK, 'complete'))).toBe(due)
  })

  it('S7: the noon break does not count', () => {
    const clock = attach(terms({ hours: 1 }, 'working', 'WK'), WK, at('02T11:30'))
    expect(iso(dueAt(clock, WK, 'complete'))).toBe('02T13:30')
    expect(openMinutes(WK, at('02T11:00'), at('02T14:00'))).toBe(120)
  })

  it('S8: an order at closing time starts the next morning', () => {
    const clock = attach(terms({ hours: 1 }, 'working', 'WK'), WK, at('02T17:00'))
    expect(iso(clock.records[0]?.startAt ?? null)).toBe('03T08:00')
    expect(iso(dueAt(clock, WK, 'complete'))).toBe('03T09:00')
  })
})

describe('mode days', () => {
  const office = [{ from: '08:30', to: '17:00' }]
  const night = [{ from: '00:00', to: '24:00' }]
  const business: Calendar = {
    ...WK,
    timeZone: 'America/New_York',
    week: { mon: office, tue: office, wed: office, thu: office, fri: office, sat: [], sun: [] },
  }
  const always: Calendar = {
    ...WK,
    timeZone: 'America/New_York',
    week: { mon: night, tue: night, wed: night, thu: night, fri: night, sat: night, sun: night },
  }
  const due = (calendar: Calendar, days: number, alignment: SlaTerms['startAlignment'], opened: string) =>
    new Date(
      dueAt(
        attach({ ...terms({ days }, 'days', 'x'), startAlignment: alignment }, calendar, Date.parse(opened)),
        calendar,
        'complete',
      ) ?? 0,
    ).toISOString()

  it.each([
    ['a Wednesday morning, early time kept', '2011-08-24T05:00:00-04:00', '2011-08-26T05:00:00-04:00'],
    ['a Friday noon, over the weekend', '2011-08-26T12:00:00-04:00', '2011-08-30T12:00:00-04:00'],
    ['a Saturday, to Monday at the same time', '2011-08-27T10:15:00-04:00', '2011-08-31T10:15:00-04:00'],
    ['a Sunday evening, past Monday’s closing', '2011-08-28T19:00:00-04:00', '2011-09-01T08:30:00-04:00'],
    ['a Friday at closing, to Monday’s opening', '2011-08-26T17:00:00-04:00', '2011-08-31T08:30:00-04:00'],
  ])('two business days after hours: %s', (_name, opened, expected) => {
    expect(due(business, 2, 'after-hours', opened)).toBe(new Date(expected).toISOString())
  })

  it('keeps the wall time across a clock change', () => {
    expect(due(always, 7, 'none', '2011-11-03T09:00:00-04:00')).toBe(
      new Date('2011-11-10T09:00:00-05:00').toISOString(),
    )
    expect(due(always, 7, 'none', '2026-03-05T09:00:00-05:00')).toBe(
      new Date('2026-03-12T09:00:00-04:00').toISOString(),
    )
  })

  it('postpones the deadline by the open days that a stop lasted', () => {
    const open = attach({ ...terms({ days: 3 }, 'days', 'x'), startAlignment: 'none' }, WK, at('02T10:00'))
    const stopped = value(stopAt(open, at('03T10:00')))
    const again = value(startAt(stopped, at('05T10:00')))
    expect(iso(dueAt(again, WK, 'complete'))).toBe('09T10:00')
    expect(compliance(stopped, WK, 'complete', at('05T10:00'))).toBeCloseTo(33.33, 2)
  })
})

describe('illegal calls', () => {
  const running = attach(terms({ hours: 4 }, 'wall'), null, at('02T15:00'))
  const stopped = value(stop(running, null, { at: at('02T16:00'), now: at('02T16:00'), ...manual }))
  const canceled = value(cancel(running, { at: at('02T16:00'), reasonId: null, reasonOnCancel: false }))

  it.each([
    ['a double start', () => startAt(running, at('02T16:00')), 'SLA_ALREADY_RUNNING'],
    ['a double stop', () => stopAt(stopped, at('02T17:00')), 'SLA_NOT_RUNNING'],
    ['a start without an SLA', () => startAt(noClock, at('02T17:00')), 'SLA_NONE'],
    ['a stop without an SLA', () => stopAt(noClock, at('02T17:00')), 'SLA_NOT_RUNNING'],
    ['a start after cancel', () => startAt(canceled, at('02T17:00')), 'SLA_CANCELED'],
    ['a stop after cancel', () => stopAt(canceled, at('02T17:00')), 'SLA_CANCELED'],
    [
      'a second cancel',
      () => cancel(canceled, { at: at('02T17:00'), reasonId: null, reasonOnCancel: false }),
      'SLA_CANCELED',
    ],
    [
      'a cancel without the reason that is asked for',
      () => cancel(running, { at: at('02T17:00'), reasonId: null, reasonOnCancel: true }),
      'REASON_REQUIRED',
    ],
    [
      'a stop before the start',
      () => stopAt(running, at('02T14:00'), { now: at('02T16:00') }),
      'SLA_BAD_TIME',
    ],
    ['a restart before the stop', () => startAt(stopped, at('02T15:30')), 'SLA_BAD_TIME'],
    [
      'a stop in the far future',
      () => stop(running, null, { ...manual, at: at('02T16:06'), now: at('02T16:00') }),
      'SLA_BAD_TIME',
    ],
  ])('%s is refused', (_name, call, expected) => {
    expect(code(call())).toBe(expected)
  })
})

describe('a start that alignment put into the future', () => {
  const saturday = attach(terms({ hours: 4 }, 'working', 'WK'), WK, at('07T10:00'))
  const held = value(stopAt(saturday, at('07T11:00'), { source: 'stage' }))

  it('leaves an empty record when the clock is stopped before it, and can be started again at once', () => {
    expect(recorded(held, WK, 'complete', at('10T17:00'))).toBe(0)
    const again = value(start(held, WK, { at: at('07T12:00'), now: at('07T12:00'), source: 'stage' }))
    expect(iso(dueAt(again, WK, 'complete'))).toBe('09T12:00')
  })

  it('does not let a stop slip behind the record before it', () => {
    const again = value(startAt(held, at('07T12:00')))
    expect(code(stopAt(again, at('07T10:30'), { now: at('07T13:00') }))).toBe('SLA_BAD_TIME')
  })
})

it('a stage moves although a person dated a stop and a start some minutes ahead', () => {
  const open = attach(terms({ hours: 4 }, 'wall'), null, at('02T08:00'))
  const now = at('02T10:00')
  const ahead = (minutes: number) => ({ at: now + minutes * MINUTE, now })
  const stopped = value(stop(open, null, { ...ahead(3), ...manual }))
  const again = value(start(stopped, null, { ...ahead(4), source: 'manual' }))
  const held = value(stop(again, null, { ...manual, ...ahead(0), source: 'stage' }))
  const on = value(start(held, null, { ...ahead(1), now: now + MINUTE, source: 'stage' }))
  expect(on.records.map((r) => [iso(r.startAt), iso(r.endAt)])).toEqual([
    ['02T08:00', '02T10:03'],
    ['02T10:03', '02T10:03'],
    ['02T10:03', null],
  ])
})

describe('an allowance that is used up to the minute', () => {
  const used = value(stopAt(attach(terms({ hours: 4 }, 'wall'), null, at('02T08:00')), at('02T12:00')))
  const again = value(start(used, null, { at: at('03T09:00'), now: at('03T09:00'), source: 'manual' }))

  it('is met, and has no deadline while the clock stands', () => {
    expect(compliance(used, null, 'complete', at('03T08:00'))).toBe(100)
    expect(isExceeded(used, null, 'complete', at('03T08:00'))).toBe(false)
    expect(dueAt(used, null, 'complete')).toBeNull()
  })

  it('is due at the moment of a restart, and stays so once that run was stopped', () => {
    expect(iso(dueAt(again, null, 'complete'))).toBe('03T09:00')
    const over = value(stop(again, null, { at: at('03T10:00'), now: at('03T10:00'), ...manual }))
    expect(iso(dueAt(over, null, 'complete'))).toBe('03T09:00')
  })
})

describe('targets beside complete', () => {
  const both: SlaTerms = {
    ...terms({ hours: 4 }, 'wall'),
    targets: {
      complete: { days: 0, hours: 4, minutes: 0 },
      respond: { days: 0, hours: 0, minutes: 30 },
      arrive: { days: 0, hours: 2, minutes: 0 },
    },
  }
  const open = attach(both, null, at('02T08:00'))

  it('stop being measured once they are reached, and keep their first instant', () => {
    const responded = reach(open, 'respond', at('02T08:15'))
    expect(compliance(responded, null, 'respond', at('02T12:00'))).toBe(50)
    expect(reach(responded, 'respond', at('02T09:00'))).toBe(responded)
    expect(reach(attach(terms({ hours: 4 }, 'wall'), null, 0), 'arrive', 1).reached).toEqual({})
  })

  it('warn and break each at its own instants, until reached', () => {
    const reachedRespond = reach(open, 'respond', at('02T08:15'))
    expect(
      thresholds(reachedRespond, null, [75]).map((t) => `${t.target} ${t.percent} ${iso(t.dueAt)}`),
    ).toEqual(['arrive 75 02T09:30', 'arrive 100 02T10:00', 'complete 75 02T11:00', 'complete 100 02T12:00'])
  })

  it('warn about nothing while the clock stands', () => {
    const stopped = value(stop(open, null, { at: at('02T09:00'), now: at('02T09:00'), ...manual }))
    expect(thresholds(stopped, null, [75])).toEqual([])
  })
})

describe('properties', () => {
  const instant = fc.integer({ min: at('01T00:00'), max: at('28T00:00') })
  const mode = fc.constantFrom('wall' as const, 'working' as const, 'days' as const)
  const limit = fc.record({
    days: fc.integer({ min: 0, max: 5 }),
    minutes: fc.integer({ min: 1, max: 2000 }),
  })

  it('the recorded time comes to the limit exactly at the deadline, in every mode and after any stops', () => {
    fc.assert(
      fc.property(
        mode,
        limit,
        instant,
        fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 4 }),
        (m, l, from, gaps) => {
          let clock = attach(terms(l, m, 'WK'), WK, from)
          let now = clock.records[0]?.startAt ?? from
          gaps.forEach((gap, i) => {
            now += gap * MINUTE
            const moved = i % 2 === 0 ? stopAt(clock, now) : startAt(clock, now)
            if (moved.ok) clock = moved.value
          })
          const due = dueAt(clock, WK, 'complete')
          if (due === null) return
          // Days are measured in parts of a day between two deadlines, hence the tolerance of a millisecond in a day.
          expect(compliance(clock, WK, 'complete', due)).toBeLessThanOrEqual(100.01)
          if (clock.status === 'started')
            expect(isExceeded(clock, WK, 'complete', due + HOUR * 80)).toBe(true)
          else expect(compliance(clock, WK, 'complete', due + HOUR * 80)).toBeGreaterThanOrEqual(100)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('a promise is kept at its deadline and broken a minute later', () => {
    fc.assert(
      fc.property(mode, limit, instant, fc.integer({ min: 1, max: 3000 }), (m, l, from, minutes) => {
        const first = attach(terms(l, m, 'WK'), WK, from)
        const begun = first.records[0]?.startAt ?? from
        const stopped = stopAt(first, begun + minutes * MINUTE)
        const again = stopped.ok ? startAt(stopped.value, begun + 2 * minutes * MINUTE) : stopped
        if (!again.ok || (stopped.ok && isExceeded(stopped.value, WK, 'complete', begun + DAY * 300))) return
        const due = dueAt(again.value, WK, 'complete') ?? 0
        expect(isExceeded(again.value, WK, 'complete', due)).toBe(false)
        // The next minute that counts: closed hours after the deadline do not.
        expect(isExceeded(again.value, WK, 'complete', nextOpen(WK, due) + MINUTE)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('the counted intervals add up to the recorded time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('wall' as const, 'working' as const),
        limit,
        instant,
        fc.integer({ min: 1, max: 9000 }),
        (m, l, from, minutes) => {
          const clock = attach(terms(l, m, 'WK'), WK, from)
          const now = (clock.records[0]?.startAt ?? from) + minutes * MINUTE
          const counted = countedIntervals(clock, WK, now).filter((interval) => interval.kind === 'counted')
          const sum = counted.reduce((total, interval) => total + interval.minutes, 0)
          expect(sum).toBeCloseTo(recorded(clock, WK, 'complete', now) / MINUTE, 6)
        },
      ),
      { numRuns: 300 },
    )
  })
})

it('only a stage that stopped the clock may restart it', () => {
  const running = attach(terms({ hours: 4 }, 'wall'), null, at('02T15:00'))
  expect(wasStoppedByStage(value(stopAt(running, at('02T16:00'), { source: 'stage' })))).toBe(true)
  expect(wasStoppedByStage(value(stopAt(running, at('02T16:00'))))).toBe(false)
})
