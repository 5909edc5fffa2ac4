/**
 * Which open work stays where it is, which may move, and which is left out of a run, with the reason.
 *
 * What a person did lately, what is dispatched, started, locked or about to begin stays; and time that has passed is told
 * as it is: late work starts now, running work ends a little later than planned.
 */
import type { Activity } from '../../../server/domain/activity/activity.ts'
import { DAY, HOUR, type Instant, MINUTE, type Span } from '../../../server/domain/instant.ts'
import { conflictsOf } from '../../../server/domain/plan/rules.ts'
import type { Technician } from '../../../server/domain/plan/technician.ts'
import type { PlanningBoard } from '../../../server/ports/planner.ts'
import { priorityWeight } from './describe-activity.ts'
import { linkedByActivity } from './links.ts'
import type { Scope } from './scope.ts'
import { windowsOf } from './times.ts'

/** A dispatched job whose time has passed is expected to start now, unless it is this long over: then it was forgotten. */
const FORGOTTEN_MS = 2 * HOUR
/** Started work that runs over is expected to take this long yet. */
const OVERRUN_MS = 5 * MINUTE

export type Spot = { technicianId: string; start: Instant; end: Instant }

export type Movable = { activity: Activity; windows: Span[]; current: Spot | null }
export type Sorted = {
  /** With `liftable`, the times it could start at, were its lock let go. */
  fixed: { activity: Activity; spot: Spot; liftable?: Span[] }[]
  movable: Movable[]
  beyond: { activityId: string; reason: string }[]
}
export type Frame = {
  known: ReadonlyMap<string, Technician>
  zero: Instant
  until: Instant
  earliest: Instant
}

const spotOf = (a: Activity): Spot | null =>
  a.technicianId !== null && a.start !== null && a.end !== null
    ? { technicianId: a.technicianId, start: a.start, end: a.end }
    : null

const isStarted = (a: Activity): boolean => a.fieldStatus === 'travelling' || a.fieldStatus === 'onSite'

export function sortActivities(board: PlanningBoard, scope: Scope, frame: Frame): Sorted {
  const out: Sorted = { fixed: [], movable: [], beyond: [] }
  const linked = linkedByActivity(board.activities)
  // Asked about one half of a pair, the answer is about the other as it stands.
  const partners = new Set((linked.get(scope.asked ?? '') ?? []).map((a) => a.id))
  const open: Movable[] = []
  for (const activity of board.activities) {
    const spot = spotOf(activity)
    const isHeld = partners.has(activity.id) && spot !== null && spot.start >= frame.zero
    if (spot !== null && (isHeld || stays(board, activity, spot, frame))) {
      const now = presentSpot(activity, spot, frame)
      if (now !== null && frame.known.has(spot.technicianId)) {
        const isPinned = !isHeld && isOnlyLocked(board, activity, spot, frame)
        const windows = isPinned ? windowsOf(board, activity, frame) : []
        out.fixed.push({ activity, spot: now, ...(windows.length > 0 ? { liftable: windows } : {}) })
      }
      continue
    }
    // Placed beyond the horizon: it neither moves nor stands in the way.
    if (spot !== null && spot.start >= frame.until) continue
    if (!isOurs(board, activity, scope, frame)) continue
    const windows = windowsOf(board, activity, frame)
    if (windows.length === 0) {
      if (spot === null) out.beyond.push({ activityId: activity.id, reason: noTimeReason(activity, frame) })
      continue
    }
    const current =
      spot !== null && stillHolds(board, activity, spot, { ...frame, linked: linked.get(activity.id) ?? [] })
        ? spot
        : null
    if (current === null) open.push({ activity, windows, current })
    else out.movable.push({ activity, windows, current })
  }
  open.sort((a, b) => urgency(board, a.activity, frame.zero) - urgency(board, b.activity, frame.zero))
  open.forEach((one, i) => {
    if (i < scope.openMax || one.activity.id === scope.asked) out.movable.push(one)
    else out.beyond.push({ activityId: one.activity.id, reason: 'More urgent work fills the planned days.' })
  })
  return out
}

