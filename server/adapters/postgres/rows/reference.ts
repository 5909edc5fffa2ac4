/**
 * What orders and activities refer to, read from rows: technicians, calendars with their bases, stages, terms of service.
 */
import type { Calendar, CalendarException, OpenHours, Weekday } from '../../../domain/calendar/calendar.ts'
import type { Stage } from '../../../domain/order/stage.ts'
import type { Technician } from '../../../domain/plan/technician.ts'
import type { SlaTerms } from '../../../domain/sla/sla.ts'

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
