/**
 * Reads what planning needs of one board in one repeatable-read transaction, so that head, activities, clocks and
 * people belong to the same instant.
 */
import type pg from 'pg'
import { wholePolicy } from '../../contract/default-policy.ts'
import type { BoardPolicy } from '../../contract/policy.ts'
import type { Instant } from '../../domain/instant.ts'
import type { PlanningBoard, PlanningBoards, PlanningOrder } from '../../ports/planner.ts'
import { underWall } from './pools.ts'
import { type ActivityRow, activityColumns, activityOfRow } from './rows/activity.ts'
import {
  type CalendarRow,
  calendarColumns,
  calendarsOfRows,
  type TechnicianRow,
  technicianOfRow,
  technicianSelect,
} from './rows/reference.ts'
import { stamp } from './rows/stamp.ts'

/** A technician's last finished place is forgotten after this long: the next day starts at home. */
const LAST_PLACE_HOURS = 10

export function createPlanningBoards(pool: pg.Pool): PlanningBoards {
  return {
    read: (companyId, boardId, asOf) =>
      repeatable(pool, companyId, (client) => readBoard(client, companyId, boardId, asOf ?? null)),
    boardOf: (companyId, activityId) =>
      repeatable(pool, companyId, async (client) => {
        const { rows } = await client.query<{ board_id: string }>(
          'SELECT board_id FROM activity WHERE company_id = $1 AND id = $2',
          [companyId, activityId],
        )
        return rows[0]?.board_id ?? null
      }),
  }
}

/** All as of one instant. */
const repeatable = <T>(pool: pg.Pool, companyId: string, work: (client: pg.PoolClient) => Promise<T>) =>
  underWall(pool, companyId, work, 'snapshot')

async function readBoard(
  client: pg.PoolClient,
  companyId: string,
  boardId: string,
  asOf: Instant | null,
): Promise<PlanningBoard | null> {
  const key = [companyId, boardId]
  const heads = await client.query<{
    epoch: string
    seq: number
    time_zone: string
    policy: BoardPolicy
    policy_version: number
    now: Date
  }>(
    'SELECT epoch, seq, time_zone, policy, policy_version, now() AS now FROM board WHERE company_id = $1 AND id = $2',
    key,
  )
  const head = heads.rows[0]
  if (!head) return null
  const now = asOf ?? head.now.getTime()
  const activities = await client.query<ActivityRow>(
    `SELECT ${activityColumns.join(', ')} FROM activity WHERE company_id = $1 AND board_id = $2 AND state <> 'closed'
       ORDER BY id`,
    key,
  )
  const technicians = await client.query<TechnicianRow>(
    `SELECT ${technicianSelect} WHERE t.company_id = $1 AND m.board_id = $2 AND t.active ORDER BY t.id`,
    key,
  )
  const calendars = await client.query<CalendarRow>(
    `SELECT ${calendarColumns} FROM calendar WHERE company_id = $1`,
    [companyId],
  )
  const orders = await client.query<OrderFactsRow>(
    `SELECT o.id, o.priority, o.sla_status, o.sla_reached, o.due_at, o.respond_due_at, o.arrive_due_at, o.address,
            coalesce(g.weight, 1) AS weight
       FROM service_order o
       LEFT JOIN agreement a ON a.company_id = o.company_id AND a.id = o.agreement_id
       LEFT JOIN agreement_group g ON g.company_id = a.company_id AND g.id = a.group_id
      WHERE o.company_id = $1 AND o.id IN (
        SELECT order_id FROM activity WHERE company_id = $1 AND board_id = $2 AND state <> 'closed')`,
    key,
  )
  const places = await client.query<{
    technician_id: string
    place: { lat: number; lon: number }
    closed_at: Date
  }>(
    `SELECT DISTINCT ON (technician_id) technician_id, place, closed_at FROM activity
      WHERE company_id = $1 AND board_id = $2 AND state = 'closed' AND technician_id IS NOT NULL
        AND place IS NOT NULL AND closed_at IS NOT NULL
        AND end_at > $4::timestamptz - make_interval(hours => $3)
        AND start_at < $4::timestamptz
      ORDER BY technician_id, closed_at DESC`,
    [...key, LAST_PLACE_HOURS, stamp(now)],
  )
  const policy = wholePolicy(head.policy)
  const takenOff = await client.query<{ entity_id: string }>(
    `SELECT DISTINCT e.entity_id FROM activity a
       JOIN board_event e ON e.company_id = a.company_id AND e.entity_id = a.id AND e.board_id = a.board_id
      WHERE a.company_id = $1 AND a.board_id = $2 AND a.state <> 'closed' AND a.technician_id IS NULL
        AND a.human_touched_at > now() - make_interval(mins => $3)
        AND e.type = 'activity-unassigned' AND e.at > now() - make_interval(mins => $3)`,
    [...key, policy.holdMinutes],
  )
  return {
    companyId,
    boardId,
    epoch: head.epoch,
    seq: head.seq,
    now,
    timeZone: head.time_zone,
    policy,
    policyVersion: head.policy_version,
    activities: activities.rows.map(activityOfRow),
    technicians: technicians.rows.map(technicianOfRow),
    calendars: calendarsOfRows(calendars.rows),
    orders: new Map(orders.rows.map((row) => [row.id, orderFactsOf(row)])),
    takenOff: new Set(takenOff.rows.map((row) => row.entity_id)),
    lastPlaces: new Map(
      places.rows.map((row) => [row.technician_id, { place: row.place, at: row.closed_at.getTime() }]),
    ),
  }
}

type OrderFactsRow = {
  id: string
  priority: PlanningOrder['priority']
  sla_status: PlanningOrder['slaStatus']
  sla_reached: Partial<Record<'respond' | 'arrive', number>>
  due_at: Date | null
  respond_due_at: Date | null
  arrive_due_at: Date | null
  address: { lat?: number; lon?: number } | null
  weight: number
}

function orderFactsOf(row: OrderFactsRow): PlanningOrder {
  const running = row.sla_status === 'started'
  const { address } = row
  return {
    id: row.id,
    priority: row.priority,
    slaStatus: row.sla_status,
    due: {
      ...(running && row.due_at ? { complete: row.due_at.getTime() } : {}),
      ...(running && row.respond_due_at && row.sla_reached.respond === undefined
        ? { respond: row.respond_due_at.getTime() }
        : {}),
      ...(running && row.arrive_due_at && row.sla_reached.arrive === undefined
        ? { arrive: row.arrive_due_at.getTime() }
        : {}),
    },
    weight: row.weight,
    place:
      address?.lat !== undefined && address.lon !== undefined ? { lat: address.lat, lon: address.lon } : null,
  }
}