/** Why work has no moment at which it may start: what is still to come is never said to have passed. */
function noTimeReason(a: Activity, frame: Frame): string {
  if (a.earliestStart !== null && a.earliestStart >= frame.until)
    return 'It may start only after the planned days.'
  if (a.latestEnd !== null && a.latestEnd <= frame.zero) return 'The time in which it may be done has passed.'
  const from = Math.max(frame.earliest, Math.ceil((a.earliestStart ?? frame.earliest) / MINUTE) * MINUTE)
  const left = Math.max(0, Math.floor((Math.min(frame.until, a.latestEnd ?? frame.until) - from) / MINUTE))
  if (left < a.durationMinutes)
    return `It takes ${a.durationMinutes} min, and ${left} min are left of the time in which it may be done.`
  return `Its windows of the day leave no ${a.durationMinutes} min for it in the planned days.`
}

/** Work that planning does not touch. */
function stays(board: PlanningBoard, a: Activity, spot: Spot, frame: Frame): boolean {
  if (a.state === 'dispatched' || a.locked || isStarted(a)) return true
  const isHeld = a.humanTouchedAt !== null && a.humanTouchedAt > board.now - board.policy.holdMinutes * MINUTE
  if (isHeld && frame.known.has(spot.technicianId)) return true
  const startsSoon = spot.start >= board.now && spot.start < board.now + board.policy.freezeMinutes * MINUTE
  return startsSoon && frame.known.has(spot.technicianId)
}

/** Nothing but a person's lock keeps it: without the lock it could be planned anew. */
function isOnlyLocked(board: PlanningBoard, a: Activity, spot: Spot, frame: Frame): boolean {
  return a.locked && spot.start >= frame.zero && !stays(board, { ...a, locked: false }, spot, frame)
}

/** Where work that stays really takes its time; null when it takes none in the horizon. */
function presentSpot(a: Activity, spot: Spot, frame: Frame): Spot | null {
  if (spot.start >= frame.until) return null
  if (isStarted(a)) return spot.end > frame.zero ? spot : { ...spot, end: frame.zero + OVERRUN_MS }
  if (spot.start >= frame.zero) return spot
  if (a.state === 'dispatched' && frame.zero - spot.end < FORGOTTEN_MS) {
    return { ...spot, start: frame.zero, end: frame.zero + (spot.end - spot.start) }
  }
  return spot.end > frame.zero ? spot : null
}

function isOurs(board: PlanningBoard, a: Activity, scope: Scope, frame: Frame): boolean {
  if (scope.asked === a.id) return true
  const isUnasked = scope.kind === 'repair' || scope.isUnasked === true
  if (isUnasked && board.takenOff.has(a.id)) return false
  if (scope.teams.length === 0) return true
  if (a.technicianId !== null) return frame.known.has(a.technicianId)
  return a.teamId === null || scope.teams.includes(a.teamId)
}

function stillHolds(
  board: PlanningBoard,
  activity: Activity,
  spot: Spot,
  frame: Frame & { linked: readonly Activity[] },
): boolean {
  const technician = frame.known.get(spot.technicianId)
  if (!technician || spot.start < frame.zero) return false
  const conflicts = conflictsOf(
    { activity, technician, start: spot.start, end: spot.end },
    {
      calendar: technician.calendarId === null ? null : (board.calendars.get(technician.calendarId) ?? null),
      neighbours: [],
      promises: [],
      linked: frame.linked,
      timeZone: board.timeZone,
      travel: board.policy,
    },
  )
  // What the policy lets run over stays where it is.
  return conflicts.every((c) => c.kind === 'calendar' && c.closedMinutes <= board.policy.overtimeMinutes)
}

/** Smaller is sooner: slack to the nearest promise, shortened by priority. What can still be saved goes first. */
function urgency(board: PlanningBoard, a: Activity, zero: Instant): number {
  const due = board.orders.get(a.orderId)?.due ?? {}
  const nearest = Math.min(due.complete ?? Number.POSITIVE_INFINITY, due.arrive ?? Number.POSITIVE_INFINITY)
  const slack = Number.isFinite(nearest) ? nearest - zero : 30 * DAY
  // A broken promise cannot be broken again: it counts like one of half a day.
  return (slack < 0 ? 12 * HOUR : slack) / priorityWeight[a.priority]
}
