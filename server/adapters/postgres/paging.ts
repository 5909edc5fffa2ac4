/**
 * Pages by position, not by number: the next page starts after the last record seen, so that records added or taken
 * away meanwhile neither repeat nor hide others. Nulls come last in both directions.
 */
import { BadCursorError } from '../../ports/records.ts'

export type SortColumn = {
  readonly name: string
  /** SQL of what is sorted by; from our own tables of columns, never from outside. */
  readonly sql: string
  readonly kind: 'text' | 'number' | 'instant' | 'boolean'
}

export type Sort = SortColumn & { readonly descending: boolean }

type Position = { readonly value: string | number | boolean | null; readonly id: string }

export function sortOf(columns: readonly SortColumn[], asked: string | null, otherwise: string): Sort | null {
  const text = asked ?? otherwise
  const descending = text.startsWith('-')
  const column = columns.find((c) => c.name === (descending ? text.slice(1) : text))
  return column ? { ...column, descending } : null
}

const label = (sort: Sort): string => `${sort.descending ? '-' : ''}${sort.name}`

export function writeCursor(sort: Sort, value: unknown, id: string): string {
  const plain = value instanceof Date ? value.toISOString() : value
  return Buffer.from(JSON.stringify([label(sort), plain ?? null, id])).toString('base64url')
}

export function readCursor(sort: Sort, cursor: string): Position {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw new BadCursorError()
  }
  if (!Array.isArray(parsed) || parsed.length !== 3) throw new BadCursorError()
  const [name, value, id]: unknown[] = parsed
  if (
    name !== label(sort) ||
    typeof id !== 'string' ||
    !/^[A-Za-z0-9_-]{1,40}$/.test(id) ||
    !fits(sort, value)
  )
    throw new BadCursorError()
  return { value, id }
}

function fits(sort: Sort, value: unknown): value is Position['value'] {
  if (value === null) return true
  switch (sort.kind) {
    case 'text':
      return typeof value === 'string' && value.length <= 2000 && !/\p{Surrogate}|\0/u.test(value)
    case 'instant':
      return (
        typeof value === 'string' &&
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
        !Number.isNaN(Date.parse(value))
      )
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
  }
}

const cast = { text: 'text', number: 'numeric', instant: 'timestamptz', boolean: 'boolean' } as const

/** Condition and order for the page after `cursor`; parameters are appended to `values`. */
export function pageSql(
  sort: Sort,
  idSql: string,
  cursor: string | null,
  values: unknown[],
): { where: string; order: string } {
  const direction = sort.descending ? 'DESC' : 'ASC'
  const order = `${sort.sql} ${direction} NULLS LAST, ${idSql} ${direction}`
  if (cursor === null) return { where: 'true', order }
  const { value, id } = readCursor(sort, cursor)
  const beyond = sort.descending ? '<' : '>'
  const idAt = `$${values.push(id)}`
  if (value === null) return { where: `(${sort.sql} IS NULL AND ${idSql} ${beyond} ${idAt})`, order }
  const valueAt = `$${values.push(value)}::${cast[sort.kind]}`
  return {
    where: `(${sort.sql} ${beyond} ${valueAt} OR (${sort.sql} = ${valueAt} AND ${idSql} ${beyond} ${idAt}) OR ${sort.sql} IS NULL)`,
    order,
  }
}

/** A search text as a LIKE pattern: what people type means itself. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
