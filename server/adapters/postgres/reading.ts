/**
 * Orders, activities, promises and reports as HTTP shows them, each cut to what the asker may see.
 *
 * The cut is part of the SQL, so that a page is full of visible records and a count never tells of hidden ones.
 */
import type pg from 'pg'
import { type ActivityView, activityView } from '../../contract/activity.ts'
import type { OrderView } from '../../contract/order.ts'
import { orderView } from '../../contract/order-view.ts'
import type { SlaReport } from '../../contract/reading.ts'
import type { Span } from '../../domain/instant.ts'
import type { Caller } from '../../ports/commands.ts'
import type { ActivityQuery, OrderQuery, Page, Reading } from '../../ports/reading.ts'
import { BadSortError } from '../../ports/records.ts'
import { containing, pageSql, type SortColumn, sortOf, writeCursor } from './paging.ts'
import { type Pools, underWall } from './pools.ts'
import { type ActivityRow, activityColumns, activityOfRow } from './rows/activity.ts'
import { type LineRow, lineColumns, type OrderRow, orderColumns, orderOfRows } from './rows/order.ts'
import { type CalendarRow, calendarColumns, calendarsOfRows } from './rows/reference.ts'
import { stamp } from './rows/stamp.ts'

const orderList = orderColumns.map((column) => `o.${column}`).join(', ')
const activityList = activityColumns.map((column) => `a.${column}`).join(', ')

const orderSorts: readonly SortColumn[] = [
  { name: 'dueAt', sql: 'o.due_at', kind: 'instant' },
  { name: 'createdAt', sql: 'o.created_at', kind: 'instant' },
  { name: 'serviceDateTime', sql: 'o.service_date_time', kind: 'instant' },
  { name: 'number', sql: 'o.number', kind: 'text' },
  { name: 'priority', sql: "array_position(ARRAY['high', 'normal', 'low'], o.priority)", kind: 'number' },
]
const activitySorts: readonly SortColumn[] = [
  { name: 'start', sql: 'a.start_at', kind: 'instant' },
  { name: 'createdAt', sql: 'a.created_at', kind: 'instant' },
  { name: 'number', sql: 'a.number', kind: 'text' },
  { name: 'type', sql: 'a.type_id', kind: 'text' },
  { name: 'priority', sql: "array_position(ARRAY['high', 'normal', 'low'], a.priority)", kind: 'number' },
]
export const orderSortNames = orderSorts.map((sort) => sort.name)
export const activitySortNames = activitySorts.map((sort) => sort.name)

type CardedRow = OrderRow & { customer_name: string | null; agreement_group_id: string | null }
const orderFrom = `service_order o
  LEFT JOIN customer c ON c.company_id = o.company_id AND c.id = o.customer_id
  LEFT JOIN agreement g ON g.company_id = o.company_id AND g.id = o.agreement_id`

/** True for orders that this person may see. */
function orderSeenSql(caller: Caller, values: unknown[]): string {
  if (caller.role === 'technician') {
    const own = `$${values.push(caller.technicianId)}`
    return `(EXISTS (SELECT 1 FROM activity v WHERE v.company_id = o.company_id AND v.order_id = o.id AND v.technician_id = ${own})
      OR EXISTS (SELECT 1 FROM order_line l WHERE l.company_id = o.company_id AND l.order_id = o.id AND l.technician_id = ${own}))`
  }
  if (caller.role === 'customer') return `o.customer_id = $${values.push(caller.customerId)}`
  return 'true'
}

function activitySeenSql(caller: Caller, values: unknown[]): string {
  if (caller.role === 'technician') return `a.technician_id = $${values.push(caller.technicianId)}`
  if (caller.role === 'customer') return 'false'
  return 'true'
}

async function viewsOf(
  client: pg.PoolClient,
  companyId: string,
  rows: readonly CardedRow[],
): Promise<OrderView[]> {
  if (rows.length === 0) return []
  const { rows: lines } = await client.query<LineRow>(
    `SELECT ${lineColumns.join(', ')} FROM order_line WHERE company_id = $1 AND order_id = ANY ($2)`,
    [companyId, rows.map((row) => row.id)],
  )
  const byOrder = new Map<string, LineRow[]>()
  for (const line of lines) byOrder.set(line.order_id, [...(byOrder.get(line.order_id) ?? []), line])
  const needed = new Set(rows.map((row) => row.sla_terms?.calendarId ?? null))
  const calendars =
    needed.size > 1 || !needed.has(null)
      ? calendarsOfRows(
          (
            await client.query<CalendarRow>(`SELECT ${calendarColumns} FROM calendar WHERE company_id = $1`, [
              companyId,
            ])
          ).rows,
        )
      : new Map()
  const { rows: clock } = await client.query<{ now: Date }>('SELECT now() AS now')
  const now = clock[0]?.now.getTime() ?? 0
  return rows.map((row) =>
    orderView(orderOfRows(row, byOrder.get(row.id) ?? []), {
      card: { customerName: row.customer_name, agreementGroupId: row.agreement_group_id },
      calendar: row.sla_terms?.calendarId ? (calendars.get(row.sla_terms.calendarId) ?? null) : null,
      now,
    }),
  )
}

