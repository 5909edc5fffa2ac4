/**
 * The policies that a board has had: kept at every change, told to everybody who watches, readable as a history.
 *
 * A policy leaves out what stays ordinary. What changed is judged by what counts, defaults filled in, so that writing a
 * default out is no change and makes no version.
 */

import { defaultPolicy } from '../contract/default-policy.ts'
import type { BoardPolicy, PolicyVersion } from '../contract/policy.ts'
import type { AnyRecord } from '../contract/records.ts'
import type { NewEvent, Tx } from '../ports/commands.ts'

export type PolicyPage = { readonly items: PolicyVersion[]; readonly nextCursor: string | null }

/** After a board was made or changed: its first policy, or the next one. */
export async function followBoard(
  tx: Tx,
  before: AnyRecord | null,
  after: AnyRecord | null,
): Promise<readonly NewEvent[]> {
  if (after === null) return []
  // Board records carry a policy that was checked against its schema.
  const policy = after.policy as BoardPolicy
  if (before === null) {
    await keep(tx, after.id, 1, policy)
    return []
  }
  if (policyChanges(before.policy as BoardPolicy, policy).length === 0) return []
  const rows = await tx.query<{ policy_version: number }>(
    `UPDATE board SET policy_version = policy_version + 1 WHERE company_id = $1 AND id = $2 RETURNING policy_version`,
    [tx.caller.companyId, after.id],
  )
  const version = rows[0]?.policy_version
  if (version === undefined) throw new Error(`board ${after.id} was written and is not there`)
  // A board that was not made by this use case has no first version yet; nobody knows who set it.
  await keep(tx, after.id, version - 1, before.policy as BoardPolicy, nobody)
  await keep(tx, after.id, version, policy)
  return [
    {
      board: after.id,
      type: 'board-policy-changed',
      entity: 'board',
      entityId: after.id,
      entityVersion: after.version,
      body: { board: { id: after.id, version: after.version, policyVersion: version, policy } },
    },
  ]
}

type Hand = { readonly id: string | null; readonly name: string | null }
const nobody: Hand = { id: null, name: null }

async function keep(
  tx: Tx,
  boardId: string,
  version: number,
  policy: BoardPolicy,
  by: Hand = { id: tx.caller.kind === 'user' ? tx.caller.userId : null, name: tx.caller.userName },
): Promise<void> {
  await tx.query(
    `INSERT INTO board_policy (company_id, board_id, version, policy, changed_at, changed_by_id, changed_by_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [
      tx.caller.companyId,
      boardId,
      version,
      JSON.stringify(policy),
      new Date(tx.now).toISOString(),
      by.id,
      by.name,
    ],
  )
}

/** Newest first, each with what it changed; null when there is no such board. */
export async function boardPolicies(
  tx: Tx,
  asked: { boardId: string; before: number | null; limit: number },
): Promise<PolicyPage | null> {
  const rows = await tx.query<{
    version: number
    policy: BoardPolicy
    changed_at: Date
    changed_by_id: string | null
    changed_by_name: string | null
  }>(
    // One more than is shown, because a version is told by what it changed of the one before.
    `SELECT version, policy, changed_at, changed_by_id, changed_by_name FROM board_policy
      WHERE company_id = $1 AND board_id = $2 AND version < $3 ORDER BY version DESC LIMIT $4`,
    [tx.caller.companyId, asked.boardId, asked.before ?? Number.MAX_SAFE_INTEGER, asked.limit + 1],
  )
  if (rows.length === 0 && !(await tx.boards([asked.boardId])).has(asked.boardId)) return null
  const items = rows.slice(0, asked.limit).map((row, i): PolicyVersion => {
    const older = rows[i + 1]
    return {
      version: row.version,
      at: row.changed_at.toISOString(),
      by: { id: row.changed_by_id, name: row.changed_by_name },
      policy: row.policy,
      changes: older === undefined ? [] : policyChanges(older.policy, row.policy),
    }
  })
  const last = items.at(-1)
  return { items, nextCursor: rows.length > asked.limit && last ? String(last.version) : null }
}

type Value = number | boolean | string

/** What counts differently, by the name of the field; weights as `weights.late`. */
export function policyChanges(before: BoardPolicy, after: BoardPolicy): PolicyVersion['changes'] {
  const was = flat(before)
  const is = flat(after)
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((field) => {
    const from = was.get(field) ?? null
    const to = is.get(field) ?? null
    return from === to ? [] : [{ field, from, to }]
  })
}

function flat(policy: BoardPolicy): Map<string, Value> {
  const { weights, ...switches } = { ...defaultPolicy, ...policy }
  const values = new Map<string, Value>(Object.entries(switches))
  for (const [name, value] of Object.entries({ ...defaultPolicy.weights, ...policy.weights }))
    values.set(`weights.${name}`, value)
  return values
}
