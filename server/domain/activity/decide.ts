/**
 * What a command makes of an activity: its new state with what the plan then breaks, or a refusal.
 *
 * Pure: state, command and context in, answer out. A conflict of the plan warns, or under `strict` refuses. An overlap
 * that was decided in full view no longer blocks others in the database; every other placement does.
 * Rules: domain digest 2.3 and 3.4.
 */
import { assertNever } from '../assert-never.ts'
import { type Instant, MINUTE } from '../instant.ts'
import type { Order } from '../order/order.ts'
import type { Role } from '../permission/role.ts'
import { conflictsOf, type PlanConflict, type PlanFacts } from '../plan/rules.ts'
import type { Technician } from '../plan/technician.ts'
import { accept, type Result, refuse } from '../refusal.ts'
import type { Activity, FieldStatus, Priority } from './activity.ts'
import { type ActivityAct, isAllowedFrom, isFieldStepAllowed } from './lifecycle.ts'

export type ActivityCommand =
  | {
      readonly type: 'assign'
      readonly technicianId: string | null
      readonly start?: Instant
      readonly end?: Instant
    }
  | {
      readonly type: 'reschedule'
      readonly start: Instant
      readonly end: Instant
      readonly technicianId?: string | null
    }
  | { readonly type: 'dispatch' | 'recall' | 'lock' | 'unlock' | 'close' | 'reopen' }
  | { readonly type: 'prioritise'; readonly priority: Priority }
  | { readonly type: 'field-status'; readonly fieldStatus: FieldStatus }

export type ActivityContext = {
  readonly now: Instant
  readonly actor: {
    readonly userId: string
    readonly role: Role
    readonly technicianId: string | null
    readonly kind: 'user' | 'system' | 'optimiser'
  }
  readonly progress: Order['progress']
  /** The technician that the command names, or the present one; null when there is none or it is unknown. */
  readonly technician: Technician | null
  readonly facts: PlanFacts
  readonly strict: boolean
}

export type ActivityChange = {
  readonly activity: Activity
  readonly type: string
  readonly warnings: readonly PlanConflict[]
}

export function decide(
  activity: Activity,
  command: ActivityCommand,
  context: ActivityContext,
): Result<ActivityChange> {
  const closed = refuseByState(activity, command.type, context)
  if (closed) return closed
  switch (command.type) {
    case 'assign':
      return place(activity, context, 'activity-assigned', {
        technicianId: command.technicianId,
        start: command.start ?? activity.start,
        end: command.end ?? endFor(activity, command.start ?? activity.start, command.start),
      })
    case 'reschedule':
      return place(activity, context, 'activity-rescheduled', {
        technicianId: command.technicianId === undefined ? activity.technicianId : command.technicianId,
        start: command.start,
        end: command.end,
      })
    case 'dispatch':
      return dispatch(activity, context)
    case 'recall':
      return changed(activity, context, 'activity-recalled', { state: 'undispatched', fieldStatus: 'none' })
    case 'prioritise':
      return changed(activity, context, 'activity-prioritised', { priority: command.priority })
    case 'lock':
      return changed(activity, context, 'activity-locked', { locked: true })
    case 'unlock':
      return changed(activity, context, 'activity-unlocked', { locked: false })
    case 'close':
      return changed(activity, context, 'activity-closed', closedBy(context, 'finished', 'done'))
    case 'reopen':
      return reopen(activity, context)
    case 'field-status':
      return fieldStep(activity, context, command.fieldStatus)
    default:
      return assertNever(command)
  }
}

function refuseByState(
  activity: Activity,
  act: ActivityAct,
  context: ActivityContext,
): Result<never> | undefined {
  if (context.progress === 'canceled') return refuse('ORDER_CANCELED', { orderId: activity.orderId })
  if (context.progress === 'posted') return refuse('ORDER_POSTED', { orderId: activity.orderId })
  if (isAllowedFrom(act, activity.state)) return undefined
  if (activity.state === 'closed')
    return refuse('ACTIVITY_CLOSED', {
      activityId: activity.id,
      closedAt: activity.closedAt === null ? null : new Date(activity.closedAt).toISOString(),
      closedBy: activity.closedBy,
    })
  if (act === 'reopen') return refuse('ACTIVITY_NOT_CLOSED', { activityId: activity.id })
  if (act === 'recall' || act === 'field-status')
    return refuse('ACTIVITY_NOT_DISPATCHED', { activityId: activity.id })
  // Someone dispatched it already: doing it again would tell the technician twice.
  return refuse('SUPERSEDED', { activityId: activity.id, state: activity.state })
}

/** Keeps the length: the present span's, else the planned work. */
function endFor(activity: Activity, start: Instant | null, moved: Instant | undefined): Instant | null {
  if (start === null) return null
  if (moved === undefined && activity.end !== null) return activity.end
  const length =
    activity.start !== null && activity.end !== null
      ? activity.end - activity.start
      : activity.durationMinutes * MINUTE
  return start + length
}

type Spot = {
  readonly technicianId: string | null
  readonly start: Instant | null
  readonly end: Instant | null
}

