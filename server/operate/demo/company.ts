/**
 * What all demo companies have: calendars, stages, reasons, a board, an office, and how a row of theirs is put down.
 */
import type { BoardPolicy } from '../../contract/policy.ts'
import type { OpenHours } from '../../domain/calendar/calendar.ts'

/** For demo companies only: it is printed at every start. */
export const DEMO_PASSWORD = 'callboard-demo'

export type Row = Record<string, unknown>

type Role = 'manager' | 'dispatcher' | 'technician' | 'customer-service' | 'administrator'

export type Put = (table: string, row: Row) => Promise<void>

export type DemoUser = { id: string; email: string; name: string; role: Role; technicianId?: string }

const stages: readonly (readonly [string, string, string | null, Row])[] = [
  ['PLAN', 'Planning', null, { can_modify: true, can_delete: true, can_cancel: true }],
  ['RELEASED', 'Released', 'PLAN', { can_modify: true, can_cancel: true }],
  ['CANCELLED', 'Cancelled', 'PLAN', { can_cancel: true, requires_reason: true, stops_time_recording: true }],
  ['INPROC', 'In process', 'RELEASED', { can_modify: true }],
  ['ONHOLD', 'On hold', 'INPROC', { can_modify: true, requires_reason: true, stops_time_recording: true }],
  ['DONE', 'Done', 'INPROC', { can_post: true, stops_time_recording: true }],
]

const reasons = [
  ['CUSTOMER', 'Asked for by the customer'],
  ['ACCESS', 'No access'],
  ['PARTS', 'Waiting for parts'],
  ['WEATHER', 'Weather'],
  ['DUPLICATE', 'Reported twice'],
] as const

export async function writeCommon(
  put: Put,
  company: { id: string; code: string; name: string; board: string; boardName: string; policy: BoardPolicy },
): Promise<void> {
  await put('company', {
    id: company.id,
    code: company.code,
    name: company.name,
    time_zone: 'UTC',
    parameters: { allowWithoutAgreement: true, defaultBoardId: company.board },
  })
  const calendars: readonly (readonly [string, string, Row])[] = [
    ['WK', 'Working week', week(day(['08:00', '12:00'], ['13:00', '17:00']), [])],
    ['FIELD', 'Field service, every day', week(day(['06:00', '20:00']), day(['06:00', '20:00']))],
    ['ALWAYS', 'Around the clock', week(day(['00:00', '24:00']), day(['00:00', '24:00']))],
  ]
  for (const [code, name, hours] of calendars) {
    await put('calendar', {
      id: `${company.id}-${code.toLowerCase()}`,
      code,
      name,
      time_zone: 'UTC',
      week: hours,
    })
  }
  for (const [code, description, parent, flags] of stages) {
    await put('stage', {
      id: `${company.id}-${code.toLowerCase()}`,
      code,
      description,
      parent_stage_id: parent === null ? null : `${company.id}-${parent.toLowerCase()}`,
      ...flags,
    })
  }
  for (const [code, description] of reasons) {
    await put('reason_code', { id: `${company.id}-${code.toLowerCase()}`, code, description })
  }
  await put('board', { id: company.board, name: company.boardName, time_zone: 'UTC', policy: company.policy })
}

export async function writeUsers(
  put: Put,
  users: readonly DemoUser[],
  teamIds: string[],
  passwordHash: string,
): Promise<void> {
  for (const user of users) {
    await put('app_user', {
      id: user.id,
      email: user.email,
      name: user.name,
      role: user.role,
      technician_id: user.technicianId ?? null,
      monitored_team_ids: user.role === 'technician' ? [] : teamIds,
      password_hash: passwordHash,
    })
  }
}

export const office = (company: string, domain: string): DemoUser[] => [
  { id: `${company}-manager`, email: `manager@${domain}`, name: 'Mara Vale', role: 'manager' },
  { id: `${company}-dispatcher`, email: `dispatcher@${domain}`, name: 'Dana Croft', role: 'dispatcher' },
  { id: `${company}-dispatcher2`, email: `dispatcher2@${domain}`, name: 'Dirk Marsh', role: 'dispatcher' },
  { id: `${company}-dispatcher3`, email: `dispatcher3@${domain}`, name: 'Della North', role: 'dispatcher' },
  { id: `${company}-service`, email: `service@${domain}`, name: 'Sol Reed', role: 'customer-service' },
  { id: `${company}-admin`, email: `admin@${domain}`, name: 'Ari Stone', role: 'administrator' },
]

export const day = (...hours: [string, string][]): OpenHours[] => hours.map(([from, to]) => ({ from, to }))

export const week = (workday: OpenHours[], weekend: OpenHours[]): Row => ({
  mon: workday,
  tue: workday,
  wed: workday,
  thu: workday,
  fri: workday,
  sat: weekend,
  sun: weekend,
})
