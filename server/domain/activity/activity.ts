/**
 * The bar on the board: one planned piece of work of an order, for one technician.
 *
 * `dispatched` means told to the technician; `unassigned` (no technician) and `undispatched` are different questions.
 */
import type { Instant } from '../instant.ts'

export type ActivityState = 'undispatched' | 'dispatched' | 'closed'
export type FieldStatus =
  | 'none'
  | 'received'
  | 'seen'
  | 'accepted'
  | 'declined'
  | 'travelling'
  | 'onSite'
  | 'done'
export type Priority = 'high' | 'normal' | 'low'

export type SkillLevel = { readonly skill: string; readonly level: number }
export type Place = { readonly lat: number; readonly lon: number }
/** Time-of-day window, local to the board's zone. */
export type DayWindow = { readonly from: string; readonly to: string }

/** One after another: it starts this long after the end of the other, at least and at most (null: any time later). */
export type StartsAfter = {
  readonly activityId: string
  readonly minutesMin: number
  readonly minutesMax: number | null
}

export type Activity = {
  readonly id: string
  readonly version: number
  readonly number: string
  readonly companyId: string
  readonly boardId: string
  readonly orderId: string
  readonly orderLineId: string | null
  readonly typeId: string | null
  readonly teamId: string | null
  readonly technicianId: string | null
  readonly start: Instant | null
  readonly end: Instant | null
  /** Planned work, without travel. Also the length of an unplaced bar. */
  readonly durationMinutes: number
  readonly state: ActivityState
  readonly fieldStatus: FieldStatus
  readonly priority: Priority
  readonly locked: boolean
  readonly requiredSkills: readonly SkillLevel[]
  /** The movable range: work may not start before, nor end after. */
  readonly earliestStart: Instant | null
  readonly latestEnd: Instant | null
  readonly windows: readonly DayWindow[]
  readonly preferredTechnicianId: string | null
  /** Who must not be sent, for whatever reason; absent where nobody is ruled out. */
  readonly excludedTechnicianIds?: readonly string[]
  readonly place: Place | null
  /** Two technicians at one visit: it starts when this other activity starts, with somebody else. */
  readonly startsWith?: string | null
  readonly startsAfter?: StartsAfter | null
  /** True when the plan holds this span against others in the database; false once a person accepted an overlap. */
  readonly blocking: boolean
  /** Last edit by a person: the optimiser keeps its hands off for the board's hold time. */
  readonly humanTouchedAt: Instant | null
  readonly createdAt: Instant
  readonly closedAt: Instant | null
  readonly closedBy: string | null
  readonly closedCause: 'finished' | 'orderCanceled' | 'orderPosted' | 'importClosed' | null
}
