/**
 * A technician's open work as a chain of legs: what is under way first, then by plan; with ways, breaks and evenings.
 *
 * Bars that nobody touched since yesterday, and reports of being on site that somebody forgot to end, are not the day that
 * is going on: they are left out.
 */
import type { DayWindow, FieldStatus, Place } from '../activity/activity.ts'
import type { Calendar } from '../calendar/calendar.ts'
import { instantAt, localOf, timeOfDay } from '../calendar/local-time.ts'
import { openSpans } from '../calendar/open-time.ts'
import { DAY, HOUR, type Instant, MINUTE, type Span } from '../instant.ts'
import { type TravelModel, travelMinutes } from '../plan/travel.ts'
import { isBreak, pausesOf } from './breaks.ts'
import type { Between, Day, Leg } from './day.ts'

export type PlannedVisit = {
  readonly id: string
  readonly typeId: string | null
  readonly start: Instant
  readonly end: Instant
  readonly fieldStatus: FieldStatus
  /** Since when the field status stands; asked only of `travelling` and `onSite`. */
  readonly since: Instant | null
  readonly place: Place | null
  readonly windows: readonly DayWindow[]
}

export type DayFacts = {
  readonly now: Instant
  readonly timeZone: string
  readonly visits: readonly PlannedVisit[]
  /** Where the technician is coming from today; null = unknown. */
  readonly lastPlace: Place | null
  readonly home: Place | null
  readonly calendar: Calendar | null
  readonly absences: readonly Span[]
  readonly travel: TravelModel
}

export type TechnicianDay = {
  readonly day: Day
  /** The visits, leg by leg. */
  readonly visits: readonly PlannedVisit[]
}

/** Further ahead, the plan will have changed before the forecast could be right. */
export const FORECAST_DAYS = 3
const LEGS_MAX = 40
const STALE = 12 * HOUR
const FORGOTTEN = 16 * HOUR
/** After a gap like this a technician comes from home. */
const OVERNIGHT = 6 * HOUR

export function technicianDay(facts: DayFacts): TechnicianDay {
  const { now } = facts
  const visits = facts.visits
    .filter((visit) => isOfTheDay(visit, now))
    .sort((a, b) => rank(a) - rank(b) || a.start - b.start || (a.id < b.id ? -1 : 1))
    .slice(0, LEGS_MAX)
  const starts = visits.map((visit) => (visit.start - now) / MINUTE)
  const present = visits[0]
  const began = present?.fieldStatus === 'onSite' ? ((present.since ?? present.start) - now) / MINUTE : null
  const closed = closedTimes(facts)
  const pauses = pausesOf(closed.filter(isBreak), starts, began)
  return {
    visits,
    day: {
      legs: visits.map((visit, i) => legOf(visit, visits[i - 1], facts, pauses[i] ?? [])),
      closings: closed.filter((one) => !isBreak(one)),
    },
  }
}

const isUnderWay = ({ fieldStatus }: PlannedVisit): boolean =>
  fieldStatus === 'onSite' || fieldStatus === 'travelling'

function isOfTheDay(visit: PlannedVisit, now: Instant): boolean {
  if (isUnderWay(visit)) return now - (visit.since ?? visit.start) < FORGOTTEN + (visit.end - visit.start)
  return visit.end > now - STALE && visit.start < now + FORECAST_DAYS * DAY
}

const rank = ({ fieldStatus }: PlannedVisit): number =>
  fieldStatus === 'onSite' ? 0 : fieldStatus === 'travelling' ? 1 : 2

function legOf(
  visit: PlannedVisit,
  before: PlannedVisit | undefined,
  facts: DayFacts,
  pauses: Leg['pauses'],
): Leg {
  const { now, home, lastPlace, travel, timeZone } = facts
  const isFromHome = before !== undefined && visit.start - before.end >= OVERNIGHT
  const from = before === undefined ? (lastPlace ?? home) : isFromHome ? home : before.place
  const since = ((visit.since ?? visit.start) - now) / MINUTE
  return {
    typeId: visit.typeId,
    travelMinutes: travelMinutes(from, visit.place, travel),
    travelElapsed: visit.fieldStatus === 'travelling' ? Math.max(0, -since) : null,
    workMinutes: (visit.end - visit.start) / MINUTE,
    workElapsed: visit.fieldStatus === 'onSite' ? Math.max(0, -since) : null,
    notBefore: (visit.start - now) / MINUTE,
    windows: visit.windows.flatMap((window) => windowOn(window, visit.start, timeZone, now)),
    pauses,
  }
}

function windowOn(window: DayWindow, on: Instant, zone: string, now: Instant): Between[] {
  const { day } = localOf(on, zone)
  const from = timeOfDay(window.from)
  const to = timeOfDay(window.to)
  if (from === undefined || to === undefined) return []
  const at = (time: number): number => (instantAt(zone, day, time).instant - now) / MINUTE
  return [{ from: at(from), to: at(to) }]
}

/** Evenings, breaks and absences, in order, in minutes from now. */
function closedTimes({ now, calendar, absences }: DayFacts): Between[] {
  const from = now - STALE
  const to = now + (FORECAST_DAYS + 1) * DAY
  const closed: Span[] = []
  if (calendar !== null) {
    let at = from
    for (const span of openSpans(calendar, from, to)) {
      if (span.from > at) closed.push({ from: at, to: span.from })
      at = span.to
    }
    if (at < to) closed.push({ from: at, to })
  }
  for (const absence of absences) if (absence.to > from && absence.from < to) closed.push(absence)
  return closed
    .map((span) => ({ from: (span.from - now) / MINUTE, to: (span.to - now) / MINUTE }))
    .sort((a, b) => a.from - b.from)
}
