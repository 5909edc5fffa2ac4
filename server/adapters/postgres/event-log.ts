/**
 * The numbered log in Postgres, and boards built from its rows.
 *
 * A snapshot is one repeatable-read transaction: its number and its records belong to the same instant. An order is
 * shown as of its last write (`updated_at`), so that a snapshot and the fold of the log say the same.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import type pg from 'pg'
import { type ActivityView, activityView } from '../../contract/activity.ts'
import type { BoardEvent, BoardSnapshot, TechnicianView } from '../../contract/board.ts'
import { foldStep } from '../../contract/board-fold.ts'
import { technicianView } from '../../contract/board-view.ts'
import type { OrderView } from '../../contract/order.ts'
import { orderView } from '../../contract/order-view.ts'
import type { Calendar } from '../../domain/calendar/calendar.ts'
import type { BoardHead, EventLog, Moment } from '../../ports/event-log.ts'
import { type Pools, underWall } from './pools.ts'
import { type ActivityRow, activityColumns, activityOfRow } from './rows/activity.ts'
import { type LineRow, lineColumns, type OrderRow, orderColumns, orderOfRows } from './rows/order.ts'
import {
  type CalendarRow,
  calendarColumns,
  calendarsOfRows,
  type TechnicianRow,
  technicianOfRow,
  technicianSelect,
} from './rows/reference.ts'

/** Records turned into views before the event loop gets a turn: a big board must not stop the small frames of others. */
const CHUNK = 200

type HeadRow = { id: string; company_id: string; epoch: string; seq: number }

export function createEventLog(pools: Pick<Pools, 'reads' | 'tail'>): EventLog {
  return {
    async heads(ids) {
      if (ids.length === 0) return []
      const { rows } = await pools.tail.query<HeadRow>('SELECT * FROM board_heads($1)', [ids])
      return rows.map(headOf)
    },

    async head(companyId, boardId) {
      const { rows } = await pools.tail.query<HeadRow>('SELECT * FROM board_heads($1)', [[boardId]])
      const row = rows[0]
      return row?.company_id === companyId ? headOf(row) : null
    },

    after: (companyId, boardId, seq, limit) =>
      underWall(pools.tail, companyId, async (client) => {
        const { rows } = await client.query<{ payload: BoardEvent }>(
          `SELECT payload FROM board_event
            WHERE company_id = $1 AND board_id = $2 AND seq > $3 ORDER BY seq LIMIT $4`,
          [companyId, boardId, seq, limit],
        )
        return rows.map((row) => row.payload)
      }),

    snapshot: (companyId, boardId) =>
      repeatable(pools.reads, companyId, (client) => readSnapshot(client, companyId, boardId)),

    at: (companyId, boardId, moment) =>
      repeatable(pools.reads, companyId, (client) => readAt(client, companyId, boardId, moment)),
  }
}

const headOf = (row: HeadRow): BoardHead => ({
  id: row.id,
  companyId: row.company_id,
  epoch: row.epoch,
  seq: row.seq,
})

/** All as of one instant. */
const repeatable = <T>(pool: pg.Pool, companyId: string, work: (client: pg.PoolClient) => Promise<T>) =>
  underWall(pool, companyId, work, 'snapshot')

async function readHead(
  client: pg.PoolClient,
  companyId: string,
  boardId: string,
): Promise<{ epoch: string; seq: number } | null> {
  const { rows } = await client.query<{ epoch: string; seq: number }>(
    'SELECT epoch, seq FROM board WHERE company_id = $1 AND id = $2',
    [companyId, boardId],
  )
  return rows[0] ?? null
}

async function readSnapshot(
  client: pg.PoolClient,
  companyId: string,
  boardId: string,
): Promise<BoardSnapshot | null> {
  const head = await readHead(client, companyId, boardId)
  if (!head) return null
  const activities = await client.query<ActivityRow>(
    `SELECT ${activityColumns.join(', ')} FROM activity
      WHERE company_id = $1 AND board_id = $2 AND state <> 'closed' ORDER BY id`,
    [companyId, boardId],
  )
  const technicians = await client.query<TechnicianRow>(
    `SELECT ${technicianSelect} WHERE t.company_id = $1 AND m.board_id = $2 AND t.active ORDER BY t.id`,
    [companyId, boardId],
  )
  const orderIds = [...new Set(activities.rows.map((row) => row.order_id))]
  return {
    epoch: head.epoch,
    seq: head.seq,
    activities: await inTurns(activities.rows, (row) => activityView(activityOfRow(row))),
    technicians: technicians.rows.map((row) => technicianView(technicianOfRow(row))),
    orders: await readOrderViews(client, companyId, orderIds),
  }
}

