/**
 * Who may do what: the permission matrix of the domain digest, section 4, as data.
 *
 * `all` may always, `own` only on own work, `related` only on unassigned work and on teams the user owns, joined or
 * watches, `read` may look. An administrator is a manager who also keeps users; a customer sees own orders only.
 */
import type { Role } from './role.ts'

export type Action =
  | 'configure'
  | 'master-data'
  | 'users'
  | 'agreement'
  | 'agreement-suspend'
  | 'order-bulk'
  | 'order-create'
  | 'order-read'
  | 'order-edit'
  | 'order-lines'
  | 'order-cancel'
  | 'order-delete'
  | 'order-stage'
  | 'order-sign-off'
  | 'order-post'
  | 'sla-start-stop'
  | 'sla-cancel'
  | 'sla-read'
  | 'sla-statistics'
  | 'board-read'
  | 'activity-plan'
  | 'activity-work'
  | 'optimise'
  | 'import'

export type Grant = 'all' | 'related' | 'own' | 'read' | 'none'

type Row = Readonly<Record<Role, Grant>>
const row = (
  manager: Grant,
  dispatcher: Grant,
  technician: Grant,
  customerService: Grant,
  customer: Grant = 'none',
): Row => ({
  manager,
  administrator: manager,
  dispatcher,
  technician,
  'customer-service': customerService,
  customer,
})

export const matrix: Readonly<Record<Action, Row>> = {
  configure: row('all', 'read', 'read', 'read'),
  'master-data': row('all', 'all', 'read', 'all'),
  users: { ...row('none', 'none', 'none', 'none'), administrator: 'all', manager: 'all' },
  agreement: row('all', 'read', 'read', 'read'),
  'agreement-suspend': row('all', 'none', 'none', 'none'),
  'order-bulk': row('all', 'all', 'none', 'none'),
  'order-create': row('all', 'all', 'own', 'all'),
  'order-read': row('all', 'all', 'own', 'all', 'own'),
  'order-edit': row('all', 'all', 'own', 'all'),
  'order-lines': row('all', 'all', 'own', 'all'),
  'order-cancel': row('all', 'all', 'none', 'all'),
  'order-delete': row('all', 'all', 'none', 'none'),
  'order-stage': row('all', 'all', 'own', 'none'),
  'order-sign-off': row('all', 'all', 'own', 'none'),
  'order-post': row('all', 'all', 'own', 'none'),
  'sla-start-stop': row('all', 'all', 'own', 'none'),
  'sla-cancel': row('all', 'all', 'none', 'none'),
  'sla-read': row('all', 'all', 'own', 'all', 'own'),
  'sla-statistics': row('all', 'all', 'none', 'read'),
  'board-read': row('all', 'all', 'own', 'read'),
  'activity-plan': row('all', 'related', 'none', 'none'),
  'activity-work': row('all', 'all', 'own', 'none'),
  optimise: row('all', 'all', 'none', 'none'),
  import: row('all', 'all', 'none', 'none'),
}

export type Circumstances = {
  /** The caller has an activity or a line on it, or is its customer. */
  readonly own?: boolean
  /** The work is unassigned, or belongs to a team of the caller. */
  readonly related?: boolean
  /** Company parameter: technicians may post. */
  readonly technicianCanPost?: boolean
  /** Roles that the target stage admits; empty means every role that may change stages. */
  readonly stageRoles?: readonly Role[]
  /** Only looking, not changing. */
  readonly reading?: boolean
}

export function can(role: Role, action: Action, circumstances: Circumstances = {}): boolean {
  const grant = matrix[action][role]
  if (action === 'order-post' && role === 'technician' && circumstances.technicianCanPost !== true)
    return false
  if (action === 'order-stage' && !isStageOpenTo(role, circumstances.stageRoles ?? [])) return false
  if (grant === 'all') return true
  if (grant === 'related') return circumstances.reading === true || circumstances.related === true
  if (grant === 'own') return circumstances.own === true
  if (grant === 'read') return circumstances.reading === true
  return false
}

/** A technician moves an order only into stages that name the role; the others wherever they are not shut out. */
function isStageOpenTo(role: Role, stageRoles: readonly Role[]): boolean {
  if (role === 'technician') return stageRoles.includes('technician')
  return stageRoles.length === 0 || stageRoles.includes(role) || role === 'administrator'
}
