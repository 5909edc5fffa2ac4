/**
 * Open time: what a calendar says about instants.
 *
 * Hours are local to the calendar's zone, so a day's open spans are worked out once per date and kept (bounded).
 * Every scan forward has a horizon; a calendar that never opens is a fault of its making, named here.
 */
import { DAY, type Instant, type Span } from '../instant.ts'
import type { Calendar, CalendarException, OpenHours, Weekday } from './calendar.ts'
import { dayNumber, instantAt, isZone, localOf, timeOfDay } from './local-time.ts'

const weekdays: readonly Weekday[] = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed']
const SCAN_DAYS = 3_660
const KEPT_DAYS = 4_000

export class NeverOpenError extends Error {
  constructor(calendarId: string, from: Instant) {
    super(
      `calendar ${calendarId} has no open time in the ${SCAN_DAYS} days after ${new Date(from).toISOString()}`,
    )
    this.name = 'NeverOpenError'
  }
}

type Kept = {
  readonly exceptions: ReadonlyMap<number, CalendarException>
  readonly days: Map<number, readonly Span[]>
}
const kept = new WeakMap<Calendar, Kept>()

function keptOf(calendar: Calendar): Kept {
  const known = kept.get(calendar)
  if (known) return known
  const exceptions = new Map<number, CalendarException>()
  for (const exception of calendar.exceptions) {
    const day = dayNumber(exception.date)
    if (day !== undefined) exceptions.set(day, exception)
  }
  const made = { exceptions, days: new Map<number, readonly Span[]>() }
  kept.set(calendar, made)
  return made
}

/** Open spans of a local date, in order, without overlaps. `day` counts days since 1970-01-01. */
export function spansOfDay(calendar: Calendar, day: number): readonly Span[] {
  const { exceptions, days } = keptOf(calendar)
  const known = days.get(day)
  if (known) return known
  const exception = exceptions.get(day)
  const spans =
    exception?.state === 'base' && calendar.base
      ? spansOfDay(calendar.base, day)
      : spansOfHours(calendar.timeZone, day, hoursOf(calendar, day, exception))
  if (days.size >= KEPT_DAYS) days.clear()
  days.set(day, spans)
  return spans
}

function hoursOf(
  calendar: Calendar,
  day: number,
  exception: CalendarException | undefined,
): readonly OpenHours[] {
  if (exception?.state === 'closed') return []
  if (exception?.state === 'open') return exception.hours ?? []
  // 1970-01-01 was a Thursday.
  const weekday = weekdays[((day % 7) + 7) % 7]
  return weekday ? calendar.week[weekday] : []
}

function spansOfHours(zone: string, day: number, hours: readonly OpenHours[]): readonly Span[] {
  const spans: { from: Instant; to: Instant }[] = []
  for (const { from, to } of hours) {
    const opens = timeOfDay(from)
    const closes = timeOfDay(to)
    if (opens === undefined || closes === undefined) continue
    const span = { from: instantAt(zone, day, opens).instant, to: instantAt(zone, day, closes).instant }
    if (span.to > span.from) spans.push(span)
  }
  spans.sort((a, b) => a.from - b.from)
  const merged: { from: Instant; to: Instant }[] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else merged.push(span)
  }
  return merged
}

/** Asked for thousands of days when an old clock is read, so it looks at the written hours only, not at instants. */
export function isOpenDay(calendar: Calendar, day: number): boolean {
  const exception = keptOf(calendar).exceptions.get(day)
  return exception?.state === 'base' && calendar.base
    ? isOpenDay(calendar.base, day)
    : hoursOf(calendar, day, exception).some(isOpenSpan)
}

const isOpenSpan = ({ from, to }: OpenHours): boolean => {
  const opens = timeOfDay(from)
  const closes = timeOfDay(to)
  return opens !== undefined && closes !== undefined && closes > opens
}

/** Open days of the weekly template alone. */
const openPerWeek = (calendar: Calendar): number =>
  weekdays.filter((weekday) => calendar.week[weekday].some(isOpenSpan)).length

/** How many open days lie after `from`, up to and with `to`: whole weeks at a time, then the exceptions. */
function openDayCount(calendar: Calendar, from: number, to: number): number {
  if (to <= from) return 0
  const weeks = Math.floor((to - from) / 7)
  let count = weeks * openPerWeek(calendar)
  const isOpenByWeek = (day: number): boolean => hoursOf(calendar, day, undefined).some(isOpenSpan)
  for (let day = from + 7 * weeks + 1; day <= to; day++) if (isOpenByWeek(day)) count++
  for (const day of keptOf(calendar).exceptions.keys())
    if (day > from && day <= to) count += Number(isOpenDay(calendar, day)) - Number(isOpenByWeek(day))
  return count
}

