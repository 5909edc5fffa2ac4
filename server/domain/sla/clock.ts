/**
 * The SLA clock: when an order is due, and how much of its allowance is spent.
 *
 * There is no paused state: a pause is a stop and a later start, and the deadline moves because the remaining
 * allowance does not. In mode `wall` real time counts, in `working` only the calendar's open time, in `days` open
 * days at the same wall time. Callers pass `now`: replaying last week gives last week's answer.
 * Rules: domain digest 2.4 and 3.8, design section 2.
 */
import type { Calendar } from '../calendar/calendar.ts'
import {
  addOpenTime,
  advanceOpenDays,
  alignStart,
  measureOpenDays,
  openSpans,
  openTime,
} from '../calendar/open-time.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../instant.ts'
import { accept, type Result, refuse } from '../refusal.ts'
import type { ClockSource, Limit, SlaClock, SlaRecord, SlaTerms, TargetKind } from './sla.ts'

export const noClock: SlaClock = { terms: null, status: 'none', records: [], reached: {} }

/** How far ahead of now a person may date a start or stop. */
const FUTURE_MS = 5 * MINUTE

// ---------------------------------------------------------------- measuring

/** A length of clock time: milliseconds in `wall` and `working`, in `days` milliseconds of 24 h per open day. */
function measure(terms: SlaTerms, calendar: Calendar | null, from: Instant, to: Instant): number {
  if (to <= from) return 0
  if (calendar === null || terms.clockMode === 'wall') return to - from
  if (terms.clockMode === 'working') return openTime(calendar, from, to)
  return measureOpenDays(calendar, from, to) * DAY
}

function advance(terms: SlaTerms, calendar: Calendar | null, from: Instant, amount: number): Instant {
  if (calendar === null || terms.clockMode === 'wall') return from + amount
  if (terms.clockMode === 'working') return addOpenTime(calendar, from, amount)
  return advanceOpenDays(calendar, from, amount / DAY)
}

/** The limit in the clock's own time. A day of a working clock is the calendar's standard working day. */
export function limitMs(terms: SlaTerms, calendar: Calendar | null, target: TargetKind): number | null {
  const limit: Limit | undefined = terms.targets[target]
  if (!limit) return null
  const day = terms.clockMode === 'working' ? (calendar?.standardWorkDayHours ?? 8) * HOUR : DAY
  return limit.days * day + limit.hours * HOUR + limit.minutes * MINUTE
}

export const openRecord = (clock: SlaClock): SlaRecord | null => {
  const last = clock.records.at(-1)
  return last && last.endAt === null ? last : null
}

/** Clock time of the closed records before `until` plus the open one as far as `until`. */
function recordedMs(clock: SlaClock, calendar: Calendar | null, until: Instant): number {
  const { terms } = clock
  if (terms === null) return 0
  let sum = 0
  for (const record of clock.records)
    sum += measure(terms, calendar, record.startAt, Math.min(record.endAt ?? until, until))
  return sum
}

/** When the target stopped mattering: reached, or (for `complete`) the end of the last record. */
const judgedAt = (clock: SlaClock, target: TargetKind, now: Instant): Instant =>
  target === 'complete' ? now : Math.min(clock.reached[target] ?? now, now)

/** Recorded time of a target in milliseconds of clock time; it stands still once the target is reached. */
export const recorded = (
  clock: SlaClock,
  calendar: Calendar | null,
  target: TargetKind,
  now: Instant,
): number => recordedMs(clock, calendar, judgedAt(clock, target, now))

/** Per cent of the limit, two decimals, rounded half up. Exactly 100.00 is kept. */
export function compliance(
  clock: SlaClock,
  calendar: Calendar | null,
  target: TargetKind,
  now: Instant,
): number {
  const limit = clock.terms === null ? null : limitMs(clock.terms, calendar, target)
  if (limit === null || limit === 0) return 0
  return Math.round((recorded(clock, calendar, target, now) / limit) * 10_000 + 1e-7) / 100
}

/** Judged on the unrounded figures: a minute over a limit of months is over. */
export function isExceeded(
  clock: SlaClock,
  calendar: Calendar | null,
  target: TargetKind,
  now: Instant,
): boolean {
  const limit = clock.terms === null ? null : limitMs(clock.terms, calendar, target)
  return limit !== null && recorded(clock, calendar, target, now) > limit + slack(clock.terms)
}

/** Parts of open days are fractions: a millisecond of clock time keeps their rounding from breaking a promise. */
const slack = (terms: SlaTerms | null): number => (terms?.clockMode === 'days' ? 1 : 0)

/** The instant at which the recorded time comes to `share` of the limit, or null while it cannot be said. */
function instantOfShare(
  clock: SlaClock,
  calendar: Calendar | null,
  target: TargetKind,
  share: number,
): Instant | null {
  const { terms } = clock
  if (terms === null) return null
  const limit = limitMs(terms, calendar, target)
  if (limit === null) return null
  let left = limit * share
  for (const record of clock.records) {
    if (record.endAt === null) return advance(terms, calendar, record.startAt, left)
    const length = measure(terms, calendar, record.startAt, record.endAt)
    // Passed inside a closed record: a past instant, whatever came later. Used up to the minute is not passed.
    if (length > left + slack(terms)) return advance(terms, calendar, record.startAt, left)
    left = Math.max(0, left - length)
  }
  return null
}

