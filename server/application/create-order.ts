/**
 * An order comes in: references checked, agreement and SLA resolved, clock started, lines and their activities made.
 *
 * A manual order under an agreement with a running SLA is measured from now. What is not said is filled from the
 * agreement, the project and the customer.
 */
import type { OrderCreate, OrderLineCreate } from '../contract/order.ts'
import { dateOfDay, localOf } from '../domain/calendar/local-time.ts'
import { judgeAgreement } from '../domain/order/agreement.ts'
import type { Address, Order, OrderLine } from '../domain/order/order.ts'
import { hasReached, rootStage } from '../domain/order/stages.ts'
import { can } from '../domain/permission/permission.ts'
import { attach, noClock } from '../domain/sla/clock.ts'
import type { AgreementFacts, Effect, NewEvent, Outcome, Refused, Tx } from '../ports/commands.ts'
import { activityEvents, orderEvents, viewOfOrder } from './board-changes.ts'
import { badField, refused } from './context.ts'
import { activitiesForLines } from './generate-activities.ts'
import { planWatches } from './save-order.ts'

export async function createOrder(tx: Tx, body: OrderCreate): Promise<Outcome | Refused> {
  const { caller } = tx
  const own =
    caller.technicianId !== null && (body.lines ?? []).some((l) => l.technicianId === caller.technicianId)
  if (!can(caller.role, 'order-create', { own })) return refused('FORBIDDEN_ROLE', { act: 'create order' })
  if (body.externalId && (await tx.orderIdByExternalId(body.externalId)) !== null)
    return refused('DUPLICATE', {
      field: 'externalId',
      orderId: await tx.orderIdByExternalId(body.externalId),
    })

  const made = await orderOf(tx, body)
  if ('refusal' in made) return made
  const written = await writeNewOrder(tx, made)
  return {
    status: 201,
    version: made.version,
    location: `/api/v1/orders/${made.id}`,
    body: await viewOfOrder(tx, made),
    ...written,
  }
}

/** Inserts the order, generates its activities where the parameters say so, and tells their boards. */
export async function writeNewOrder(
  tx: Tx,
  order: Order,
): Promise<{ events: NewEvent[]; effects: Effect[] }> {
  await tx.insertOrder(order)
  const effects = await planWatches(tx, order)
  const parameters = await tx.parameters()
  const stages = await tx.stages()
  const generationStage = parameters.activityGenerationStageId ?? rootStage(stages)?.id
  const generates =
    parameters.createActivityRule === 'always' &&
    generationStage !== undefined &&
    hasReached(stages, order.stageId, generationStage)
  const activities = generates ? await activitiesForLines(tx, order) : []
  await tx.insertActivities(activities)
  const boards = new Set(activities.map((activity) => activity.boardId))
  const events = [
    ...(await orderEvents(tx, 'order-created', order, boards)),
    ...activities.flatMap((activity) => activityEvents('activity-created', null, activity)),
  ]
  return { events, effects }
}

