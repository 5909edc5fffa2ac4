/** One order as it stands now, and the sum of its clock. */
import type { OrderSlaSum, OrderView } from '../contract/order.ts'
import { orderSlaSum as sumOf } from '../contract/order-view.ts'
import type { Tx } from '../ports/commands.ts'
import { viewOfOrder } from './board-changes.ts'
import { calendarOf, slaCalendars } from './context.ts'

export async function orderView(tx: Tx, id: string): Promise<OrderView | null> {
  const order = (await tx.readOrders([id])).get(id)
  return order ? viewOfOrder(tx, order) : null
}

export async function orderSlaSum(tx: Tx, id: string): Promise<OrderSlaSum | null> {
  const order = (await tx.readOrders([id])).get(id)
  if (!order) return null
  const calendar = calendarOf(order, await slaCalendars(tx, [order]))
  return sumOf(order, { card: { customerName: null, agreementGroupId: null }, calendar, now: tx.now })
}
