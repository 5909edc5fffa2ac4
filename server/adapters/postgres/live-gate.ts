/** Tickets, sessions and revocations for sockets, from Postgres alone: they work while Redis is away. */
import { createHash } from 'node:crypto'
import type { LiveGate, LiveSession, SecurityEvent } from '../../ports/live.ts'
import type { Pools } from './pools.ts'

type SessionRow = {
  session_id: string
  company_id: string
  user_id: string
  name: string
  role: LiveSession['role']
  technician_id: string | null
  perm_version: number
  expires_at: Date
}

export function createLiveGate(pools: Pick<Pools, 'auth'>): LiveGate {
  const byToken = async (tokenHash: Uint8Array): Promise<LiveSession | null> => {
    const { rows } = await pools.auth.query<SessionRow>('SELECT * FROM session_by_token($1)', [
      Buffer.from(tokenHash),
    ])
    const row = rows[0]
    if (!row) return null
    return {
      sessionId: row.session_id,
      tokenHash,
      companyId: row.company_id,
      userId: row.user_id,
      name: row.name,
      role: row.role,
      technicianId: row.technician_id,
      permVersion: row.perm_version,
      expiresAt: row.expires_at.getTime(),
    }
  }

  return {
    async admit(ticket) {
      const hash = createHash('sha256').update(ticket).digest()
      const { rows } = await pools.auth.query<{ token_hash: Buffer }>('SELECT * FROM spend_ticket($1)', [
        hash,
      ])
      const row = rows[0]
      return row ? await byToken(row.token_hash) : null
    },

    again: ({ tokenHash }) => byToken(tokenHash),

    async securityHead() {
      const { rows } = await pools.auth.query<{ seq: number }>('SELECT security_head_seq() AS seq')
      return rows[0]?.seq ?? 0
    },

    async securityAfter(seq) {
      const { rows } = await pools.auth.query<{
        seq: number
        company_id: string
        kind: SecurityEvent['kind']
        user_id: string
        session_id: string | null
      }>('SELECT * FROM security_events_after($1)', [seq])
      return rows.map((row) => ({
        seq: row.seq,
        companyId: row.company_id,
        kind: row.kind,
        userId: row.user_id,
        sessionId: row.session_id,
      }))
    },
  }
}
