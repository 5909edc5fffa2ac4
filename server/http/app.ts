/**
 * The HTTP face: Fastify set up so that every answer is one the document describes.
 *
 * A request passes, in this order: admission (is there room), identity (whose session, which origin), measure (not too
 * many), hygiene and schema, then one handler. Whatever goes wrong on the way leaves as a problem document.
 */

import { constants as zlib } from 'node:zlib'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { SessionFacts } from '../ports/sessions.ts'
import { commandRunner, keyOf } from './command.ts'
import type { HttpDeps } from './deps.ts'
import type { Answer, Endpoint, Shed } from './endpoint.ts'
import { endpointsOf } from './endpoints.ts'
import { faultCode } from './faults.ts'
import { isDate, isInstant, isTimeZone } from './formats.ts'
import { readQuery, unusable } from './hygiene.ts'
import { callerOf, createIdentity, originIsOurs, tokenOf } from './identify.ts'
import { createBucket } from './limits.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { documentOf, pathParameters } from './openapi.ts'
import { watchOverload } from './overload.ts'
import { HttpProblem, languageOf, type ProblemCode, problemOf, statusOf } from './problem.ts'
import { type Components, type Plain, plainSchema } from './schema.ts'
import { serveUi } from './ui.ts'

export type HttpApp = {
  readonly app: FastifyInstance
  readonly metrics: Metrics
  readonly endpoints: readonly Endpoint[]
  readonly document: Plain
  /** Every route of the running router, pages and files included. */
  readonly routes: readonly { method: string; url: string }[]
  /** Takes nothing new, and ends when what is in flight is answered; closing the server is the caller's. */
  drain(): Promise<void>
  pressure(): { level: number; shed(kind: Shed): boolean }
  /** From the security log: this user or session must be looked at anew. */
  forget(who: { userId?: string; sessionId?: string }): void
}

declare module 'fastify' {
  interface FastifyRequest {
    session: SessionFacts | null
    arrivedAt: number
  }
  interface FastifyContextConfig {
    endpoint?: Endpoint
    querySchema?: Plain
  }
}

/** In-flight work that takes longer is cut off; its commands are safe to ask again. */
const DRAIN_MS = 8_000
const MULTIPART_LIMIT = 72 * 1024 * 1024

