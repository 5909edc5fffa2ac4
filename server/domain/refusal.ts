/**
 * A refusal is an answer the business expects: a value with a stable code and the facts a person needs, never an
 * exception. Codes are listed in the contract; their HTTP status and sentence live in http/.
 */
export type Refusal = {
  readonly code: RefusalCode
  /** Facts for the sentence and for machines: field names, current versions, conflicting activities. */
  readonly details?: Readonly<Record<string, unknown>>
}

export type RefusalCode =
  | 'VALIDATION'
  | 'FORBIDDEN_ROLE'
  | 'NOT_FOUND'
  | 'VERSION_CONFLICT'
  | 'AGREEMENT_SUSPENDED'
  | 'AGREEMENT_IS_TEMPLATE'
  | 'AGREEMENT_HAS_ORDERS'
  | 'LINE_STOPPED'
  | 'OUTSIDE_VALIDITY'
  | 'AGREEMENT_REQUIRED'
  | 'PROJECT_REQUIRED'
  | 'PROJECT_TYPE_NOT_ALLOWED'
  | 'STAGE_NOT_ADJACENT'
  | 'STAGE_FORBIDS'
  | 'STAGE_ROOT_EXISTS'
  | 'STAGE_PARENT_IMMUTABLE'
  | 'REASON_REQUIRED'
  | 'ORDER_POSTED'
  | 'ORDER_CANCELED'
  | 'LINE_NOT_CREATED'
  | 'HAS_ITEM_REQUIREMENT'
  | 'SIGN_OFF_REQUIRED'
  | 'JOURNAL_MISSING'
  | 'CONFIRM_REQUIRED'
  | 'SLA_NONE'
  | 'SLA_ALREADY_RUNNING'
  | 'SLA_NOT_RUNNING'
  | 'SLA_CANCELED'
  | 'SLA_SUSPENDED'
  | 'SLA_BLOCKED'
  | 'SLA_BAD_TIME'
  | 'WORKER_INACTIVE'
  | 'WORKER_NOT_IN_TEAM'
  | 'ACTIVITY_CLOSED'
  | 'ACTIVITY_UNASSIGNED'
  | 'ACTIVITY_NOT_DISPATCHED'
  | 'ACTIVITY_NOT_CLOSED'
  | 'ACTIVITY_LOCKED'
  | 'PLAN_CONFLICT'
  | 'OWNER_NOT_EMPLOYEE'
  | 'IN_USE'
  | 'DUPLICATE'
  | 'PROPOSAL_STALE'
  | 'SUPERSEDED'
  | 'IMPORT_BAD_FILE'

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal }

export const accept = <T>(value: T): Result<T> => ({ ok: true, value })
export const refuse = (code: RefusalCode, details?: Readonly<Record<string, unknown>>): Result<never> => ({
  ok: false,
  refusal: details === undefined ? { code } : { code, details },
})
