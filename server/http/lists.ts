/** What every list takes: how many, from where, in which order. */
import { type TProperties, Type } from 'typebox'
import { closed } from '../contract/common.ts'
import { BadCursorError, BadSortError } from '../ports/records.ts'
import { HttpProblem } from './problem.ts'

const paging = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 500, description: 'At most so many; 50 when left out' }),
  ),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 3000, description: '`nextCursor` of the page before' }),
  ),
}

export const listQuery = <P extends TProperties>(sorts: readonly string[], filters: P) =>
  Type.Object(
    {
      ...paging,
      sort: Type.Optional(
        Type.Enum([...sorts.flatMap((name) => [name, `-${name}`])], {
          description: 'A leading `-` turns the order',
        }),
      ),
      ...filters,
    },
    closed,
  )

export const pageOf = (query: { limit?: number; cursor?: string; sort?: string }) => ({
  limit: query.limit ?? 50,
  cursor: query.cursor ?? null,
  sort: query.sort ?? null,
})

/** Runs a list; a cursor or order that is not ours is the asker's mistake. */
export async function listing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BadCursorError)
      throw new HttpProblem('VALIDATION', {
        fields: [{ field: 'cursor', expected: 'nextCursor of the same list' }],
      })
    if (error instanceof BadSortError)
      throw new HttpProblem('VALIDATION', {
        fields: [{ field: 'sort', expected: `one of ${error.sorts.join(', ')}` }],
      })
    throw error
  }
}