/**
 * The deadline while the clock runs; null while it is stopped, unless the limit was already passed: then it stays
 * the past instant of the breach.
 */
export const dueAt = (clock: SlaClock, calendar: Calendar | null, target: TargetKind): Instant | null =>
  clock.status === 'none' || clock.status === 'canceled' ? null : instantOfShare(clock, calendar, target, 1)

export type Threshold = { readonly target: TargetKind; readonly percent: number; readonly dueAt: Instant }

/** When each warning falls due, and the breach (100), for the targets still open. None unless the clock runs. */
export function thresholds(
  clock: SlaClock,
  calendar: Calendar | null,
  percents: readonly number[],
): Threshold[] {
  if (clock.terms === null || openRecord(clock) === null) return []
  const out: Threshold[] = []
  for (const target of targetsOf(clock.terms)) {
    if (target !== 'complete' && clock.reached[target] !== undefined) continue
    for (const percent of [...percents, 100]) {
      const due = instantOfShare(clock, calendar, target, percent / 100)
      if (due !== null) out.push({ target, percent, dueAt: due })
    }
  }
  return out
}

export const targetsOf = (terms: SlaTerms): TargetKind[] =>
  (['respond', 'arrive', 'complete'] as const).filter((target) => terms.targets[target] !== undefined)

// ---------------------------------------------------------------- the sum, laid open

export type CountedInterval = {
  readonly from: Instant
  readonly to: Instant | null
  readonly kind: 'counted' | 'closed' | 'stopped'
  /** Minutes that counted (0 for closed), or for `stopped` the minutes that the stop lasted. */
  readonly minutes: number
  readonly reasonId: string | null
}

/** Intervals of at most this many calendar days are laid open hour by hour; longer runs are told as one. */
const LAID_OPEN_DAYS = 31

/** Every interval that counted, every closed stretch between, every stop with its reason. */
export function countedIntervals(
  clock: SlaClock,
  calendar: Calendar | null,
  now: Instant,
): CountedInterval[] {
  const { terms } = clock
  if (terms === null) return []
  const out: CountedInterval[] = []
  clock.records.forEach((record, i) => {
    const before = clock.records[i - 1]
    if (before?.endAt != null && before.endAt < record.startAt)
      out.push({
        from: before.endAt,
        to: record.startAt,
        kind: 'stopped',
        minutes: (record.startAt - before.endAt) / MINUTE,
        reasonId: before.reasonId,
      })
    out.push(...intervalsOf(terms, calendar, record, now))
  })
  const last = clock.records.at(-1)
  if (last?.endAt != null && clock.status === 'stopped')
    out.push({
      from: last.endAt,
      to: null,
      kind: 'stopped',
      minutes: Math.max(0, now - last.endAt) / MINUTE,
      reasonId: last.reasonId,
    })
  return out
}

function intervalsOf(
  terms: SlaTerms,
  calendar: Calendar | null,
  record: SlaRecord,
  now: Instant,
): CountedInterval[] {
  const to = record.endAt ?? now
  if (to <= record.startAt) return []
  const whole: CountedInterval = {
    from: record.startAt,
    to: record.endAt,
    kind: 'counted',
    minutes: measure(terms, calendar, record.startAt, to) / MINUTE,
    reasonId: null,
  }
  if (terms.clockMode !== 'working' || calendar === null || to - record.startAt > LAID_OPEN_DAYS * DAY)
    return [whole]
  const out: CountedInterval[] = []
  let reached = record.startAt
  const closedUntil = (end: Instant): void => {
    if (end > reached) out.push({ from: reached, to: end, kind: 'closed', minutes: 0, reasonId: null })
  }
  for (const span of openSpans(calendar, record.startAt, to)) {
    closedUntil(span.from)
    const runs = record.endAt === null && span.to >= now
    out.push({
      from: span.from,
      to: runs ? null : span.to,
      kind: 'counted',
      minutes: (span.to - span.from) / MINUTE,
      reasonId: null,
    })
    reached = span.to
  }
  closedUntil(to)
  return out
}

// ---------------------------------------------------------------- moving the clock

type Moved = Result<SlaClock>

const badTime = (at: Instant, expected: string): Moved =>
  refuse('SLA_BAD_TIME', { field: 'at', at: new Date(at).toISOString(), expected })

/** Attaches terms to an order and starts its clock, aligned as the terms say. */
export function attach(terms: SlaTerms, calendar: Calendar | null, at: Instant): SlaClock {
  return {
    terms,
    status: 'started',
    records: [record(aligned(terms, calendar, at), 'creation')],
    reached: {},
  }
}

const aligned = (terms: SlaTerms, calendar: Calendar | null, at: Instant): Instant =>
  calendar === null ? at : alignStart(calendar, at, terms.startAlignment)

