/**
 * Making, changing and removing master data: one use case for all collections.
 *
 * Every change is a command like any other: judged inside the transaction, versioned, told to the boards it concerns.
 */
import type { AnyRecord, CollectionName } from '../contract/records.ts'
import { can } from '../domain/permission/permission.ts'
import type { Refusal } from '../domain/refusal.ts'
import type { Outcome, Refused, Tx } from '../ports/commands.ts'
import type { Records, Secrets } from '../ports/records.ts'
import { recordRules } from './record-rules/record-rules.ts'
import { isRefusal } from './record-rules/rule.ts'

type Fields = Readonly<Record<string, unknown>>

const forbidden = (tx: Tx, collection: CollectionName): Refused | null => {
  const { role, kind } = tx.caller
  const { action } = recordRules[collection]
  return kind !== 'user' || can(role, action)
    ? null
    : { refusal: { code: 'FORBIDDEN_ROLE', details: { role, action } } }
}

export async function createRecord(
  tx: Tx,
  records: Records,
  asked: { collection: CollectionName; body: Fields; secrets?: Secrets },
): Promise<Outcome | Refused> {
  const { collection, body } = asked
  const denied = forbidden(tx, collection)
  if (denied) return denied
  const rules = recordRules[collection]
  const made: AnyRecord = { ...rules.defaults, ...body, id: tx.newId(), version: 1 }
  const record = await judged(tx, records, collection, null, made)
  if (isRefusal(record)) return { refusal: record }
  const refusal = await records.insert(tx, collection, record, asked.secrets ?? {})
  if (refusal) return { refusal }
  const events =
    (await rules.follow?.({ tx, before: null, after: record, locked: [], passwordChanged: false })) ?? []
  return {
    status: 201,
    body: await shown(tx, records, collection, record.id),
    version: record.version,
    location: `/api/v1/${collection}/${record.id}`,
    events,
  }
}

export async function updateRecord(
  tx: Tx,
  records: Records,
  asked: {
    collection: CollectionName
    id: string
    expectedVersion: number
    patch: Fields
    secrets?: Secrets
  },
): Promise<Outcome | Refused> {
  const { collection, id, patch } = asked
  const denied = forbidden(tx, collection)
  if (denied) return denied
  const rules = recordRules[collection]
  const locked = (await rules.prepare?.(tx, id, patch)) ?? []
  const before = await records.lock(tx, collection, id)
  if (!before) return { refusal: { code: 'NOT_FOUND' } }
  const conflict = await conflictOf(tx, before, asked.expectedVersion)
  if (conflict) return conflict
  const after = await judged(tx, records, collection, before, {
    ...before,
    ...patch,
    id,
    version: before.version + 1,
  })
  if (isRefusal(after)) return { refusal: after }
  const secrets = asked.secrets ?? {}
  const refusal = await records.update(tx, collection, after, secrets)
  if (refusal) return { refusal }
  const events =
    (await rules.follow?.({
      tx,
      before,
      after,
      locked,
      passwordChanged: secrets.passwordHash !== undefined,
    })) ?? []
  return { status: 200, body: await shown(tx, records, collection, id), version: after.version, events }
}

export async function deleteRecord(
  tx: Tx,
  records: Records,
  asked: { collection: CollectionName; id: string; expectedVersion: number },
): Promise<Outcome | Refused> {
  const { collection, id } = asked
  const denied = forbidden(tx, collection)
  if (denied) return denied
  const rules = recordRules[collection]
  const before = await records.lock(tx, collection, id)
  if (!before) return { refusal: { code: 'NOT_FOUND' } }
  const conflict = await conflictOf(tx, before, asked.expectedVersion)
  if (conflict) return conflict
  const stop = (await rules.judgeRemoval?.({ tx, record: before })) ?? (await usedByParameters(tx, id))
  if (stop) return { refusal: stop }
  const events = (await rules.follow?.({ tx, before, after: null, locked: [], passwordChanged: false })) ?? []
  const refusal = await records.remove(tx, collection, id)
  if (refusal) return { refusal }
  return { status: 204, body: undefined, events }
}

async function judged(
  tx: Tx,
  records: Records,
  collection: CollectionName,
  before: AnyRecord | null,
  after: AnyRecord,
): Promise<AnyRecord | Refusal> {
  const missing = await records.missing(tx, collection, after)
  if (missing.length > 0)
    return {
      code: 'VALIDATION',
      details: { fields: missing.map((field) => ({ field, expected: 'a record of this company' })) },
    }
  return (await recordRules[collection].judge?.({ tx, records, before, after })) ?? after
}

async function conflictOf(tx: Tx, current: AnyRecord, expected: number): Promise<Refused | null> {
  if (current.version === expected) return null
  const rows = await tx.query<{ name: string; at: Date }>(
    `SELECT payload->'actor'->>'name' AS name, at FROM board_event
     WHERE company_id = $1 AND entity_id = $2 ORDER BY at DESC, seq DESC LIMIT 1`,
    [tx.caller.companyId, current.id],
  )
  const by = rows[0]
  return {
    refusal: {
      code: 'VERSION_CONFLICT',
      details: {
        expected,
        current,
        ...(by ? { changedBy: { name: by.name, at: by.at.toISOString() } } : {}),
      },
    },
  }
}

/** Parameters name records in a document, where no foreign key watches over them. */
async function usedByParameters(tx: Tx, id: string): Promise<Refusal | null> {
  const parameters = await tx.parameters()
  const named = [
    parameters.calendarId,
    parameters.activityGenerationStageId,
    parameters.defaultAgreementGroupId,
    parameters.defaultBoardId,
  ]
  return named.includes(id) ? { code: 'IN_USE', details: { by: 'parameters' } } : null
}

/** As it now stands in the store, defaults of the database included. */
async function shown(tx: Tx, records: Records, collection: CollectionName, id: string): Promise<AnyRecord> {
  const record = await records.lock(tx, collection, id)
  if (!record) throw new Error(`${collection} ${id} was written and is not there`)
  return record
}
