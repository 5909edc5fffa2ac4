/**
 * The HTTP face: Fastify set up so that every answer is one the document describes.
 *
 * A request passes, in this order: admission (is there room), identity (whose session, which origin), measure (not too
 * many), hygiene and schema, then one handler. Whatever goes wrong on the way leaves as a problem document.
 */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { SessionFacts } from '../ports/sessions.ts'
import { admit } from './admission.ts'
import { readBodiesAndSetHeaders } from './bodies.ts'
import { commandRunner } from './command.ts'
import type { HttpDeps } from './deps.ts'
import type { Endpoint, Shed } from './endpoint.ts'
import { endpointsOf } from './endpoints.ts'
import { answerBrokenRequest, answerFailures, frameworkProblem, sendProblem } from './failures.ts'
import { isDate, isInstant, isTimeZone } from './formats.ts'
import { createIdentity, tokenOf } from './identify.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { documentOf } from './openapi.ts'
import { watchOverload } from './overload.ts'
import { addRoutes, refuseOtherMethods } from './routes.ts'
import type { Plain } from './schema.ts'
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

/** What a request carries from hook to hook. */
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

export async function buildApp(deps: HttpDeps): Promise<HttpApp> {
  const { config } = deps
  const overload = watchOverload(deps.poolWaiting)
  const metrics = createMetrics(() => overload.level(), deps.registry)
  const identity = createIdentity(deps.sessions)
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

  await readBodiesAndSetHeaders(app, config.cookieSecure)
  const admission = admit(app, { config, identity, metrics, overload })
  answerFailures(app)

  const endpoints = endpointsOf(deps, {
    run: commandRunner(deps.commands, metrics),
    identity,
    metrics,
    draining: admission.isDraining,
    document: () => document,
  })

  refuseOtherMethods(app, endpoints)

  document = documentOf(endpoints, config.version)
  // The document is complete before the first route is, so the viewer is simply handed it.
  await app.register(swagger, { mode: 'static', specification: { document: document as never } })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, uiConfig: { deepLinking: true } })

  addRoutes(app, endpoints)
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
    drain: admission.drain,
    pressure: () => ({ level: overload.level(), shed: (kind) => overload.sheds(kind) }),
    forget: (who) => identity.forget(who),
  }
}
