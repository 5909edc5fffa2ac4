/**
 * The open transaction that use cases see: every read and write of orders, activities and what they refer to.
 *
 * Updates name the version they expect, even under a row lock: if a lock was ever forgotten, the lost update is a
 * fault here instead of silence.
 */
import type pg from 'pg'
import type { Order } from '../../domain/order/order.ts'
import { clockColumns } from '../../domain/sla/columns.ts'
import {
  type AgreementFacts,
  type BoardFacts,
  type Caller,
  DoubleBookingError,
  LostUpdateError,
  type OrderCard,
  type ParametersRow,
  type Tx,
} from '../../ports/commands.ts'
import { parametersOf } from './parameters.ts'
import {
  type ActivityRow,
  activityColumns,
  activityOfRow,
  activityRecord,
  activityTypes,
  activityValues,
  type CalendarRow,
  calendarColumns,
  calendarsOfRows,
  type LineRow,
  lineColumns,
  lineValues,
  type OrderRow,
  orderColumns,
  orderOfRows,
  type SlaRow,
  type StageRow,
  stageOfRow,
  stamp,
  type TechnicianRow,
  technicianOfRow,
  technicianSelect,
  termsOfRow,
} from './rows.ts'

const activityList = activityColumns.join(', ')
const orderList = orderColumns.join(', ')
const lineList = lineColumns.join(', ')

/** `($1,$2),($3,$4)…` for `rows` rows of `width` columns. */
const tuples = (rows: number, width: number): string =>
  Array.from(
    { length: rows },
    (_, r) => `(${Array.from({ length: width }, (_, c) => `$${r * width + c + 1}`).join(',')})`,
  ).join(',')

const writtenColumns = Object.keys(activityTypes).filter((column) => column !== 'id')
const updateActivitiesSql = `UPDATE activity a SET (${writtenColumns.join(', ')}) = ROW(${writtenColumns.map((c) => `r.${c}`).join(', ')})
  FROM jsonb_to_recordset($2::jsonb) AS r(${Object.entries(activityTypes)
    .map(([column, type]) => `${column} ${type}`)
    .join(', ')})
  WHERE a.company_id = $1 AND a.id = r.id AND a.version = r.version - 1 RETURNING a.id`

/**
 * Statements are planned once per connection: with row-level security planning costs as much as running. Their texts
 * stand in the code, so there are a few dozen names and never more.
 */
const names = new Map<string, string>()
function nameOf(sql: string): string {
  const known = names.get(sql)
  if (known !== undefined) return known
  const name = `s${names.size}`
  names.set(sql, name)
  return name
}

const EXCLUSION_VIOLATION = '23P01'
const wallHit = (error: unknown): unknown =>
  error instanceof Error && 'code' in error && error.code === EXCLUSION_VIOLATION
    ? new DoubleBookingError({ cause: error })
    : error

