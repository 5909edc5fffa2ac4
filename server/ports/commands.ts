/**
 * How use cases reach the truth: one command is one transaction.
 *
 * `run` opens the transaction, claims the idempotency key, judges the session, hands the use case a `Tx`, and writes
 * what it answers — events, effects, stored answer — together with its rows. A use case that refuses writes nothing
 * but the refusal itself, so that the same key repeats it.
 */
import type { BoardEvent } from '../contract/board.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Calendar } from '../domain/calendar/calendar.ts'
import type { Instant } from '../domain/instant.ts'
import type { Order } from '../domain/order/order.ts'
import type { Stage } from '../domain/order/stage.ts'
import type { Role } from '../domain/permission/role.ts'
import type { Technician } from '../domain/plan/technician.ts'
import type { Refusal } from '../domain/refusal.ts'
import type { SlaTerms } from '../domain/sla/sla.ts'

/** Who asks. `sessionId` null is the system's own hand (workers): trusted, but recorded. */
export type Caller = {
  readonly companyId: string
  readonly userId: string
  readonly userName: string
  readonly role: Role
  readonly technicianId: string | null
  readonly customerId: string | null
  readonly monitoredTeamIds: readonly string[]
  readonly sessionId: string | null
  readonly kind: 'user' | 'system' | 'optimiser'
}

export type CommandRequest = {
  readonly caller: Caller
  /** The client's idempotency key; null only for the system's idempotent housekeeping. */
  readonly key: string | null
  /** Hash over method, path, precondition and body: what "the same command" means. */
  readonly requestHash: Uint8Array
}

/** An event before it has a number. */
export type NewEvent = {
  readonly board: string
  readonly type: string
  readonly entity: 'activity' | 'technician' | 'order' | 'board'
  readonly entityId: string
  readonly entityVersion: number
  /** The event's own members; `seq`, `at`, `actor`, `commandId` are added when it is numbered. */
  readonly body: Pick<BoardEvent, 'activity' | 'technician' | 'order' | 'board' | 'removed'>
}

/** An effect outside Postgres, done at least once by a relay. `dedupeKey` makes asking twice harmless. */
export type Effect = {
  readonly kind: 'optimise' | 'import' | 'sla-watch' | 'notice' | 'repair'
  readonly dedupeKey: string
  readonly payload: Readonly<Record<string, unknown>>
  /** Not before; at once when absent. */
  readonly at?: Instant
}

export type Outcome = {
  readonly status: number
  readonly body: unknown
  /** Version of the one record the answer is about: becomes the ETag. */
  readonly version?: number
  readonly location?: string
  readonly events?: readonly NewEvent[]
  readonly effects?: readonly Effect[]
}

/** A refusal as the outcome of a use case; `http/` has its status and sentence. */
export type Refused = { readonly refusal: Refusal }

export type CommandAnswer =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** The stored JSON text: a replay is byte-identical. */
      readonly body: string
      readonly headers: Readonly<Record<string, string>>
      readonly replay: boolean
      readonly events: readonly NumberedEvents[]
    }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'key-reused' }
  /** The commit's outcome could not be learned in time; the client asks again with the same key. */
  | { readonly kind: 'unknown' }

export type NumberedEvents = {
  readonly board: string
  readonly epoch: string
  readonly first: number
  readonly last: number
  readonly items: readonly BoardEvent[]
}

export type ParametersRow = {
  readonly allowWithoutAgreement: boolean
  readonly reasonOnCancel: boolean
  readonly reasonOnExceed: boolean
  readonly technicianCanPost: boolean
  readonly signOffRequired: 'none' | 'order' | 'line'
  readonly createActivityRule: 'never' | 'prompt' | 'always'
  readonly activityGenerationStageId: string | null
  readonly defaultAgreementGroupId: string | null
  readonly defaultBoardId: string | null
  readonly calendarId: string | null
  readonly slaWarnPercent: readonly number[]
  readonly attachSlaToGenerated: boolean
  readonly dispatchColorHigh: string
  readonly dispatchColorNormal: string
  readonly dispatchColorLow: string
  readonly dispatchDaysBefore: number
  readonly dispatchDaysAfter: number
  readonly timeZone: string
}

export type AgreementFacts = {
  readonly id: string
  readonly description: string
  readonly projectId: string
  readonly customerId: string
  readonly groupId: string
  readonly startDate: string
  readonly endDate: string | null
  readonly suspended: boolean
  readonly isTemplate: boolean
  readonly preferredTechnicianId: string | null
  /** Terms of the agreement's own SLA, else of its group's; null when there is none or it is suspended. */
  readonly terms: SlaTerms | null
}

