/**
 * A client of the HTTP API for our own tools: signs in, and repeats what the server asked to repeat.
 *
 * A write carries a key of its own for as long as it is tried, so an answer lost on the way costs a repetition and never
 * a second effect. Waiting is bounded; whoever calls learns of the last answer.
 */
import { randomUUID } from 'node:crypto'

export type Answer = { readonly status: number; readonly body: unknown; readonly headers: Headers }
export type Ask = {
  readonly body?: unknown
  readonly form?: () => FormData
  readonly expectedVersion?: number
  /** The idempotency key; made here when absent. */
  readonly key?: string
  /** Gives up after this long; 60 seconds when absent. */
  readonly withinMs?: number
}

export type Client = {
  readonly urls: readonly string[]
  readonly user: { id: string; technicianId: string | null }
  readonly token: string
  get(path: string): Promise<Answer>
  send(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, ask?: Ask): Promise<Answer>
}

export class AnswerError extends Error {
  readonly answer: Answer
  constructor(what: string, answer: Answer) {
    super(`${what}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`)
    this.name = 'AnswerError'
    this.answer = answer
  }
}

const WITHIN_MS = 60_000
const ONE_TRY_MS = 20_000

export type SignIn = { company: string; email: string; password: string }

/** Signs in at the first of the addresses that answers; later requests go round all of them. */
export async function signIn(urls: readonly string[], who: SignIn): Promise<Client> {
  let turn = 0
  // Whoever calls may hold more than the three members that the door asks for.
  const body = JSON.stringify({ company: who.company, email: who.email, password: who.password })
  // The list is not empty: the launcher prints at least one address, and the command line demands one.
  const url = (): string => urls[turn++ % urls.length] as string
  const answer = await repeat('POST /sessions', WITHIN_MS, () =>
    call(`${url()}/api/v1/sessions`, { method: 'POST', headers: json, body }),
  )
  if (answer.status >= 300) throw new AnswerError('signing in', answer)
  // The contract of POST /sessions.
  const { token, user } = answer.body as { token: string; user: { id: string; technicianId: string | null } }
  const authorization = { authorization: `Bearer ${token}` }
  return {
    urls,
    user,
    token,
    get: (path) =>
      repeat(`GET ${path}`, WITHIN_MS, () => call(`${url()}/api/v1${path}`, { headers: authorization })),
    send(method, path, ask = {}) {
      const key = ask.key ?? randomUUID()
      const headers: Record<string, string> = {
        ...authorization,
        'idempotency-key': key,
        ...(ask.expectedVersion === undefined ? {} : { 'if-match': `"${ask.expectedVersion}"` }),
        ...(ask.form === undefined ? json : {}),
      }
      return repeat(`${method} ${path}`, ask.withinMs ?? WITHIN_MS, () =>
        call(`${url()}/api/v1${path}`, {
          method,
          headers,
          body: ask.form ? ask.form() : JSON.stringify(ask.body ?? {}),
        }),
      )
    },
  }
}

const json = { 'content-type': 'application/json' }

async function call(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ONE_TRY_MS) })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  return {
    status: response.status,
    body: isJson && text !== '' ? JSON.parse(text) : text,
    headers: response.headers,
  }
}

/** Tries again while the server says "later" or cannot be reached. */
async function repeat(what: string, withinMs: number, once: () => Promise<Answer>): Promise<Answer> {
  const until = performance.now() + withinMs
  for (let tried = 1; ; tried++) {
    let answer: Answer | undefined
    let fault: unknown
    try {
      answer = await once()
    } catch (error) {
      fault = error
    }
    if (answer && answer.status !== 429 && answer.status < 500) return answer
    const asked = Number(answer?.headers.get('retry-after') ?? 0) * 1000
    const waitMs = Math.max(asked, Math.min(2_000, 50 * 2 ** Math.min(tried, 6)) * (0.5 + Math.random() / 2))
    if (performance.now() + waitMs > until) {
      if (answer) return answer
      throw new Error(`${what}: no answer within ${withinMs} ms`, { cause: fault })
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

/** The body of a success, else an error that shows the answer. */
export function bodyOf<T>(what: string, answer: Answer): T {
  if (answer.status >= 300) throw new AnswerError(what, answer)
  // The caller names the contract of the path it asked.
  return answer.body as T
}
