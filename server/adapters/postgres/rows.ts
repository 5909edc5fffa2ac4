/**
 * Rows of Postgres and records of the domain: the one place that knows both spellings.
 *
 * Timestamps arrive from the driver as `Date`; the domain counts milliseconds. A column list beside each mapping keeps
 * every reader of a table on the same set of columns.
 */
import type { Activity } from '../../domain/activity/activity.ts'
import type { Calendar, CalendarException, OpenHours, Weekday } from '../../domain/calendar/calendar.ts'
import type { Order, OrderLine } from '../../domain/order/order.ts'
import type { Stage } from '../../domain/order/stage.ts'
import type { Technician } from '../../domain/plan/technician.ts'
import type { SlaClock, SlaRecord, SlaTerms } from '../../domain/sla/sla.ts'

const at = (value: Date | null): number | null => (value === null ? null : value.getTime())
/** A `timestamptz` parameter for the driver. */
export const stamp = (value: number | null): string | null =>
  value === null ? null : new Date(value).toISOString()

export type ActivityRow = {
  company_id: string
  id: string
  version: number
  number: string
  board_id: string
  order_id: string
  order_line_id: string | null
  type_id: string | null
  team_id: string | null
  technician_id: string | null
  start_at: Date | null
  end_at: Date | null
  duration_minutes: number
  state: Activity['state']
  field_status: Activity['fieldStatus']
  priority: Activity['priority']
  locked: boolean
  required_skills: Activity['requiredSkills']
  earliest_start: Date | null
  latest_end: Date | null
  windows: Activity['windows']
  preferred_technician_id: string | null
  place: Activity['place']
  starts_with: string | null
  starts_after: NonNullable<Activity['startsAfter']> | null
  blocking: boolean
  human_touched_at: Date | null
  created_at: Date
  closed_at: Date | null
  closed_by: string | null
  closed_cause: Activity['closedCause']
}

export const activityColumns = [
  'company_id',
  'id',
  'version',
  'number',
  'board_id',
  'order_id',
  'order_line_id',
  'type_id',
  'team_id',
  'technician_id',
  'start_at',
  'end_at',
  'duration_minutes',
  'state',
  'field_status',
  'priority',
  'locked',
  'required_skills',
  'earliest_start',
  'latest_end',
  'windows',
  'preferred_technician_id',
  'place',
  'starts_with',
  'starts_after',
  'blocking',
  'human_touched_at',
  'created_at',
  'closed_at',
  'closed_by',
  'closed_cause',
] as const satisfies readonly (keyof ActivityRow)[]

export function activityOfRow(row: ActivityRow): Activity {
  return {
    id: row.id,
    version: row.version,
    number: row.number,
    companyId: row.company_id,
    boardId: row.board_id,
    orderId: row.order_id,
    orderLineId: row.order_line_id,
    typeId: row.type_id,
    teamId: row.team_id,
    technicianId: row.technician_id,
    start: at(row.start_at),
    end: at(row.end_at),
    durationMinutes: row.duration_minutes,
    state: row.state,
    fieldStatus: row.field_status,
    priority: row.priority,
    locked: row.locked,
    requiredSkills: row.required_skills,
    earliestStart: at(row.earliest_start),
    latestEnd: at(row.latest_end),
    windows: row.windows,
    preferredTechnicianId: row.preferred_technician_id,
    place: row.place,
    // Few have them, and every activity goes over the wire whole.
    ...(row.starts_with === null ? {} : { startsWith: row.starts_with }),
    ...(row.starts_after === null ? {} : { startsAfter: row.starts_after }),
    blocking: row.blocking,
    humanTouchedAt: at(row.human_touched_at),
    createdAt: row.created_at.getTime(),
    closedAt: at(row.closed_at),
    closedBy: row.closed_by,
    closedCause: row.closed_cause,
  }
}

/** The columns that an update writes, with their types: how a list of activities becomes rows inside Postgres. */
export const activityTypes = {
  id: 'text',
  version: 'bigint',
  board_id: 'text',
  order_line_id: 'text',
  type_id: 'text',
  team_id: 'text',
  technician_id: 'text',
  start_at: 'timestamptz',
  end_at: 'timestamptz',
  duration_minutes: 'integer',
  state: 'text',
  field_status: 'text',
  priority: 'text',
  locked: 'boolean',
  required_skills: 'jsonb',
  earliest_start: 'timestamptz',
  latest_end: 'timestamptz',
  windows: 'jsonb',
  preferred_technician_id: 'text',
  place: 'jsonb',
  starts_with: 'text',
  starts_after: 'jsonb',
  blocking: 'boolean',
  human_touched_at: 'timestamptz',
  closed_at: 'timestamptz',
  closed_by: 'text',
  closed_cause: 'text',
} as const satisfies Partial<Record<keyof ActivityRow, string>>

