/** Edits and deletion of an order's header. Priority cascades to open activities; so does a corrected place. */
import type { OrderPatch } from '../contract/order.ts'
import type { Activity } from '../domain/activity/activity.ts'
import { dateOfDay, localOf } from '../domain/calendar/local-time.ts'
import { judgeAgreement } from '../domain/order/agreement.ts'
import { judgeDelete, judgeEdit, type OrderContext } from '../domain/order/decide.ts'
import type { Address, Order } from '../domain/order/order.ts'
import { can } from '../domain/permission/permission.ts'
import type { NewEvent, Outcome, Refused, Tx } from '../ports/commands.ts'
import { activityEvents, activityRemoved, viewOfOrder } from './board-changes.ts'
import { badField, calendarOf, changedBy, isOwnOrder, refused, slaCalendars } from './context.ts'
import { clockUnder, missingReference } from './create-order.ts'
import { placeOf } from './generate-activities.ts'
import { boardsOfOrder, saveOrder } from './save-order.ts'
import { tellTechnicians } from './tell-technicians.ts'

export async function updateOrder(
  tx: Tx,
  input: { orderId: string; expectedVersion: number; patch: OrderPatch },
): Promise<Outcome | Refused> {
  const { expectedVersion: _expected, ...patch } = input.patch
  const order = (await tx.lockOrders([input.orderId])).get(input.orderId)
  if (!order) return refused('NOT_FOUND')
  const guard = await judge(tx, order, input.expectedVersion, 'order-edit')
  if (guard) return guard
  const edit = judgeEdit(order, await contextOf(tx, order))
  if (!edit.ok) return { refusal: edit.refusal }
  const next = await patched(tx, order, patch)
  if ('refusal' in next) return next

  const boards = await boardsOfOrder(tx, order.id)
  const saved = await saveOrder(tx, { before: order, order: next, type: 'order-updated', boards })
  const cascaded = await cascade(tx, order, next)
  return {
    status: 200,
    version: next.version,
    body: await viewOfOrder(tx, next),
    events: [...saved.events, ...cascaded],
    effects: saved.effects,
  }
}

async function patched(
  tx: Tx,
  order: Order,
  patch: Omit<OrderPatch, 'expectedVersion'>,
): Promise<Order | Refused> {
  if (patch.externalId) {
    const holder = await tx.orderIdByExternalId(patch.externalId)
    if (holder !== null && holder !== order.id)
      return refused('DUPLICATE', { field: 'externalId', orderId: holder })
  }
  const missing = await missingReference(tx, patch, patch.customerId ?? null)
  if (missing) return missing
  if (patch.projectId && (await tx.project(patch.projectId)) === null)
    return badField('projectId', 'a project of this company')

  const { serviceDateTime, address, agreementId, ...same } = patch
  const next: Order = {
    ...order,
    // Members that the patch leaves out are absent, not undefined, so the spread keeps what was.
    ...(same as Partial<Order>),
    ...(serviceDateTime === undefined ? {} : { serviceDateTime: Date.parse(serviceDateTime) }),
    ...(address === undefined ? {} : { address: address as Address | null }),
    version: order.version + 1,
  }
  if (next.customerId === null && next.projectId === null)
    return badField('customerId', 'a customer, where there is no project')
  return agreementId === undefined || agreementId === order.agreementId
    ? next
    : underAgreement(tx, order, next, agreementId)
}

/** A new agreement re-evaluates the SLA only while no record of the clock is closed (domain digest 3.8.1). */
async function underAgreement(
  tx: Tx,
  order: Order,
  next: Order,
  agreementId: string | null,
): Promise<Order | Refused> {
  const parameters = await tx.parameters()
  const agreement = agreementId === null ? null : await tx.agreement(agreementId)
  if (agreementId !== null && agreement === null)
    return badField('agreementId', 'an agreement of this company')
  if (agreement === null && !parameters.allowWithoutAgreement) return refused('AGREEMENT_REQUIRED')
  if (agreement !== null) {
    const date = dateOfDay(localOf(next.serviceDateTime, parameters.timeZone).day)
    const judged = judgeAgreement(agreement, date)
    if (!judged.ok) return { refusal: judged.refusal }
  }
  const isUntouched = order.clock.records.every((record) => record.endAt === null)
  return { ...next, agreementId, clock: isUntouched ? await clockUnder(tx, agreement) : order.clock }
}

async function cascade(tx: Tx, before: Order, after: Order): Promise<NewEvent[]> {
  const isMoved = JSON.stringify(placeOf(before)) !== JSON.stringify(placeOf(after))
  if (before.priority === after.priority && !isMoved) return []
  const open = await tx.lockActivitiesOfOrder(after.id)
  const changed = open.map(
    (activity): Activity => ({
      ...activity,
      version: activity.version + 1,
      priority: before.priority === after.priority ? activity.priority : after.priority,
      place: isMoved ? placeOf(after) : activity.place,
    }),
  )
  await tx.updateActivities(changed)
  const events: NewEvent[] = []
  for (const [i, activity] of changed.entries()) {
    const was = open[i]
    if (!was) continue
    events.push(...activityEvents('activity-updated', was, activity))
    await tellTechnicians(tx, was, activity)
  }
  return events
}

export async function deleteOrder(
  tx: Tx,
  input: { orderId: string; expectedVersion: number },
): Promise<Outcome | Refused> {
  const order = (await tx.lockOrders([input.orderId])).get(input.orderId)
  if (!order) return refused('NOT_FOUND')
  const guard = await judge(tx, order, input.expectedVersion, 'order-delete')
  if (guard) return guard
  const judged = judgeDelete(order, await contextOf(tx, order))
  if (!judged.ok) return { refusal: judged.refusal }
  const open = await tx.lockActivitiesOfOrder(order.id)
  for (const activity of open)
    if (activity.state === 'dispatched' && activity.technicianId !== null)
      await tx.tell(activity.technicianId, 'removed', { ...activity, version: activity.version + 1 })
  await tx.deleteOrder(order)
  return {
    status: 204,
    body: undefined,
    events: open.map((activity) => activityRemoved('activity-deleted', activity, activity.version + 1)),
  }
}

async function judge(
  tx: Tx,
  order: Order,
  expectedVersion: number,
  action: 'order-edit' | 'order-delete',
): Promise<Refused | null> {
  if (!can(tx.caller.role, action, { own: await isOwnOrder(tx, order) }))
    return refused('FORBIDDEN_ROLE', { act: action })
  if (order.version === expectedVersion) return null
  return refused('VERSION_CONFLICT', {
    expected: expectedVersion,
    current: await viewOfOrder(tx, order),
    changedBy: await changedBy(tx, order.id),
  })
}

async function contextOf(tx: Tx, order: Order): Promise<OrderContext> {
  return {
    now: tx.now,
    stages: await tx.stages(),
    calendar: calendarOf(order, await slaCalendars(tx, [order])),
    parameters: await tx.parameters(),
    reasonId: null,
  }
}
