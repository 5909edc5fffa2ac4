/**
 * Who may open a socket at all, decided before any of it is set up.
 *
 * A page of a foreign origin, or of an opaque one (`null`), is refused: browsers send sockets across origins without
 * asking. No Origin at all is let through, because every browser sends one; it is a program, and a program comes in by
 * its ticket alone. No cookie is ever looked at here, so a borrowed one opens nothing.
 */
import type { IncomingMessage } from 'node:http'
import { createBuckets } from './limits.ts'

const ADDRESSES_MAX = 10_000

export type HandshakeRules = {
  /** Exact origins; empty means the host that was asked. */
  readonly origins: readonly string[]
  readonly perSecond: number
  readonly burst: number
}

export function createHandshake(rules: HandshakeRules): (request: IncomingMessage) => string | null {
  const buckets = createBuckets(rules, ADDRESSES_MAX)
  const allowed = new Set(rules.origins)
  /** Null when the request may go on, else why not. */
  return (request) => {
    const { origin, host } = request.headers
    if (origin !== undefined && !fits(origin, host, allowed)) return 'this origin may not open sockets'
    if (!buckets.take(request.socket.remoteAddress ?? '', performance.now())) return 'too many handshakes'
    return null
  }
}

function fits(origin: string, host: string | undefined, allowed: ReadonlySet<string>): boolean {
  if (allowed.size > 0) return allowed.has(origin)
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
}
