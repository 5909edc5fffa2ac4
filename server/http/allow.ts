/**
 * Who may read what, by the permission matrix. Rights to change are judged by the use cases, inside their transaction.
 *
 * `own` passes here: what is own is cut out by the readers themselves, record by record.
 */
import { type Action, can } from '../domain/permission/permission.ts'
import type { Seen } from '../ports/reading.ts'
import type { Ask } from './endpoint.ts'
import { HttpProblem } from './problem.ts'

export function allow(
  { caller }: Pick<Ask<unknown, unknown>, 'caller'>,
  action: Action,
  circumstances: { own: boolean } = { own: true },
): void {
  if (!can(caller.role, action, { reading: true, related: true, ...circumstances }))
    throw new HttpProblem('FORBIDDEN_ROLE', { role: caller.role, action })
}

/** The record, or the answer for one that is not there or not to be seen. */
export function seen<T>(record: Seen<T>): T {
  if (record === null) throw new HttpProblem('NOT_FOUND')
  if (record === 'hidden') throw new HttpProblem('FORBIDDEN_ROLE')
  return record
}

export function found<T>(record: T | null | undefined): T {
  if (record === null || record === undefined) throw new HttpProblem('NOT_FOUND')
  return record
}
