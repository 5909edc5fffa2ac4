/** What those who run and integrate Callboard ask: does it live, can it serve, how busy is it, what does it speak. */
import { Type } from 'typebox'
import type { HttpDeps } from './deps.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import type { Inside } from './endpoints.ts'

const Health = Type.Object({ status: Type.String() }, { $id: 'Health' })
const Readiness = Type.Object(
  {
    status: Type.Union([
      Type.Literal('ready'),
      Type.Literal('degraded'),
      Type.Literal('draining'),
      Type.Literal('not-ready'),
    ]),
    postgres: Type.Boolean(),
    redis: Type.Boolean(),
  },
  { $id: 'Readiness' },
)
const AnyDocument = Type.Object({}, { additionalProperties: true })

export const operationEndpoints = (deps: HttpDeps, inside: Inside): readonly Endpoint[] => [
  endpoint({
    method: 'GET',
    path: '/healthz',
    root: true,
    tag: 'operations',
    id: 'getHealth',
    summary: 'This process lives',
    access: 'public',
    shed: null,
    replies: { 200: Health },
    handle: async () => ({ status: 200, body: { status: inside.draining() ? 'draining' : 'ok' } }),
  }),
  endpoint({
    method: 'GET',
    path: '/readyz',
    root: true,
    tag: 'operations',
    id: 'getReadiness',
    summary: 'This process can serve',
    description: 'Postgres is needed. Without Redis the server is degraded, which is slower and still ready.',
    access: 'public',
    shed: null,
    replies: { 200: Readiness, 503: Readiness },
    async handle() {
      const [postgres, redis] = await Promise.all([deps.health.postgres(), deps.health.redis()])
      const ready = postgres && !inside.draining()
      const status = ready ? (redis ? 'ready' : 'degraded') : inside.draining() ? 'draining' : 'not-ready'
      return { status: ready ? 200 : 503, body: { status, postgres, redis } }
    },
  }),
  endpoint({
    method: 'GET',
    path: '/metrics',
    root: true,
    tag: 'operations',
    id: 'getMetrics',
    summary: 'Numbers for Prometheus',
    access: 'public',
    shed: null,
    replies: { 200: { media: 'text/plain' } },
    handle: async () => ({
      status: 200,
      body: await inside.metrics.registry.metrics(),
      type: inside.metrics.registry.contentType,
    }),
  }),
  endpoint({
    method: 'GET',
    path: '/openapi.json',
    tag: 'operations',
    id: 'getOpenApi',
    summary: 'This document',
    access: 'public',
    replies: { 200: AnyDocument },
    handle: async () => ({ status: 200, body: inside.document() }),
  }),
  endpoint({
    method: 'GET',
    path: '/asyncapi.json',
    tag: 'operations',
    id: 'getAsyncApi',
    summary: 'The socket messages, as AsyncAPI',
    access: 'public',
    replies: { 200: AnyDocument },
    handle: async () => ({ status: 200, body: deps.asyncApi }),
  }),
]
