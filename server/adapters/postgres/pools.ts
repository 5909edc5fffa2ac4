/**
 * Connection pools by class of work, so that a flood of reads cannot take the connections commands need
 * (consistency.md 2.9). Every pool has a bound, a wait limit, and an error listener: a pool without one ends the
 * process when Postgres restarts.
 */
import pg from 'pg'

export type PoolClass = 'commands' | 'reads' | 'tail' | 'auth'
export type Pools = Readonly<Record<PoolClass, pg.Pool>> & { end(): Promise<void> }

const sizes: Record<PoolClass, number> = { commands: 8, reads: 6, tail: 2, auth: 2 }
const statementMs: Record<PoolClass, number> = { commands: 5_000, reads: 10_000, tail: 5_000, auth: 5_000 }

// bigint counts (versions, numbers) stay far below 2^53 for the life of any board; numeric is money and hours.
pg.types.setTypeParser(20, Number)
pg.types.setTypeParser(1700, Number)
// A date is a calendar date of the business, not an instant: keep its text.
pg.types.setTypeParser(1082, (text) => text)

export function createPools(databaseUrl: string, onError: (pool: PoolClass, error: Error) => void): Pools {
  const open = (name: PoolClass): pg.Pool => {
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max: sizes[name],
      connectionTimeoutMillis: 2_000,
      idleTimeoutMillis: 30_000,
      statement_timeout: statementMs[name],
      lock_timeout: 2_000,
      idle_in_transaction_session_timeout: 15_000,
      query_timeout: statementMs[name] + 2_000,
      keepAlive: true,
      application_name: `callboard ${name}`,
    })
    pool.on('error', (error) => onError(name, error))
    return pool
  }
  const pools = { commands: open('commands'), reads: open('reads'), tail: open('tail'), auth: open('auth') }
  return {
    ...pools,
    end: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.end()))
    },
  }
}

const beginnings = {
  /** Reads, each as of its own statement. */
  reading: 'BEGIN READ ONLY',
  /** Reads, all as of one instant. */
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  writing: 'BEGIN',
} as const

/** Runs `work` in one transaction under a company's wall; it only reads unless `how` says otherwise. */
export async function underWall<T>(
  pool: pg.Pool,
  companyId: string,
  work: (client: pg.PoolClient) => Promise<T>,
  how: keyof typeof beginnings = 'reading',
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(beginnings[how])
    await client.query("SELECT set_config('app.company', $1, true)", [companyId])
    const value = await work(client)
    await client.query('COMMIT')
    return value
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError
    })
    throw error
  } finally {
    client.release(broken)
  }
}
