/**
 * Planning as use cases see it: the facts of one board at one number, and an engine that answers about them at once.
 *
 * The server asks for candidates and explanations through this port; the search itself lives with the workers.
 */

import type { WholePolicy } from '../contract/default-policy.ts'
import type { Candidates, CostSplit, Explanation } from '../contract/planning.ts'
import type { Activity, Place, Priority } from '../domain/activity/activity.ts'
import type { Calendar } from '../domain/calendar/calendar.ts'
import type { Instant } from '../domain/instant.ts'
import type { Technician } from '../domain/plan/technician.ts'
import type { SlaStatus, TargetKind } from '../domain/sla/sla.ts'

export type PlanningOrder = {
  readonly id: string
  readonly priority: Priority
  readonly slaStatus: SlaStatus
  /** Deadlines that still run: absent when stopped, reached or not promised. */
  readonly due: Readonly<Partial<Record<TargetKind, Instant>>>
  /** Weight of the agreement's group; 1 without an agreement. */
  readonly weight: number
  readonly place: Place | null
}

/** Everything planning needs of one board, read at one instant. */
export type PlanningBoard = {
  readonly companyId: string
  readonly boardId: string
  readonly epoch: string
  readonly seq: number
  /** The database's clock at the moment of reading; for a replay, the instant as of which is planned. */
  readonly now: Instant
  readonly timeZone: string
  readonly policy: WholePolicy
  readonly policyVersion: number
  /** Open activities of the board. */
  readonly activities: readonly Activity[]
  readonly technicians: readonly Technician[]
  readonly calendars: ReadonlyMap<string, Calendar>
  readonly orders: ReadonlyMap<string, PlanningOrder>
  /** Unplaced activities that a person took off the board within the hold time: left alone by repairs. */
  readonly takenOff: ReadonlySet<string>
  /** Where a technician's last finished work of the last hours was. */
  readonly lastPlaces: ReadonlyMap<string, { readonly place: Place; readonly at: Instant }>
}

export interface PlanningBoards {
  /** `asOf` plans a past day with the board as it stands; absent = now. */
  read(companyId: string, boardId: string, asOf?: Instant): Promise<PlanningBoard | null>
  /** The board that an activity stands on; null when there is no such activity. */
  boardOf(companyId: string, activityId: string): Promise<string | null>
}

export interface Planner {
  /** What the board costs as it stands, work without a place included. */
  price(board: PlanningBoard): Promise<CostSplit>
  candidates(board: PlanningBoard, activityId: string, limit: number): Promise<Candidates>
  explain(board: PlanningBoard, activityId: string): Promise<Omit<Explanation, 'decidedBy' | 'decision'>>
}