function place(
  activity: Activity,
  context: ActivityContext,
  type: string,
  spot: Spot,
): Result<ActivityChange> {
  const { technician } = context
  if (spot.start !== null && spot.end !== null && spot.end <= spot.start)
    return refuse('VALIDATION', { fields: [{ field: 'end', expected: 'an instant after start' }] })
  if (spot.technicianId === null)
    return changed(
      activity,
      context,
      spot.technicianId === activity.technicianId ? type : 'activity-unassigned',
      {
        technicianId: null,
        start: spot.start,
        end: spot.end,
        blocking: false,
        // Work without a technician cannot be with one.
        state: 'undispatched',
        fieldStatus: 'none',
      },
    )
  if (technician === null || technician.id !== spot.technicianId)
    return refuse('VALIDATION', {
      fields: [{ field: 'technicianId', expected: 'a technician of this company' }],
    })
  if (!technician.active)
    return refuse('WORKER_INACTIVE', { technicianId: technician.id, name: technician.name })
  if (technician.teamId === null)
    return refuse('WORKER_NOT_IN_TEAM', { technicianId: technician.id, name: technician.name })

  const conflicts =
    spot.start === null || spot.end === null
      ? []
      : conflictsOf({ activity, technician, start: spot.start, end: spot.end }, context.facts)
  if (context.strict && conflicts.length > 0) return refuse('PLAN_CONFLICT', { conflicts })
  const handedOver = activity.technicianId !== null && activity.technicianId !== technician.id
  return changed(
    activity,
    context,
    type,
    {
      technicianId: technician.id,
      teamId: technician.teamId,
      boardId: technician.boardId ?? activity.boardId,
      start: spot.start,
      end: spot.end,
      blocking: spot.start !== null && !conflicts.some((conflict) => conflict.kind === 'overlap'),
      // Someone else's acceptance says nothing about the new technician.
      ...(handedOver ? { fieldStatus: 'none' as const } : {}),
    },
    conflicts,
  )
}

function dispatch(activity: Activity, context: ActivityContext): Result<ActivityChange> {
  const { technician } = context
  if (activity.technicianId === null) return refuse('ACTIVITY_UNASSIGNED', { activityId: activity.id })
  if (activity.start === null || activity.end === null)
    return refuse('VALIDATION', { fields: [{ field: 'start', expected: 'a planned start and end' }] })
  if (technician === null || !technician.active)
    return refuse('WORKER_INACTIVE', { technicianId: activity.technicianId })
  if (technician.teamId === null) return refuse('WORKER_NOT_IN_TEAM', { technicianId: technician.id })
  const conflicts = conflictsOf(
    { activity, technician, start: activity.start, end: activity.end },
    context.facts,
  )
  if (context.strict && conflicts.length > 0) return refuse('PLAN_CONFLICT', { conflicts })
  return changed(
    activity,
    context,
    'activity-dispatched',
    { state: 'dispatched', fieldStatus: 'none' },
    conflicts,
  )
}

function reopen(activity: Activity, context: ActivityContext): Result<ActivityChange> {
  const isAssigned = activity.technicianId !== null && activity.start !== null
  return changed(activity, context, 'activity-reopened', {
    // Without a technician there is nobody it could be dispatched to.
    state: isAssigned ? 'dispatched' : 'undispatched',
    fieldStatus: isAssigned ? 'accepted' : 'none',
    closedAt: null,
    closedBy: null,
    closedCause: null,
    // Others may have taken the span meanwhile; reopening must not fail on that.
    blocking: false,
  })
}

function fieldStep(
  activity: Activity,
  context: ActivityContext,
  fieldStatus: FieldStatus,
): Result<ActivityChange> {
  if (!isFieldStepAllowed(activity.fieldStatus, fieldStatus))
    return refuse('SUPERSEDED', {
      activityId: activity.id,
      fieldStatus: activity.fieldStatus,
      asked: fieldStatus,
    })
  if (fieldStatus === 'declined')
    return changed(activity, context, 'activity-declined', { state: 'undispatched', fieldStatus })
  if (fieldStatus === 'done')
    return changed(activity, context, 'activity-closed', closedBy(context, 'finished', 'done'))
  return changed(activity, context, 'activity-field-status', { fieldStatus })
}

const closedBy = (
  context: ActivityContext,
  closedCause: NonNullable<Activity['closedCause']>,
  fieldStatus?: FieldStatus,
): Partial<Activity> => ({
  state: 'closed',
  closedAt: context.now,
  closedBy: context.actor.userId,
  closedCause,
  ...(fieldStatus ? { fieldStatus } : {}),
})

/** Closes an open activity because its order ended. */
export const closeWithOrder = (
  activity: Activity,
  cause: 'orderCanceled' | 'orderPosted',
  at: { readonly now: Instant; readonly userId: string },
): Activity => ({
  ...activity,
  version: activity.version + 1,
  state: 'closed',
  closedAt: at.now,
  closedBy: at.userId,
  closedCause: cause,
})

function changed(
  activity: Activity,
  context: ActivityContext,
  type: string,
  change: Partial<Activity>,
  warnings: readonly PlanConflict[] = [],
): Result<ActivityChange> {
  const isPlannersEdit = context.actor.kind === 'user' && context.actor.role !== 'technician'
  return accept({
    activity: {
      ...activity,
      ...change,
      version: activity.version + 1,
      humanTouchedAt: isPlannersEdit ? context.now : activity.humanTouchedAt,
    },
    type,
    warnings,
  })
}

/** Which promise an event fulfils: the first dispatch responds, the first arrival on site arrives. */
export function targetReached(before: Activity, after: Activity): 'respond' | 'arrive' | null {
  if (after.fieldStatus === 'onSite' && before.fieldStatus !== 'onSite') return 'arrive'
  if (after.state === 'dispatched' && before.state === 'undispatched') return 'respond'
  return null
}
