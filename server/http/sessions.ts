/** Signing in and out, and the ticket with which a signed-in client opens its socket. */
import { createSignIn, hashToken, newToken } from '../application/sign-in.ts'
import { SocketTicketAnswer } from '../contract/live.ts'
import { SessionView, SignInAnswer, SignInBody } from '../contract/session.ts'
import type { SessionFacts } from '../ports/sessions.ts'
import type { HttpDeps } from './deps.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import type { Inside } from './endpoints.ts'
import { originIsOurs, SESSION_COOKIE } from './identify.ts'
import { createBucket } from './limits.ts'
import { HttpProblem } from './problem.ts'

export const sessionViewOf = (s: SessionFacts): SessionView => ({
  user: {
    id: s.userId,
    email: s.email,
    name: s.name,
    role: s.role,
    technicianId: s.technicianId,
    customerId: s.customerId,
    monitoredTeamIds: [...s.monitoredTeamIds],
    language: s.language === 'fr' ? 'fr' : 'en',
  },
  company: { id: s.companyId, name: s.companyName, timeZone: s.companyTimeZone },
  expiresAt: new Date(s.expiresAt).toISOString(),
})

export function sessionEndpoints(deps: HttpDeps, { identity }: Inside): readonly Endpoint[] {
  const { config, sessions } = deps
  const signIn = createSignIn({ sessions, hours: config.sessionHours, closedSeconds: deps.closedSeconds })
  const perAddress = createBucket({ perSecond: config.signInsPerSecond, burst: config.signInBurst })
  const cookie = {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: config.cookieSecure,
    maxAge: config.sessionHours * 3600,
  } as const

  return [
    endpoint({
      method: 'POST',
      path: '/sessions',
      tag: 'sessions',
      id: 'signIn',
      summary: 'Sign in',
      description: 'Answers a token for `Authorization: Bearer` and sets the same as an HttpOnly cookie.',
      access: 'public',
      shed: 'command',
      body: SignInBody,
      replies: { 201: SignInAnswer },
      refusals: [401],
      async handle({ request, reply, body }) {
        // A page elsewhere must not sign a visitor in under its own account.
        if (request.headers.origin !== undefined && !originIsOurs(request, config))
          throw new HttpProblem('FOREIGN_ORIGIN')
        const wait = perAddress.take(request.ip)
        if (wait > 0) throw new HttpProblem('TOO_MANY_REQUESTS', undefined, { 'retry-after': String(wait) })
        const result = await signIn(body)
        switch (result.kind) {
          case 'wrong':
            throw new HttpProblem('WRONG_CREDENTIALS')
          case 'closed':
            throw new HttpProblem(
              'ACCOUNT_CLOSED',
              { retrySeconds: result.retrySeconds },
              { 'retry-after': String(result.retrySeconds) },
            )
          case 'busy':
            throw new HttpProblem('OVERLOADED', undefined, { 'retry-after': '2' })
          case 'signed-in':
            reply.setCookie(SESSION_COOKIE, result.token, cookie)
            return { status: 201, body: { token: result.token, ...sessionViewOf(result.session) } }
        }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/sessions/current',
      tag: 'sessions',
      id: 'getSession',
      summary: 'Who is signed in',
      replies: { 200: SessionView },
      handle: async ({ session }) => ({ status: 200, body: sessionViewOf(session) }),
    }),
    endpoint({
      method: 'DELETE',
      path: '/sessions/current',
      tag: 'sessions',
      id: 'signOut',
      summary: 'Sign out',
      shed: 'command',
      replies: { 204: null },
      async handle({ session, reply }) {
        await sessions.revoke(session)
        identity.forget({ sessionId: session.sessionId })
        const { maxAge: _maxAge, ...same } = cookie
        reply.clearCookie(SESSION_COOKIE, same)
        return { status: 204 }
      },
    }),
    endpoint({
      method: 'POST',
      path: '/socket-tickets',
      tag: 'sessions',
      id: 'issueSocketTicket',
      summary: 'A ticket that opens one socket, within 30 seconds',
      shed: 'socket',
      replies: { 201: SocketTicketAnswer },
      async handle({ session }) {
        const ticket = newToken()
        const expiresAt = await sessions.issueTicket(session, hashToken(ticket))
        return { status: 201, body: { ticket, expiresAt: new Date(expiresAt).toISOString() } }
      },
    }),
  ]
}
