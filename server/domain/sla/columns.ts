/** What lists and reports filter and sort orders by: the clock in a few plain facts. */
import type { Calendar } from '../calendar/calendar.ts'
import type { Instant } from '../instant.ts'
import { dueAt, isExceeded, openRecord } from './clock.ts'
import type { SlaClock } from './sla.ts'

export type ClockColumns = {
  readonly startedAt: Instant | null
  readonly dueAt: Instant | null
  readonly respondDueAt: Instant | null
  readonly arriveDueAt: Instant | null
  /** When the clock stopped, while it stands still; null while it runs and where there is none. */
  readonly endedAt: Instant | null
  /** Whether the promise was kept when it stopped; null while it runs, and for cancelled clocks, which do not count. */
  readonly kept: boolean | null
}

export function clockColumns(clock: SlaClock, calendar: Calendar | null, now: Instant): ClockColumns {
  const ended = openRecord(clock) === null ? (clock.records.at(-1)?.endAt ?? null) : null
  return {
    startedAt: clock.records[0]?.startAt ?? null,
    dueAt: dueAt(clock, calendar, 'complete'),
    respondDueAt: clock.reached.respond === undefined ? dueAt(clock, calendar, 'respond') : null,
    arriveDueAt: clock.reached.arrive === undefined ? dueAt(clock, calendar, 'arrive') : null,
    endedAt: ended,
    kept:
      ended === null || clock.status !== 'stopped'
        ? null
        : !isExceeded(clock, calendar, 'complete', Math.max(ended, now)),
  }
}
