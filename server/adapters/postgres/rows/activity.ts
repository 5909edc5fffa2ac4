/**
 * Activities as rows: the columns, what a row says, what is written of an activity.
 *
 * The surprising rule: columns, types and values name the same things in the same order; adding a column means adding it to each.
 */
import type { Activity } from '../../../domain/activity/activity.ts'
import { at, stamp } from './stamp.ts'

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
  excluded_technician_ids: readonly string[] | null
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
  'excluded_technician_ids',
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
    ...(row.excluded_technician_ids === null ? {} : { excludedTechnicianIds: row.excluded_technician_ids }),
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

const someOf = (ids: readonly string[] | undefined): readonly string[] | null => (ids?.length ? ids : null)

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
  excluded_technician_ids: 'jsonb',
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
  excluded_technician_ids: someOf(a.excludedTechnicianIds),
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
  a.excludedTechnicianIds?.length ? JSON.stringify(a.excludedTechnicianIds) : null,
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
