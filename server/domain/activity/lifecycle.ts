/** The states each command may start from. The server decides by it; the board greys buttons by it. */
import type { ActivityState, FieldStatus } from './activity.ts'

export type ActivityAct =
  | 'assign'
  | 'reschedule'
  | 'dispatch'
  | 'recall'
  | 'prioritise'
  | 'lock'
  | 'unlock'
  | 'close'
  | 'reopen'
  | 'field-status'
  | 'update'

export const allowedFrom = {
  assign: ['undispatched', 'dispatched'],
  reschedule: ['undispatched', 'dispatched'],
  dispatch: ['undispatched'],
  recall: ['dispatched'],
  prioritise: ['undispatched', 'dispatched'],
  lock: ['undispatched', 'dispatched'],
  unlock: ['undispatched', 'dispatched'],
  close: ['undispatched', 'dispatched'],
  reopen: ['closed'],
  'field-status': ['dispatched'],
  update: ['undispatched', 'dispatched'],
} as const satisfies Record<ActivityAct, readonly ActivityState[]>

export const isAllowedFrom = (act: ActivityAct, state: ActivityState): boolean =>
  (allowedFrom[act] as readonly ActivityState[]).includes(state)

/**
 * The technician's steps. `declined` hands the work back; every other step goes forward. A step may be left out
 * (someone forgot to say "travelling"), never taken back.
 */
const order: readonly FieldStatus[] = ['none', 'received', 'seen', 'accepted', 'travelling', 'onSite', 'done']

export function isFieldStepAllowed(from: FieldStatus, to: FieldStatus): boolean {
  if (to === 'declined') return order.indexOf(from) <= order.indexOf('accepted')
  return order.indexOf(to) > Math.max(0, order.indexOf(from)) || (from === 'declined' && to === 'accepted')
}

/** Work that has begun stays where it is: nobody plans it away from under the technician. */
export const isUnderWay = (status: FieldStatus): boolean => status === 'travelling' || status === 'onSite'
