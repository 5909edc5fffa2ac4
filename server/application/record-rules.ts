/**
 * What each collection of master data asks for beyond its schema: who may change it, what stands in a field left out,
 * which combinations are refused, and who must be told.
 */
import { technicianView } from '../contract/board-view.ts'
import type { AnyRecord, CollectionName } from '../contract/records.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Calendar } from '../domain/calendar/calendar.ts'
import { validateCalendar } from '../domain/calendar/open-time.ts'
import { judgeStage } from '../domain/order/stages.ts'
import { type Action, can } from '../domain/permission/permission.ts'
import type { Technician } from '../domain/plan/technician.ts'
import type { Refusal } from '../domain/refusal.ts'
import type { NewEvent, Tx } from '../ports/commands.ts'
import type { Records } from '../ports/records.ts'
import { activityEvents } from './board-changes.ts'
import { followBoard } from './board-policies.ts'

type Fields = Readonly<Record<string, unknown>>

export type RecordRules = {
  readonly action: Action
  readonly defaults: Fields
  /** Work that locks what comes earlier in the order of locks than the record itself. */
  readonly prepare?: (tx: Tx, id: string, patch: Fields) => Promise<readonly Activity[]>
  /** Completes or refuses the record that is about to be written. */
  readonly judge?: (context: Judged) => Promise<AnyRecord | Refusal>
  /** After the write: what else changes with it, and what boards hear. */
  readonly follow?: (context: Followed) => Promise<readonly NewEvent[]>
  /** What must be so before a record may go. */
  readonly judgeRemoval?: (context: { tx: Tx; record: AnyRecord }) => Promise<Refusal | null>
}

export type Judged = {
  readonly tx: Tx
  readonly records: Records
  readonly before: AnyRecord | null
  readonly after: AnyRecord
}
export type Followed = {
  readonly tx: Tx
  readonly before: AnyRecord | null
  /** Null when it was removed. */
  readonly after: AnyRecord | null
  readonly locked: readonly Activity[]
  readonly passwordChanged: boolean
}

export const isRefusal = (value: AnyRecord | Refusal): value is Refusal => !('id' in value)

const wrong = (field: string, expected: string): Refusal => ({
  code: 'VALIDATION',
  details: { fields: [{ field, expected }] },
})

export const recordRules: Readonly<Record<CollectionName, RecordRules>> = {
  customers: {
    action: 'master-data',
    defaults: { code: null, address: null, phone: null, email: null, currency: 'EUR', priceGroup: null },
  },
  projects: {
    action: 'master-data',
    defaults: { code: null, type: 'timeAndMaterial', address: null, currency: 'EUR' },
  },
  items: { action: 'master-data', defaults: { unit: 'pcs', kind: 'item', cost: 0, price: 0 } },
  teams: {
    action: 'configure',
    defaults: { description: '', boardId: null, ownerTechnicianId: null },
    judge: judgeTeam,
    follow: followTeam,
  },
  technicians: {
    // Who plans the day must be able to say that somebody is ill.
    action: 'optimise',
    defaults: {
      code: null,
      kind: 'employee',
      active: true,
      teamId: null,
      calendarId: null,
      skills: [],
      home: null,
      absences: [],
      travelProfile: null,
      phone: null,
      email: null,
    },
    prepare: openWorkOf,
    judge: judgeTechnician,
    follow: followTechnician,
  },
  boards: {
    action: 'configure',
    defaults: { timeZone: 'UTC', policy: {} },
    follow: ({ tx, before, after }) => followBoard(tx, before, after),
  },
  calendars: {
    action: 'configure',
    defaults: { baseCalendarId: null, standardWorkDayHours: 8, exceptions: [] },
    judge: judgeCalendar,
  },
  slas: {
    action: 'configure',
    defaults: {
      description: '',
      days: 0,
      hours: 0,
      minutes: 0,
      respond: null,
      arrive: null,
      calendarId: null,
      suspended: false,
    },
    judge: judgeSla,
  },
  'agreement-groups': {
    action: 'configure',
    defaults: { description: '', slaId: null, weight: 1 },
    judge: judgeSlaUse,
  },
  agreements: {
    action: 'agreement',
    defaults: {
      description: '',
      endDate: null,
      slaId: null,
      suspended: false,
      isTemplate: false,
      responsibleTechnicianId: null,
      preferredTechnicianId: null,
    },
    judge: judgeAgreement,
  },
  stages: {
    action: 'configure',
    defaults: {
      description: '',
      parentStageId: null,
      canModify: false,
      canDelete: false,
      canCancel: false,
      canPost: false,
      requiresReason: false,
      stopsTimeRecording: false,
      allowedRoles: [],
    },
    judge: judgeStageRecord,
  },
  'reason-codes': { action: 'configure', defaults: { description: '' } },
  'activity-types': {
    action: 'configure',
    defaults: { description: '', shortName: null, defaultMinutes: 60, requiredSkills: [] },
  },
  users: {
    action: 'users',
    defaults: {
      technicianId: null,
      customerId: null,
      monitoredTeamIds: [],
      active: true,
      language: 'en',
    },
    judge: judgeUser,
    follow: followUser,
    judgeRemoval: async ({ tx, record }) =>
      (await keepsAdministrator(tx, record, null)) ?? judgeRank(tx, record, null),
  },
}

