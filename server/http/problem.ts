/**
 * Every refusal and fault as people and programs see it: RFC 9457 problem documents.
 *
 * A document never carries a stack, SQL or a key; `instance` is the request's id, by which the log finds the rest. The words
 * are in `problem-table.ts`.
 */
import type { Problem } from '../contract/common.ts'
import type { Refusal } from '../domain/refusal.ts'
import type { CommandRequest, Refused } from '../ports/commands.ts'
import { type Details, type ProblemCode, problems, said } from './problem-table.ts'

export type Language = 'en' | 'fr'

/** A refusal on its way out of a handler; the error hook turns it into its document. */
export class HttpProblem extends Error {
  readonly code: ProblemCode
  readonly details: Details | undefined
  readonly headers: Readonly<Record<string, string>>
  constructor(code: ProblemCode, details?: Details, headers: Readonly<Record<string, string>> = {}) {
    super(code)
    this.name = 'HttpProblem'
    this.code = code
    this.details = details
    this.headers = headers
  }
}

export const statusOf = (code: ProblemCode): number => problems[code].status

export function problemOf(
  code: ProblemCode,
  details: Details | undefined,
  about: { language: Language; instance: string },
): Problem {
  const { status, [about.language]: words } = problems[code]
  const detail = typeof words.detail === 'function' ? words.detail(details ?? {}) : words.detail
  // Field errors are the whole of a validation's details: a list, as clients read it.
  const shown = code === 'VALIDATION' && details && Array.isArray(details.fields) ? details.fields : details
  return {
    type: `/problems/${code.toLowerCase().replaceAll('_', '-')}`,
    title: words.title,
    status,
    ...(detail === undefined || detail === '' ? {} : { detail }),
    instance: about.instance,
    code,
    ...(shown === undefined ? {} : { details: shown }),
  }
}

/** What HTTP adds to a command, so that its stored refusal is already in the asker's language. */
export type AskedBy = { readonly language?: Language; readonly requestId?: string }

/** A refusal as it is stored with its command: a replay repeats these bytes. */
export function writeRefusal(
  { refusal }: Refused,
  request: CommandRequest & AskedBy,
): { status: number; body: string } {
  return {
    status: statusOf(refusal.code),
    body: JSON.stringify(
      problemOf(refusal.code, detailsOf(refusal), {
        language: request.language ?? 'en',
        instance: request.requestId ?? request.key ?? 'system',
      }),
    ),
  }
}

/** Use cases name a single field as `{field, expected}`; clients always get a list of them. */
function detailsOf({ code, details }: Refusal): Details | undefined {
  if (code !== 'VALIDATION' || details === undefined || Array.isArray(details.fields)) return details
  if (typeof details.field !== 'string') return details
  return { fields: [{ expected: said(details.rule, 'another value'), ...details }] }
}

/** French when the asker likes it better than English; English otherwise. */
export function languageOf(header: string | undefined): Language {
  if (header === undefined || header.length > 500) return 'en'
  const liked = { en: -1, fr: -1 }
  for (const part of header.split(',')) {
    const [tag = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const q = parameters.find((text) => text.startsWith('q='))
    const weight = q === undefined ? 1 : Number(q.slice(2))
    const name = tag.split('-')[0]
    if ((name === 'en' || name === 'fr') && weight >= 0) liked[name] = Math.max(liked[name], weight)
  }
  return liked.fr > liked.en ? 'fr' : 'en'
}
