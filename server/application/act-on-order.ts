/** Acts on one order: stages, cancellation, sign-off, posting, lines, and the clock by hand. */
import type { OrderLineCreate } from '../contract/order.ts'
import type { Activity } from '../domain/activity/activity.ts'
import { closeWithOrder } from '../domain/activity/decide.ts'
import {
  addLine,
  cancelLine,
  cancelOrder,
  changeStage,
  moveClock,
  type OrderChange,
  type OrderContext,
  postOrder,
  revokeLine,
  revokeOrder,
  signOff,
  undoSignOff,
} from '../domain/order/decide.ts'
import type { Order } from '../domain/order/order.ts'
import { hasReached, rootStage } from '../domain/order/stages.ts'
import { type Action, can } from '../domain/permission/permission.ts'
import type { Result } from '../domain/refusal.ts'
import type { NewEvent, Outcome, Refused, Tx } from '../ports/commands.ts'
import { activityEvents, orderEvents, viewOfOrder } from './board-changes.ts'
import { badField, calendarOf, changedBy, isOwnOrder, refused, slaCalendars } from './context.ts'
import { lineOf, missingLineReference } from './create-order.ts'
import { activitiesForLines } from './generate-activities.ts'
import { boardsOfOrder, saveOrder } from './save-order.ts'
import { tellTechnicians } from './tell-technicians.ts'

type Reasoned = { readonly reasonId?: string | undefined; readonly note?: string | undefined }
export type OrderAct =
  | ({ readonly type: 'change-stage'; readonly stageId: string } & Reasoned)
  | ({ readonly type: 'cancel' | 'revoke' | 'sign-off' | 'undo-sign-off' | 'post' } & Reasoned)
  | ({
      readonly type: 'sla-start' | 'sla-stop' | 'sla-cancel'
      readonly at?: string | undefined
    } & Reasoned)
  | { readonly type: 'add-line'; readonly line: OrderLineCreate }
  | { readonly type: 'cancel-line' | 'revoke-line'; readonly lineId: string }

const actionOf: Record<OrderAct['type'], Action> = {
  'change-stage': 'order-stage',
  cancel: 'order-cancel',
  revoke: 'order-cancel',
  'sign-off': 'order-sign-off',
  'undo-sign-off': 'order-sign-off',
  post: 'order-post',
  'sla-start': 'sla-start-stop',
  'sla-stop': 'sla-start-stop',
  'sla-cancel': 'sla-cancel',
  'add-line': 'order-lines',
  'cancel-line': 'order-cancel',
  'revoke-line': 'order-cancel',
}

export async function actOnOrder(
  tx: Tx,
  input: { orderId: string; expectedVersion: number; act: OrderAct },
): Promise<Outcome | Refused> {
  const { act } = input
  const order = (await tx.lockOrders([input.orderId])).get(input.orderId)
  if (!order) return refused('NOT_FOUND')
  const stages = await tx.stages()
  const parameters = await tx.parameters()
  const may = can(tx.caller.role, actionOf[act.type], {
    own: await isOwnOrder(tx, order),
    technicianCanPost: parameters.technicianCanPost,
    ...(act.type === 'change-stage'
      ? { stageRoles: stages.find((stage) => stage.id === act.stageId)?.allowedRoles ?? [] }
      : {}),
  })
  if (!may) return refused('FORBIDDEN_ROLE', { act: act.type })
  if (order.version !== input.expectedVersion)
    return refused('VERSION_CONFLICT', {
      expected: input.expectedVersion,
      current: await viewOfOrder(tx, order),
      changedBy: await changedBy(tx, order.id),
    })
  const reasonId = ('reasonId' in act ? act.reasonId : undefined) ?? null
  if (reasonId !== null && !(await tx.exists('reason_code', reasonId)))
    return badField('reasonId', 'a reason code of this company')
  if (act.type === 'add-line') {
    const missing = await missingLineReference(tx, act.line)
    if (missing) return missing
  }
  const calendar = calendarOf(order, await slaCalendars(tx, [order]))
  const decided = decideAct(tx, order, act, { now: tx.now, stages, calendar, parameters, reasonId })
  if (!decided.ok) return { refusal: decided.refusal }
  return write(tx, order, decided.value, act, reasonId)
}