// ---------------------------------------------------------------- teams and technicians

async function judgeTeam({ tx, after }: Judged): Promise<AnyRecord | Refusal> {
  if (typeof after.ownerTechnicianId !== 'string') return after
  const owner = (await tx.technicians([after.ownerTechnicianId])).get(after.ownerTechnicianId)
  return owner?.kind === 'contractor'
    ? { code: 'OWNER_NOT_EMPLOYEE', details: { technicianId: owner.id } }
    : after
}

/** A team that changes boards takes its members along; a team that goes is nobody's to watch any more. */
async function followTeam({ tx, before, after }: Followed): Promise<readonly NewEvent[]> {
  if (after === null) {
    if (before)
      await tx.query(
        `UPDATE app_user SET monitored_team_ids = monitored_team_ids - $2, version = version + 1,
           perm_version = perm_version + 1
         WHERE company_id = $1 AND monitored_team_ids ? $2`,
        [tx.caller.companyId, before.id],
      )
    return []
  }
  if (before === null || before.boardId === after.boardId) return []
  const rows = await tx.query<{ id: string }>(
    `UPDATE technician SET version = version + 1 WHERE company_id = $1 AND id IN (
       SELECT id FROM technician WHERE company_id = $1 AND team_id = $2 ORDER BY id FOR UPDATE) RETURNING id`,
    [tx.caller.companyId, after.id],
  )
  const members = await tx.technicians(rows.map((row) => row.id))
  return [...members.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((member) => rowEvents(member, asId(before.boardId), member.active ? asId(after.boardId) : null))
}

const asId = (value: unknown): string | null => (typeof value === 'string' ? value : null)

function rowEvents(technician: Technician, from: string | null, to: string | null): NewEvent[] {
  const about = { entity: 'technician', entityId: technician.id, entityVersion: technician.version } as const
  const events: NewEvent[] = []
  if (from !== null && from !== to)
    events.push({ board: from, type: 'technician-left-board', ...about, body: { removed: technician.id } })
  if (to !== null)
    events.push({
      board: to,
      type: from === to ? 'technician-changed' : 'technician-joined-board',
      ...about,
      body: { technician: technicianView({ ...technician, boardId: to }) },
    })
  return events
}

async function openWorkOf(tx: Tx, id: string, patch: Fields): Promise<readonly Activity[]> {
  if (!('teamId' in patch)) return []
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM activity WHERE company_id = $1 AND technician_id = $2 AND state <> 'closed' ORDER BY id`,
    [tx.caller.companyId, id],
  )
  return [...(await tx.lockActivities(rows.map((row) => row.id))).values()].filter(
    (a) => a.technicianId === id,
  )
}

async function judgeTechnician({ tx, before, after }: Judged): Promise<AnyRecord | Refusal> {
  // The schema has checked that absences are spans of instants with a reason.
  const absences = after.absences as readonly { from: string; to: string; reason: string }[]
  const backwards = absences.findIndex((absence) => Date.parse(absence.from) >= Date.parse(absence.to))
  if (backwards >= 0) return wrong(`absences.${backwards}.to`, 'an instant after from')
  if (before !== null && before.kind === 'employee' && after.kind === 'contractor') {
    const owned = await tx.query(
      'SELECT 1 AS found FROM team WHERE company_id = $1 AND owner_technician_id = $2 LIMIT 1',
      [tx.caller.companyId, after.id],
    )
    if (owned.length > 0) return { code: 'OWNER_NOT_EMPLOYEE', details: { technicianId: after.id } }
  }
  return {
    ...after,
    absences: absences.map(({ from, to, reason }) => ({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      reason,
    })),
  }
}

async function followTechnician({ tx, before, after, locked }: Followed): Promise<readonly NewEvent[]> {
  const boards = await tx.teamBoards()
  const boardOf = (record: AnyRecord | null): string | null =>
    record === null || record.active !== true || typeof record.teamId !== 'string'
      ? null
      : (boards.get(record.teamId) ?? null)
  const shown = after ?? before
  if (shown === null) return []
  const from = boardOf(before)
  const to = boardOf(after)
  if (from === null && to === null) return []
  const read = after === null ? undefined : (await tx.technicians([after.id])).get(after.id)
  if (read === undefined)
    return from === null
      ? []
      : [
          {
            board: from,
            type: 'technician-left-board',
            entity: 'technician',
            entityId: shown.id,
            entityVersion: shown.version + 1,
            body: { removed: shown.id },
          },
        ]
  const events = rowEvents(read, from, to)
  if (before === null || before.teamId === after?.teamId) return events
  const moved = locked.map(
    (activity): Activity => ({ ...activity, teamId: read.teamId, version: activity.version + 1 }),
  )
  await tx.updateActivities(moved)
  return [
    ...events,
    ...moved.flatMap((activity, i) => activityEvents('activity-team-changed', locked[i] ?? null, activity)),
  ]
}

// ---------------------------------------------------------------- calendars and SLAs

async function judgeCalendar({ tx, records, after }: Judged): Promise<AnyRecord | Refusal> {
  // The schema has checked that the fields are those of a calendar.
  const faults = validateCalendar({
    timeZone: after.timeZone as Calendar['timeZone'],
    week: after.week as Calendar['week'],
    exceptions: after.exceptions as Calendar['exceptions'],
    standardWorkDayHours: after.standardWorkDayHours as number,
  })
  if (faults.length > 0) return { code: 'VALIDATION', details: { fields: faults.slice(0, 20) } }
  const seen = new Set([after.id])
  for (let base = asId(after.baseCalendarId); base !== null; ) {
    if (seen.has(base)) return wrong('baseCalendarId', 'a calendar that does not lead back to this one')
    seen.add(base)
    base = asId((await records.lock(tx, 'calendars', base))?.baseCalendarId)
  }
  return after
}

const limitSum = (limit: unknown): number =>
  typeof limit === 'object' && limit !== null && 'days' in limit && 'hours' in limit && 'minutes' in limit
    ? Number(limit.days) + Number(limit.hours) + Number(limit.minutes)
    : 0

async function judgeSla({ before, after }: Judged): Promise<AnyRecord | Refusal> {
  if (limitSum(after) === 0) return wrong('days', 'a limit longer than nothing')
  for (const target of ['respond', 'arrive'])
    if (after[target] !== null && limitSum(after[target]) === 0)
      return wrong(target, 'a limit longer than nothing, or null')
  const hasCalendar = after.calendarId !== null
  // A clock that is not said to count otherwise counts open time where there is a calendar, else all time.
  const clockMode = after.clockMode ?? (before === null && hasCalendar ? 'working' : 'wall')
  const startAlignment = after.startAlignment ?? (before === null && hasCalendar ? 'open' : 'none')
  if (!hasCalendar && clockMode !== 'wall')
    return wrong('calendarId', `a calendar, for clock mode ${String(clockMode)}`)
  if (!hasCalendar && startAlignment !== 'none')
    return wrong('calendarId', `a calendar, for start alignment ${String(startAlignment)}`)
  return { ...after, clockMode, startAlignment }
}

/** A suspended SLA cannot be chosen; where it is already in use it stays. */
async function judgeSlaUse({ tx, before, after }: Judged): Promise<AnyRecord | Refusal> {
  if (typeof after.slaId !== 'string' || after.slaId === before?.slaId) return after
  const rows = await tx.query<{ suspended: boolean }>(
    'SELECT suspended FROM sla WHERE company_id = $1 AND id = $2',
    [tx.caller.companyId, after.slaId],
  )
  return rows[0]?.suspended ? { code: 'SLA_SUSPENDED', details: { slaId: after.slaId } } : after
}

// ---------------------------------------------------------------- agreements and stages

async function judgeAgreement(context: Judged): Promise<AnyRecord | Refusal> {
  const { tx, before, after } = context
  const { companyId, role } = tx.caller
  if ((before?.suspended ?? false) !== after.suspended && !can(role, 'agreement-suspend'))
    return { code: 'FORBIDDEN_ROLE', details: { role, action: 'agreement-suspend' } }
  if (typeof after.endDate === 'string' && after.endDate < String(after.startDate))
    return wrong('endDate', 'a date not before startDate')
  const groupId = after.groupId ?? (await tx.parameters()).defaultAgreementGroupId
  if (typeof groupId !== 'string') return wrong('groupId', 'an agreement group')
  const projects = await tx.query<{ customer_id: string; type: string }>(
    'SELECT customer_id, type FROM project WHERE company_id = $1 AND id = $2',
    [companyId, after.projectId],
  )
  const project = projects[0]
  if (!project) return wrong('projectId', 'a project of this company')
  if (project.type === 'time') return { code: 'PROJECT_TYPE_NOT_ALLOWED', details: { type: project.type } }
  if (before !== null && (before.projectId !== after.projectId || before.isTemplate !== after.isTemplate)) {
    const orders = await tx.query(
      'SELECT 1 AS found FROM service_order WHERE company_id = $1 AND agreement_id = $2 LIMIT 1',
      [companyId, after.id],
    )
    if (orders.length > 0) return { code: 'AGREEMENT_HAS_ORDERS' }
  }
  const complete = { ...after, groupId, customerId: project.customer_id }
  return judgeSlaUse({ ...context, after: complete })
}

async function judgeStageRecord({ tx, before, after }: Judged): Promise<AnyRecord | Refusal> {
  const judged = judgeStage(await tx.stages(), {
    id: before === null ? null : after.id,
    parentStageId: asId(after.parentStageId),
  })
  return judged.ok ? after : judged.refusal
}

// ---------------------------------------------------------------- users

async function judgeUser({ tx, before, after }: Judged): Promise<AnyRecord | Refusal> {
  const rank = judgeRank(tx, before, after)
  if (rank) return rank
  if (after.role === 'technician' && after.technicianId === null)
    return wrong('technicianId', 'the technician this user is')
  if (after.role === 'customer' && after.customerId === null)
    return wrong('customerId', 'the customer this user belongs to')
  return (before && (await keepsAdministrator(tx, before, after))) ?? after
}

/** Managers keep users, but make and change no administrators. */
function judgeRank(tx: Tx, before: AnyRecord | null, after: AnyRecord | null): Refusal | null {
  const touches = before?.role === 'administrator' || after?.role === 'administrator'
  return touches && tx.caller.kind === 'user' && tx.caller.role !== 'administrator'
    ? { code: 'FORBIDDEN_ROLE', details: { role: tx.caller.role, action: 'users' } }
    : null
}

async function keepsAdministrator(
  tx: Tx,
  before: AnyRecord,
  after: AnyRecord | null,
): Promise<Refusal | null> {
  const stays = after !== null && after.role === 'administrator' && after.active === true
  if (before.role !== 'administrator' || before.active !== true || stays) return null
  const others = await tx.query(
    `SELECT id FROM app_user WHERE company_id = $1 AND role = 'administrator' AND active AND id <> $2
     ORDER BY id FOR SHARE`,
    [tx.caller.companyId, before.id],
  )
  return others.length === 0
    ? { code: 'IN_USE', details: { by: 'the company: it is its last administrator' } }
    : null
}

const rights = ['role', 'technicianId', 'customerId', 'monitoredTeamIds', 'active', 'email'] as const

/** Rights that changed are judged anew everywhere; who is out, or has a new password, is signed out. */
async function followUser({ tx, before, after, passwordChanged }: Followed): Promise<readonly NewEvent[]> {
  if (before === null) return []
  const { companyId, sessionId } = tx.caller
  const changed =
    after === null || rights.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  if (!changed && !passwordChanged) return []
  const isOut = after === null || after.active !== true
  if (after !== null)
    await tx.query('UPDATE app_user SET perm_version = perm_version + 1 WHERE company_id = $1 AND id = $2', [
      companyId,
      after.id,
    ])
  if (isOut || passwordChanged) {
    const ended = await tx.query<{ id: string }>(
      `UPDATE session SET revoked_at = now()
       WHERE company_id = $1 AND user_id = $2 AND revoked_at IS NULL AND id IS DISTINCT FROM $3 RETURNING id`,
      // Who changes the own password stays signed in here and nowhere else.
      [companyId, before.id, isOut ? null : sessionId],
    )
    for (const { id } of ended)
      await tx.query("SELECT append_security_event($1, 'session-revoked', $2, $3)", [
        companyId,
        before.id,
        id,
      ])
  }
  await tx.query('SELECT append_security_event($1, $2, $3, NULL)', [
    companyId,
    isOut ? 'user-disabled' : 'user-changed',
    before.id,
  ])
  return []
}
