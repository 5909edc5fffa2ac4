/**
 * What every part of the open transaction has at hand: the connection, whose transaction it is, and a way to ask.
 *
 * The surprising rule: statements are planned once per connection, under a name each, so their texts must stand in the code.
 */
import type pg from 'pg'
import { type Caller, DoubleBookingError } from '../../../ports/commands.ts'

export type Asking = {
  readonly client: pg.ClientBase
  readonly caller: Caller
  readonly company: string
  readonly now: number
  readonly newId: () => string
  readonly all: <Row extends Record<string, unknown>>(
    sql: string,
    values?: readonly unknown[],
  ) => Promise<Row[]>
}

export const asking = (options: {
  client: pg.ClientBase
  caller: Caller
  now: number
  newId: () => string
}): Asking => ({
  ...options,
  company: options.caller.companyId,
  all: async <Row extends Record<string, unknown>>(sql: string, values: readonly unknown[] = []) =>
    // pg types rows by the caller; the column lists in `../rows/` are what makes the types true.
    (await options.client.query<Row>({ name: nameOf(sql), text: sql, values: values as unknown[] })).rows,
})

/** `($1,$2),($3,$4)…` for `rows` rows of `width` columns. */
export const tuples = (rows: number, width: number): string =>
  Array.from(
    { length: rows },
    (_, r) => `(${Array.from({ length: width }, (_, c) => `$${r * width + c + 1}`).join(',')})`,
  ).join(',')

/**
 * Statements are planned once per connection: with row-level security planning costs as much as running. Their texts
 * stand in the code, so there are a few dozen names and never more.
 */
const names = new Map<string, string>()
function nameOf(sql: string): string {
  const known = names.get(sql)
  if (known !== undefined) return known
  const name = `s${names.size}`
  names.set(sql, name)
  return name
}

const EXCLUSION_VIOLATION = '23P01'

/** A technician's spans may not overlap: the database's own wall behind the version checks. */
export const wallHit = (error: unknown): unknown =>
  error instanceof Error && 'code' in error && error.code === EXCLUSION_VIOLATION
    ? new DoubleBookingError({ cause: error })
    : error

export const byId = <T extends { id: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.id, item]))