/** The members of `activityTypes` as one JSON record. */
export const activityRecord = (a: Activity): Record<keyof typeof activityTypes, unknown> => ({
  id: a.id,
  version: a.version,
  board_id: a.boardId,
  order_line_id: a.orderLineId,
  type_id: a.typeId,
  team_id: a.teamId,
  technician_id: a.technicianId,
  start_at: stamp(a.start),
  end_at: stamp(a.end),
  duration_minutes: a.durationMinutes,
  state: a.state,
  field_status: a.fieldStatus,
  priority: a.priority,
  locked: a.locked,
  required_skills: a.requiredSkills,
  earliest_start: stamp(a.earliestStart),
  latest_end: stamp(a.latestEnd),
  windows: a.windows,
  preferred_technician_id: a.preferredTechnicianId,
  place: a.place,
  starts_with: a.startsWith ?? null,
  starts_after: a.startsAfter ?? null,
  blocking: a.blocking,
  human_touched_at: stamp(a.humanTouchedAt),
  closed_at: stamp(a.closedAt),
  closed_by: a.closedBy,
  closed_cause: a.closedCause,
})

/** Values in the order of `activityColumns`. */
export const activityValues = (a: Activity): unknown[] => [
  a.companyId,
  a.id,
  a.version,
  a.number,
  a.boardId,
  a.orderId,
  a.orderLineId,
  a.typeId,
  a.teamId,
  a.technicianId,
  stamp(a.start),
  stamp(a.end),
  a.durationMinutes,
  a.state,
  a.fieldStatus,
  a.priority,
  a.locked,
  JSON.stringify(a.requiredSkills),
  stamp(a.earliestStart),
  stamp(a.latestEnd),
  JSON.stringify(a.windows),
  a.preferredTechnicianId,
  a.place === null ? null : JSON.stringify(a.place),
  a.startsWith ?? null,
  a.startsAfter ? JSON.stringify(a.startsAfter) : null,
  a.blocking,
  stamp(a.humanTouchedAt),
  stamp(a.createdAt),
  stamp(a.closedAt),
  a.closedBy,
  a.closedCause,
]

export type OrderRow = {
  company_id: string
  id: string
  version: number
  number: string
  external_id: string | null
  description: string
  customer_id: string | null
  project_id: string | null
  agreement_id: string | null
  service_date_time: Date
  stage_id: string
  progress: Order['progress']
  priority: Order['priority']
  address: Order['address']
  preferred_technician_id: string | null
  signed_off: boolean
  signed_off_at: Date | null
  origin: Order['origin']
  created_at: Date
  updated_at: Date
  sla_terms: SlaTerms | null
  sla_status: SlaClock['status']
  sla_records: SlaRecord[]
  sla_reached: SlaClock['reached']
}

export const orderColumns = [
  'company_id',
  'id',
  'version',
  'number',
  'external_id',
  'description',
  'customer_id',
  'project_id',
  'agreement_id',
  'service_date_time',
  'stage_id',
  'progress',
  'priority',
  'address',
  'preferred_technician_id',
  'signed_off',
  'signed_off_at',
  'origin',
  'created_at',
  'updated_at',
  'sla_terms',
  'sla_status',
  'sla_records',
  'sla_reached',
] as const satisfies readonly (keyof OrderRow)[]

export type LineRow = {
  company_id: string
  id: string
  order_id: string
  line_num: number
  transaction_type: OrderLine['transactionType']
  status: OrderLine['status']
  description: string
  qty: number
  technician_id: string | null
  item_id: string | null
  type_id: string | null
  required_skills: OrderLine['requiredSkills']
  earliest_start: Date | null
  latest_end: Date | null
  signed_off: boolean
  canceled_with_order: boolean
}

export const lineColumns = [
  'company_id',
  'id',
  'order_id',
  'line_num',
  'transaction_type',
  'status',
  'description',
  'qty',
  'technician_id',
  'item_id',
  'type_id',
  'required_skills',
  'earliest_start',
  'latest_end',
  'signed_off',
  'canceled_with_order',
] as const satisfies readonly (keyof LineRow)[]

const lineOfRow = (row: LineRow): OrderLine => ({
  id: row.id,
  lineNum: row.line_num,
  transactionType: row.transaction_type,
  status: row.status,
  description: row.description,
  qty: row.qty,
  technicianId: row.technician_id,
  itemId: row.item_id,
  typeId: row.type_id,
  requiredSkills: row.required_skills,
  earliestStart: at(row.earliest_start),
  latestEnd: at(row.latest_end),
  signedOff: row.signed_off,
  canceledWithOrder: row.canceled_with_order,
})

export const lineValues = (order: Order, line: OrderLine): unknown[] => [
  order.companyId,
  line.id,
  order.id,
  line.lineNum,
  line.transactionType,
  line.status,
  line.description,
  line.qty,
  line.technicianId,
  line.itemId,
  line.typeId,
  JSON.stringify(line.requiredSkills),
  stamp(line.earliestStart),
  stamp(line.latestEnd),
  line.signedOff,
  line.canceledWithOrder,
]

