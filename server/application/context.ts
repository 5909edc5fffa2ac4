/** What use cases about orders and activities gather before they ask a rule. */
import { type WholePolicy, wholePolicy } from '../contract/default-policy.ts'
import type { ChangedBy } from '../contract/planning.ts'
import type { BoardPolicy } from '../contract/policy.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Calendar } from '../domain/calendar/calendar.ts'
import type { Order } from '../domain/order/order.ts'
import type { SlaPromise } from '../domain/plan/rules.ts'
import type { TravelModel } from '../domain/plan/travel.ts'
import { dueAt, targetsOf } from '../domain/sla/clock.ts'
import type { BoardFacts, Refused, Tx } from '../ports/commands.ts'

export const refused = (
  code: Refused['refusal']['code'],
  details?: Readonly<Record<string, unknown>>,
): Refused => ({ refusal: details === undefined ? { code } : { code, details } })

/** One field that cannot be taken, and what would be. */
export const badField = (field: string, expected: string): Refused =>
  refused('VALIDATION', { fields: [{ field, expected }] })

export const policyOf = (board: BoardFacts | undefined): WholePolicy =>
  // Written through the schema of BoardPolicy, so the stored document has its members.
  wholePolicy((board?.policy ?? {}) as BoardPolicy)

export const travelOf = (board: BoardFacts | undefined): TravelModel => {
  const { speedKmh, roadFactor } = policyOf(board)
  return { speedKmh, roadFactor }
}

/** The promises of an order that are still open, with their deadlines. */
export function openPromises(order: Pick<Order, 'clock'>, calendar: Calendar | null): SlaPromise[] {
  const { clock } = order
  if (clock.terms === null) return []
  return targetsOf(clock.terms).flatMap((target) => {
    if (target !== 'complete' && clock.reached[target] !== undefined) return []
    const due = dueAt(clock, calendar, target)
    return due === null ? [] : [{ target, dueAt: due }]
  })
}

/** The calendars of these orders' SLAs, by id. */
export async function slaCalendars(tx: Tx, orders: Iterable<Order>): Promise<Map<string, Calendar>> {
  const ids = new Set<string>()
  for (const order of orders) if (order.clock.terms?.calendarId) ids.add(order.clock.terms.calendarId)
  return tx.calendars([...ids])
}

export const calendarOf = (
  order: Pick<Order, 'clock'>,
  calendars: ReadonlyMap<string, Calendar>,
): Calendar | null =>
  order.clock.terms?.calendarId ? (calendars.get(order.clock.terms.calendarId) ?? null) : null

/** Teams whose work the caller may plan: watched, joined, owned. Null when the role may plan everywhere. */
export async function relatedTeams(tx: Tx): Promise<ReadonlySet<string> | null> {
  const { caller } = tx
  if (caller.role !== 'dispatcher') return null
  const teams = new Set(caller.monitoredTeamIds)
  if (caller.technicianId !== null) {
    const rows = await tx.query<{ id: string }>(
      `SELECT team_id AS id FROM technician WHERE company_id = $1 AND id = $2 AND team_id IS NOT NULL
       UNION SELECT id FROM team WHERE company_id = $1 AND owner_technician_id = $2`,
      [caller.companyId, caller.technicianId],
    )
    for (const row of rows) teams.add(row.id)
  }
  return teams
}

export const isRelated = (activity: Activity, teams: ReadonlySet<string> | null): boolean =>
  teams === null || activity.technicianId === null || (activity.teamId !== null && teams.has(activity.teamId))

/** True when the caller has work on the order: an activity or a line, or is its customer. */
export async function isOwnOrder(tx: Tx, order: Order): Promise<boolean> {
  const { caller } = tx
  if (caller.role === 'customer') return caller.customerId !== null && order.customerId === caller.customerId
  if (caller.technicianId === null) return false
  if (order.lines.some((line) => line.technicianId === caller.technicianId)) return true
  const rows = await tx.query(
    'SELECT 1 AS found FROM activity WHERE company_id = $1 AND order_id = $2 AND technician_id = $3 LIMIT 1',
    [caller.companyId, order.id, caller.technicianId],
  )
  return rows.length > 0
}

/** Who changed a record last, for the sentence of a conflict. */
export async function changedBy(tx: Tx, entityId: string): Promise<ChangedBy | null> {
  return (await lastChanges(tx, [entityId])).get(entityId) ?? null
}

/** Who changed each of these records last; with `since`, only changes after that number of that board. */
export async function lastChanges(
  tx: Tx,
  ids: readonly string[],
  since?: { readonly boardId: string; readonly seq: number },
): Promise<ReadonlyMap<string, ChangedBy>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.query<{ entity_id: string; name: string | null; at: Date }>(
    `SELECT DISTINCT ON (entity_id) entity_id, payload->'actor'->>'name' AS name, at FROM board_event
      WHERE company_id = $1 AND entity_id = ANY ($2)
        AND ($3::text IS NULL OR (board_id = $3 AND seq > $4))
      ORDER BY entity_id, at DESC, seq DESC`,
    [tx.caller.companyId, ids, since?.boardId ?? null, since?.seq ?? 0],
  )
  return new Map(
    rows.flatMap(({ entity_id: id, name, at }) =>
      name === null ? [] : [[id, { name, at: at.toISOString() }] as const],
    ),
  )
}