/** Orders as boards show them, by id. */
export async function readOrderViews(
  client: pg.PoolClient,
  companyId: string,
  ids: readonly string[],
): Promise<OrderView[]> {
  if (ids.length === 0) return []
  const orders = await client.query<OrderRow & { customer_name: string | null; group_id: string | null }>(
    `SELECT ${orderColumns.map((column) => `o.${column}`).join(', ')}, c.name AS customer_name, a.group_id
       FROM service_order o
       LEFT JOIN customer c ON c.company_id = o.company_id AND c.id = o.customer_id
       LEFT JOIN agreement a ON a.company_id = o.company_id AND a.id = o.agreement_id
      WHERE o.company_id = $1 AND o.id = ANY ($2) ORDER BY o.id`,
    [companyId, ids],
  )
  const lines = await client.query<LineRow>(
    `SELECT ${lineColumns.join(', ')} FROM order_line WHERE company_id = $1 AND order_id = ANY ($2)`,
    [companyId, ids],
  )
  const linesOf = new Map<string, LineRow[]>()
  for (const line of lines.rows) {
    const known = linesOf.get(line.order_id)
    if (known) known.push(line)
    else linesOf.set(line.order_id, [line])
  }
  const calendars = await readCalendars(client, companyId)
  return inTurns(orders.rows, (row) => {
    const calendarId = row.sla_terms?.calendarId ?? null
    return orderView(orderOfRows(row, linesOf.get(row.id) ?? []), {
      card: { customerName: row.customer_name, agreementGroupId: row.group_id },
      calendar: calendarId === null ? null : (calendars.get(calendarId) ?? null),
      now: row.updated_at.getTime(),
    })
  })
}

async function readCalendars(client: pg.PoolClient, companyId: string): Promise<Map<string, Calendar>> {
  const { rows } = await client.query<CalendarRow>(
    `SELECT ${calendarColumns} FROM calendar WHERE company_id = $1`,
    [companyId],
  )
  return calendarsOfRows(rows)
}

async function inTurns<Row, View>(rows: readonly Row[], view: (row: Row) => View): Promise<View[]> {
  const views: View[] = []
  for (const [i, row] of rows.entries()) {
    if (i > 0 && i % CHUNK === 0) await breathe()
    views.push(view(row))
  }
  return views
}

/**
 * The board as it stood: of every record, the last state that the log knew at that number. Records that the log has
 * never spoken of up to now have been as they are from the start, so their present row is also their past one.
 */
async function readAt(
  client: pg.PoolClient,
  companyId: string,
  boardId: string,
  moment: Moment,
): Promise<BoardSnapshot | null | 'too-old'> {
  const head = await readHead(client, companyId, boardId)
  if (!head) return null
  const seq = Math.min(head.seq, await seqOf(client, companyId, boardId, moment))
  const { rows: kept } = await client.query<{ first: number | null }>(
    'SELECT min(seq) AS first FROM board_event WHERE company_id = $1 AND board_id = $2',
    [companyId, boardId],
  )
  const first = kept[0]?.first ?? null
  if (first !== null && first > 1 && seq < first) return 'too-old'
  if (seq === head.seq) return readSnapshot(client, companyId, boardId)
  const past = await client.query<{ payload: BoardEvent }>(
    `SELECT DISTINCT ON (entity, entity_id) payload FROM board_event
      WHERE company_id = $1 AND board_id = $2 AND seq <= $3 ORDER BY entity, entity_id, seq DESC`,
    [companyId, boardId, seq],
  )
  const told = await client.query<{ entity: string; entity_id: string }>(
    'SELECT DISTINCT entity, entity_id FROM board_event WHERE company_id = $1 AND board_id = $2',
    [companyId, boardId],
  )
  const present = await readSnapshot(client, companyId, boardId)
  if (!present) return null
  const spokenOf = new Set(told.rows.map((row) => `${row.entity} ${row.entity_id}`))
  const silent = <T extends { id: string }>(entity: string, records: readonly T[]): T[] =>
    records.filter((record) => !spokenOf.has(`${entity} ${record.id}`))
  const activities: ActivityView[] = silent('activity', present.activities)
  const technicians: TechnicianView[] = silent('technician', present.technicians)
  const orders: OrderView[] = silent('order', present.orders)
  for (const { payload } of past.rows) {
    if (foldStep(payload, boardId)?.act !== 'put') continue
    if (payload.activity) activities.push(payload.activity)
    if (payload.technician) technicians.push(payload.technician)
    if (payload.order) orders.push(payload.order)
  }
  const referred = new Set(activities.map((a) => a.orderId))
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
  return {
    epoch: head.epoch,
    seq,
    activities: activities.sort(byId),
    technicians: technicians.sort(byId),
    orders: orders.filter((order) => referred.has(order.id)).sort(byId),
  }
}

async function seqOf(
  client: pg.PoolClient,
  companyId: string,
  boardId: string,
  moment: Moment,
): Promise<number> {
  if ('seq' in moment) return moment.seq
  const { rows } = await client.query<{ seq: number | null }>(
    'SELECT max(seq) AS seq FROM board_event WHERE company_id = $1 AND board_id = $2 AND at <= $3',
    [companyId, boardId, new Date(moment.time).toISOString()],
  )
  return rows[0]?.seq ?? 0
}
