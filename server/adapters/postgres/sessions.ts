/**
 * Sessions, sign-in attempts and socket tickets in Postgres, on the pool kept for them: a busy board cannot keep
 * people from signing in or out.
 */
import type pg from 'pg'
import type { Account, SessionFacts, Sessions } from '../../ports/sessions.ts'
import type { Pools } from './pools.ts'

/** Attempts that may fail in a row before an account closes; then it closes for longer with each further one. */
const FREE_ATTEMPTS = 8
const TICKET_SECONDS = 30

type SessionRow = {
  session_id: string
  company_id: string
  company_name: string
  user_id: string
  email: string
  name: string
  role: SessionFacts['role']
  technician_id: string | null
  customer_id: string | null
  monitored_team_ids: string[]
  perm_version: number
  language: string
  expires_at: Date
}

export function createSessions(pools: Pick<Pools, 'auth'>, newId: () => string): Sessions {
  const pool = pools.auth

  const factsByToken = async (
    client: pg.Pool | pg.PoolClient,
    hash: Uint8Array,
  ): Promise<SessionFacts | null> => {
    const { rows } = await client.query<SessionRow>('SELECT * FROM session_by_token($1)', [Buffer.from(hash)])
    const row = rows[0]
    if (!row) return null
    return {
      sessionId: row.session_id,
      companyId: row.company_id,
      companyName: row.company_name,
      companyTimeZone: await timeZoneOf(client, row.company_id),
      userId: row.user_id,
      email: row.email,
      name: row.name,
      role: row.role,
      technicianId: row.technician_id,
      customerId: row.customer_id,
      monitoredTeamIds: row.monitored_team_ids,
      permVersion: row.perm_version,
      language: row.language,
      expiresAt: row.expires_at.getTime(),
    }
  }

  /** A company's zone changes about never; ten minutes of memory spare a question per request. */
  const zones = new Map<string, { zone: string; until: number }>()
  const timeZoneOf = async (client: pg.Pool | pg.PoolClient, companyId: string): Promise<string> => {
    const known = zones.get(companyId)
    if (known && known.until > performance.now()) return known.zone
    const { rows } = await walled(client, companyId, (c) =>
      c.query<{ time_zone: string }>('SELECT time_zone FROM company WHERE id = $1', [companyId]),
    )
    const zone = rows[0]?.time_zone ?? 'UTC'
    if (zones.size > 10_000) zones.clear()
    zones.set(companyId, { zone, until: performance.now() + 600_000 })
    return zone
  }

  /** Runs `work` in a transaction under the company's wall; inside one already open it just runs. */
  const walled = async <T>(
    client: pg.Pool | pg.PoolClient,
    companyId: string,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> => {
    if ('release' in client) return work(client)
    const own = await client.connect()
    let broken: Error | undefined
    try {
      await own.query('BEGIN')
      await own.query("SELECT set_config('app.company', $1, true)", [companyId])
      const value = await work(own)
      await own.query('COMMIT')
      return value
    } catch (error) {
      await own.query('ROLLBACK').catch((rollbackError: Error) => {
        broken = rollbackError
      })
      throw error
    } finally {
      own.release(broken)
    }
  }

  return {
    async lookUp(company, email) {
      const { rows } = await pool.query<{
        company_id: string
        user_id: string
        password_hash: string
        active: boolean
      }>('SELECT company_id, user_id, password_hash, active FROM sign_in_lookup($1, $2)', [company, email])
      const row = rows[0]
      return row
        ? {
            companyId: row.company_id,
            userId: row.user_id,
            passwordHash: row.password_hash,
            active: row.active,
          }
        : null
    },

    async countAttempt(account: Account) {
      return walled(pool, account.companyId, async (client) => {
        // A count lost in a crash costs nothing; waiting for the disk would tell known accounts from unknown ones.
        await client.query('SET LOCAL synchronous_commit = off')
        // The row lock makes attempts on one account count one after the other, on whichever server they arrive.
        const { rows } = await client.query<{ failed_count: number; wait: number }>(
          `SELECT failed_count, coalesce(extract(epoch FROM locked_until - now()), 0)::float8 AS wait
             FROM app_user WHERE company_id = $1 AND id = $2 FOR UPDATE`,
          [account.companyId, account.userId],
        )
        const row = rows[0]
        if (!row) return 0
        if (row.wait > 0) return Math.ceil(row.wait)
        const failed = row.failed_count + 1
        await client.query(
          `UPDATE app_user SET failed_count = $3, locked_until = now() + make_interval(secs => $4)
             WHERE company_id = $1 AND id = $2`,
          [account.companyId, account.userId, failed, closedSeconds(failed)],
        )
        return 0
      })
    },

    async open(account, tokenHash, hours) {
      return walled(pool, account.companyId, async (client) => {
        await client.query(
          `UPDATE app_user SET failed_count = 0, locked_until = NULL
             WHERE company_id = $1 AND id = $2 AND (failed_count <> 0 OR locked_until IS NOT NULL)`,
          [account.companyId, account.userId],
        )
        await client.query(
          `INSERT INTO session (id, company_id, user_id, token_hash, expires_at)
             VALUES ($1, $2, $3, $4, now() + make_interval(hours => $5))`,
          [newId(), account.companyId, account.userId, Buffer.from(tokenHash), hours],
        )
        const facts = await factsByToken(client, tokenHash)
        if (!facts) throw new Error('a session just opened was not found: its user was disabled meanwhile')
        return facts
      })
    },

    byToken: (tokenHash) => factsByToken(pool, tokenHash),

    async revoke({ companyId, userId, sessionId }) {
      await walled(pool, companyId, async (client) => {
        const { rowCount } = await client.query(
          'UPDATE session SET revoked_at = now() WHERE company_id = $1 AND id = $2 AND revoked_at IS NULL',
          [companyId, sessionId],
        )
        if (rowCount === 1)
          await client.query("SELECT append_security_event($1, 'session-revoked', $2, $3)", [
            companyId,
            userId,
            sessionId,
          ])
      })
    },

    async issueTicket({ companyId, sessionId }, ticketHash) {
      return walled(pool, companyId, async (client) => {
        const { rows } = await client.query<{ expires_at: Date }>(
          `INSERT INTO socket_ticket (ticket_hash, company_id, session_id, expires_at)
             VALUES ($1, $2, $3, now() + make_interval(secs => $4)) RETURNING expires_at`,
          [Buffer.from(ticketHash), companyId, sessionId, TICKET_SECONDS],
        )
        const row = rows[0]
        if (!row) throw new Error('a socket ticket was not stored')
        return row.expires_at.getTime()
      })
    },
  }
}

/** 0 for the free attempts, then 8 s doubling to a quarter of an hour: never more than ten attempts in a minute. */
export const closedSeconds = (failed: number): number =>
  failed < FREE_ATTEMPTS ? 0 : Math.min(900, 8 * 2 ** Math.min(failed - FREE_ATTEMPTS, 10))
