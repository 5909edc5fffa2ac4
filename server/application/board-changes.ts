/**
 * From changed records to numbered facts: which boards hear of what.
 *
 * An activity that changes boards leaves the old one as `removed` and arrives on the new one with its order, so that
 * nobody has to ask back. An order is told to every board on which it has open activities.
 */
import { activityView } from '../contract/activity.ts'
import { orderView } from '../contract/order-view.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Order } from '../domain/order/order.ts'
import type { NewEvent, Tx } from '../ports/commands.ts'

export function activityEvents(type: string, before: Activity | null, after: Activity): NewEvent[] {
  const put: NewEvent = {
    board: after.boardId,
    type,
    entity: 'activity',
    entityId: after.id,
    entityVersion: after.version,
    body: { activity: activityView(after) },
  }
  if (before === null || before.boardId === after.boardId) return [put]
  return [activityRemoved('activity-left-board', before, after.version), put]
}

export const activityRemoved = (type: string, activity: Activity, version: number): NewEvent => ({
  board: activity.boardId,
  type,
  entity: 'activity',
  entityId: activity.id,
  entityVersion: version,
  body: { removed: activity.id },
})

/** The order's new state, for each of these boards. */
export async function orderEvents(
  tx: Tx,
  type: string,
  order: Order,
  boards: ReadonlySet<string>,
): Promise<NewEvent[]> {
  if (boards.size === 0) return []
  const view = await viewOfOrder(tx, order)
  return [...boards].sort().map((board) => ({
    board,
    type,
    entity: 'order',
    entityId: order.id,
    entityVersion: order.version,
    body: { order: view },
  }))
}

/** The order as the wire shows it, as of this transaction's instant. The order must have been written already. */
export async function viewOfOrder(tx: Tx, order: Order) {
  const cards = await tx.orderCards([order.id])
  const calendarId = order.clock.terms?.calendarId ?? null
  const calendars = calendarId === null ? null : await tx.calendars([calendarId])
  return orderView(order, {
    card: cards.get(order.id) ?? { customerName: null, agreementGroupId: null },
    calendar: calendarId === null ? null : (calendars?.get(calendarId) ?? null),
    now: tx.now,
  })
}
