/** Writes a changed order with everything that hangs on it: watches, events, effects. */
import type { Order } from '../domain/order/order.ts'
import { thresholds } from '../domain/sla/clock.ts'
import type { Effect, NewEvent, Tx } from '../ports/commands.ts'
import { orderEvents } from './board-changes.ts'
import { calendarOf, slaCalendars } from './context.ts'

export type Saved = { readonly events: NewEvent[]; readonly effects: Effect[] }

export async function saveOrder(
  tx: Tx,
  saved: {
    readonly before: Order | null
    readonly order: Order
    readonly type: string
    /** Boards on which the order has open activities, before or after this command. */
    readonly boards: ReadonlySet<string>
  },
): Promise<Saved> {
  const { before, order, type, boards } = saved
  if (before === null) await tx.insertOrder(order)
  else await tx.updateOrder(order)
  const effects = before?.clock === order.clock ? [] : await planWatches(tx, order)
  return { events: await orderEvents(tx, type, order, boards), effects }
}

/** The clock changed: its warnings and breaches fall due at other instants now. */
export async function planWatches(tx: Tx, order: Order): Promise<Effect[]> {
  if (order.clock.terms === null) return []
  const calendar = calendarOf(order, await slaCalendars(tx, [order]))
  const { slaWarnPercent } = await tx.parameters()
  const due = thresholds(order.clock, calendar, slaWarnPercent)
  await tx.planWatches(order.id, due)
  if (due.length === 0) return []
  return [{ kind: 'sla-watch', dedupeKey: `${order.id}:${order.version}`, payload: { orderId: order.id } }]
}

/** The boards on which an order has open activities. */
export async function boardsOfOrder(tx: Tx, orderId: string): Promise<Set<string>> {
  const rows = await tx.query<{ board_id: string }>(
    `SELECT DISTINCT board_id FROM activity WHERE company_id = $1 AND order_id = $2 AND state <> 'closed'`,
    [tx.caller.companyId, orderId],
  )
  return new Set(rows.map((row) => row.board_id))
}
