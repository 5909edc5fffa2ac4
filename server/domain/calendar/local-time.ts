/**
 * Local wall time and instants, with a stated rule for the two odd hours of the year.
 *
 * A time that does not exist (spring) is moved forward by the gap; a time that exists twice (autumn) is the earlier
 * one unless the caller says otherwise. Luxon's own parsing picks by today's season, so only its zone offsets are
 * used here.
 */
import { IANAZone } from 'luxon'
import { DAY, type Instant, MINUTE } from '../instant.ts'
import type { LocalDate, LocalTime } from './calendar.ts'

export type Resolved = { readonly instant: Instant; readonly kind: 'exact' | 'gap' | 'ambiguous' }

export const isZone = (name: string): boolean => IANAZone.isValidZone(name)

const KEPT_DAYS = 20_000
const keptOffsets = new Map<string, Map<number, number | 'changes'>>()

/**
 * Minutes that local time is ahead of UTC at this instant.
 *
 * Asking the zone costs microseconds and a board asks thousands of times per drag, so the answer is kept for each
 * UTC day on which it does not change.
 */
export function offsetMinutes(zone: string, at: Instant): number {
  const day = Math.floor(at / DAY)
  const days = keptOffsets.get(zone) ?? keepZone(zone)
  let kept = days.get(day)
  if (kept === undefined) {
    const first = IANAZone.create(zone).offset(day * DAY)
    kept = first === IANAZone.create(zone).offset((day + 1) * DAY) ? first : 'changes'
    if (days.size >= KEPT_DAYS) days.clear()
    days.set(day, kept)
  }
  return kept === 'changes' ? IANAZone.create(zone).offset(at) : kept
}

function keepZone(zone: string): Map<number, number | 'changes'> {
  if (!isZone(zone)) throw new RangeError(`expected an IANA time zone, found ${JSON.stringify(zone)}`)
  // Only valid names get here, and there are some six hundred of them.
  const days = new Map<number, number | 'changes'>()
  keptOffsets.set(zone, days)
  return days
}

/** Days since 1970-01-01 of a calendar date; `undefined` when it is no date (2026-02-30). */
export function dayNumber(date: LocalDate): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date)
  if (!match) return undefined
  const [, year, month, day] = match.map(Number)
  // The pattern has three groups, so all three are numbers here.
  const utc = Date.UTC(year as number, (month as number) - 1, day as number)
  const back = new Date(utc)
  if (back.getUTCMonth() !== (month as number) - 1 || back.getUTCDate() !== day) return undefined
  return utc / DAY
}

export const dateOfDay = (day: number): LocalDate => new Date(day * DAY).toISOString().slice(0, 10)

/** Milliseconds since local midnight of `HH:MM` or `HH:MM:SS`; `undefined` when it is no time. `24:00` is one. */
export function timeOfDay(time: LocalTime): number | undefined {
  const match = /^(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(time)
  if (!match) return undefined
  const hours = Number(match[1])
  const minutes = Number(match[2])
  const seconds = Number(match[3] ?? 0)
  if (minutes > 59 || seconds > 59 || hours > 24 || (hours === 24 && minutes + seconds > 0)) return undefined
  return (hours * 60 + minutes) * MINUTE + seconds * 1000
}

/** The instant of a local wall time. `day` counts days since 1970-01-01, `time` milliseconds since local midnight. */
export function instantAt(
  zone: string,
  day: number,
  time: number,
  ambiguous: 'earlier' | 'later' = 'earlier',
): Resolved {
  const wall = day * DAY + time
  const before = offsetMinutes(zone, wall - DAY)
  const after = offsetMinutes(zone, wall + DAY)
  const early = wall - before * MINUTE
  if (before === after && offsetMinutes(zone, early) === before) return { instant: early, kind: 'exact' }
  const valid = [before, after]
    .map((offset) => ({ offset, instant: wall - offset * MINUTE }))
    .filter(({ offset, instant }) => offsetMinutes(zone, instant) === offset)
    .map(({ instant }) => instant)
  const first = valid[0]
  if (first === undefined) return { instant: early, kind: 'gap' }
  const last = valid.at(-1) ?? first
  if (last === first) return { instant: first, kind: 'exact' }
  return {
    instant: ambiguous === 'earlier' ? Math.min(first, last) : Math.max(first, last),
    kind: 'ambiguous',
  }
}

/** As `instantAt`, for written dates and times; `undefined` when either is malformed. */
export function instantOf(
  local: { readonly date: LocalDate; readonly time: LocalTime },
  zone: string,
  rule: { readonly ambiguous: 'earlier' | 'later' } = { ambiguous: 'earlier' },
): Resolved | undefined {
  const day = dayNumber(local.date)
  const time = timeOfDay(local.time)
  return day === undefined || time === undefined ? undefined : instantAt(zone, day, time, rule.ambiguous)
}

/** Local day (since 1970-01-01) and milliseconds since local midnight of an instant. */
export function localOf(at: Instant, zone: string): { readonly day: number; readonly time: number } {
  const wall = at + offsetMinutes(zone, at) * MINUTE
  const day = Math.floor(wall / DAY)
  return { day, time: wall - day * DAY }
}