/** True on a date with at least one open interval. */
export const isOpenDate = (calendar: Calendar, at: Instant): boolean =>
  isOpenDay(calendar, localOf(at, calendar.timeZone).day)

/** Open spans inside `[from, to)`, clipped to it. */
export function openSpans(calendar: Calendar, from: Instant, to: Instant): Span[] {
  const spans: Span[] = []
  if (to <= from) return spans
  const last = localOf(to, calendar.timeZone).day
  for (let day = localOf(from, calendar.timeZone).day; day <= last; day++) {
    for (const span of spansOfDay(calendar, day)) {
      if (span.to <= from || span.from >= to) continue
      const clipped = { from: Math.max(span.from, from), to: Math.min(span.to, to) }
      const before = spans.at(-1)
      // Midnight joins a day that closes at 24:00 with one that opens at 00:00.
      if (before && before.to === clipped.from)
        spans[spans.length - 1] = { from: before.from, to: clipped.to }
      else spans.push(clipped)
    }
  }
  return spans
}

/** Open milliseconds inside `[from, to)`. */
export function openTime(calendar: Calendar, from: Instant, to: Instant): number {
  if (to <= from) return 0
  let sum = 0
  const last = localOf(to, calendar.timeZone).day
  for (let day = localOf(from, calendar.timeZone).day; day <= last; day++)
    for (const span of spansOfDay(calendar, day))
      if (span.to > from && span.from < to) sum += Math.min(span.to, to) - Math.max(span.from, from)
  return sum
}

/** Open minutes inside `[from, to)`, exact. */
export const openMinutes = (calendar: Calendar, from: Instant, to: Instant): number =>
  openTime(calendar, from, to) / 60_000

/** This instant when it is open, else the next one that is. */
export function nextOpen(calendar: Calendar, at: Instant): Instant {
  const first = localOf(at, calendar.timeZone).day
  for (let day = first; day < first + SCAN_DAYS; day++)
    for (const span of spansOfDay(calendar, day)) if (span.to > at) return Math.max(span.from, at)
  throw new NeverOpenError(calendar.id, at)
}

/** The instant at which `ms` of open time have passed since `at`. The end of a closing day stays on that day. */
export function addOpenTime(calendar: Calendar, at: Instant, ms: number): Instant {
  if (ms <= 0) return at
  let left = ms
  const first = localOf(at, calendar.timeZone).day
  let quiet = 0
  for (let day = first; quiet < SCAN_DAYS; day++) {
    quiet++
    for (const span of spansOfDay(calendar, day)) {
      if (span.to <= at) continue
      const from = Math.max(span.from, at)
      if (span.to - from >= left) return from + left
      left -= span.to - from
      quiet = 0
    }
  }
  throw new NeverOpenError(calendar.id, at)
}

/** The same wall time `count` open days later; `count` 0 is the instant itself. */
export function addOpenDays(calendar: Calendar, at: Instant, count: number): Instant {
  if (count <= 0) return at
  const { day, time } = localOf(at, calendar.timeZone)
  return instantAt(calendar.timeZone, nthOpenDay(calendar, day, count), time).instant
}

function nthOpenDay(calendar: Calendar, from: number, count: number): number {
  const { start, left: most } = leap(calendar, from, count)
  let left = most
  let quiet = 0
  for (let day = start + 1; quiet < SCAN_DAYS; day++) {
    quiet++
    if (!isOpenDay(calendar, day)) continue
    quiet = 0
    if (--left === 0) return day
  }
  throw new NeverOpenError(calendar.id, from * DAY)
}

/** Goes most of the way to a far day in one step; the rest is counted day by day. */
function leap(calendar: Calendar, from: number, count: number): { start: number; left: number } {
  const perWeek = openPerWeek(calendar)
  const weeks = perWeek === 0 ? 0 : Math.floor(count / perWeek) - 1
  if (weeks <= 1) return { start: from, left: count }
  const start = from + 7 * weeks
  const left = count - openDayCount(calendar, from, start)
  // Many days that open by exception: then the leap went too far.
  return left > 0 ? { start, left } : { start: from, left: count }
}

/**
 * Aligns the start of a clock. `open`: the next open moment. `after-hours`: a closed day becomes the next open day at
 * the same time of day; a time at or after that day's closing becomes the next open day's opening; a time before
 * opening is kept.
 */
