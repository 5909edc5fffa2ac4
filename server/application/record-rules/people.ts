/**
 * Teams and technicians: whoever changes teams takes his open work along, and boards hear who joins and leaves them.
 */
import { technicianView } from '../../contract/board-view.ts'
import type { AnyRecord } from '../../contract/records.ts'
import type { Activity } from '../../domain/activity/activity.ts'
import type { Technician } from '../../domain/plan/technician.ts'
import type { Refusal } from '../../domain/refusal.ts'
import type { NewEvent, Tx } from '../../ports/commands.ts'
import { activityEvents } from '../board-changes.ts'
import { asId, type Fields, type Followed, type Judged, wrong } from './rule.ts'

export async function judgeTeam({ tx, after }: Judged): Promise<AnyRecord | Refusal> {
  if (typeof after.ownerTechnicianId !== 'string') return after
  const owner = (await tx.technicians([after.ownerTechnicianId])).get(after.ownerTechnicianId)
  return owner?.kind === 'contractor'
    ? { code: 'OWNER_NOT_EMPLOYEE', details: { technicianId: owner.id } }
    : after
}

/** A team that changes boards takes its members along; a team that goes is nobody's to watch any more. */
export async function followTeam({ tx, before, after }: Followed): Promise<readonly NewEvent[]> {
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

export async function openWorkOf(tx: Tx, id: string, patch: Fields): Promise<readonly Activity[]> {
  if (!('teamId' in patch)) return []
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM activity WHERE company_id = $1 AND technician_id = $2 AND state <> 'closed' ORDER BY id`,
    [tx.caller.companyId, id],
  )
  return [...(await tx.lockActivities(rows.map((row) => row.id))).values()].filter(
    (a) => a.technicianId === id,
  )
}

export async function judgeTechnician({ tx, before, after }: Judged): Promise<AnyRecord | Refusal> {
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

export async function followTechnician({
  tx,
  before,
  after,
  locked,
}: Followed): Promise<readonly NewEvent[]> {
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
