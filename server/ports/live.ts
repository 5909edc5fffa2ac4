/** What sockets need of the truth besides boards: who may come in, whose rights changed, and what technicians are told. */
import type { InboxItem } from '../contract/live.ts'
import type { Role } from '../domain/permission/role.ts'

/** Someone on a socket, as the session and its user stood when last looked at. */
export type LiveSession = {
  readonly sessionId: string
  readonly tokenHash: Uint8Array
  readonly companyId: string
  readonly userId: string
  readonly name: string
  readonly role: Role
  readonly technicianId: string | null
  readonly permVersion: number
  /** Milliseconds; nobody stays longer than the session. */
  readonly expiresAt: number
}

export type SecurityEvent = {
  readonly seq: number
  readonly companyId: string
  readonly kind: 'session-revoked' | 'user-changed' | 'user-disabled'
  readonly userId: string
  readonly sessionId: string | null
}

export interface LiveGate {
  /** Spends a ticket: it works once. Null when it is unknown, spent, too old, or its session has ended. */
  admit(ticket: string): Promise<LiveSession | null>
  /** The session as it stands now; null when it has ended. */
  again(session: Pick<LiveSession, 'tokenHash'>): Promise<LiveSession | null>
  securityHead(): Promise<number>
  securityAfter(seq: number): Promise<SecurityEvent[]>
}

export type InboxHead = {
  readonly companyId: string
  readonly technicianId: string
  readonly seq: number
  readonly received: number
}

export interface Inboxes {
  heads(technicianIds: readonly string[]): Promise<InboxHead[]>
  /** Changes when history may have been rewound. */
  epoch(companyId: string): Promise<string>
  /** Entries after `seq`, in order without a hole, each with the activity and order as they stand now. */
  after(companyId: string, technicianId: string, seq: number, limit: number): Promise<InboxItem[]>
  /** Notes that the device has everything up to `seq`; never goes back, never beyond what was told. */
  received(companyId: string, technicianId: string, seq: number): Promise<void>
}