async function orderOf(tx: Tx, body: OrderCreate): Promise<Order | Refused> {
  const parameters = await tx.parameters()
  const agreement = body.agreementId ? await tx.agreement(body.agreementId) : null
  if (body.agreementId && agreement === null) return badField('agreementId', 'an agreement of this company')
  if (agreement === null && !parameters.allowWithoutAgreement) return refused('AGREEMENT_REQUIRED')

  const projectId = body.projectId ?? agreement?.projectId ?? null
  const project = projectId === null ? null : await tx.project(projectId)
  if (projectId !== null && project === null) return badField('projectId', 'a project of this company')
  const customerId = body.customerId ?? agreement?.customerId ?? project?.customerId ?? null
  if (customerId === null)
    return badField('customerId', 'a customer, where there is neither project nor agreement')
  const missing = await missingReference(tx, body, customerId)
  if (missing) return missing

  const serviceDateTime = body.serviceDateTime === undefined ? tx.now : Date.parse(body.serviceDateTime)
  if (agreement !== null) {
    const judged = judgeAgreement(agreement, dateOfDay(localOf(serviceDateTime, parameters.timeZone).day))
    if (!judged.ok) return { refusal: judged.refusal }
  }
  const root = rootStage(await tx.stages())
  if (!root) return refused('STAGE_FORBIDS', { because: 'the company has no stages yet' })
  const [number] = await tx.nextNumbers('order', 1)
  return {
    id: tx.newId(),
    version: 1,
    companyId: tx.caller.companyId,
    number: `SO-${String(number).padStart(6, '0')}`,
    externalId: body.externalId ?? null,
    description: body.description || agreement?.description || '',
    customerId,
    projectId,
    agreementId: agreement?.id ?? null,
    serviceDateTime,
    stageId: root.id,
    progress: 'inProcess',
    priority: body.priority ?? 'normal',
    // The schema gives the address the members of `Address`; exact optional types differ only in `undefined`.
    address: (body.address as Address | null | undefined) ?? project?.address ?? null,
    preferredTechnicianId: body.preferredTechnicianId ?? agreement?.preferredTechnicianId ?? null,
    signedOff: false,
    signedOffAt: null,
    origin: tx.caller.role === 'customer' ? 'web' : 'user',
    createdAt: tx.now,
    lines: (body.lines ?? []).map((line, i) => lineOf(tx, line, i + 1)),
    clock: await clockUnder(tx, agreement),
  }
}

/** The clock that an order made now runs under this agreement. */
export async function clockUnder(tx: Tx, agreement: AgreementFacts | null): Promise<Order['clock']> {
  const terms = agreement?.terms ?? null
  if (terms === null) return noClock
  const calendar =
    terms.calendarId === null ? null : (await tx.calendars([terms.calendarId])).get(terms.calendarId)
  return attach(terms, calendar ?? null, tx.now)
}

export function lineOf(tx: Tx, line: OrderLineCreate, lineNum: number): OrderLine {
  const instant = (text: string | null | undefined): number | null => (text ? Date.parse(text) : null)
  return {
    id: tx.newId(),
    lineNum,
    transactionType: line.transactionType,
    status: 'created',
    description: line.description ?? '',
    qty: line.qty,
    technicianId: line.technicianId ?? null,
    itemId: line.itemId ?? null,
    typeId: line.typeId ?? null,
    requiredSkills: line.requiredSkills ?? [],
    earliestStart: instant(line.earliestStart),
    latestEnd: instant(line.latestEnd),
    signedOff: false,
    canceledWithOrder: false,
  }
}

export async function missingReference(
  tx: Tx,
  body: Pick<OrderCreate, 'preferredTechnicianId' | 'lines'>,
  customerId: string | null,
): Promise<Refused | null> {
  if (customerId !== null && !(await tx.exists('customer', customerId)))
    return badField('customerId', 'a customer of this company')
  if (body.preferredTechnicianId && !(await tx.exists('technician', body.preferredTechnicianId)))
    return badField('preferredTechnicianId', 'a technician of this company')
  for (const [i, line] of (body.lines ?? []).entries()) {
    const missing = await missingLineReference(tx, line, `lines[${i}].`)
    if (missing) return missing
  }
  return null
}

export async function missingLineReference(
  tx: Tx,
  line: OrderLineCreate,
  prefix = '',
): Promise<Refused | null> {
  if (line.technicianId && !(await tx.exists('technician', line.technicianId)))
    return badField(`${prefix}technicianId`, 'a technician of this company')
  if (line.typeId && !(await tx.exists('activity_type', line.typeId)))
    return badField(`${prefix}typeId`, 'an activity type of this company')
  if (line.itemId && !(await tx.exists('item', line.itemId)))
    return badField(`${prefix}itemId`, 'an item of this company')
  if (line.transactionType === 'item' && !line.itemId)
    return badField(`${prefix}itemId`, 'the item of an item line')
  return null
}
