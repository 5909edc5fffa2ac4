/**
 * Users: who may make whom, who must stay, and whose sessions end.
 */
import type { AnyRecord } from '../../contract/records.ts'
import type { Refusal } from '../../domain/refusal.ts'
import type { NewEvent, Tx } from '../../ports/commands.ts'
import { type Followed, type Judged, type RecordRules, wrong } from './rule.ts'

export async function judgeUser({ tx, before, after }: Judged): Promise<AnyRecord | Refusal> {
  const rank = judgeRank(tx, before, after)
  if (rank) return rank
  if (after.role === 'technician' && after.technicianId === null)
    return wrong('technicianId', 'the technician this user is')
  if (after.role === 'customer' && after.customerId === null)
    return wrong('customerId', 'the customer this user belongs to')
  return (before && (await keepsAdministrator(tx, before, after))) ?? after
}

/** Managers keep users, but make and change no administrators. */
function judgeRank(tx: Tx, before: AnyRecord | null, after: AnyRecord | null): Refusal | null {
  const touches = before?.role === 'administrator' || after?.role === 'administrator'
  return touches && tx.caller.kind === 'user' && tx.caller.role !== 'administrator'
    ? { code: 'FORBIDDEN_ROLE', details: { role: tx.caller.role, action: 'users' } }
    : null
}

async function keepsAdministrator(
  tx: Tx,
  before: AnyRecord,
  after: AnyRecord | null,
): Promise<Refusal | null> {
  const stays = after !== null && after.role === 'administrator' && after.active === true
  if (before.role !== 'administrator' || before.active !== true || stays) return null
  const others = await tx.query(
    `SELECT id FROM app_user WHERE company_id = $1 AND role = 'administrator' AND active AND id <> $2
     ORDER BY id FOR SHARE`,
    [tx.caller.companyId, before.id],
  )
  return others.length === 0
    ? { code: 'IN_USE', details: { by: 'the company: it is its last administrator' } }
    : null
}

const rights = ['role', 'technicianId', 'customerId', 'monitoredTeamIds', 'active', 'email'] as const

/** Rights that changed are judged anew everywhere; who is out, or has a new password, is signed out. */
export async function followUser({
  tx,
  before,
  after,
  passwordChanged,
}: Followed): Promise<readonly NewEvent[]> {
  if (before === null) return []
  const { companyId, sessionId } = tx.caller
  const changed =
    after === null || rights.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  if (!changed && !passwordChanged) return []
  const isOut = after === null || after.active !== true
  if (after !== null)
    await tx.query('UPDATE app_user SET perm_version = perm_version + 1 WHERE company_id = $1 AND id = $2', [
      companyId,
      after.id,
    ])
  if (isOut || passwordChanged) {
    const ended = await tx.query<{ id: string }>(
      `UPDATE session SET revoked_at = now()
       WHERE company_id = $1 AND user_id = $2 AND revoked_at IS NULL AND id IS DISTINCT FROM $3 RETURNING id`,
      // Who changes the own password stays signed in here and nowhere else.
      [companyId, before.id, isOut ? null : sessionId],
    )
    for (const { id } of ended)
      await tx.query("SELECT append_security_event($1, 'session-revoked', $2, $3)", [
        companyId,
        before.id,
        id,
      ])
  }
  await tx.query('SELECT append_security_event($1, $2, $3, NULL)', [
    companyId,
    isOut ? 'user-disabled' : 'user-changed',
    before.id,
  ])
  return []
}

/** What must be so before a user may go. */
export const judgeUserRemoval: NonNullable<RecordRules['judgeRemoval']> = async ({ tx, record }) =>
  (await keepsAdministrator(tx, record, null)) ?? judgeRank(tx, record, null)