/** More open work than this is not a person's list any more. */
const MINE_MAX = 500

/** Adds `sql` with its value's place when the filter is given. */
const when = <T>(value: T | undefined, values: unknown[], sql: (at: string) => string): string[] =>
  value === undefined ? [] : [sql(`$${values.push(value)}`)]

export function createReading(pools: Pick<Pools, 'reads'>): Reading {
  const inCompany = <T>(companyId: string, work: (client: pg.PoolClient) => Promise<T>) =>
    underWall(pools.reads, companyId, work)

  return {
    orders: (caller, query) => inCompany(caller.companyId, (client) => ordersPage(client, caller, query)),

    order: (caller, id) =>
      inCompany(caller.companyId, async (client) => {
        const values: unknown[] = [caller.companyId, id]
        const { rows } = await client.query<CardedRow & { seen: boolean }>(
          `SELECT ${orderList}, c.name AS customer_name, g.group_id AS agreement_group_id,
             ${orderSeenSql(caller, values)} AS seen
           FROM ${orderFrom} WHERE o.company_id = $1 AND o.id = $2`,
          values,
        )
        const row = rows[0]
        if (!row) return null
        if (!row.seen) return 'hidden'
        return (await viewsOf(client, caller.companyId, [row]))[0] ?? null
      }),

    activities: (caller, query) =>
      inCompany(caller.companyId, (client) => activitiesPage(client, caller, query)),

    activity: (caller, id) =>
      inCompany(caller.companyId, async (client) => {
        const values: unknown[] = [caller.companyId, id]
        const { rows } = await client.query<ActivityRow & { seen: boolean | null }>(
          `SELECT ${activityList}, ${activitySeenSql(caller, values)} AS seen
           FROM activity a WHERE a.company_id = $1 AND a.id = $2`,
          values,
        )
        const row = rows[0]
        if (!row) return null
        return row.seen ? activityView(activityOfRow(row)) : 'hidden'
      }),

    myActivities: (caller, technicianId) =>
      inCompany(caller.companyId, async (client) => {
        const { rows } = await client.query<ActivityRow>(
          `SELECT ${activityList} FROM activity a
           WHERE a.company_id = $1 AND a.technician_id = $2 AND a.state <> 'closed'
           ORDER BY a.start_at NULLS LAST, a.id LIMIT ${MINE_MAX}`,
          [caller.companyId, technicianId],
        )
        const { rows: orders } = await client.query<CardedRow>(
          `SELECT ${orderList}, c.name AS customer_name, g.group_id AS agreement_group_id
           FROM ${orderFrom} WHERE o.company_id = $1 AND o.id = ANY ($2)`,
          [caller.companyId, [...new Set(rows.map((row) => row.order_id))]],
        )
        return {
          items: rows.map((row) => activityView(activityOfRow(row))),
          orders: await viewsOf(client, caller.companyId, orders),
        }
      }),

    command: (caller, key) =>
      inCompany(caller.companyId, async (client) => {
        const { rows } = await client.query<{
          http_status: number
          response: string
          board_id: string | null
          first_seq: number | null
          last_seq: number | null
        }>(
          `SELECT http_status, response, board_id, first_seq, last_seq FROM command
           WHERE company_id = $1 AND actor_id = $2 AND key = $3 AND http_status IS NOT NULL`,
          [caller.companyId, caller.userId, key],
        )
        const row = rows[0]
        if (!row) return null
        return {
          key,
          status: 'committed',
          httpStatus: row.http_status,
          boardId: row.board_id,
          firstSeq: row.first_seq,
          lastSeq: row.last_seq,
          response: row.response === '' ? null : (JSON.parse(row.response) as unknown),
        }
      }),

    boardHead: (companyId, boardId) =>
      inCompany(companyId, async (client) => {
        const { rows } = await client.query<{
          version: number
          epoch: string
          seq: number
          time_zone: string
        }>('SELECT version, epoch, seq, time_zone FROM board WHERE company_id = $1 AND id = $2', [
          companyId,
          boardId,
        ])
        const row = rows[0]
        return row ? { version: row.version, epoch: row.epoch, seq: row.seq, timeZone: row.time_zone } : null
      }),

    closedOn: (companyId, boardId, span, limit) =>
      inCompany(companyId, async (client) => {
        const { rows } = await client.query<ActivityRow>(
          `SELECT ${activityList} FROM activity a
           WHERE a.company_id = $1 AND a.board_id = $2 AND a.state = 'closed'
             AND a.end_at > $3 AND a.start_at < $4
           ORDER BY a.end_at DESC, a.id LIMIT $5`,
          [companyId, boardId, stamp(span.from), stamp(span.to), limit],
        )
        const { rows: orders } = await client.query<CardedRow>(
          `SELECT ${orderList}, c.name AS customer_name, g.group_id AS agreement_group_id
           FROM ${orderFrom} WHERE o.company_id = $1 AND o.id = ANY ($2)`,
          [companyId, [...new Set(rows.map((row) => row.order_id))]],
        )
        return {
          activities: rows.map((row) => activityView(activityOfRow(row))),
          orders: await viewsOf(client, companyId, orders),
        }
      }),

    slaReport: (companyId, span, groupBy, timeZone) =>
      inCompany(companyId, (client) => reportOf(client, companyId, span, groupBy, timeZone)),
  }
}

