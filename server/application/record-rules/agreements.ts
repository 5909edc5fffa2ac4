/**
 * Agreements and stages: an agreement that has orders keeps its project, and stages keep the shape of a tree.
 */
import type { AnyRecord } from '../../contract/records.ts'
import { judgeStage } from '../../domain/order/stages.ts'
import { can } from '../../domain/permission/permission.ts'
import type { Refusal } from '../../domain/refusal.ts'
import { judgeSlaUse } from './clocks.ts'
import { asId, type Judged, wrong } from './rule.ts'

export async function judgeAgreement(context: Judged): Promise<AnyRecord | Refusal> {
  const { tx, before, after } = context
  const { companyId, role } = tx.caller
  if ((before?.suspended ?? false) !== after.suspended && !can(role, 'agreement-suspend'))
    return { code: 'FORBIDDEN_ROLE', details: { role, action: 'agreement-suspend' } }
  if (typeof after.endDate === 'string' && after.endDate < String(after.startDate))
    return wrong('endDate', 'a date not before startDate')
  const groupId = after.groupId ?? (await tx.parameters()).defaultAgreementGroupId
  if (typeof groupId !== 'string') return wrong('groupId', 'an agreement group')
  const projects = await tx.query<{ customer_id: string; type: string }>(
    'SELECT customer_id, type FROM project WHERE company_id = $1 AND id = $2',
    [companyId, after.projectId],
  )
  const project = projects[0]
  if (!project) return wrong('projectId', 'a project of this company')
  if (project.type === 'time') return { code: 'PROJECT_TYPE_NOT_ALLOWED', details: { type: project.type } }
  if (before !== null && (before.projectId !== after.projectId || before.isTemplate !== after.isTemplate)) {
    const orders = await tx.query(
      'SELECT 1 AS found FROM service_order WHERE company_id = $1 AND agreement_id = $2 LIMIT 1',
      [companyId, after.id],
    )
    if (orders.length > 0) return { code: 'AGREEMENT_HAS_ORDERS' }
  }
  const complete = { ...after, groupId, customerId: project.customer_id }
  return judgeSlaUse({ ...context, after: complete })
}

export async function judgeStageRecord({ tx, before, after }: Judged): Promise<AnyRecord | Refusal> {
  const judged = judgeStage(await tx.stages(), {
    id: before === null ? null : after.id,
    parentStageId: asId(after.parentStageId),
  })
  return judged.ok ? after : judged.refusal
}