export function orderOfRows(row: OrderRow, lines: readonly LineRow[]): Order {
  return {
    id: row.id,
    version: row.version,
    companyId: row.company_id,
    number: row.number,
    externalId: row.external_id,
    description: row.description,
    customerId: row.customer_id,
    projectId: row.project_id,
    agreementId: row.agreement_id,
    serviceDateTime: row.service_date_time.getTime(),
    stageId: row.stage_id,
    progress: row.progress,
    priority: row.priority,
    address: row.address,
    preferredTechnicianId: row.preferred_technician_id,
    signedOff: row.signed_off,
    signedOffAt: at(row.signed_off_at),
    origin: row.origin,
    createdAt: row.created_at.getTime(),
    lines: lines.map(lineOfRow).sort((a, b) => a.lineNum - b.lineNum),
    clock: {
      terms: row.sla_terms,
      status: row.sla_status,
      records: row.sla_records,
      reached: row.sla_reached,
    },
  }
}

export type TechnicianRow = {
  company_id: string
  id: string
  version: number
  name: string
  kind: Technician['kind']
  active: boolean
  team_id: string | null
  board_id: string | null
  calendar_id: string | null
  skills: Technician['skills']
  home: Technician['home']
  absences: { from: string; to: string; reason: string }[]
  travel_profile: NonNullable<Technician['travelProfile']> | null
}

/** Columns of a technician with the board of his or her team; `t` is technician, `m` the team. */
export const technicianSelect = `t.company_id, t.id, t.version, t.name, t.kind, t.active, t.team_id, m.board_id,
  t.calendar_id, t.skills, t.home, t.absences, t.travel_profile
  FROM technician t LEFT JOIN team m ON m.company_id = t.company_id AND m.id = t.team_id`

export const technicianOfRow = (row: TechnicianRow): Technician => ({
  id: row.id,
  version: row.version,
  companyId: row.company_id,
  name: row.name,
  kind: row.kind,
  active: row.active,
  teamId: row.team_id,
  boardId: row.board_id,
  calendarId: row.calendar_id,
  skills: row.skills,
  home: row.home,
  absences: row.absences.map((a) => ({ from: Date.parse(a.from), to: Date.parse(a.to), reason: a.reason })),
  ...(row.travel_profile === null ? {} : { travelProfile: row.travel_profile }),
})

export type CalendarRow = {
  id: string
  time_zone: string
  base_calendar_id: string | null
  standard_work_day_hours: number
  week: Record<Weekday, OpenHours[]>
  exceptions: CalendarException[]
}

export const calendarColumns = 'id, time_zone, base_calendar_id, standard_work_day_hours, week, exceptions'

/** Calendars with their bases resolved. A base that is not among the rows, or a circle of bases, is left out. */
export function calendarsOfRows(rows: readonly CalendarRow[]): Map<string, Calendar> {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const made = new Map<string, Calendar>()
  const make = (row: CalendarRow, above: ReadonlySet<string>): Calendar => {
    const known = made.get(row.id)
    if (known) return known
    const baseRow = row.base_calendar_id === null ? undefined : byId.get(row.base_calendar_id)
    const base = baseRow && !above.has(baseRow.id) ? make(baseRow, new Set([...above, row.id])) : undefined
    const calendar: Calendar = {
      id: row.id,
      timeZone: row.time_zone,
      week: row.week,
      exceptions: row.exceptions,
      standardWorkDayHours: row.standard_work_day_hours,
      ...(base ? { base } : {}),
    }
    made.set(row.id, calendar)
    return calendar
  }
  for (const row of rows) make(row, new Set())
  return made
}

export type StageRow = {
  id: string
  code: string
  description: string
  parent_stage_id: string | null
  can_modify: boolean
  can_delete: boolean
  can_cancel: boolean
  can_post: boolean
  requires_reason: boolean
  stops_time_recording: boolean
  allowed_roles: Stage['allowedRoles']
}

export const stageOfRow = (row: StageRow): Stage => ({
  id: row.id,
  code: row.code,
  description: row.description,
  parentStageId: row.parent_stage_id,
  canModify: row.can_modify,
  canDelete: row.can_delete,
  canCancel: row.can_cancel,
  canPost: row.can_post,
  requiresReason: row.requires_reason,
  stopsTimeRecording: row.stops_time_recording,
  allowedRoles: row.allowed_roles,
})

export type SlaRow = {
  id: string
  days: number
  hours: number
  minutes: number
  respond: { days: number; hours: number; minutes: number } | null
  arrive: { days: number; hours: number; minutes: number } | null
  calendar_id: string | null
  clock_mode: SlaTerms['clockMode']
  start_alignment: SlaTerms['startAlignment']
  suspended: boolean
}

export const termsOfRow = (row: SlaRow): SlaTerms => ({
  slaId: row.id,
  targets: {
    complete: { days: row.days, hours: row.hours, minutes: row.minutes },
    ...(row.respond ? { respond: row.respond } : {}),
    ...(row.arrive ? { arrive: row.arrive } : {}),
  },
  clockMode: row.clock_mode,
  startAlignment: row.start_alignment,
  calendarId: row.calendar_id,
})
