/**
 * What HTTP reads beside master data: orders, activities, boards past and present, reports.
 *
 * Each reader is given who asks and answers only what that person may see; `hidden` tells a record of the same
 * company that this person may not see from one that does not exist.
 */
import type { ActivityView } from '../contract/activity.ts'
import type { BoardSnapshot } from '../contract/board.ts'
import type { OrderView } from '../contract/order.ts'
import type { CommandRecord, SlaReport } from '../contract/reading.ts'
import type { Span } from '../domain/instant.ts'
import type { Caller } from './commands.ts'

export type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null }
export type Seen<T> = T | 'hidden' | null

type Paging = { readonly limit: number; readonly cursor: string | null; readonly sort: string | null }

export type OrderQuery = Paging & {
  readonly externalId?: string
  readonly number?: string
  readonly slaStatus?: string
  readonly dueBefore?: string
  readonly stageId?: string
  readonly customerId?: string
  readonly agreementId?: string
  readonly priority?: string
  readonly progress?: string
  readonly q?: string
}

export type ActivityQuery = Paging & {
  readonly boardId?: string
  readonly orderId?: string
  readonly technicianId?: string
  readonly teamId?: string
  readonly state?: string
  readonly unassigned?: boolean
  readonly undispatched?: boolean
  readonly from?: string
  readonly to?: string
}

export type BoardHead = {
  readonly version: number
  readonly epoch: string
  readonly seq: number
  readonly timeZone: string
}

export interface Reading {
  orders(caller: Caller, query: OrderQuery): Promise<Page<OrderView>>
  order(caller: Caller, id: string): Promise<Seen<OrderView>>
  activities(caller: Caller, query: ActivityQuery): Promise<Page<ActivityView>>
  activity(caller: Caller, id: string): Promise<Seen<ActivityView>>
  /** A technician's own open work, in order of start, with the orders it belongs to. */
  myActivities(
    caller: Caller,
    technicianId: string,
  ): Promise<{ readonly items: readonly ActivityView[]; readonly orders: readonly OrderView[] }>
  command(caller: Caller, key: string): Promise<CommandRecord | null>

  boardHead(companyId: string, boardId: string): Promise<BoardHead | null>
  /** Closed activities of a board that touch the span, with their orders; at most `limit`, latest first. */
  closedOn(
    companyId: string,
    boardId: string,
    span: Span,
    limit: number,
  ): Promise<Pick<BoardSnapshot, 'activities' | 'orders'>>
  slaReport(companyId: string, span: Span, groupBy: readonly string[], timeZone: string): Promise<SlaReport>
}
