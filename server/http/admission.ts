/**
 * The way in: is there room, whose session is it, has he asked too often, is the data clean; and the line in the log at the end.
 *
 * Probes and the like (`shed: null`) are let in even while the server drains.
 */
import type { FastifyInstance } from 'fastify'
import { keyOf } from './command.ts'
import type { HttpConfig } from './deps.ts'
import { readQuery, unusable } from './hygiene.ts'
import { type Identity, originIsOurs, tokenOf } from './identify.ts'
import { createBucket } from './limits.ts'
import type { Metrics } from './metrics.ts'
import type { Overload } from './overload.ts'
import { HttpProblem } from './problem.ts'

/** In-flight work that takes longer is cut off; its commands are safe to ask again. */
const DRAIN_MS = 8_000

export type Admission = {
  readonly isDraining: () => boolean
  /** Takes nothing new, and ends when what is in flight is answered. */
  readonly drain: () => Promise<void>
}

export type AdmissionParts = {
  readonly config: HttpConfig
  readonly identity: Identity
  readonly metrics: Metrics
  readonly overload: Overload
}

export function admit(
  app: FastifyInstance,
  { config, identity, metrics, overload }: AdmissionParts,
): Admission {
  const commandBucket = createBucket({ perSecond: config.commandsPerSecond, burst: config.commandBurst })
  let draining = false
  let inFlight = 0

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

  return {
    isDraining: () => draining,
    async drain() {
      draining = true
      const until = performance.now() + DRAIN_MS
      while (inFlight > 0 && performance.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 20))
    },
  }
}

const packed = (encoding: string | undefined): boolean =>
  encoding !== undefined && encoding.toLowerCase() !== 'identity'