export function alignStart(
  calendar: Calendar,
  at: Instant,
  alignment: 'none' | 'open' | 'after-hours',
): Instant {
  if (alignment === 'none') return at
  if (alignment === 'open') return nextOpen(calendar, at)
  const zone = calendar.timeZone
  const local = localOf(at, zone)
  const day = isOpenDay(calendar, local.day) ? local.day : nthOpenDay(calendar, local.day, 1)
  const moved = day === local.day ? at : instantAt(zone, day, local.time).instant
  const closing = spansOfDay(calendar, day).at(-1)
  if (!closing || moved < closing.to) return moved
  return spansOfDay(calendar, nthOpenDay(calendar, day, 1))[0]?.from ?? moved
}

/**
 * How many open days lie between two instants, whole and in part: between the k-th and the next open day at the
 * start's wall time the count grows evenly. `advanceOpenDays` is its inverse.
 */
export function measureOpenDays(calendar: Calendar, from: Instant, to: Instant): number {
  if (to <= from) return 0
  const zone = calendar.timeZone
  const start = localOf(from, zone)
  // Every day that ended well before `to` has passed the start's wall time; only the last few are looked at one by one.
  const near = Math.max(start.day, localOf(to, zone).day - 9)
  const whole0 = openDayCount(calendar, start.day, near)
  let day = whole0 === 0 ? start.day : lastOpenDay(calendar, near)
  let whole = whole0
  let lower = whole0 === 0 ? from : instantAt(zone, day, start.time).instant
  for (;;) {
    day = nthOpenDay(calendar, day, 1)
    const upper = instantAt(zone, day, start.time).instant
    if (upper > to) return whole + (to - lower) / (upper - lower)
    lower = upper
    whole++
  }
}

/** The last open day up to and with this one; there must be one. */
function lastOpenDay(calendar: Calendar, day: number): number {
  for (let d = day; d > day - SCAN_DAYS; d--) if (isOpenDay(calendar, d)) return d
  throw new NeverOpenError(calendar.id, day * DAY)
}

export function advanceOpenDays(calendar: Calendar, from: Instant, days: number): Instant {
  if (days <= 0) return from
  const whole = Math.floor(days + 1e-9)
  const lower = addOpenDays(calendar, from, whole)
  const part = days - whole
  if (part < 1e-9) return lower
  return lower + Math.round(part * (addOpenDays(calendar, from, whole + 1) - lower))
}

export type CalendarFault = { readonly field: string; readonly expected: string }

/** What is wrong with a calendar that someone wants to save: every fault, with the field that has it. */
export function validateCalendar(calendar: Omit<Calendar, 'id' | 'base'>): CalendarFault[] {
  const faults: CalendarFault[] = []
  if (!isZone(calendar.timeZone))
    faults.push({ field: 'timeZone', expected: 'an IANA time zone such as Europe/Berlin' })
  for (const weekday of weekdays) faults.push(...hourFaults(`week.${weekday}`, calendar.week[weekday]))
  calendar.exceptions.forEach((exception, i) => {
    const field = `exceptions[${i}]`
    if (dayNumber(exception.date) === undefined)
      faults.push({ field: `${field}.date`, expected: 'a calendar date, YYYY-MM-DD' })
    if (exception.state === 'open' && !(exception.hours && exception.hours.length > 0))
      faults.push({ field: `${field}.hours`, expected: 'at least one open interval when the state is open' })
    faults.push(...hourFaults(`${field}.hours`, exception.hours ?? []))
  })
  return faults
}

function hourFaults(field: string, hours: readonly OpenHours[]): CalendarFault[] {
  return hours.flatMap(({ from, to }, i) => {
    const opens = timeOfDay(from)
    const closes = timeOfDay(to)
    if (opens === undefined || closes === undefined)
      return [{ field: `${field}[${i}]`, expected: 'local times HH:MM' }]
    if (closes <= opens)
      return [{ field: `${field}[${i}]`, expected: 'an end after the start; split a night at 24:00' }]
    const clash = hours.some((other, j) => {
      if (j >= i) return false
      const otherOpens = timeOfDay(other.from)
      const otherCloses = timeOfDay(other.to)
      return (
        otherOpens !== undefined && otherCloses !== undefined && opens < otherCloses && otherOpens < closes
      )
    })
    return clash ? [{ field: `${field}[${i}]`, expected: 'intervals that do not overlap' }] : []
  })
}
