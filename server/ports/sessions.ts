/**
 * Where sessions, sign-in attempts and socket tickets are kept.
 *
 * Tokens never reach the store: it knows their SHA-256 only. Times compare with the store's own clock, so that two
 * servers with different clocks agree on what has expired.
 */
import type { Role } from '../domain/permission/role.ts'

export type Account = {
  readonly companyId: string
  readonly userId: string
  readonly passwordHash: string
  readonly active: boolean
}

/** A session that is alive, and whose it is. */
export type SessionFacts = {
  readonly sessionId: string
  readonly companyId: string
  readonly companyName: string
  readonly companyTimeZone: string
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly technicianId: string | null
  readonly customerId: string | null
  readonly monitoredTeamIds: readonly string[]
  readonly permVersion: number
  readonly language: string
  readonly expiresAt: number
}

export interface Sessions {
  lookUp(company: string, email: string): Promise<Account | null>
  /**
   * Counts an attempt before its password is looked at, so that guesses sent together are counted together.
   * Answers how long the account is closed to attempts, in seconds; 0 = this attempt may go on.
   */
  countAttempt(account: Account): Promise<number>
  /** Opens a session and forgets failed attempts. */
  open(account: Account, tokenHash: Uint8Array, hours: number): Promise<SessionFacts>
  byToken(tokenHash: Uint8Array): Promise<SessionFacts | null>
  /** Ends a session; tells every server through the security log in the same transaction. */
  revoke(session: Pick<SessionFacts, 'companyId' | 'userId' | 'sessionId'>): Promise<void>
  /** A ticket that works once within 30 seconds; answers when it ends. */
  issueTicket(session: Pick<SessionFacts, 'companyId' | 'sessionId'>, ticketHash: Uint8Array): Promise<number>
}