export type OrderCard = { readonly customerName: string | null; readonly agreementGroupId: string | null }

export type BoardFacts = {
  readonly id: string
  readonly name: string
  readonly timeZone: string
  readonly policy: Readonly<Record<string, unknown>>
}

/**
 * One open transaction under one company's wall.
 *
 * Locks are taken in one order everywhere: command, session and user (by `run`), orders by id, activities by id,
 * technicians by id; boards last, by `run` itself.
 */
export interface Tx {
  readonly now: Instant
  readonly caller: Caller
  newId(): string

  lockOrders(ids: readonly string[]): Promise<Map<string, Order>>
  /** The orders of these activities without their lines, unlocked: enough to judge an act that leaves them alone. */
  orderHeads(activityIds: readonly string[]): Promise<Map<string, OrderHead>>
  lockActivities(ids: readonly string[]): Promise<Map<string, Activity>>
  /** As `lockActivities`, without waiting for anybody and without making anybody wait. */
  activities(ids: readonly string[]): Promise<Map<string, Activity>>
  /** Open activities of an order, locked, by id. */
  lockActivitiesOfOrder(orderId: string): Promise<Activity[]>
  readOrders(ids: readonly string[]): Promise<Map<string, Order>>
  orderIdByExternalId(externalId: string): Promise<string | null>
  orderCards(ids: readonly string[]): Promise<Map<string, OrderCard>>
  technicians(ids: readonly string[]): Promise<Map<string, Technician>>
  /** As `technicians`, and holds their days: another placement for one of them waits until this one is committed. */
  lockTechnicians(ids: readonly string[]): Promise<Map<string, Technician>>
  /** Open, placed activities of these technicians that touch the span, by technician and start. */
  daysOf(technicianIds: readonly string[], from: Instant, to: Instant): Promise<Activity[]>
  calendars(ids: readonly string[]): Promise<Map<string, Calendar>>
  stages(): Promise<Stage[]>
  parameters(): Promise<ParametersRow>
  agreement(id: string): Promise<AgreementFacts | null>
  boards(ids: readonly string[]): Promise<Map<string, BoardFacts>>
  teamBoards(): Promise<Map<string, string>>
  exists(
    table: 'customer' | 'project' | 'technician' | 'activity_type' | 'reason_code' | 'item',
    id: string,
  ): Promise<boolean>
  project(id: string): Promise<{ customerId: string; address: Order['address'] } | null>
  nextNumbers(sequence: 'order' | 'activity', count: number): Promise<number[]>

  insertOrder(order: Order): Promise<void>
  /** Writes the order with its lines and clock; the row must still have `order.version - 1`. */
  updateOrder(order: Order): Promise<void>
  insertActivities(activities: readonly Activity[]): Promise<void>
  /** Writes the activities; each row must still have `version - 1`. Throws `DoubleBookingError` on the exclusion wall. */
  updateActivities(activities: readonly Activity[]): Promise<void>
  deleteActivity(activity: Activity): Promise<void>
  deleteOrder(order: Order): Promise<void>
  logReason(entry: {
    orderId: string
    stageId: string
    reasonId: string
    note: string
    type: 'stageChange' | 'close' | 'cancel' | 'manual'
  }): Promise<void>
  /** Plans the warnings of an order's clock anew: rows not named are taken away unless already told. */
  planWatches(
    orderId: string,
    due: readonly { target: string; percent: number; dueAt: Instant | null }[],
  ): Promise<void>
  /** Numbers an inbox entry for a technician. */
  tell(technicianId: string, kind: 'assigned' | 'changed' | 'removed', activity: Activity): Promise<void>
  saveExplanation(activityId: string, activityVersion: number, body: unknown): Promise<void>
  /** For what no named method covers: SQL under the same wall, in the same transaction. */
  query<Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

export type OrderHead = Omit<Order, 'lines'>

export interface Commands {
  run(request: CommandRequest, useCase: (tx: Tx) => Promise<Outcome | Refused>): Promise<CommandAnswer>
  /** Reads under a company's wall, outside any command. */
  read<T>(companyId: string, reader: (tx: Tx) => Promise<T>): Promise<T>
}

/** Two spans of one technician met on the database's wall: someone else was quicker. */
export class DoubleBookingError extends Error {
  constructor(options?: ErrorOptions) {
    super('a technician would be booked twice', options)
    this.name = 'DoubleBookingError'
  }
}

/** A row that had been locked and compared no longer has the expected version: a bug in locking, never an answer. */
export class LostUpdateError extends Error {
  constructor(what: { table: string; id: string; expected: number }) {
    super(`${what.table} ${what.id} was expected at version ${what.expected} and is elsewhere`)
    this.name = 'LostUpdateError'
  }
}
