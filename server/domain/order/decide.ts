/**
 * What a command makes of an order: new state, or a refusal.
 *
 * The clock moves with the order in the same decision: a stage that stops time stops it, leaving that stage restarts
 * it, sign-off, posting and cancellation stop it. Rules: domain digest 2.1, 2.2, 3.3, 3.7 to 3.11.
 */
import type { Calendar } from '../calendar/calendar.ts'
import type { Instant } from '../instant.ts'
import { accept, type Result, refuse } from '../refusal.ts'
import { cancel as cancelClock, openRecord, start, stop, wasStoppedByStage } from '../sla/clock.ts'
import type { ClockSource, SlaClock } from '../sla/sla.ts'
import type { Order, OrderLine } from './order.ts'
import { progressOf } from './progress.ts'
import type { Stage } from './stage.ts'
import { moveBetween } from './stages.ts'

export type OrderContext = {
  readonly now: Instant
  readonly stages: readonly Stage[]
  /** The calendar of the order's SLA. */
  readonly calendar: Calendar | null
  readonly parameters: {
    readonly reasonOnExceed: boolean
    readonly reasonOnCancel: boolean
    readonly signOffRequired: 'none' | 'order' | 'line'
  }
  readonly reasonId: string | null
}

export type OrderChange = {
  readonly order: Order
  readonly type: string
  /** Which kind of reason-log entry the given reason belongs to. */
  readonly reasonType?: 'stageChange' | 'close' | 'cancel'
  /** The order ended: its open activities close with this cause. */
  readonly closes?: 'orderCanceled' | 'orderPosted'
}

const ended = (order: Order): Result<never> | undefined => {
  if (order.progress === 'canceled') return refuse('ORDER_CANCELED', { orderId: order.id })
  if (order.progress === 'posted') return refuse('ORDER_POSTED', { orderId: order.id })
  return undefined
}

export const stageOf = (order: Order, stages: readonly Stage[]): Stage => {
  const stage = stages.find((s) => s.id === order.stageId)
  if (!stage) throw new Error(`order ${order.id} stands in stage ${order.stageId}, which does not exist`)
  return stage
}

const forbids = (stage: Stage, what: 'modify' | 'delete' | 'cancel' | 'post') =>
  refuse('STAGE_FORBIDS', { stage: stage.code, what })

const next = (order: Order, change: Partial<Order>): Order => ({
  ...order,
  ...change,
  version: order.version + 1,
})

/** Guards every edit of header and lines. */
export function judgeEdit(order: Order, context: OrderContext): Result<null> {
  const over = ended(order)
  if (over) return over
  const stage = stageOf(order, context.stages)
  return stage.canModify ? accept(null) : forbids(stage, 'modify')
}

export function changeStage(order: Order, toId: string, context: OrderContext): Result<OrderChange> {
  const over = ended(order)
  if (over) return over
  const move = moveBetween(context.stages, order.stageId, toId)
  if (!move.ok) return move
  const { to } = move.value
  if (to.requiresReason && context.reasonId === null)
    return refuse('REASON_REQUIRED', { because: `entering stage ${to.code}` })
  const clock = clockForStage(order, to, context)
  if (!clock.ok) return clock
  return accept({
    order: next(order, { stageId: to.id, clock: clock.value }),
    type: 'order-stage-changed',
    reasonType: 'stageChange',
  })
}

function clockForStage(order: Order, to: Stage, context: OrderContext): Result<SlaClock> {
  const { clock } = order
  if (to.stopsTimeRecording) return stopIfRunning(clock, 'stage', context)
  // Signed-off work is done: a step back to correct its papers does not count against the promise.
  if (!wasStoppedByStage(clock) || order.signedOff) return accept(clock)
  return start(clock, context.calendar, { at: context.now, now: context.now, source: 'stage' })
}

function stopIfRunning(clock: SlaClock, source: ClockSource, context: OrderContext): Result<SlaClock> {
  if (openRecord(clock) === null) return accept(clock)
  const { now, reasonId, parameters, calendar } = context
  return stop(clock, calendar, { at: now, now, source, reasonId, reasonOnExceed: parameters.reasonOnExceed })
}

