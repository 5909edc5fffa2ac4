/** Reads what a forecast needs of one board in one repeatable-read transaction. Only what runs or is planned soon. */
import type pg from 'pg'
import { defaultPolicy } from '../../contract/default-policy.ts'
import type { BoardPolicy } from '../../contract/policy.ts'
import type { DayWindow, FieldStatus, Place, Priority } from '../../domain/activity/activity.ts'
import { FORECAST_DAYS, type PlannedVisit } from '../../domain/risk/technician-day.ts'
import type { Outlook, Outlooks, RunningPromise } from '../../ports/outlooks.ts'
import { talliesOf } from './lessons.ts'
import { underWall } from './pools.ts'
import {
  type CalendarRow,
  calendarColumns,
  calendarsOfRows,
  type TechnicianRow,
  technicianOfRow,
  technicianSelect,
} from './rows/reference.ts'

const PROMISES_MAX = 20_000
const VISITS_MAX = 20_000

export function createOutlooks(pool: pg.Pool): Outlooks {
  return {
    read: (companyId, boardId) =>
      underWall(pool, companyId, (client) => readOutlook(client, companyId, boardId), 'snapshot'),
  }
}

async function readOutlook(
  client: pg.PoolClient,
  companyId: string,
  boardId: string,
): Promise<Outlook | null> {
  const key = [companyId, boardId]
  const heads = await client.query<{ time_zone: string; policy: BoardPolicy; now: Date }>(
    'SELECT time_zone, policy, now() AS now FROM board WHERE company_id = $1 AND id = $2',
    key,
  )
  const head = heads.rows[0]
  if (!head) return null
  const technicians = await client.query<TechnicianRow>(
    `SELECT ${technicianSelect} WHERE t.company_id = $1 AND m.board_id = $2 AND t.active`,
    key,
  )
  const calendars = await client.query<CalendarRow>(
    `SELECT ${calendarColumns} FROM calendar WHERE company_id = $1`,
    [companyId],
  )
  const places = await client.query<{ technician_id: string; place: Place }>(
    `SELECT DISTINCT ON (technician_id) technician_id, place FROM activity
      WHERE company_id = $1 AND board_id = $2 AND state = 'closed' AND technician_id IS NOT NULL
        AND place IS NOT NULL AND end_at BETWEEN now() - interval '12 hours' AND now() + interval '12 hours'
        AND closed_at > now() - interval '6 hours'
      ORDER BY technician_id, closed_at DESC`,
    key,
  )
  const { speedKmh, roadFactor } = { ...defaultPolicy, ...head.policy }
  return {
    boardId,
    now: head.now.getTime(),
    timeZone: head.time_zone,
    travel: { speedKmh, roadFactor },
    promises: await promisesOf(client, companyId, boardId),
    technicians: new Map(technicians.rows.map((row) => [row.id, technicianOfRow(row)])),
    calendars: calendarsOfRows(calendars.rows),
    lastPlaces: new Map(places.rows.map((row) => [row.technician_id, row.place])),
    visits: await visitsOf(client, companyId, boardId),
    tallies: await talliesOf(client, companyId),
  }
}

type PromiseRow = {
  order_id: string
  number: string
  description: string
  customer_name: string | null
  priority: string
  group_id: string | null
  sla_id: string
  target: RunningPromise['target']
  due_at: Date
  activity_id: string
  type_id: string | null
  team_id: string | null
  technician_id: string | null
  activity_priority: Priority
  duration_minutes: number
  start_at: Date | null
  end_at: Date | null
  asked_at: Date
}

