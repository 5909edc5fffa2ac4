/**
 * What a collection of master data can ask for beyond its schema.
 */
import type { AnyRecord } from '../../contract/records.ts'
import type { Activity } from '../../domain/activity/activity.ts'
import type { Action } from '../../domain/permission/permission.ts'
import type { Refusal } from '../../domain/refusal.ts'
import type { NewEvent, Tx } from '../../ports/commands.ts'
import type { Records } from '../../ports/records.ts'

export type Fields = Readonly<Record<string, unknown>>

export type RecordRules = {
  readonly action: Action
  readonly defaults: Fields
  /** Work that locks what comes earlier in the order of locks than the record itself. */
  readonly prepare?: (tx: Tx, id: string, patch: Fields) => Promise<readonly Activity[]>
  /** Completes or refuses the record that is about to be written. */
  readonly judge?: (context: Judged) => Promise<AnyRecord | Refusal>
  /** After the write: what else changes with it, and what boards hear. */
  readonly follow?: (context: Followed) => Promise<readonly NewEvent[]>
  /** What must be so before a record may go. */
  readonly judgeRemoval?: (context: { tx: Tx; record: AnyRecord }) => Promise<Refusal | null>
}

export type Judged = {
  readonly tx: Tx
  readonly records: Records
  readonly before: AnyRecord | null
  readonly after: AnyRecord
}
export type Followed = {
  readonly tx: Tx
  readonly before: AnyRecord | null
  /** Null when it was removed. */
  readonly after: AnyRecord | null
  readonly locked: readonly Activity[]
  readonly passwordChanged: boolean
}

export const isRefusal = (value: AnyRecord | Refusal): value is Refusal => !('id' in value)

export const wrong = (field: string, expected: string): Refusal => ({
  code: 'VALIDATION',
  details: { fields: [{ field, expected }] },
})

export const asId = (value: unknown): string | null => (typeof value === 'string' ? value : null)