export async function buildApp(deps: HttpDeps): Promise<HttpApp> {
  const { config } = deps
  const overload = watchOverload(deps.poolWaiting)
  const metrics = createMetrics(() => overload.level(), deps.registry)
  const identity = createIdentity(deps.sessions)
  const commandBucket = createBucket({ perSecond: config.commandsPerSecond, burst: config.commandBurst })
  let draining = false
  let inFlight = 0
  let document: Plain = {}

  const app: FastifyInstance = Fastify({
    ...(deps.logger === false ? { logger: false } : { loggerInstance: deps.logger as FastifyBaseLogger }),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => deps.newId(),
    trustProxy: config.trustProxy,
    bodyLimit: 64 * 1024,
    requestTimeout: 15_000,
    connectionTimeout: 20_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    routerOptions: { maxParamLength: 64 },
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: true,
        allowUnionTypes: true,
        discriminator: true,
      },
      // After the usual formats, so that these take their place.
      onCreate(ajv) {
        ajv.addFormat('date-time', { type: 'string', validate: isInstant })
        ajv.addFormat('date', { type: 'string', validate: isDate })
        ajv.addFormat('time-zone', { type: 'string', validate: isTimeZone })
      },
    },
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request, reply, ...frameworkProblem(error))
    },
    clientErrorHandler: answerBrokenRequest,
  })

  const routes: { method: string; url: string }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url })
  })
  app.decorateRequest('session', null)
  app.decorateRequest('arrivedAt', 0)
  // Answers are made by our own hands from closed views; filtering them again would only cost time.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))

  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'worker-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    hsts: config.cookieSecure ? { maxAge: 31_536_000 } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'same-origin' },
  })
  await app.register(compress, {
    global: true,
    // A small body that unpacks into a large one would pass the limit; nobody needs to send packed commands.
    globalDecompression: false,
    threshold: 1024,
    encodings: ['br', 'gzip'],
    // The default quality takes a second for a large board; this one a fraction for nearly the same size.
    brotliOptions: {
      params: { [zlib.BROTLI_PARAM_QUALITY]: 4, [zlib.BROTLI_PARAM_MODE]: zlib.BROTLI_MODE_TEXT },
    },
    zlibOptions: { level: 5 },
  })
  await app.register(multipart, {
    limits: { fields: 10, fieldSize: 4096, files: 2, fileSize: MULTIPART_LIMIT, parts: 12, headerPairs: 50 },
  })
  app.removeContentTypeParser('text/plain')
  app.removeContentTypeParser('application/json')
  const parseJson = app.getDefaultJsonParser('error', 'error')
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    let text: string
    try {
      text = utf8.decode(body as Buffer)
    } catch {
      done(new HttpProblem('MALFORMED_REQUEST', { expected: 'UTF-8' }))
      return
    }
    if (text === '') done(null, undefined)
    else void parseJson(request, text, done)
  })

  // ------------------------------------------------------------ admission, identity, measure

  app.addHook('onRequest', async (request, reply) => {
    request.arrivedAt = performance.now()
    inFlight++
    reply.header('x-request-id', request.id)
    const e = request.routeOptions.config.endpoint
    if (!e) return
    if (draining && e.shed !== null) {
      reply.header('connection', 'close')
      throw new HttpProblem('OVERLOADED', undefined, { 'retry-after': '1' })
    }
    if (e.shed !== null && overload.sheds(e.shed)) {
      metrics.shed.inc({ why: e.shed })
      throw new HttpProblem('OVERLOADED', undefined, { 'retry-after': '2' })
    }
    if (packed(request.headers['content-encoding'])) throw new HttpProblem('UNSUPPORTED_MEDIA_TYPE')
    if (e.access === 'public') return
    const carried = tokenOf(request)
    const session = carried ? await identity.byToken(carried.token) : null
    if (!carried || !session)
      throw new HttpProblem('NOT_SIGNED_IN', undefined, { 'www-authenticate': 'Bearer' })
    if (carried.byCookie && e.method !== 'GET' && !originIsOurs(request, config))
      throw new HttpProblem('FOREIGN_ORIGIN')
    request.session = session
    if (e.command) {
      const wait = commandBucket.take(`${session.companyId}\n${session.userId}`)
      if (wait > 0) {
        metrics.shed.inc({ why: 'rate' })
        throw new HttpProblem('TOO_MANY_REQUESTS', undefined, { 'retry-after': String(wait) })
      }
      keyOf(request)
    }
  })

  app.addHook('preValidation', async (request) => {
    const { endpoint: e, querySchema } = request.routeOptions.config
    if (!e) return
    if (querySchema) request.query = readQuery(request.query, querySchema)
    if (e.bodyOptional) request.body ??= {}
    const bad = unusable(request.query) ?? unusable(request.body)
    if (bad && !e.multipart) throw new HttpProblem('VALIDATION', { fields: [bad] })
  })

  app.addHook('onResponse', async (request, reply) => {
    if (request.arrivedAt > 0) inFlight--
    const seconds = (performance.now() - request.arrivedAt) / 1000
    const route = request.routeOptions.url ?? 'none'
    metrics.requests.observe({ method: request.method, route, status: reply.statusCode }, seconds)
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(seconds * 1000),
      userId: request.session?.userId,
    }
    if (request.method === 'GET' && reply.statusCode < 400) request.log.debug(line, 'answered')
    else request.log.info(line, 'answered')
  })

  // ------------------------------------------------------------ whatever goes wrong

  const sendProblem = async (
    request: FastifyRequest,
    reply: FastifyReply,
    code: ProblemCode,
    details?: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<FastifyReply> => {
    const language = languageOf(request.headers['accept-language'])
    const body = JSON.stringify(problemOf(code, details, { language, instance: request.id }))
    return reply
      .code(statusOf(code))
      .headers(headers)
      .header('content-language', language)
      .type('application/problem+json; charset=utf-8')
      .send(Buffer.from(body))
  }

  app.setErrorHandler(async (error: FastifyError | HttpProblem, request, reply) => {
    if (error instanceof HttpProblem)
      return sendProblem(request, reply, error.code, error.details, error.headers)
    if (error.validation) {
      // An address that no record can have is an address where nothing is.
      if (error.validationContext === 'params') return sendProblem(request, reply, 'NOT_FOUND')
      return sendProblem(request, reply, 'VALIDATION', { fields: fieldsOf(error) })
    }
    const [code, details] = frameworkProblem(error)
    if (code !== 'INTERNAL') return sendProblem(request, reply, code, details)
    const fault = faultCode(error)
    if (fault === 'INTERNAL') request.log.error({ err: error }, 'request failed')
    else request.log.warn({ err: error }, 'request could not be served')
    return sendProblem(request, reply, fault, undefined, fault === 'OVERLOADED' ? { 'retry-after': '1' } : {})
  })

  const endpoints = endpointsOf(deps, {
    run: commandRunner(deps.commands, metrics),
    identity,
    metrics,
    draining: () => draining,
    document: () => document,
  })

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
  app.setNotFoundHandler(async (request, reply) => sendProblem(request, reply, 'NOT_FOUND'))

  // ------------------------------------------------------------ routes

  document = documentOf(endpoints, config.version)
  // The document is complete before the first route is, so the viewer is simply handed it.
  await app.register(swagger, { mode: 'static', specification: { document: document as never } })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, uiConfig: { deepLinking: true } })

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

  await serveUi(app, config.uiFolder, async (request) => {
    const carried = tokenOf(request)
    return carried ? identity.byToken(carried.token) : null
  })

  app.addHook('onClose', async () => overload.stop())

  return {
    app,
    metrics,
    endpoints,
    document,
    routes,
    async drain() {
      draining = true
      const until = performance.now() + DRAIN_MS
      while (inFlight > 0 && performance.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 20))
    },
    pressure: () => ({ level: overload.level(), shed: (kind) => overload.sheds(kind) }),
    forget: (who) => identity.forget(who),
  }
}

