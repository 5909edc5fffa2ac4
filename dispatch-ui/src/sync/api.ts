/**
 * The HTTP side of every page: commands that can be repeated safely, and refusals as values a panel can show.
 *
 * A command keeps its idempotency key through all its tries, so a lost answer never becomes a second effect. The
 * session travels as a cookie; nothing here ever sees a token.
 */

export type Problem = {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly details?: Record<string, unknown>
  readonly instance?: string
}

/** The server's considered no. Anything else that goes wrong is a fault of the way there. */
export class Refusal extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'Refusal'
    this.problem = problem
  }
}

export class Unreachable extends Error {
  constructor(options?: ErrorOptions) {
    super('the server cannot be reached', options)
    this.name = 'Unreachable'
  }
}

export type Answer<T> = {
  readonly value: T
  /** Where the board's log stood with this command; the edit is confirmed once the stream has come so far. */
  readonly position: { readonly epoch: string; readonly seq: number } | null
}

const TRIES = 6
const TIMEOUT_MS = 12_000
const base = '/api/v1'

export const newKey = (): string => crypto.randomUUID()

export async function ask<T>(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  options: { body?: unknown; version?: number; key?: string; tries?: number } = {},
): Promise<Answer<T>> {
  const key = options.key ?? newKey()
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-language': document.documentElement.lang || 'en',
  }
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  if (method !== 'GET') headers['idempotency-key'] = key
  if (options.version !== undefined) headers['if-match'] = `"${options.version}"`
  const init: RequestInit = {
    method,
    headers,
    credentials: 'same-origin',
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  }
  const tries = options.tries ?? TRIES
  for (let tried = 1; ; tried++) {
    const response = await attempt(base + path, init)
    const isBusy = response === null || response.status === 503 || response.status === 429
    if (!isBusy) return read<T>(response)
    if (tried >= tries) {
      if (response === null) throw new Unreachable()
      return read<T>(response)
    }
    await pause(retryAfter(response) ?? Math.min(4_000, 200 * 2 ** tried) * (0.5 + Math.random() / 2))
  }
}

async function attempt(url: string, init: RequestInit): Promise<Response | null> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch {
    return null
  }
}

function retryAfter(response: Response | null): number | null {
  const seconds = Number(response?.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.min(10, seconds) * 1_000 : null
}

async function read<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  const value: unknown = isJson && text !== '' ? JSON.parse(text) : text
  if (!response.ok) throw new Refusal(problemOf(response.status, value))
  const epoch = response.headers.get('board-epoch')
  const seq = Number(response.headers.get('board-seq') ?? Number.NaN)
  return {
    // The answer's shape is the contract's; the caller names it.
    value: value as T,
    position: epoch !== null && Number.isFinite(seq) ? { epoch, seq } : null,
  }
}

const problemOf = (status: number, value: unknown): Problem =>
  typeof value === 'object' && value !== null && 'code' in value
    ? { ...(value as Problem), status }
    : { status, code: 'UNKNOWN', title: `HTTP ${status}` }

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Reads a whole list, page by page, up to a bound. */
export async function askAll<T>(path: string, pagesMax = 20): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  for (let page = 0; page < pagesMax; page++) {
    const mark: string = path.includes('?') ? '&' : '?'
    const suffix: string = cursor === null ? '' : `${mark}cursor=${encodeURIComponent(cursor)}`
    const { value } = await ask<{ items: T[]; nextCursor: string | null }>('GET', path + suffix)
    items.push(...value.items)
    cursor = value.nextCursor
    if (cursor === null) break
  }
  return items
}

export type Session = {
  readonly user: {
    readonly id: string
    readonly name: string
    readonly email: string
    readonly role: string
    readonly technicianId: string | null
    readonly language?: string
  }
  readonly company: { readonly id: string; readonly name: string; readonly timeZone?: string }
}

/** Who is signed in; sends to the sign-in page when nobody is. */
export async function session(): Promise<Session> {
  try {
    return (await ask<Session>('GET', '/sessions/current')).value
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 401) {
      location.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`
      // The page is leaving; nothing may go on without a session.
      return new Promise(() => undefined)
    }
    throw error
  }
}

export async function signOut(): Promise<void> {
  await ask('DELETE', '/sessions/current').catch((error: unknown) => {
    // Signed out already is what was asked for.
    if (!(error instanceof Refusal)) throw error
  })
  location.href = '/sign-in'
}
