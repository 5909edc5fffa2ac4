/** A bar is added to the board by hand, at its place if one is given. */
import { type ActivityCreate, activityView } from '../contract/activity.ts'
import type { Activity } from '../domain/activity/activity.ts'
import { decide } from '../domain/activity/decide.ts'
import { DAY, MINUTE } from '../domain/instant.ts'
import type { Order } from '../domain/order/order.ts'
import { can } from '../domain/permission/permission.ts'
import type { PlanConflict } from '../domain/plan/rules.ts'
import type { BoardFacts, Outcome, Refused, Tx } from '../ports/commands.ts'
import { warningView } from './act-on-activity.ts'
import { activityEvents, orderEvents } from './board-changes.ts'
import { badField, calendarOf, openPromises, policyOf, refused, slaCalendars, travelOf } from './context.ts'
import { newActivity, typeFacts } from './generate-activities.ts'
import { judgeExclusions } from './judge-exclusions.ts'
import { badLink, linkedTo } from './linked-activities.ts'

const instant = (text: string | null | undefined): number | null => (text ? Date.parse(text) : null)

export async function createActivity(tx: Tx, body: ActivityCreate): Promise<Outcome | Refused> {
  if (!can(tx.caller.role, 'activity-plan', { related: true }))
    return refused('FORBIDDEN_ROLE', { act: 'create activity' })
  const order = (await tx.lockOrders([body.orderId])).get(body.orderId)
  if (!order) return badField('orderId', 'an order of this company')
  if (order.progress === 'canceled') return refused('ORDER_CANCELED', { orderId: order.id })
  if (order.progress === 'posted') return refused('ORDER_POSTED', { orderId: order.id })
  const board = (await tx.boards([body.boardId])).get(body.boardId)
  if (!board) return badField('boardId', 'a board of this company')
  if (body.typeId && !(await tx.exists('activity_type', body.typeId)))
    return badField('typeId', 'an activity type of this company')
  if (body.preferredTechnicianId && !(await tx.exists('technician', body.preferredTechnicianId)))
    return badField('preferredTechnicianId', 'a technician of this company')

  const badExclusion = await judgeExclusions(tx, body)
  if (badExclusion) return badExclusion
  const bare = await unplaced(tx, order, body)
  if ('refusal' in bare) return bare
  const unlinkable = await badLink(tx, bare, bare)
  if (unlinkable) return unlinkable
  const placed = await placedAt(tx, order, board, bare, body)
  if ('refusal' in placed) return placed
  const { activity, warnings } = placed
  await tx.insertActivities([activity])
  return {
    status: 201,
    version: activity.version,
    location: `/api/v1/activities/${activity.id}`,
    body: {
      ...activityView(activity),
      warnings: warnings.map(warningView),
    },
    events: [
      ...(await orderEvents(tx, 'order-arrived', order, new Set([activity.boardId]))),
      ...activityEvents('activity-created', null, activity),
    ],
  }
}

async function unplaced(tx: Tx, order: Order, body: ActivityCreate): Promise<Activity | Refused> {
  const start = instant(body.start)
  const end = instant(body.end)
  if (start !== null && end !== null && end <= start) return badField('end', 'an instant after start')
  if (start === null && end !== null) return badField('start', 'the start that belongs to the end')
  const earliest = instant(body.earliestStart)
  const latest = instant(body.latestEnd)
  if (earliest !== null && latest !== null && latest <= earliest)
    return badField('latestEnd', 'an instant after earliestStart')
  const type = body.typeId ? (await typeFacts(tx, [body.typeId])).get(body.typeId) : undefined
  const span = start !== null && end !== null ? Math.ceil((end - start) / MINUTE) : undefined
  const minutes = body.durationMinutes ?? span ?? type?.minutes ?? 60
  const [number] = await tx.nextNumbers('activity', 1)
  return newActivity(tx, order, number ?? 0, {
    boardId: body.boardId,
    typeId: body.typeId ?? null,
    durationMinutes: minutes,
    start,
    end: start === null ? null : (end ?? start + minutes * MINUTE),
    priority: body.priority ?? order.priority,
    locked: body.locked ?? false,
    requiredSkills: body.requiredSkills ?? type?.skills ?? [],
    earliestStart: earliest,
    latestEnd: latest,
    windows: body.windows ?? [],
    preferredTechnicianId: preferredOf(order, body),
    ...(body.excludedTechnicianIds?.length ? { excludedTechnicianIds: body.excludedTechnicianIds } : {}),
    ...(body.place === undefined ? {} : { place: body.place }),
    ...(body.startsWith ? { startsWith: body.startsWith } : {}),
    ...(body.startsAfter ? { startsAfter: body.startsAfter } : {}),
  })
}

/** The order's wish goes to its activities, but not against what is said of this one. */
const preferredOf = (order: Order, body: ActivityCreate): string | null => {
  if (body.preferredTechnicianId) return body.preferredTechnicianId
  const wished = order.preferredTechnicianId
  return wished !== null && body.excludedTechnicianIds?.includes(wished) ? null : wished
}

async function placedAt(
  tx: Tx,
  order: Order,
  board: BoardFacts,
  bare: Activity,
  body: ActivityCreate,
): Promise<{ activity: Activity; warnings: readonly PlanConflict[] } | Refused> {
  if (!body.technicianId) return { activity: bare, warnings: [] }
  const technician = (await tx.technicians([body.technicianId])).get(body.technicianId) ?? null
  const calendars = await tx.calendars(technician?.calendarId ? [technician.calendarId] : [])
  const { start, end } = bare
  const decided = decide(
    bare,
    { type: 'assign', technicianId: body.technicianId },
    {
      now: tx.now,
      actor: tx.caller,
      progress: order.progress,
      technician,
      facts: {
        calendar: technician?.calendarId ? (calendars.get(technician.calendarId) ?? null) : null,
        neighbours:
          start === null || end === null ? [] : await tx.daysOf([body.technicianId], start - DAY, end + DAY),
        promises: openPromises(order, calendarOf(order, await slaCalendars(tx, [order]))),
        timeZone: board.timeZone,
        travel: travelOf(board),
        linked: await linkedTo(tx, [bare]),
      },
      strict: policyOf(board).strict,
    },
  )
  if (!decided.ok) return { refusal: decided.refusal }
  return { activity: { ...decided.value.activity, version: 1 }, warnings: decided.value.warnings }
}
