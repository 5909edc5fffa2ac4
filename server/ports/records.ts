/**
 * Master data as the generic engine reads and writes it: any collection, by its name.
 *
 * Writes happen inside a command's transaction. What the store's own walls refuse (a code that exists, a record still
 * in use) comes back as a refusal; the use case that gets one must end with it, since its transaction is spent.
 */
import type { AnyRecord, CollectionName } from '../contract/records.ts'
import type { Refusal } from '../domain/refusal.ts'
import type { Tx } from './commands.ts'

export type RecordQuery = {
  readonly limit: number
  readonly cursor: string | null
  /** A field's name, with `-` before it for the other direction. */
  readonly sort: string | null
  readonly q: string | null
  /** Field = value, exactly; the field is one the collection lets itself be filtered by. */
  readonly filters: Readonly<Record<string, string | number | boolean>>
}

export type RecordPage = { readonly items: readonly AnyRecord[]; readonly nextCursor: string | null }

export interface Records {
  /** Fields a collection can be filtered and sorted by. */
  filtersOf(collection: CollectionName): readonly string[]
  sortsOf(collection: CollectionName): readonly string[]
  /** Throws `BadCursorError` when the cursor is not one of ours. */
  list(companyId: string, collection: CollectionName, query: RecordQuery): Promise<RecordPage>
  get(companyId: string, collection: CollectionName, id: string): Promise<AnyRecord | null>

  lock(tx: Tx, collection: CollectionName, id: string): Promise<AnyRecord | null>
  /** Which of the named records do not exist, as `field` names. */
  missing(
    tx: Tx,
    collection: CollectionName,
    record: Readonly<Record<string, unknown>>,
  ): Promise<readonly string[]>
  insert(tx: Tx, collection: CollectionName, record: AnyRecord, secrets: Secrets): Promise<Refusal | null>
  /** The row must still have `record.version - 1`. */
  update(tx: Tx, collection: CollectionName, record: AnyRecord, secrets: Secrets): Promise<Refusal | null>
  remove(tx: Tx, collection: CollectionName, id: string): Promise<Refusal | null>
}

/** What is stored but never read back. */
export type Secrets = { readonly passwordHash?: string }

export class BadCursorError extends Error {
  constructor() {
    super('the cursor is not one of ours')
    this.name = 'BadCursorError'
  }
}

export class BadSortError extends Error {
  readonly sorts: readonly string[]
  constructor(sorts: readonly string[]) {
    super('the list cannot be sorted by that')
    this.name = 'BadSortError'
    this.sorts = sorts
  }
}