async function ordersPage(client: pg.PoolClient, caller: Caller, q: OrderQuery): Promise<Page<OrderView>> {
  const sort = sortOf(orderSorts, q.sort, 'dueAt')
  if (!sort) throw new BadSortError(orderSortNames)
  const values: unknown[] = [caller.companyId]
  const conditions = [
    'o.company_id = $1',
    orderSeenSql(caller, values),
    ...when(q.externalId, values, (at) => `o.external_id = ${at}`),
    ...when(q.number, values, (at) => `o.number = ${at}`),
    ...when(q.slaStatus, values, (at) => `o.sla_status = ${at}`),
    ...when(q.dueBefore, values, (at) => `o.due_at < ${at}::timestamptz`),
    ...when(q.stageId, values, (at) => `o.stage_id = ${at}`),
    ...when(q.customerId, values, (at) => `o.customer_id = ${at}`),
    ...when(q.agreementId, values, (at) => `o.agreement_id = ${at}`),
    ...when(q.priority, values, (at) => `o.priority = ${at}`),
    ...when(q.progress, values, (at) => `o.progress = ${at}`),
    ...when(
      q.q === undefined ? undefined : containing(q.q),
      values,
      (at) =>
        `(o.description ILIKE ${at} OR o.number ILIKE ${at} OR o.external_id ILIKE ${at} OR c.name ILIKE ${at})`,
    ),
  ]
  const page = pageSql(sort, 'o.id', q.cursor, values)
  const { rows } = await client.query<CardedRow & { sorted_by: unknown }>(
    `SELECT ${orderList}, c.name AS customer_name, g.group_id AS agreement_group_id, ${sort.sql} AS sorted_by
     FROM ${orderFrom} WHERE ${[...conditions, page.where].join(' AND ')}
     ORDER BY ${page.order} LIMIT ${q.limit + 1}`,
    values,
  )
  const shown = rows.slice(0, q.limit)
  const last = shown.at(-1)
  return {
    items: await viewsOf(client, caller.companyId, shown),
    nextCursor: rows.length > q.limit && last ? writeCursor(sort, last.sorted_by, last.id) : null,
  }
}

async function activitiesPage(
  client: pg.PoolClient,
  caller: Caller,
  q: ActivityQuery,
): Promise<Page<ActivityView>> {
  const sort = sortOf(activitySorts, q.sort, 'start')
  if (!sort) throw new BadSortError(activitySortNames)
  const values: unknown[] = [caller.companyId]
  const conditions = [
    'a.company_id = $1',
    activitySeenSql(caller, values),
    ...when(q.boardId, values, (at) => `a.board_id = ${at}`),
    ...when(q.orderId, values, (at) => `a.order_id = ${at}`),
    ...when(q.technicianId, values, (at) => `a.technician_id = ${at}`),
    ...when(q.teamId, values, (at) => `a.team_id = ${at}`),
    ...when(q.state, values, (at) => `a.state = ${at}`),
    ...when(q.from, values, (at) => `a.end_at > ${at}::timestamptz`),
    ...when(q.to, values, (at) => `a.start_at < ${at}::timestamptz`),
    ...(q.unassigned === undefined ? [] : [`(a.technician_id IS NULL) = ${q.unassigned}`]),
    ...(q.undispatched === undefined ? [] : [`(a.state = 'undispatched') = ${q.undispatched}`]),
  ]
  const page = pageSql(sort, 'a.id', q.cursor, values)
  const { rows } = await client.query<ActivityRow & { sorted_by: unknown }>(
    `SELECT ${activityList}, ${sort.sql} AS sorted_by FROM activity a
     WHERE ${[...conditions, page.where].join(' AND ')} ORDER BY ${page.order} LIMIT ${q.limit + 1}`,
    values,
  )
  const shown = rows.slice(0, q.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => activityView(activityOfRow(row))),
    nextCursor: rows.length > q.limit && last ? writeCursor(sort, last.sorted_by, last.id) : null,
  }
}

