/**
 * One route for every endpoint, checked by the schemas of the document, and an honest answer to a method that is not offered.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { SessionFacts } from '../ports/sessions.ts'
import { MULTIPART_LIMIT } from './bodies.ts'
import type { Answer, Endpoint } from './endpoint.ts'
import { callerOf } from './identify.ts'
import { pathParameters } from './openapi.ts'
import { HttpProblem, languageOf } from './problem.ts'
import { type Components, type Plain, plainSchema } from './schema.ts'

/** Before the routes are there, or the router would answer for us. */
export function refuseOtherMethods(app: FastifyInstance, endpoints: readonly Endpoint[]): void {
  const paths = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  for (const e of endpoints) {
    const entry = paths.get(e.path) ?? {
      pattern: new RegExp(`^${e.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
      methods: new Set<string>(),
    }
    entry.methods.add(e.method)
    paths.set(e.path, entry)
  }
  const methodsAt = (url: string): Set<string> => {
    const path = url.split('?')[0] ?? ''
    const allowed = new Set<string>()
    for (const { pattern, methods } of paths.values())
      if (pattern.test(path)) for (const method of methods) allowed.add(method)
    return allowed
  }
  // Judged before the body is looked at: whatever is sent with a method that is not offered does not matter.
  app.addHook('onRequest', async (request) => {
    if (!request.is404) return
    const allowed = methodsAt(request.url)
    if (allowed.size > 0 && !allowed.has(request.method))
      throw new HttpProblem('METHOD_NOT_ALLOWED', undefined, { allow: [...allowed].sort().join(', ') })
  })
}

export function addRoutes(app: FastifyInstance, endpoints: readonly Endpoint[]): void {
  const components: Components = new Map()
  const schemas = new Map(
    endpoints.map((e) => [
      e,
      {
        body: e.body ? plainSchema(e.body, components) : null,
        query: plainSchema(
          e.query ?? { type: 'object', additionalProperties: false, properties: {} },
          components,
        ),
      },
    ]),
  )
  for (const [name, schema] of components) app.addSchema({ ...schema, $id: name })

  for (const e of endpoints) {
    const schema = schemas.get(e)
    if (!schema) throw new Error(`endpoint ${e.id} has no schemas`)
    app.route({
      method: e.method,
      url: e.path.replace(/\{(\w+)\}/g, ':$1'),
      bodyLimit: e.multipart ? MULTIPART_LIMIT : e.bodyLimit,
      config: { endpoint: e, querySchema: schema.query },
      schema: {
        ...(schema.body ? { body: schema.body } : {}),
        querystring: schema.query,
        params: paramsSchema(e.path),
      },
      handler: async (request, reply) => {
        const answer = await e.handle({
          request,
          reply,
          // Public endpoints do not look at it; for all others the hook above has put a session there.
          session: request.session as SessionFacts,
          caller: request.session ? callerOf(request.session) : (undefined as never),
          language: languageOf(request.headers['accept-language']),
          params: request.params as Record<string, string>,
          query: request.query,
          body: request.body,
        })
        return send(reply, answer)
      },
    })
  }
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status).headers(answer.headers ?? {})
  reply.header('cache-control', 'no-store')
  if (answer.body === undefined) return reply.send()
  return reply.type(answer.type ?? 'application/json; charset=utf-8').send(answer.body)
}

const paramsSchema = (path: string): Plain => ({
  type: 'object',
  properties: Object.fromEntries(
    pathParameters(path).map((name) => [
      name,
      { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._~:-]+$' },
    ]),
  ),
  required: pathParameters(path),
})
