/**
 * Who asks: the session behind a token, and whether the page that sent the request may act for its user.
 *
 * Facts of a session are remembered for two seconds and forgotten at once when the security log says so. That serves
 * reads; a command judges its session again inside its own transaction.
 */
import type { FastifyRequest } from 'fastify'
import { hashToken } from '../application/sign-in.ts'
import type { Caller } from '../ports/commands.ts'
import type { SessionFacts, Sessions } from '../ports/sessions.ts'

export const SESSION_COOKIE = 'callboard_session'
const REMEMBER_MS = 2_000
const REMEMBER_MAX = 10_000
const TOKEN = /^[A-Za-z0-9_-]{43}$/

export type Identity = {
  byToken(token: string): Promise<SessionFacts | null>
  forget(who: { userId?: string; sessionId?: string }): void
}

export function createIdentity(sessions: Sessions): Identity {
  const known = new Map<string, { facts: SessionFacts; until: number }>()
  let forgotten = 0

  return {
    async byToken(token) {
      const now = performance.now()
      const found = known.get(token)
      if (found && found.until > now && found.facts.expiresAt > Date.now()) return found.facts
      known.delete(token)
      const before = forgotten
      const facts = await sessions.byToken(hashToken(token))
      // A revocation that arrived while we asked may not be in the answer: use it once, do not keep it.
      if (facts && before === forgotten) {
        if (known.size >= REMEMBER_MAX) known.clear()
        known.set(token, { facts, until: now + REMEMBER_MS })
      }
      return facts
    },
    forget({ userId, sessionId }) {
      forgotten++
      for (const [token, { facts }] of known)
        if (facts.sessionId === sessionId || facts.userId === userId) known.delete(token)
    },
  }
}

/** The token of a request, and whether a browser's cookie carried it. */
export function tokenOf(request: FastifyRequest): { token: string; byCookie: boolean } | null {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const [scheme = '', token = ''] = authorization.split(' ')
    return scheme.toLowerCase() === 'bearer' && TOKEN.test(token) ? { token, byCookie: false } : null
  }
  const cookie = request.cookies[SESSION_COOKIE]
  return cookie !== undefined && TOKEN.test(cookie) ? { token: cookie, byCookie: true } : null
}

/**
 * Browsers send a cookie along with requests that other sites make, so a change made with one must name our own
 * origin. Letters count: no variant of case, port, scheme or sub-domain is the same origin.
 */
export function originIsOurs(
  request: FastifyRequest,
  config: { publicOrigins: readonly string[]; cookieSecure: boolean },
): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return false
  if (config.publicOrigins.length > 0) return config.publicOrigins.includes(origin)
  return host !== undefined && origin === `${config.cookieSecure ? 'https' : 'http'}://${host}`
}

export const callerOf = (s: SessionFacts): Caller => ({
  companyId: s.companyId,
  userId: s.userId,
  userName: s.name,
  role: s.role,
  technicianId: s.technicianId,
  customerId: s.customerId,
  monitoredTeamIds: s.monitoredTeamIds,
  sessionId: s.sessionId,
  kind: 'user',
})
