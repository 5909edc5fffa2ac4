/** When work may start and when people work, as spans of instants. */
import type { Activity, Place } from '../../../server/domain/activity/activity.ts'
import { instantAt, localOf, timeOfDay } from '../../../server/domain/calendar/local-time.ts'
import { openSpans } from '../../../server/domain/calendar/open-time.ts'
import { HOUR, type Instant, MINUTE, overlaps, type Span } from '../../../server/domain/instant.ts'
import type { Technician } from '../../../server/domain/plan/technician.ts'
import type { PlanningBoard } from '../../../server/ports/planner.ts'
import type { Frame, Spot } from './sort-activities.ts'

/** A gap in open hours this long ends a working day; a shorter one is a break. */
const SHIFT_GAP_MS = 4 * HOUR

/** Allowed starts, both ends included. Empty: it may not start within the horizon. */
export function windowsOf(board: PlanningBoard, a: Activity, frame: Frame): Span[] {
  const length = a.durationMinutes * MINUTE
  const from = Math.max(
    frame.earliest,
    a.earliestStart === null ? frame.earliest : ceilMinute(a.earliestStart),
  )
  const to = Math.min(frame.until, a.latestEnd ?? frame.until) - length
  if (to < from) return []
  if (a.windows.length === 0) return [{ from, to }]
  const spans: Span[] = []
  const last = localOf(to, board.timeZone).day
  for (let day = localOf(from, board.timeZone).day; day <= last; day++) {
    for (const window of a.windows) {
      const opens = timeOfDay(window.from)
      const closes = timeOfDay(window.to)
      if (opens === undefined || closes === undefined) continue
      const span = {
        from: Math.max(from, instantAt(board.timeZone, day, opens).instant),
        to: Math.min(to, instantAt(board.timeZone, day, closes).instant - length),
      }
      if (span.to >= span.from) spans.push(span)
    }
  }
  return spans.sort((x, y) => x.from - y.from)
}

const ceilMinute = (at: Instant): Instant => Math.ceil(at / MINUTE) * MINUTE

export type OpenShift = {
  open: Span[]
  startPlace: Place | null
  /** How long the day may run over: by the policy, but never into an absence or the next day's work. */
  overtimeMs: number
}

export function shiftsOf(
  board: PlanningBoard,
  technician: Technician,
  frame: { zero: Instant; until: Instant; fixed: readonly { activity: Activity; spot: Spot }[] },
): OpenShift[] {
  const { zero, until } = frame
  const running = frame.fixed.filter((f) => f.spot.start < zero).map((f) => f.spot.start)
  const from = Math.floor(Math.min(zero, ...running) / MINUTE) * MINUTE
  const calendar = technician.calendarId === null ? null : board.calendars.get(technician.calendarId)
  const whole = calendar ? openSpans(calendar, from, until) : [{ from, to: until }]
  const present = withoutAbsences(whole, technician.absences)
  const shifts: Span[][] = []
  for (const span of present) {
    const last = shifts.at(-1)
    const before = last?.at(-1)
    if (last && before && span.from - before.to < SHIFT_GAP_MS) last.push(span)
    else shifts.push([span])
  }
  const lastPlace = board.lastPlaces.get(technician.id)
  return shifts.map((open, i) => {
    const hasBegun = i === 0 && (open[0]?.from ?? zero) <= zero
    // Whoever is at work already does not start from home again; where running work is, the route itself says.
    const startPlace = hasBegun
      ? running.length > 0
        ? null
        : (lastPlace?.place ?? technician.home)
      : technician.home
    const closes = open.at(-1)?.to ?? zero
    const taken = [...technician.absences.filter((a) => a.to > closes), ...shifts.slice(i + 1).flat()]
    const room = Math.min(...taken.map((span) => Math.max(0, span.from - closes)), Number.POSITIVE_INFINITY)
    return { open, startPlace, overtimeMs: Math.min(board.policy.overtimeMinutes * MINUTE, room) }
  })
}

/** At this minute, as the calendar and absences have it. */
export function isAtWork(board: PlanningBoard, technician: Technician): boolean {
  if (!technician.active || technician.teamId === null) return false
  const minute = { from: board.now, to: board.now + MINUTE }
  const calendar = technician.calendarId === null ? null : board.calendars.get(technician.calendarId)
  const open = calendar ? openSpans(calendar, minute.from, minute.to) : [minute]
  return open.length > 0 && !technician.absences.some((absence) => overlaps(absence, minute))
}

function withoutAbsences(spans: readonly Span[], absences: readonly Span[]): Span[] {
  let left = [...spans]
  for (const absence of absences) {
    left = left.flatMap((span) =>
      overlaps(span, absence)
        ? [
            { from: span.from, to: Math.min(span.to, absence.from) },
            { from: Math.max(span.from, absence.to), to: span.to },
          ].filter((rest) => rest.to > rest.from)
        : [span],
    )
  }
  return left
    .map((span) => ({ from: ceilMinute(span.from), to: span.to }))
    .filter((span) => span.to > span.from)
}