/** Cancels all created lines, and the order with them. An order without lines is cancelled as it stands. */
export function cancelOrder(order: Order, context: OrderContext): Result<OrderChange> {
  if (order.progress === 'canceled') return refuse('ORDER_CANCELED', { orderId: order.id })
  if (order.lines.some((line) => line.status === 'posted'))
    return refuse('ORDER_POSTED', { orderId: order.id })
  const stage = stageOf(order, context.stages)
  if (!stage.canCancel) return forbids(stage, 'cancel')
  const clock = stopForCancel(order.clock, context)
  if (!clock.ok) return clock
  const lines = order.lines.map(
    (line): OrderLine =>
      line.status === 'created' ? { ...line, status: 'canceled', canceledWithOrder: true } : line,
  )
  return accept({
    order: next(order, { lines, progress: 'canceled', clock: clock.value }),
    type: 'order-canceled',
    closes: 'orderCanceled',
    reasonType: 'cancel',
  })
}

/** Cancelling is not a judgement of the promise, so an exceeded clock needs no reason here. */
const stopForCancel = (clock: SlaClock, context: OrderContext): Result<SlaClock> =>
  stopIfRunning(clock, 'orderCancel', {
    ...context,
    parameters: { ...context.parameters, reasonOnExceed: false },
  })

/** Revives the lines that the order's own cancellation killed. The clock stays stopped; a person restarts it. */
export function revokeOrder(order: Order, context: OrderContext): Result<OrderChange> {
  if (order.progress !== 'canceled')
    return refuse('LINE_NOT_CREATED', { orderId: order.id, progress: order.progress })
  const stage = stageOf(order, context.stages)
  if (!stage.canCancel) return forbids(stage, 'cancel')
  const lines = order.lines.map(
    (line): OrderLine =>
      line.canceledWithOrder ? { ...line, status: 'created', canceledWithOrder: false } : line,
  )
  if (progressOf(lines) === 'canceled')
    return refuse('ORDER_CANCELED', { orderId: order.id, because: 'its lines were cancelled one by one' })
  return accept({ order: next(order, { lines, progress: progressOf(lines) }), type: 'order-revoked' })
}

export function signOff(order: Order, context: OrderContext): Result<OrderChange> {
  const over = ended(order)
  if (over) return over
  const clock = stopIfRunning(order.clock, 'signOff', context)
  if (!clock.ok) return clock
  const lines = order.lines.map((line) => (line.status === 'created' ? { ...line, signedOff: true } : line))
  return accept({
    order: next(order, { signedOff: true, signedOffAt: context.now, lines, clock: clock.value }),
    type: 'order-signed-off',
    reasonType: 'close',
  })
}

export function undoSignOff(order: Order): Result<OrderChange> {
  if (order.lines.some((line) => line.status === 'posted'))
    return refuse('ORDER_POSTED', { orderId: order.id })
  const lines = order.lines.map((line) => ({ ...line, signedOff: false }))
  return accept({
    order: next(order, { signedOff: false, signedOffAt: null, lines }),
    type: 'order-sign-off-undone',
  })
}

export function postOrder(order: Order, context: OrderContext): Result<OrderChange> {
  const over = ended(order)
  if (over) return over
  const stage = stageOf(order, context.stages)
  if (!stage.canPost) return forbids(stage, 'post')
  if (order.projectId === null)
    return refuse('PROJECT_REQUIRED', { because: 'posting goes through the project' })
  const { signOffRequired } = context.parameters
  const open = order.lines.filter((line) => line.status === 'created')
  if (signOffRequired === 'order' && !order.signedOff)
    return refuse('SIGN_OFF_REQUIRED', { orderId: order.id })
  if (signOffRequired === 'line' && open.some((line) => !line.signedOff))
    return refuse('SIGN_OFF_REQUIRED', {
      lines: open.filter((line) => !line.signedOff).map((line) => line.id),
    })
  if (open.length === 0) return refuse('LINE_NOT_CREATED', { orderId: order.id })
  const clock = stopIfRunning(order.clock, 'posting', context)
  if (!clock.ok) return clock
  const lines = order.lines.map(
    (line): OrderLine => (line.status === 'created' ? { ...line, status: 'posted' } : line),
  )
  return accept({
    order: next(order, { lines, progress: progressOf(lines), clock: clock.value }),
    type: 'order-posted',
    closes: 'orderPosted',
    reasonType: 'close',
  })
}

