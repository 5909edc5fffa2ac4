/** One undispatched activity for each hour line that needs a visit and has none (domain digest 3.4). */
import type { Activity, Place, SkillLevel } from '../domain/activity/activity.ts'
import { unplanned } from '../domain/activity/new-activity.ts'
import { HOUR, MINUTE } from '../domain/instant.ts'
import type { Order } from '../domain/order/order.ts'
import type { Tx } from '../ports/commands.ts'

type TypeFacts = { readonly minutes: number; readonly skills: readonly SkillLevel[] }

export const placeOf = (order: Order): Place | null => {
  const { lat, lon } = order.address ?? {}
  return lat === undefined || lon === undefined ? null : { lat, lon }
}

export async function typeFacts(tx: Tx, ids: readonly string[]): Promise<Map<string, TypeFacts>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.query<{ id: string; default_minutes: number; required_skills: SkillLevel[] }>(
    'SELECT id, default_minutes, required_skills FROM activity_type WHERE company_id = $1 AND id = ANY ($2)',
    [tx.caller.companyId, ids],
  )
  return new Map(rows.map((row) => [row.id, { minutes: row.default_minutes, skills: row.required_skills }]))
}

/** A new activity of an order, unplaced; what is known is given as `known`. */
export function newActivity(
  tx: Tx,
  order: Order,
  number: number,
  known: Partial<Activity> & { readonly boardId: string },
): Activity {
  return {
    ...unplanned,
    id: tx.newId(),
    number: `A-${String(number).padStart(6, '0')}`,
    companyId: order.companyId,
    orderId: order.id,
    priority: order.priority,
    preferredTechnicianId: order.preferredTechnicianId,
    place: placeOf(order),
    createdAt: tx.now,
    ...known,
  }
}

/** Unplaced activities for the hour lines that have none yet. Not inserted. None while the company names no board. */
export async function activitiesForLines(tx: Tx, order: Order): Promise<Activity[]> {
  const { defaultBoardId } = await tx.parameters()
  if (defaultBoardId === null) return []
  const taken = await tx.query<{ order_line_id: string }>(
    'SELECT order_line_id FROM activity WHERE company_id = $1 AND order_id = $2 AND order_line_id IS NOT NULL',
    [order.companyId, order.id],
  )
  const have = new Set(taken.map((row) => row.order_line_id))
  const lines = order.lines.filter(
    (line) => line.transactionType === 'hour' && line.status === 'created' && !have.has(line.id),
  )
  if (lines.length === 0) return []
  const types = await typeFacts(
    tx,
    lines.flatMap((line) => (line.typeId === null ? [] : [line.typeId])),
  )
  const technicians = await tx.technicians(
    lines.flatMap((line) => line.technicianId ?? order.preferredTechnicianId ?? []),
  )
  const numbers = await tx.nextNumbers('activity', lines.length)
  return lines.map((line, i): Activity => {
    const type = line.typeId === null ? undefined : types.get(line.typeId)
    const wanted = technicians.get(line.technicianId ?? order.preferredTechnicianId ?? '')
    const inTeam = wanted?.active && wanted.teamId !== null ? wanted : undefined
    const minutes = Math.max(1, Math.round((line.qty * HOUR) / MINUTE)) || type?.minutes || 60
    const named = inTeam && line.technicianId === inTeam.id ? inTeam : undefined
    return newActivity(tx, order, numbers[i] ?? i, {
      boardId: named?.boardId ?? defaultBoardId,
      orderLineId: line.id,
      typeId: line.typeId,
      durationMinutes: minutes,
      requiredSkills: line.requiredSkills.length > 0 ? line.requiredSkills : (type?.skills ?? []),
      earliestStart: line.earliestStart,
      latestEnd: line.latestEnd,
      // The line's technician is a plan; a preferred one only a wish, which the planner weighs.
      ...(named
        ? {
            technicianId: named.id,
            teamId: named.teamId,
            start: order.serviceDateTime,
            end: order.serviceDateTime + minutes * MINUTE,
          }
        : {}),
    })
  })
}
