/** What can happen to a board, and what came of it. */
import type { ProblemActivity, ProblemTechnician } from '../problem.ts'
import type { Stop } from '../stop/budget.ts'

export type LiveEvent =
  /** New, or changed in any way: other windows, duration, priority, skills; fixed, started, finished, free again. */
  | { readonly kind: 'activity'; readonly activity: ProblemActivity }
  | { readonly kind: 'cancelled'; readonly activityId: string }
  /** Ill (no shifts), other hours, delayed (a later beginning, from where the technician is). */
  | { readonly kind: 'technician'; readonly technician: ProblemTechnician }

export type Place = { readonly technicianId: string; readonly start: number; readonly end: number }

export type Placement = {
  readonly activityId: string
  readonly before: { readonly technicianId: string; readonly start: number } | null
  readonly after: Place | null
}

export type Mended = {
  /** The event's own work, where it is now, and work that had waited for a place and has found one. */
  readonly opened: readonly Placement[]
  /** Other work that has moved: never more than the churn budget. */
  readonly moved: readonly Placement[]
  readonly points: number
  readonly unassigned: number
  readonly iterations: number
}

export type LiveOptions = { readonly churnBudget: number; readonly seed: number; readonly stop: Stop }