export function cancelLine(order: Order, lineId: string, context: OrderContext): Result<OrderChange> {
  return changeLine(order, lineId, 'created', 'canceled', context)
}

export function revokeLine(order: Order, lineId: string, context: OrderContext): Result<OrderChange> {
  return changeLine(order, lineId, 'canceled', 'created', context)
}

function changeLine(
  order: Order,
  lineId: string,
  from: OrderLine['status'],
  to: OrderLine['status'],
  context: OrderContext,
): Result<OrderChange> {
  const line = order.lines.find((l) => l.id === lineId)
  if (!line) return refuse('NOT_FOUND')
  if (line.status !== from) return refuse('LINE_NOT_CREATED', { lineId, status: line.status })
  const stage = stageOf(order, context.stages)
  if (!stage.canCancel) return forbids(stage, 'cancel')
  const lines = order.lines.map((l) => (l.id === lineId ? { ...l, status: to, canceledWithOrder: false } : l))
  const progress = progressOf(lines)
  const clock = clockForProgress(order.clock, progress, context)
  if (!clock.ok) return clock
  return accept({
    order: next(order, { lines, progress, clock: clock.value }),
    type: to === 'canceled' ? 'order-line-canceled' : 'order-line-revoked',
    ...(progress === 'canceled' ? { closes: 'orderCanceled' as const } : {}),
    ...(progress === 'posted' ? { closes: 'orderPosted' as const } : {}),
  })
}

/** An order ends with its last open line: cancelled with it, or posted because the others were. */
function clockForProgress(
  clock: SlaClock,
  progress: Order['progress'],
  context: OrderContext,
): Result<SlaClock> {
  if (progress === 'inProcess') return accept(clock)
  return progress === 'canceled' ? stopForCancel(clock, context) : stopIfRunning(clock, 'posting', context)
}

export function addLine(order: Order, line: OrderLine, context: OrderContext): Result<OrderChange> {
  const edit = judgeEdit(order, context)
  if (!edit.ok) return edit
  const lines = [...order.lines, line]
  return accept({ order: next(order, { lines, progress: progressOf(lines) }), type: 'order-line-added' })
}

/** A person starts, stops or cancels the clock by hand. */
export function moveClock(
  order: Order,
  act: 'start' | 'stop' | 'cancel',
  at: Instant,
  context: OrderContext,
): Result<OrderChange> {
  const moved = movedClock(order, act, at, context)
  if (!moved.ok) return moved
  return accept({
    order: next(order, { clock: moved.value }),
    type: `sla-${act === 'cancel' ? 'canceled' : act === 'start' ? 'started' : 'stopped'}`,
    ...(act === 'start' ? {} : { reasonType: act === 'stop' ? ('close' as const) : ('cancel' as const) }),
  })
}

function movedClock(
  order: Order,
  act: 'start' | 'stop' | 'cancel',
  at: Instant,
  context: OrderContext,
): Result<SlaClock> {
  const { now, calendar, reasonId, parameters } = context
  if (act === 'cancel')
    return cancelClock(order.clock, { at: now, reasonId, reasonOnCancel: parameters.reasonOnCancel })
  if (act === 'stop')
    return stop(order.clock, calendar, {
      at,
      now,
      source: 'manual',
      reasonId,
      reasonOnExceed: parameters.reasonOnExceed,
    })
  const stage = stageOf(order, context.stages)
  const blocked = stage.stopsTimeRecording || order.signedOff || order.progress !== 'inProcess'
  if (blocked && order.clock.status === 'stopped')
    return refuse('SLA_BLOCKED', { stage: stage.code, signedOff: order.signedOff, progress: order.progress })
  return start(order.clock, calendar, { at, now, source: 'manual' })
}

export function judgeDelete(order: Order, context: OrderContext): Result<null> {
  if (order.lines.some((line) => line.status === 'posted'))
    return refuse('ORDER_POSTED', { orderId: order.id })
  const stage = stageOf(order, context.stages)
  return stage.canDelete ? accept(null) : forbids(stage, 'delete')
}
