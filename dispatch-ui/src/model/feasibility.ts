/**
 * What dropping a bar on each row would mean, by the same rules the server will apply.
 *
 * A row that lacks a skill, is away or out of service cannot; one that overlaps, travels short, or misses a promise
 * can, with its warning; the rest fits, with the minutes of travel it adds.
 */
import type { TechnicianView } from '../../../server/contract/board.ts'
import type { Activity } from '../../../server/domain/activity/activity.ts'
import type { Calendar } from '../../../server/domain/calendar/calendar.ts'
import { conflictsOf, type PlanConflict } from '../../../server/domain/plan/rules.ts'
import type { Technician } from '../../../server/domain/plan/technician.ts'
import { type TravelModel, travelMinutes } from '../../../server/domain/plan/travel.ts'
import type { Bar, Order } from './board.ts'

export type Verdict = {
  readonly mark: 'fits' | 'warns' | 'cannot'
  readonly worst: PlanConflict | null
  readonly addedMinutes: number
}

const hopeless = new Set<PlanConflict['kind']>(['excluded', 'skill', 'absence'])
const gravity: readonly PlanConflict['kind'][] = [
  'excluded',
  'skill',
  'absence',
  'overlap',
  'deadline',
  'calendar',
  'window',
  'range',
  'link',
  'travel',
]

export type Known = {
  readonly calendar: Calendar | null
  readonly bars: readonly Bar[]
  /** Bars that are linked to the one in the hand, on whichever row. */
  readonly linked?: readonly Bar[]
  readonly order: Order | undefined
  readonly zone: string
  readonly travel: TravelModel
}

const TRIES = 4

/**
 * The first place at or after a time at which the row's other work leaves room: after what it would overlap, and far
 * enough from it to get there. Gives up after a few and answers what it came to, with its warning.
 */
export function firstPlace(
  bar: Bar,
  technician: TechnicianView,
  wanted: number,
  length: number,
  known: Known,
): Verdict & { readonly start: number } {
  let start = wanted
  let verdict = judgeDrop(bar, technician, start, start + length, known)
  for (let tried = 1; tried < TRIES && verdict.mark === 'warns'; tried++) {
    const { worst } = verdict
    if (worst?.kind !== 'overlap' && worst?.kind !== 'travel') break
    const other = known.bars.find((one) => one.id === worst.activityId)
    if (!other || other.endAt === null) break
    const next = other.endAt + travelMinutes(other.place, bar.place, known.travel) * 60_000
    if (next <= start) break
    start = next
    verdict = judgeDrop(bar, technician, start, start + length, known)
  }
  return { ...verdict, start }
}

export function judgeDrop(
  bar: Bar,
  technician: TechnicianView,
  start: number,
  end: number,
  known: Known,
): Verdict {
  if (!technician.active) return { mark: 'cannot', worst: null, addedMinutes: 0 }
  const others = known.bars.filter((other) => other.id !== bar.id && other.state !== 'closed')
  const conflicts = conflictsOf(
    { activity: activityOf(bar), technician: technicianOf(technician), start, end },
    {
      calendar: known.calendar,
      neighbours: others.map(activityOf),
      linked: (known.linked ?? []).map(activityOf),
      promises: (known.order?.promises ?? []).flatMap((p) =>
        p.reachedAt === null ? [{ target: p.target, dueAt: p.dueAt }] : [],
      ),
      timeZone: known.zone,
      travel: known.travel,
    },
  )
  const worst =
    gravity.map((kind) => conflicts.find((c) => c.kind === kind)).find((c) => c !== undefined) ?? null
  const mark = conflicts.some((c) => hopeless.has(c.kind))
    ? 'cannot'
    : conflicts.length > 0
      ? 'warns'
      : 'fits'
  return { mark, worst, addedMinutes: addedTravel(bar, technician, start, others, known.travel) }
}

/** Travel to and from the new place, less what the neighbours travelled between themselves before. */
function addedTravel(
  bar: Bar,
  technician: TechnicianView,
  start: number,
  others: readonly Bar[],
  travel: TravelModel,
): number {
  let before: Bar | undefined
  let after: Bar | undefined
  for (const other of others) {
    if (other.startAt === null) continue
    if (other.startAt <= start) before = other
    else if (after === undefined) after = other
  }
  const from = before ? before.place : technician.home
  const to = after ? after.place : null
  return (
    travelMinutes(from, bar.place, travel) +
    travelMinutes(bar.place, to, travel) -
    travelMinutes(from, to, travel)
  )
}

const instant = (text: string | null): number | null => (text === null ? null : Date.parse(text))

const domainCache = new WeakMap<Bar, Activity>()
function activityOf(bar: Bar): Activity {
  const known = domainCache.get(bar)
  if (known) return known
  const { startAt, endAt, ...view } = bar
  const made: Activity = {
    ...view,
    companyId: '',
    start: startAt,
    end: endAt,
    earliestStart: instant(bar.earliestStart),
    latestEnd: instant(bar.latestEnd),
    humanTouchedAt: instant(bar.humanTouchedAt),
    createdAt: Date.parse(bar.createdAt),
    closedAt: instant(bar.closedAt),
    // Written by the server from the domain's own union.
    closedCause: bar.closedCause as Activity['closedCause'],
  }
  domainCache.set(bar, made)
  return made
}

const technicianOf = (view: TechnicianView): Technician => ({
  ...view,
  companyId: '',
  absences: view.absences.map((a) => ({ from: Date.parse(a.from), to: Date.parse(a.to), reason: a.reason })),
})
