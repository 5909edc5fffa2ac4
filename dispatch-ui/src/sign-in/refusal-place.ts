/** Where a refused sign-in is said, and for how long the form stays closed. */
import type { Problem } from '../sync/api.ts'

export type Field = 'company' | 'email' | 'password'
export type SignInRefusal =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly seconds: number }
  | { readonly kind: 'fields'; readonly fields: readonly Field[] }
  | { readonly kind: 'other'; readonly why: string }

const fields: readonly Field[] = ['company', 'email', 'password']

export function refusalOf(problem: Problem): SignInRefusal {
  if (problem.code === 'WRONG_CREDENTIALS') return { kind: 'wrong' }
  const seconds = problem.details?.retrySeconds
  if (problem.code === 'ACCOUNT_CLOSED' || problem.status === 429)
    return { kind: 'locked', seconds: typeof seconds === 'number' && seconds > 0 ? seconds : 5 }
  const named = problem.code === 'VALIDATION' ? namedFields(problem.details) : []
  return named.length > 0
    ? { kind: 'fields', fields: named }
    : { kind: 'other', why: problem.detail ?? problem.title }
}

function namedFields(details: unknown): Field[] {
  const list = Array.isArray(details)
    ? details
    : typeof details === 'object' && details !== null && 'fields' in details && Array.isArray(details.fields)
      ? details.fields
      : []
  const named = list.map((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'field' in entry ? String(entry.field) : '',
  )
  return fields.filter((field) => named.some((name) => name.endsWith(field)))
}