export function openTx(options: {
  client: pg.ClientBase
  caller: Caller
  now: number
  newId: () => string
}): Tx {
  const { client, caller, now, newId } = options
  const company = caller.companyId

  const all = async <Row extends Record<string, unknown>>(sql: string, values: readonly unknown[] = []) =>
    // pg types rows by the caller; the column lists in rows.ts are what makes the types true.
    (await client.query<Row>({ name: nameOf(sql), text: sql, values: values as unknown[] })).rows

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

  const byId = <T extends { id: string }>(items: readonly T[]): Map<string, T> =>
    new Map(items.map((item) => [item.id, item]))

  const clockValues = async (order: Order): Promise<unknown[]> => {
    const id = order.clock.terms?.calendarId
    const calendar = id ? ((await tx.calendars([id])).get(id) ?? null) : null
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

  const tx: Tx = {
    now,
    caller,
    newId,

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

    async technicians(ids) {
      if (ids.length === 0) return new Map()
      const rows = await all<TechnicianRow>(
        `SELECT ${technicianSelect} WHERE t.company_id = $1 AND t.id = ANY ($2)`,
        [company, ids],
      )
      return byId(rows.map(technicianOfRow))
    },

    async lockTechnicians(ids) {
      if (ids.length === 0) return new Map()
      // Weaker than FOR UPDATE on purpose: rows that merely refer to a technician do not have to wait.
      const rows = await all<TechnicianRow>(
        `SELECT ${technicianSelect} WHERE t.company_id = $1 AND t.id = ANY ($2)
         ORDER BY t.id FOR NO KEY UPDATE OF t`,
        [company, ids],
      )
      return byId(rows.map(technicianOfRow))
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

    async calendars(ids) {
      if (ids.length === 0) return new Map()
      // A company has a handful of calendars; reading all resolves bases without a second question.
      const rows = await all<CalendarRow>(`SELECT ${calendarColumns} FROM calendar WHERE company_id = $1`, [
        company,
      ])
      const made = calendarsOfRows(rows)
      return new Map([...made].filter(([id]) => ids.includes(id)))
    },

    async stages() {
      return (await all<StageRow>('SELECT * FROM stage WHERE company_id = $1', [company])).map(stageOfRow)
    },

    async parameters(): Promise<ParametersRow> {
      const rows = await all<{ parameters: Record<string, unknown>; time_zone: string }>(
        'SELECT parameters, time_zone FROM company WHERE id = $1',
        [company],
      )
      return parametersOf(rows[0]?.parameters ?? {}, rows[0]?.time_zone ?? 'UTC')
    },

    async agreement(id): Promise<AgreementFacts | null> {
      const rows = await all<{
        id: string
        description: string
        project_id: string
        customer_id: string
        group_id: string
        start_date: string
        end_date: string | null
        suspended: boolean
        is_template: boolean
        preferred_technician_id: string | null
        effective_sla_id: string | null
      }>(
        `SELECT a.*, coalesce(a.sla_id, g.sla_id) AS effective_sla_id
           FROM agreement a JOIN agreement_group g ON g.company_id = a.company_id AND g.id = a.group_id
         WHERE a.company_id = $1 AND a.id = $2 FOR SHARE OF a`,
        [company, id],
      )
      const row = rows[0]
      if (!row) return null
      const slas = row.effective_sla_id
        ? await all<SlaRow>('SELECT * FROM sla WHERE company_id = $1 AND id = $2', [
            company,
            row.effective_sla_id,
          ])
        : []
      const sla = slas[0]
      return {
        id: row.id,
        description: row.description,
        projectId: row.project_id,
        customerId: row.customer_id,
        groupId: row.group_id,
        startDate: row.start_date,
        endDate: row.end_date,
        suspended: row.suspended,
        isTemplate: row.is_template,
        preferredTechnicianId: row.preferred_technician_id,
        terms: sla && !sla.suspended ? termsOfRow(sla) : null,
      }
    },

    async boards(ids) {
      if (ids.length === 0) return new Map()
      const rows = await all<{
        id: string
        name: string
        time_zone: string
        policy: Record<string, unknown>
      }>('SELECT id, name, time_zone, policy FROM board WHERE company_id = $1 AND id = ANY ($2)', [
        company,
        ids,
      ])
      return byId(
        rows.map(
          (row): BoardFacts => ({ id: row.id, name: row.name, timeZone: row.time_zone, policy: row.policy }),
        ),
      )
    },

    async teamBoards() {
      const rows = await all<{ id: string; board_id: string }>(
        'SELECT id, board_id FROM team WHERE company_id = $1 AND board_id IS NOT NULL',
        [company],
      )
      return new Map(rows.map((row) => [row.id, row.board_id]))
    },

    async exists(table, id) {
      // The table comes from a closed union of names, never from outside.
      const rows = await all(`SELECT 1 AS found FROM ${table} WHERE company_id = $1 AND id = $2`, [
        company,
        id,
      ])
      return rows.length > 0
    },

    async project(id) {
      const rows = await all<{ customer_id: string; address: Order['address'] }>(
        'SELECT customer_id, address FROM project WHERE company_id = $1 AND id = $2',
        [company, id],
      )
      const row = rows[0]
      return row ? { customerId: row.customer_id, address: row.address } : null
    },

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
          order.externalId,
          order.description,
          order.customerId,
          order.projectId,
          order.agreementId,
          stamp(order.serviceDateTime),
          order.stageId,
          order.progress,
          order.priority,
          order.address === null ? null : JSON.stringify(order.address),
          order.preferredTechnicianId,
          order.signedOff,
          stamp(order.signedOffAt),
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
        [
          company,
          order.id,
          order.version,
          order.externalId,
          order.description,
          order.customerId,
          order.projectId,
          order.agreementId,
          stamp(order.serviceDateTime),
          order.stageId,
          order.progress,
          order.priority,
          order.address === null ? null : JSON.stringify(order.address),
          order.preferredTechnicianId,
          order.signedOff,
          stamp(order.signedOffAt),
          ...clock,
          stamp(now),
        ],
      )
      if (rowCount !== 1)
        throw new LostUpdateError({ table: 'service_order', id: order.id, expected: order.version - 1 })
      await insertLines(order)
    },

    async insertActivities(activities) {
      if (activities.length === 0) return
      try {
        await client.query(
          `INSERT INTO activity (${activityList}) VALUES ${tuples(activities.length, activityColumns.length)}`,
          activities.flatMap(activityValues),
        )
      } catch (error) {
        throw wallHit(error)
      }
    },

    async updateActivities(activities) {
      if (activities.length === 0) return
      try {
        if (activities.length > 1) {
          // Swapping two spans must not meet the wall half-way, so the whole set lets go of its spans first.
          await client.query(
            'UPDATE activity SET blocking = false WHERE company_id = $1 AND id = ANY ($2) AND blocking',
            [company, activities.map((a) => a.id)],
          )
        }
        const rows = await all<{ id: string }>(updateActivitiesSql, [
          company,
          JSON.stringify(activities.map(activityRecord)),
        ])
        const written = new Set(rows.map((row) => row.id))
        const missed = activities.find((activity) => !written.has(activity.id))
        if (missed)
          throw new LostUpdateError({ table: 'activity', id: missed.id, expected: missed.version - 1 })
      } catch (error) {
        throw wallHit(error)
      }
    },

    async deleteActivity(activity) {
      await client.query('DELETE FROM activity WHERE company_id = $1 AND id = $2', [company, activity.id])
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

    async tell(technicianId, kind, activity) {
      await client.query(
        `WITH head AS (
           UPDATE technician SET inbox_seq = inbox_seq + 1 WHERE company_id = $1 AND id = $2 RETURNING inbox_seq
         )
         INSERT INTO inbox (company_id, technician_id, seq, kind, at, activity_id, activity_version)
           SELECT $1, $2, inbox_seq, $3, $4, $5, $6 FROM head`,
        [company, technicianId, kind, stamp(now), activity.id, activity.version],
      )
    },

    async saveExplanation(activityId, activityVersion, body) {
      await client.query(
        `INSERT INTO explanation (company_id, activity_id, activity_version, at, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (company_id, activity_id, activity_version)
           DO UPDATE SET body = explanation.body || excluded.body`,
        [company, activityId, activityVersion, stamp(now), JSON.stringify(body)],
      )
    },

    query: all,
  }
  return tx
}