const packed = (encoding: string | undefined): boolean =>
  encoding !== undefined && encoding.toLowerCase() !== 'identity'

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

const FIELDS_MAX = 20

/** One entry per wrong field, in the words of the schema. */
function fieldsOf(error: FastifyError): { field: string; expected: string }[] {
  const fields = new Map<string, string>()
  for (const { instancePath, keyword, params, message } of error.validation ?? []) {
    if (keyword === 'anyOf' || keyword === 'if') continue
    const path = instancePath.split('/').filter(Boolean)
    const named = params as Record<string, unknown>
    if (keyword === 'required') path.push(String(named.missingProperty))
    if (keyword === 'additionalProperties') path.push(String(named.additionalProperty))
    const field = path.join('.') || String(error.validationContext ?? 'body')
    const expected =
      keyword === 'additionalProperties'
        ? 'no such member'
        : keyword === 'required'
          ? 'a value'
          : keyword === 'enum'
            ? `one of ${JSON.stringify(named.allowedValues)}`
            : (message ?? 'another value').replace(/^must be /, '').replace(/^must /, '')
    if (!fields.has(field.slice(0, 200))) fields.set(field.slice(0, 200), expected.slice(0, 300))
    if (fields.size >= FIELDS_MAX) break
  }
  if (fields.size === 0) fields.set(String(error.validationContext ?? 'body'), 'another value')
  return [...fields].map(([field, expected]) => ({ field, expected }))
}

/** What Fastify itself refuses, in our words. */
function frameworkProblem(error: FastifyError): [ProblemCode, Readonly<Record<string, unknown>>?] {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
    case 'FST_FILES_LIMIT':
    case 'FST_FIELDS_LIMIT':
    case 'FST_PARTS_LIMIT':
      return ['PAYLOAD_TOO_LARGE']
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return ['UNSUPPORTED_MEDIA_TYPE']
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return ['NOT_FOUND']
    case 'FST_ERR_HANDLER_TIMEOUT':
      return ['OVERLOADED']
    default:
      if (error.statusCode === 413) return ['PAYLOAD_TOO_LARGE']
      if (error.statusCode === 415) return ['UNSUPPORTED_MEDIA_TYPE']
      return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
        ? ['MALFORMED_REQUEST']
        : ['INTERNAL']
  }
}

/** A request that is not HTTP, is too slow or too large in its head: answered on the bare socket, then cut. */
function answerBrokenRequest(
  this: FastifyInstance,
  error: Error & { code?: string },
  socket: import('node:net').Socket,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const code: ProblemCode =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'HEADERS_TOO_LARGE'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'REQUEST_TIMEOUT'
        : 'MALFORMED_REQUEST'
  const body = JSON.stringify(problemOf(code, undefined, { language: 'en', instance: 'none' }))
  if (socket.writable) {
    socket.end(
      `HTTP/1.1 ${statusOf(code)} Refused\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
  socket.destroySoon()
}