const record = (startAt: Instant, startSource: ClockSource): SlaRecord => ({
  startAt,
  endAt: null,
  startSource,
  endSource: null,
  reasonId: null,
})

/** Starts a stopped clock; a restart is aligned like a start. */
export function start(
  clock: SlaClock,
  calendar: Calendar | null,
  asked: { readonly at: Instant; readonly now: Instant; readonly source: ClockSource },
): Moved {
  if (clock.terms === null || clock.status === 'none') return refuse('SLA_NONE')
  if (clock.status === 'started') return refuse('SLA_ALREADY_RUNNING')
  if (clock.status === 'canceled') return refuse('SLA_CANCELED')
  const ended = clock.records.at(-1)?.endAt ?? null
  if (ended !== null && asked.at < ended && asked.source === 'manual')
    return badTime(asked.at, `not before the previous record's end, ${new Date(ended).toISOString()}`)
  if (asked.at > asked.now + FUTURE_MS) return badTime(asked.at, 'not more than 5 minutes in the future')
  return accept({
    ...clock,
    status: 'started',
    // A stage change does not fail on a stop that a person dated some minutes ahead; it starts where that ended.
    records: [
      ...clock.records,
      record(aligned(clock.terms, calendar, Math.max(asked.at, ended ?? asked.at)), asked.source),
    ],
  })
}

/** True when stopping at this instant would close an exceeded clock, which may need a reason. */
export const needsReasonToStop = (
  clock: SlaClock,
  calendar: Calendar | null,
  at: Instant,
  reasonOnExceed: boolean,
): boolean => reasonOnExceed && openRecord(clock) !== null && isExceeded(clock, calendar, 'complete', at)

/** Stops a running clock. */
export function stop(
  clock: SlaClock,
  calendar: Calendar | null,
  asked: {
    readonly at: Instant
    readonly now: Instant
    readonly source: ClockSource
    readonly reasonId: string | null
    readonly reasonOnExceed: boolean
  },
): Moved {
  if (clock.status === 'canceled') return refuse('SLA_CANCELED')
  const running = openRecord(clock)
  if (running === null) return refuse('SLA_NOT_RUNNING')
  if (asked.at > asked.now + FUTURE_MS) return badTime(asked.at, 'not more than 5 minutes in the future')
  // Alignment can place a start in the future; only a person's own instant must lie after it.
  if (asked.at <= running.startAt && asked.source === 'manual' && running.startAt <= asked.now)
    return badTime(asked.at, `after the record's start, ${new Date(running.startAt).toISOString()}`)
  const before = clock.records.at(-2)?.endAt ?? null
  if (before !== null && asked.at < before && asked.source === 'manual')
    return badTime(asked.at, `not before the previous record's end, ${new Date(before).toISOString()}`)
  if (asked.reasonId === null && needsReasonToStop(clock, calendar, asked.at, asked.reasonOnExceed))
    return refuse('REASON_REQUIRED', {
      because: 'the limit is exceeded',
      compliance: compliance(clock, calendar, 'complete', asked.at),
    })
  return accept(closeRecord(clock, 'stopped', asked.at, asked.source, asked.reasonId))
}

/** Cancels the SLA for good: compliance freezes and the order leaves the statistics. */
export function cancel(
  clock: SlaClock,
  asked: { readonly at: Instant; readonly reasonId: string | null; readonly reasonOnCancel: boolean },
): Moved {
  if (clock.terms === null || clock.status === 'none') return refuse('SLA_NONE')
  if (clock.status === 'canceled') return refuse('SLA_CANCELED')
  if (asked.reasonOnCancel && asked.reasonId === null)
    return refuse('REASON_REQUIRED', { because: 'an SLA is cancelled' })
  return accept(closeRecord(clock, 'canceled', asked.at, 'slaCancel', asked.reasonId))
}

function closeRecord(
  clock: SlaClock,
  status: 'stopped' | 'canceled',
  at: Instant,
  endSource: ClockSource,
  reasonId: string | null,
): SlaClock {
  const running = openRecord(clock)
  if (running === null) return { ...clock, status }
  const end = Math.max(at, clock.records.at(-2)?.endAt ?? at)
  // A start that alignment put into the future never came: the record is empty and lies where the stop was, so that a
  // restart before that start is not before this record's end.
  const closed = { ...running, startAt: Math.min(running.startAt, end), endAt: end, endSource, reasonId }
  return { ...clock, status, records: [...clock.records.slice(0, -1), closed] }
}

/** Notes the first time that respond or arrive was fulfilled. Later times change nothing. */
export function reach(clock: SlaClock, target: 'respond' | 'arrive', at: Instant): SlaClock {
  if (clock.terms?.targets[target] === undefined || clock.reached[target] !== undefined) return clock
  return { ...clock, reached: { ...clock.reached, [target]: at } }
}

/** True when the clock was last stopped by entering a stage: only then does leaving that stage restart it. */
export const wasStoppedByStage = (clock: SlaClock): boolean =>
  clock.status === 'stopped' && clock.records.at(-1)?.endSource === 'stage'