// ---------------------------------------------------------------- report

const groupSql: Readonly<Record<string, { key: string; name: string }>> = {
  agreementGroup: { key: 'g.group_id', name: 'max(ag.code)' },
  sla: { key: "o.sla_terms->>'slaId'", name: 'max(s.code)' },
  team: { key: 'w.team_id', name: 'max(m.code)' },
  technician: { key: 'w.technician_id', name: 'max(t.name)' },
  month: {
    key: "to_char(o.started_at AT TIME ZONE $4, 'YYYY-MM')",
    name: "max(to_char(o.started_at AT TIME ZONE $4, 'YYYY-MM'))",
  },
}

async function reportOf(
  client: pg.PoolClient,
  companyId: string,
  span: Span,
  groupBy: readonly string[],
  timeZone: string,
): Promise<SlaReport> {
  const groups = groupBy.map((name) => {
    const sql = groupSql[name]
    if (!sql) throw new Error(`a report cannot be grouped by ${name}`)
    return { group: name, ...sql }
  })
  const { rows } = await client.query<Record<string, string | number | null>>(
    `SELECT ${groups.map((g, i) => `${g.key} AS k${i}, ${g.name} AS n${i},`).join(' ')}
       count(*) FILTER (WHERE o.sla_status <> 'canceled' AND o.sla_kept) AS met,
       count(*) FILTER (WHERE o.sla_status <> 'canceled'
         AND (o.sla_kept = false OR (o.sla_kept IS NULL AND o.sla_status = 'started' AND o.due_at < now()))) AS broken,
       count(*) FILTER (WHERE o.sla_status <> 'canceled' AND o.sla_kept IS NULL
         AND NOT (o.sla_status = 'started' AND coalesce(o.due_at < now(), false))) AS open,
       count(*) FILTER (WHERE o.sla_status = 'canceled') AS excluded
     FROM service_order o
     LEFT JOIN agreement g ON g.company_id = o.company_id AND g.id = o.agreement_id
     LEFT JOIN agreement_group ag ON ag.company_id = o.company_id AND ag.id = g.group_id
     LEFT JOIN sla s ON s.company_id = o.company_id AND s.id = o.sla_terms->>'slaId'
     LEFT JOIN LATERAL (
       SELECT a.team_id, a.technician_id FROM activity a
       WHERE a.company_id = o.company_id AND a.order_id = o.id ORDER BY a.end_at DESC NULLS LAST, a.id LIMIT 1
     ) w ON true
     LEFT JOIN team m ON m.company_id = o.company_id AND m.id = w.team_id
     LEFT JOIN technician t ON t.company_id = o.company_id AND t.id = w.technician_id
     WHERE o.company_id = $1 AND o.sla_terms IS NOT NULL AND o.started_at >= $2 AND o.started_at < $3
       AND $4::text IS NOT NULL
     ${groups.length > 0 ? `GROUP BY ${groups.map((g) => g.key).join(', ')} ORDER BY ${groups.map((_, i) => `${2 * i + 1}`).join(', ')}` : ''}
     LIMIT 5000`,
    [companyId, stamp(span.from), stamp(span.to), timeZone],
  )
  return {
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    groupBy: [...groupBy],
    rows: rows.map((row) => {
      const of = (prefix: string): Record<string, string | null> =>
        Object.fromEntries(
          groups.map(({ group }, i) => [
            group,
            row[`${prefix}${i}`] === null ? null : String(row[`${prefix}${i}`]),
          ]),
        )
      const [met, broken] = [Number(row.met), Number(row.broken)]
      return {
        group: of('k'),
        names: of('n'),
        met,
        broken,
        open: Number(row.open),
        excluded: Number(row.excluded),
        kept: met + broken === 0 ? null : Math.round((met / (met + broken)) * 10_000) / 10_000,
      }
    }),
  }
}