function decideAct(tx: Tx, order: Order, act: OrderAct, context: OrderContext): Result<OrderChange> {
  switch (act.type) {
    case 'change-stage':
      return changeStage(order, act.stageId, context)
    case 'cancel':
      return cancelOrder(order, context)
    case 'revoke':
      return revokeOrder(order, context)
    case 'sign-off':
      return signOff(order, context)
    case 'undo-sign-off':
      return undoSignOff(order)
    case 'post':
      return postOrder(order, context)
    case 'sla-start':
    case 'sla-stop':
    case 'sla-cancel': {
      const kind = act.type === 'sla-start' ? 'start' : act.type === 'sla-stop' ? 'stop' : 'cancel'
      return moveClock(order, kind, act.at === undefined ? tx.now : Date.parse(act.at), context)
    }
    case 'add-line': {
      const lineNum = Math.max(0, ...order.lines.map((line) => line.lineNum)) + 1
      return addLine(order, lineOf(tx, act.line, lineNum), context)
    }
    case 'cancel-line':
      return cancelLine(order, act.lineId, context)
    case 'revoke-line':
      return revokeLine(order, act.lineId, context)
  }
}

async function write(
  tx: Tx,
  before: Order,
  change: OrderChange,
  act: OrderAct,
  reasonId: string | null,
): Promise<Outcome> {
  const { order } = change
  const boards = await boardsOfOrder(tx, order.id)
  const events: NewEvent[] = []
  if (change.closes) events.push(...(await closeOpenActivities(tx, order, change.closes)))
  else if (act.type === 'cancel-line') events.push(...(await closeLineActivities(tx, order, act.lineId)))
  const saved = await saveOrder(tx, { before, order, type: change.type, boards })
  const generated = act.type === 'change-stage' || act.type === 'add-line' ? await generate(tx, order) : []
  if (reasonId !== null && change.reasonType)
    await tx.logReason({
      orderId: order.id,
      stageId: order.stageId,
      reasonId,
      note: ('note' in act ? act.note : undefined) ?? '',
      type: change.reasonType,
    })
  return {
    status: 200,
    version: order.version,
    body: await viewOfOrder(tx, order),
    // The order's new state goes first, so that a closed bar is never drawn under a running clock.
    events: [...saved.events, ...events, ...generated],
    effects: saved.effects,
  }
}

async function closeOpenActivities(
  tx: Tx,
  order: Order,
  cause: 'orderCanceled' | 'orderPosted',
): Promise<NewEvent[]> {
  const open = await tx.lockActivitiesOfOrder(order.id)
  const closed = open.map((activity) =>
    closeWithOrder(activity, cause, { now: tx.now, userId: tx.caller.userId }),
  )
  return closeAll(tx, open, closed)
}

async function closeLineActivities(tx: Tx, order: Order, lineId: string): Promise<NewEvent[]> {
  const open = (await tx.lockActivitiesOfOrder(order.id)).filter(
    (activity) => activity.orderLineId === lineId,
  )
  const closed = open.map((activity) =>
    closeWithOrder(activity, 'orderCanceled', { now: tx.now, userId: tx.caller.userId }),
  )
  return closeAll(tx, open, closed)
}

async function closeAll(tx: Tx, open: readonly Activity[], closed: readonly Activity[]): Promise<NewEvent[]> {
  await tx.updateActivities(closed)
  const events: NewEvent[] = []
  for (const [i, activity] of closed.entries()) {
    const before = open[i]
    if (!before) continue
    events.push(...activityEvents('activity-closed', before, activity))
    await tellTechnicians(tx, before, activity)
  }
  return events
}

/** The order reached the generation stage, or got a line after it: lines that need a visit get their bar, once. */
async function generate(tx: Tx, order: Order): Promise<NewEvent[]> {
  const parameters = await tx.parameters()
  const stages = await tx.stages()
  const stageId = parameters.activityGenerationStageId ?? rootStage(stages)?.id
  if (parameters.createActivityRule !== 'always' || stageId === undefined) return []
  if (!hasReached(stages, order.stageId, stageId)) return []
  const activities = await activitiesForLines(tx, order)
  await tx.insertActivities(activities)
  return [
    ...(await orderEvents(
      tx,
      'order-arrived',
      order,
      new Set(activities.map((activity) => activity.boardId)),
    )),
    ...activities.flatMap((activity) => activityEvents('activity-created', null, activity)),
  ]
}
