/** A company's parameters: one record, read by everybody who works with its rules, changed by its managers. */
import type { ParametersView } from '../contract/records.ts'
import { can } from '../domain/permission/permission.ts'
import type { Outcome, Refused, Tx } from '../ports/commands.ts'

export async function parametersView(tx: Tx): Promise<ParametersView> {
  const { timeZone, slaWarnPercent, ...rest } = await tx.parameters()
  const rows = await tx.query<{ version: number }>('SELECT version FROM company WHERE id = $1', [
    tx.caller.companyId,
  ])
  return { version: rows[0]?.version ?? 1, timeZone, ...rest, slaWarnPercent: [...slaWarnPercent] }
}

const references = {
  calendarId: 'calendar',
  activityGenerationStageId: 'stage',
  defaultAgreementGroupId: 'agreement_group',
  defaultBoardId: 'board',
} as const

export async function changeParameters(
  tx: Tx,
  asked: { expectedVersion: number; put: Readonly<Record<string, unknown>> },
): Promise<Outcome | Refused> {
  const { companyId, role, kind } = tx.caller
  if (kind === 'user' && !can(role, 'configure'))
    return { refusal: { code: 'FORBIDDEN_ROLE', details: { role, action: 'configure' } } }
  const rows = await tx.query<{ version: number; parameters: Record<string, unknown>; time_zone: string }>(
    'SELECT version, parameters, time_zone FROM company WHERE id = $1 FOR UPDATE',
    [companyId],
  )
  const stored = rows[0]
  if (!stored) return { refusal: { code: 'NOT_FOUND' } }
  if (stored.version !== asked.expectedVersion)
    return {
      refusal: {
        code: 'VERSION_CONFLICT',
        details: { expected: asked.expectedVersion, current: await parametersView(tx) },
      },
    }
  for (const [field, table] of Object.entries(references)) {
    const id = asked.put[field]
    if (typeof id !== 'string') continue
    // The table comes from the fixed list above.
    const found = await tx.query(`SELECT 1 AS found FROM ${table} WHERE company_id = $1 AND id = $2`, [
      companyId,
      id,
    ])
    if (found.length === 0)
      return {
        refusal: {
          code: 'VALIDATION',
          details: { fields: [{ field, expected: 'a record of this company' }] },
        },
      }
  }
  const { timeZone, ...parameters } = asked.put
  await tx.query('UPDATE company SET parameters = $2, time_zone = $3, version = version + 1 WHERE id = $1', [
    companyId,
    JSON.stringify({ ...stored.parameters, ...parameters }),
    timeZone ?? stored.time_zone,
  ])
  const view = await parametersView(tx)
  return { status: 200, body: view, version: view.version }
}
