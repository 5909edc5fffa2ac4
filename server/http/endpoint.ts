/**
 * One endpoint as data: what it takes, what it answers, who may call it, and the handler.
 *
 * Routes, validation and the OpenAPI document are all made from this one description, so that none of them can say
 * something the others do not.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TObject, TSchema } from 'typebox'
import type { Caller } from '../ports/commands.ts'
import type { SessionFacts } from '../ports/sessions.ts'
import type { Language } from './problem.ts'

/** What is refused first when the server is too busy; `command` goes last (consistency.md 2.9). */
export const shedOrder = ['optimise', 'history', 'snapshot', 'socket', 'read', 'command'] as const
export type Shed = (typeof shedOrder)[number]

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type Ask<Q, B> = {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly caller: Caller
  readonly session: SessionFacts
  readonly language: Language
  readonly params: Readonly<Record<string, string>>
  readonly query: Q
  readonly body: B
}

export type Answer = {
  readonly status: number
  /** An object goes out as JSON; text and bytes go out as they are. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly type?: string
}

export type AnswerKind = TSchema | { readonly media: string } | null

export type Endpoint = {
  readonly method: Method
  /** The whole path, parameters in braces. */
  readonly path: string
  readonly tag: string
  readonly id: string
  readonly summary: string
  readonly description?: string
  readonly access: 'public' | 'session'
  /** Null = never refused, however busy: who watches us must see that we live. */
  readonly shed: Shed | null
  /** Commands need an Idempotency-Key; those on an existing record a precondition too. */
  readonly command: 'new' | 'existing' | null
  readonly query: TObject | null
  readonly body: TSchema | null
  /** May be left out: an act without facts. */
  readonly bodyOptional: boolean
  readonly multipart: TSchema | null
  readonly bodyLimit: number
  readonly replies: Readonly<Record<number, AnswerKind>>
  /** Statuses beside those every endpoint of its kind can answer. */
  readonly refusals: readonly number[]
  readonly handle: (ask: Ask<unknown, unknown>) => Promise<Answer>
}

export const BODY_LIMIT = 64 * 1024
export const API = '/api/v1'

export function endpoint<Q extends TObject = TObject, B extends TSchema = TSchema>(spec: {
  method: Method
  /** Below `/api/v1`, or from the root. */
  path: string
  root?: true
  tag: string
  id: string
  summary: string
  description?: string
  access?: 'public'
  shed?: Shed | null
  command?: 'new' | 'existing'
  query?: Q
  body?: B
  bodyOptional?: boolean
  multipart?: TSchema
  bodyLimit?: number
  replies: Readonly<Record<number, AnswerKind>>
  refusals?: readonly number[]
  handle: (ask: Ask<Static<Q>, Static<B>>) => Promise<Answer>
}): Endpoint {
  return {
    method: spec.method,
    path: spec.root ? spec.path : `${API}${spec.path}`,
    tag: spec.tag,
    id: spec.id,
    summary: spec.summary,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    access: spec.access ?? 'session',
    shed: spec.shed === undefined ? (spec.command ? 'command' : 'read') : spec.shed,
    command: spec.command ?? null,
    query: spec.query ?? null,
    body: spec.body ?? null,
    bodyOptional: spec.bodyOptional ?? false,
    multipart: spec.multipart ?? null,
    bodyLimit: spec.bodyLimit ?? BODY_LIMIT,
    replies: spec.replies,
    refusals: spec.refusals ?? [],
    // True because the route validates query and body against exactly these schemas before it calls the handler.
    handle: spec.handle as Endpoint['handle'],
  }
}

/** Every status the endpoint can answer beside its replies, as the document lists them. */
export function refusalsOf(e: Endpoint): readonly number[] {
  const statuses = new Set([400, 404, 405, 408, 414, 415, 422, 429, 431, 500, 503, ...e.refusals])
  if (e.access === 'session') {
    statuses.add(401)
    statuses.add(403)
  }
  if (e.method !== 'GET') {
    statuses.add(403)
    statuses.add(413)
  }
  if (e.command) statuses.add(409)
  if (e.command === 'existing') {
    statuses.add(412)
    statuses.add(428)
  }
  return [...statuses].filter((status) => !(status in e.replies)).sort((a, b) => a - b)
}
