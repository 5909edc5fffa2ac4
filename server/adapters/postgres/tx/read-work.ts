/**
 * Orders and activities read inside the open transaction, locked where a command will change them.
 *
 * The surprising rule: rows are locked in the order of their ids, so two commands never wait for each other in a circle.
 */
import type { Order } from '../../../domain/order/order.ts'
import type { OrderCard, Tx } from '../../../ports/commands.ts'
import { type ActivityRow, activityColumns, activityOfRow } from '../rows/activity.ts'
import { type LineRow, lineColumns, type OrderRow, orderColumns, orderOfRows } from '../rows/order.ts'
import { stamp } from '../rows/stamp.ts'
import { type Asking, byId } from './asking.ts'

const activityList = activityColumns.join(', ')
const orderList = orderColumns.join(', ')
const lineList = lineColumns.join(', ')

export const readWork = (
  asking: Asking,
): Pick<
  Tx,
  | 'lockOrders'
  | 'readOrders'
  | 'orderHeads'
  | 'lockActivities'
  | 'activities'
  | 'lockActivitiesOfOrder'
  | 'orderIdByExternalId'
  | 'orderCards'
  | 'daysOf'
> => {
  const { all, company } = asking
  const ordersOf = async (rows: OrderRow[]): Promise<Map<string, Order>> => {
    const lines =
      rows.length === 0
        ? []
        : await all<LineRow>(
            `SELECT ${lineList} FROM order_line WHERE company_id = $1 AND order_id = ANY ($2)`,
            [company, rows.map((row) => row.id)],
          )
    const byOrder = new Map<string, LineRow[]>(rows.map((row) => [row.id, []]))
    for (const line of lines) byOrder.get(line.order_id)?.push(line)
    return new Map(rows.map((row) => [row.id, orderOfRows(row, byOrder.get(row.id) ?? [])]))
  }

  return {
    async lockOrders(ids) {
      if (ids.length === 0) return new Map()
      return ordersOf(
        await all<OrderRow>(
          `SELECT ${orderList} FROM service_order WHERE company_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE`,
          [company, ids],
        ),
      )
    },

    async readOrders(ids) {
      if (ids.length === 0) return new Map()
      return ordersOf(
        await all<OrderRow>(
          `SELECT ${orderList} FROM service_order WHERE company_id = $1 AND id = ANY ($2)`,
          [company, ids],
        ),
      )
    },

    async orderHeads(activityIds) {
      const rows = await all<OrderRow>(
        `SELECT ${orderList} FROM service_order WHERE company_id = $1 AND id IN (
           SELECT order_id FROM activity WHERE company_id = $1 AND id = ANY ($2))`,
        [company, activityIds],
      )
      return new Map(rows.map((row) => [row.id, orderOfRows(row, [])]))
    },

    async lockActivities(ids) {
      if (ids.length === 0) return new Map()
      const rows = await all<ActivityRow>(
        `SELECT ${activityList} FROM activity WHERE company_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE`,
        [company, ids],
      )
      return byId(rows.map(activityOfRow))
    },

    async activities(ids) {
      if (ids.length === 0) return new Map()
      const rows = await all<ActivityRow>(
        `SELECT ${activityList} FROM activity WHERE company_id = $1 AND id = ANY ($2) ORDER BY id`,
        [company, ids],
      )
      return byId(rows.map(activityOfRow))
    },

    async lockActivitiesOfOrder(orderId) {
      const rows = await all<ActivityRow>(
        `SELECT ${activityList} FROM activity WHERE company_id = $1 AND order_id = $2 AND state <> 'closed'
         ORDER BY id FOR UPDATE`,
        [company, orderId],
      )
      return rows.map(activityOfRow)
    },

    async orderIdByExternalId(externalId) {
      const rows = await all<{ id: string }>(
        'SELECT id FROM service_order WHERE company_id = $1 AND external_id = $2',
        [company, externalId],
      )
      return rows[0]?.id ?? null
    },

    async orderCards(ids) {
      const rows = await all<{ id: string; name: string | null; group_id: string | null }>(
        `SELECT o.id, c.name, a.group_id FROM service_order o
           LEFT JOIN customer c ON c.company_id = o.company_id AND c.id = o.customer_id
           LEFT JOIN agreement a ON a.company_id = o.company_id AND a.id = o.agreement_id
         WHERE o.company_id = $1 AND o.id = ANY ($2)`,
        [company, ids],
      )
      return new Map<string, OrderCard>(
        rows.map((row) => [row.id, { customerName: row.name, agreementGroupId: row.group_id }]),
      )
    },

    async daysOf(technicianIds, from, to) {
      if (technicianIds.length === 0) return []
      const rows = await all<ActivityRow>(
        `SELECT ${activityList} FROM activity
         WHERE company_id = $1 AND technician_id = ANY ($2) AND state <> 'closed'
           AND start_at < $4 AND end_at > $3
         ORDER BY technician_id, start_at, id`,
        [company, technicianIds, stamp(from), stamp(to)],
      )
      return rows.map(activityOfRow)
    },
  }
}
