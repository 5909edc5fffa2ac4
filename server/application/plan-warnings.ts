/** What the plan breaks with an activity as it now stands: for edits that do not move it but may leave it misplaced. */
import type { Activity } from '../domain/activity/activity.ts'
import { DAY } from '../domain/instant.ts'
import { conflictsOf, type PlanConflict } from '../domain/plan/rules.ts'
import type { Tx } from '../ports/commands.ts'
import { calendarOf, openPromises, travelOf } from './context.ts'
import { linkedTo } from './linked-activities.ts'

export async function planWarnings(tx: Tx, activity: Activity): Promise<PlanConflict[]> {
  const { technicianId, start, end } = activity
  if (technicianId === null || start === null || end === null) return []
  const technician = (await tx.technicians([technicianId])).get(technicianId)
  if (!technician) return []
  const order = (await tx.orderHeads([activity.id])).get(activity.orderId)
  const calendarIds = [technician.calendarId, order?.clock.terms?.calendarId ?? null]
  const calendars = await tx.calendars(calendarIds.filter((id) => id !== null))
  const board = (await tx.boards([activity.boardId])).get(activity.boardId)
  return conflictsOf(
    { activity, technician, start, end },
    {
      calendar: technician.calendarId === null ? null : (calendars.get(technician.calendarId) ?? null),
      neighbours: await tx.daysOf([technicianId], start - DAY, end + DAY),
      promises: order === undefined ? [] : openPromises(order, calendarOf(order, calendars)),
      timeZone: board?.timeZone ?? 'UTC',
      travel: travelOf(board),
      linked: await linkedTo(tx, [activity]),
    },
  )
}
