/**
 * Signing in: company, e-mail and password in, an opaque token out.
 *
 * An unknown account costs the same work and gets the same answers as a wrong password, the closing of the account
 * after too many attempts included, so that nobody learns who has an account. Password checks are slow on purpose
 * and bounded in number, so that a flood of guesses cannot take the threads that everything else needs.
 */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import type { Account, SessionFacts, Sessions } from '../ports/sessions.ts'

const COST = 15
const BLOCK = 8
const KEY_BYTES = 32
const CHECKS_AT_ONCE = 2
const CHECKS_WAITING = 200

export type SignedIn =
  | { readonly kind: 'signed-in'; readonly token: string; readonly session: SessionFacts }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'closed'; readonly retrySeconds: number }
  | { readonly kind: 'busy' }

export type SignIn = (asked: { company: string; email: string; password: string }) => Promise<SignedIn>

export const hashToken = (token: string): Uint8Array => createHash('sha256').update(token).digest()
/** 256 bits that name a session or a ticket; whoever holds them is believed. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** Stored as `scrypt$<log2 cost>$<block>$<salt>$<key>`, so that the cost can grow later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST)
  return `scrypt$${COST}$${BLOCK}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [scheme, cost, block, salt, key] = stored.split('$')
  if (scheme !== 'scrypt' || block !== String(BLOCK) || !cost || !salt || !key)
    throw new Error('a stored password hash has an unknown form')
  const expected = Buffer.from(key, 'base64url')
  const found = await derive(password, Buffer.from(salt, 'base64url'), Number(cost))
  return found.length === expected.length && timingSafeEqual(found, expected)
}

function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(
      // The same letters typed on two keyboards must give the same bytes.
      password.normalize('NFKC'),
      salt,
      KEY_BYTES,
      { N: 2 ** cost, r: BLOCK, p: 1, maxmem: 256 * 2 ** cost * BLOCK },
      (error, key) => (error ? reject(error) : resolve(key)),
    )
  })
}

/** At most so many at once, at most so many waiting; null when the queue is full. */
function gate(atOnce: number, waitingMax: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T | null> => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax) return null
      // The one that ends hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}

/** What unknown accounts are judged by: the same counting as for known ones, in this process's memory. */
function strangers(closedSeconds: (failed: number) => number) {
  const seen = new Map<string, { failed: number; closedUntil: number }>()
  return (name: string): number => {
    const now = performance.now()
    const entry = seen.get(name) ?? { failed: 0, closedUntil: 0 }
    if (entry.closedUntil > now) return Math.ceil((entry.closedUntil - now) / 1000)
    entry.failed++
    entry.closedUntil = now + closedSeconds(entry.failed) * 1000
    if (seen.size >= 10_000) {
      const oldest = seen.keys().next().value
      if (oldest !== undefined) seen.delete(oldest)
    }
    seen.delete(name)
    seen.set(name, entry)
    return 0
  }
}

const nobody: Account = { companyId: '-', userId: '-', passwordHash: '', active: false }

export function createSignIn(options: {
  sessions: Sessions
  hours: number
  closedSeconds: (failed: number) => number
}): SignIn {
  const { sessions } = options
  const check = gate(CHECKS_AT_ONCE, CHECKS_WAITING)
  const stranger = strangers(options.closedSeconds)
  // Attempts on one account go one after the other: many right ones at once must not look like many wrong ones.
  const lines = new Map<string, Promise<unknown>>()
  let decoy: Promise<string> | undefined

  const attempt = async (account: Account | null, name: string, password: string): Promise<SignedIn> => {
    // For a stranger the store looks for nobody, which takes as long; the count itself is ours.
    const counted = await sessions.countAttempt(account ?? nobody)
    const retrySeconds = account ? counted : stranger(name)
    if (retrySeconds > 0) return { kind: 'closed', retrySeconds }
    decoy ??= hashPassword(newToken())
    const stored = account ? account.passwordHash : await decoy
    const right = await check(() => passwordMatches(password, stored))
    if (right === null) return { kind: 'busy' }
    if (!right || !account?.active) return { kind: 'wrong' }
    const token = newToken()
    return {
      kind: 'signed-in',
      token,
      session: await sessions.open(account, hashToken(token), options.hours),
    }
  }

  return async ({ company, email, password }) => {
    const account = await sessions.lookUp(company, email)
    const name = `${company.toLowerCase()}\n${email.toLowerCase()}`
    const line = account ? `${account.companyId}\n${account.userId}` : name
    if (lines.size >= CHECKS_WAITING && !lines.has(line)) return { kind: 'busy' }
    const before = lines.get(line) ?? Promise.resolve()
    const turn = before.then(() => attempt(account, name, password))
    // The next in line waits for this one's end, not for its success.
    const settled = turn.then(
      () => undefined,
      () => undefined,
    )
    lines.set(line, settled)
    try {
      return await turn
    } finally {
      if (lines.get(line) === settled) lines.delete(line)
    }
  }
}
