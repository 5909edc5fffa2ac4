/**
 * Orders written inside the open transaction, with their lines, the columns of their clocks and what watches these.
 *
 * The surprising rule: an update names the version that it expects, even under a row lock; a lost update is a fault here.
 */
import type { Order } from '../../../domain/order/order.ts'
import { clockColumns } from '../../../domain/sla/columns.ts'
import { LostUpdateError, type Tx } from '../../../ports/commands.ts'
import { lineColumns, lineValues, orderColumns, orderValues } from '../rows/order.ts'
import { stamp } from '../rows/stamp.ts'
import { type Asking, tuples } from './asking.ts'

const lineList = lineColumns.join(', ')

export const writeOrders = (
  asking: Asking,
  calendars: Tx['calendars'],
): Pick<Tx, 'nextNumbers' | 'insertOrder' | 'updateOrder' | 'deleteOrder' | 'logReason' | 'planWatches'> => {
  const { all, caller, client, company, newId, now } = asking
  const clockValues = async (order: Order): Promise<unknown[]> => {
    const id = order.clock.terms?.calendarId
    const calendar = id ? ((await calendars([id])).get(id) ?? null) : null
    const columns = clockColumns(order.clock, calendar, now)
    return [
      order.clock.terms === null ? null : JSON.stringify(order.clock.terms),
      order.clock.status,
      JSON.stringify(order.clock.records),
      JSON.stringify(order.clock.reached),
      stamp(columns.startedAt),
      stamp(columns.dueAt),
      stamp(columns.respondDueAt),
      stamp(columns.arriveDueAt),
      stamp(columns.endedAt),
      columns.kept,
    ]
  }

  const insertLines = async (order: Order): Promise<void> => {
    if (order.lines.length === 0) return
    await client.query(
      `INSERT INTO order_line (${lineList}) VALUES ${tuples(order.lines.length, lineColumns.length)}
       ON CONFLICT (company_id, id) DO UPDATE SET
         status = excluded.status, description = excluded.description, qty = excluded.qty,
         technician_id = excluded.technician_id, item_id = excluded.item_id, type_id = excluded.type_id,
         required_skills = excluded.required_skills, earliest_start = excluded.earliest_start,
         latest_end = excluded.latest_end, signed_off = excluded.signed_off,
         canceled_with_order = excluded.canceled_with_order`,
      order.lines.flatMap((line) => lineValues(order, line)),
    )
  }

  return {
    async nextNumbers(sequence, count) {
      const rows = await all<{ first: number }>('SELECT next_numbers($1, $2, $3) AS first', [
        company,
        sequence,
        count,
      ])
      const first = rows[0]?.first ?? 1
      return Array.from({ length: count }, (_, i) => first + i)
    },

    async insertOrder(order) {
      const clock = await clockValues(order)
      const columns = [
        ...orderColumns,
        'started_at',
        'due_at',
        'respond_due_at',
        'arrive_due_at',
        'sla_ended_at',
        'sla_kept',
        'created_by',
      ]
      await client.query(
        `INSERT INTO service_order (${columns.join(', ')}) VALUES ${tuples(1, columns.length)}`,
        [
          company,
          order.id,
          order.version,
          order.number,
          ...orderValues(order),
          order.origin,
          stamp(order.createdAt),
          stamp(now),
          ...clock,
          caller.userId,
        ],
      )
      await insertLines(order)
    },

    async updateOrder(order) {
      const clock = await clockValues(order)
      const { rowCount } = await client.query(
        `UPDATE service_order SET version = $3, external_id = $4, description = $5, customer_id = $6, project_id = $7,
           agreement_id = $8, service_date_time = $9, stage_id = $10, progress = $11, priority = $12, address = $13,
           preferred_technician_id = $14, signed_off = $15, signed_off_at = $16, sla_terms = $17, sla_status = $18,
           sla_records = $19, sla_reached = $20, started_at = $21, due_at = $22, respond_due_at = $23,
           arrive_due_at = $24, sla_ended_at = $25, sla_kept = $26, updated_at = $27
         WHERE company_id = $1 AND id = $2 AND version = $3 - 1`,
        [company, order.id, order.version, ...orderValues(order), ...clock, stamp(now)],
      )
      if (rowCount !== 1)
        throw new LostUpdateError({ table: 'service_order', id: order.id, expected: order.version - 1 })
      await insertLines(order)
    },

    async deleteOrder(order) {
      await client.query('DELETE FROM activity WHERE company_id = $1 AND order_id = $2', [company, order.id])
      await client.query('DELETE FROM service_order WHERE company_id = $1 AND id = $2', [company, order.id])
    },

    async logReason(entry) {
      await client.query(
        `INSERT INTO stage_reason (company_id, id, order_id, stage_id, reason_id, note, type, at, by_user_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          company,
          newId(),
          entry.orderId,
          entry.stageId,
          entry.reasonId,
          entry.note,
          entry.type,
          stamp(now),
          caller.userId,
        ],
      )
    },

    async planWatches(orderId, due) {
      await client.query(
        `DELETE FROM sla_watch WHERE company_id = $1 AND order_id = $2 AND fired_at IS NULL
           AND NOT (target || ':' || percent) = ANY ($3)`,
        [company, orderId, due.map((d) => `${d.target}:${d.percent}`)],
      )
      if (due.length === 0) return
      await client.query(
        `INSERT INTO sla_watch (company_id, order_id, target, percent, due_at)
           SELECT $1, $2, d->>'target', (d->>'percent')::integer, (d->>'dueAt')::timestamptz
           FROM jsonb_array_elements($3::jsonb) d
         ON CONFLICT (company_id, order_id, target, percent)
           DO UPDATE SET due_at = excluded.due_at WHERE sla_watch.fired_at IS NULL`,
        [company, orderId, JSON.stringify(due.map((d) => ({ ...d, dueAt: stamp(d.dueAt) })))],
      )
    },
  }
}
