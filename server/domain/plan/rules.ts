/**
 * What a placement breaks: overlap, travel, open hours, absence, windows, movable range, skills, exclusions,
 * deadlines.
 *
 * Pure and quick, because the board asks it for every row while a bar is dragged. It judges; whether a conflict
 * warns or refuses is the caller's matter.
 */
import type { Activity, DayWindow } from '../activity/activity.ts'
import type { Calendar } from '../calendar/calendar.ts'
import { localOf, timeOfDay } from '../calendar/local-time.ts'
import { openTime } from '../calendar/open-time.ts'
import { type Instant, MINUTE, overlaps } from '../instant.ts'
import type { TargetKind } from '../sla/sla.ts'
import { type LinkConflict, linkConflicts } from './links.ts'
import type { Technician } from './technician.ts'
import { type TravelModel, travelMinutes } from './travel.ts'

export type PlanConflict =
  | LinkConflict
  | { readonly kind: 'overlap'; readonly activityId: string; readonly minutes: number }
  | { readonly kind: 'travel'; readonly activityId: string; readonly minutesShort: number }
  | { readonly kind: 'calendar'; readonly closedMinutes: number }
  | { readonly kind: 'absence'; readonly reason: string; readonly from: Instant; readonly to: Instant }
  | { readonly kind: 'window'; readonly windows: readonly DayWindow[] }
  | { readonly kind: 'range'; readonly earliestStart: Instant | null; readonly latestEnd: Instant | null }
  | { readonly kind: 'excluded'; readonly technicianId: string }
  | { readonly kind: 'skill'; readonly skill: string; readonly needed: number; readonly has: number }
  | {
      readonly kind: 'deadline'
      readonly target: TargetKind
      readonly dueAt: Instant
      readonly minutesLate: number
    }

export type SlaPromise = { readonly target: TargetKind; readonly dueAt: Instant }

export type Placement = {
  readonly activity: Activity
  readonly technician: Technician
  readonly start: Instant
  readonly end: Instant
}

export type PlanFacts = {
  /** The technician's calendar; null means always open. */
  readonly calendar: Calendar | null
  /** The technician's other open, placed activities, in any order. */
  readonly neighbours: readonly Activity[]
  readonly promises: readonly SlaPromise[]
  /** Activities that are linked to this one, by whichever of the two; none when left out. */
  readonly linked?: readonly Activity[]
  /** Zone in which time-of-day windows are read. */
  readonly timeZone: string
  readonly travel: TravelModel
}

export function conflictsOf(placement: Placement, facts: PlanFacts): PlanConflict[] {
  return [
    ...excludedConflicts(placement),
    ...skillConflicts(placement),
    ...neighbourConflicts(placement, facts),
    ...openHourConflicts(placement, facts.calendar),
    ...absenceConflicts(placement),
    ...windowConflicts(placement, facts.timeZone),
    ...rangeConflicts(placement),
    ...deadlineConflicts(placement, facts.promises),
    ...linkConflicts(placement.activity, placement, facts.linked ?? []),
  ]
}

const excludedConflicts = ({ activity, technician }: Placement): PlanConflict[] =>
  activity.excludedTechnicianIds?.includes(technician.id)
    ? [{ kind: 'excluded', technicianId: technician.id }]
    : []

function skillConflicts({ activity, technician }: Placement): PlanConflict[] {
  const out: PlanConflict[] = []
  for (const { skill, level } of activity.requiredSkills) {
    const has = technician.skills.find((s) => s.skill === skill)?.level ?? 0
    if (has < level) out.push({ kind: 'skill', skill, needed: level, has })
  }
  return out
}

function neighbourConflicts({ activity, start, end }: Placement, facts: PlanFacts): PlanConflict[] {
  const out: PlanConflict[] = []
  let before: Activity | null = null
  let after: Activity | null = null
  for (const other of facts.neighbours) {
    if (other.id === activity.id || other.start === null || other.end === null) continue
    const span = { from: other.start, to: other.end }
    if (overlaps({ from: start, to: end }, span)) {
      const minutes = (Math.min(end, span.to) - Math.max(start, span.from)) / MINUTE
      out.push({ kind: 'overlap', activityId: other.id, minutes })
    } else if (span.to <= start) {
      if (before === null || span.to > (before.end ?? 0)) before = other
    } else if (after === null || span.from < (after.start ?? 0)) after = other
  }
  const short = (other: Activity, gap: number, minutes: number): void => {
    const missing = minutes - gap / MINUTE
    if (missing > 0) out.push({ kind: 'travel', activityId: other.id, minutesShort: Math.ceil(missing) })
  }
  if (before?.end != null)
    short(before, start - before.end, travelMinutes(before.place, activity.place, facts.travel))
  if (after?.start != null)
    short(after, after.start - end, travelMinutes(activity.place, after.place, facts.travel))
  return out
}

function openHourConflicts({ start, end }: Placement, calendar: Calendar | null): PlanConflict[] {
  if (calendar === null) return []
  const closed = end - start - openTime(calendar, start, end)
  return closed > 0 ? [{ kind: 'calendar', closedMinutes: Math.ceil(closed / MINUTE) }] : []
}

function absenceConflicts({ technician, start, end }: Placement): PlanConflict[] {
  const away = technician.absences.find((absence) => overlaps(absence, { from: start, to: end }))
  return away ? [{ kind: 'absence', reason: away.reason, from: away.from, to: away.to }] : []
}

/** A visit fits when it lies whole inside one of its windows, on one local day. */
function windowConflicts({ activity, start, end }: Placement, zone: string): PlanConflict[] {
  if (activity.windows.length === 0) return []
  const from = localOf(start, zone)
  // Judged by the visit's last moment, so that one that ends at midnight still ends on its own day.
  const last = localOf(end - 1, zone)
  const to = last.day === from.day ? last.time + 1 : Number.POSITIVE_INFINITY
  const fits = activity.windows.some((window) => {
    const opens = timeOfDay(window.from)
    const closes = timeOfDay(window.to)
    return opens !== undefined && closes !== undefined && from.time >= opens && to <= closes
  })
  return fits ? [] : [{ kind: 'window', windows: activity.windows }]
}

function rangeConflicts({ activity, start, end }: Placement): PlanConflict[] {
  const { earliestStart, latestEnd } = activity
  const early = earliestStart !== null && start < earliestStart
  const late = latestEnd !== null && end > latestEnd
  return early || late ? [{ kind: 'range', earliestStart, latestEnd }] : []
}

/** `complete` is judged by the planned end, `arrive` by the planned start. A response is kept by sending, not by a place. */
function deadlineConflicts({ start, end }: Placement, promises: readonly SlaPromise[]): PlanConflict[] {
  return promises.flatMap(({ target, dueAt }): PlanConflict[] => {
    if (target === 'respond') return []
    const late = (target === 'complete' ? end : start) - dueAt
    return late > 0 ? [{ kind: 'deadline', target, dueAt, minutesLate: Math.ceil(late / MINUTE) }] : []
  })
}