async function promisesOf(
  client: pg.PoolClient,
  companyId: string,
  boardId: string,
): Promise<RunningPromise[]> {
  const { rows } = await client.query<PromiseRow>(
    `SELECT o.id AS order_id, o.number, o.description, c.name AS customer_name, o.priority, g.group_id,
       o.sla_terms->>'slaId' AS sla_id, t.target, t.due_at, v.*
     FROM service_order o
     LEFT JOIN customer c ON c.company_id = o.company_id AND c.id = o.customer_id
     LEFT JOIN agreement g ON g.company_id = o.company_id AND g.id = o.agreement_id
     CROSS JOIN LATERAL (VALUES ('complete', o.due_at), ('respond', o.respond_due_at), ('arrive', o.arrive_due_at))
       AS t (target, due_at)
     JOIN LATERAL (
       SELECT a.id AS activity_id, a.type_id, a.team_id, a.technician_id, a.priority AS activity_priority,
         a.duration_minutes, greatest(a.created_at, a.earliest_start) AS asked_at,
         CASE WHEN a.technician_id IS NULL THEN NULL ELSE a.start_at END AS start_at,
         CASE WHEN a.technician_id IS NULL THEN NULL ELSE a.end_at END AS end_at
       FROM activity a
       WHERE a.company_id = o.company_id AND a.order_id = o.id AND a.board_id = $2 AND a.state <> 'closed'
       ORDER BY (a.technician_id IS NULL OR a.end_at IS NULL) DESC, a.end_at DESC, a.id LIMIT 1
     ) v ON true
     WHERE o.company_id = $1 AND o.progress = 'inProcess' AND o.sla_status = 'started' AND t.due_at IS NOT NULL
       AND NOT (o.sla_reached ? t.target)
     ORDER BY t.due_at, o.id, t.target LIMIT ${PROMISES_MAX}`,
    [companyId, boardId],
  )
  return rows.map((row) => ({
    orderId: row.order_id,
    orderNumber: row.number,
    description: row.description,
    customerName: row.customer_name,
    priority: row.priority,
    agreementGroupId: row.group_id,
    slaId: row.sla_id,
    target: row.target,
    dueAt: row.due_at.getTime(),
    activity: {
      id: row.activity_id,
      typeId: row.type_id,
      teamId: row.team_id,
      technicianId: row.technician_id,
      priority: row.activity_priority,
      durationMinutes: row.duration_minutes,
      start: row.start_at?.getTime() ?? null,
      end: row.end_at?.getTime() ?? null,
      askedAt: row.asked_at.getTime(),
    },
  }))
}

type VisitRow = {
  id: string
  type_id: string | null
  technician_id: string
  start_at: Date
  end_at: Date
  field_status: FieldStatus
  place: Place | null
  windows: DayWindow[]
  since: Date | null
}

async function visitsOf(
  client: pg.PoolClient,
  companyId: string,
  boardId: string,
): Promise<Map<string, PlannedVisit[]>> {
  const { rows } = await client.query<VisitRow>(
    `SELECT a.id, a.type_id, a.technician_id, a.start_at, a.end_at, a.field_status, a.place, a.windows, s.since
       FROM activity a
       LEFT JOIN LATERAL (
         SELECT max(e.at) AS since FROM board_event e
          WHERE a.field_status IN ('travelling', 'onSite')
            AND e.company_id = a.company_id AND e.entity_id = a.id AND e.type = 'activity-field-status'
            AND e.payload->'activity'->>'fieldStatus' = a.field_status
       ) s ON true
      WHERE a.company_id = $1 AND a.board_id = $2 AND a.state <> 'closed' AND a.technician_id IS NOT NULL
        AND a.start_at < now() + make_interval(days => ${FORECAST_DAYS})
      ORDER BY a.start_at DESC LIMIT ${VISITS_MAX}`,
    [companyId, boardId],
  )
  const visits = new Map<string, PlannedVisit[]>()
  for (const row of rows) {
    const own = visits.get(row.technician_id) ?? []
    visits.set(row.technician_id, own)
    own.push({
      id: row.id,
      typeId: row.type_id,
      start: row.start_at.getTime(),
      end: row.end_at.getTime(),
      fieldStatus: row.field_status,
      since: row.since?.getTime() ?? null,
      place: row.place,
      windows: row.windows,
    })
  }
  return visits
}
