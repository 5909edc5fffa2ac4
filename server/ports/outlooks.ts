/** Everything a forecast needs of one board, read at one instant: promises that run, days as planned, lessons learned. */
import type { Place, Priority } from '../domain/activity/activity.ts'
import type { Calendar } from '../domain/calendar/calendar.ts'
import type { Instant } from '../domain/instant.ts'
import type { Technician } from '../domain/plan/technician.ts'
import type { TravelModel } from '../domain/plan/travel.ts'
import type { Tallies } from '../domain/risk/learn.ts'
import type { PlannedVisit } from '../domain/risk/technician-day.ts'
import type { TargetKind } from '../domain/sla/sla.ts'

/** A promise whose clock runs, with the open activity of this board that fulfils it last. */
export type RunningPromise = {
  readonly orderId: string
  readonly orderNumber: string
  readonly description: string
  readonly customerName: string | null
  readonly priority: string
  readonly agreementGroupId: string | null
  readonly slaId: string
  readonly target: TargetKind
  readonly dueAt: Instant
  readonly activity: {
    readonly id: string
    readonly typeId: string | null
    readonly teamId: string | null
    readonly technicianId: string | null
    readonly priority: Priority
    readonly durationMinutes: number
    /** Both null unless it has a technician and a time. */
    readonly start: Instant | null
    readonly end: Instant | null
    readonly askedAt: Instant
  }
}

export type Outlook = {
  readonly boardId: string
  readonly now: Instant
  readonly timeZone: string
  readonly travel: TravelModel
  readonly promises: readonly RunningPromise[]
  readonly technicians: ReadonlyMap<string, Pick<Technician, 'home' | 'calendarId' | 'absences'>>
  readonly calendars: ReadonlyMap<string, Calendar>
  readonly lastPlaces: ReadonlyMap<string, Place>
  /** Open, placed work of each technician. */
  readonly visits: ReadonlyMap<string, readonly PlannedVisit[]>
  readonly tallies: Tallies
}

export interface Outlooks {
  /** Null: no such board in this company. */
  read(companyId: string, boardId: string): Promise<Outlook | null>
}
