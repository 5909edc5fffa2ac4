/**
 * Demo companies, written once by the owner of the database.
 *
 * `none` is a company ready for work: people, calendars, stages, one board with a team of ten, no orders. `storm` is
 * the storm city with its departments; its orders come in over HTTP once it runs. Each is a company of its own, so both
 * can live in one database. A second start changes nothing, except that the storm's shifts are laid around the present
 * hour again: the storm has to rage while someone is looking.
 */
import pg from 'pg'
import { hashPassword } from '../../application/sign-in.ts'
import type { SeedResult } from '../running-system.ts'
import { DEMO_PASSWORD, type Put, type Row } from './company.ts'
import { city } from './ready-city.ts'
import { layShifts, storm } from './storm-company.ts'

export async function seed(ownerUrl: string, options: { demo: 'storm' | 'none' }): Promise<SeedResult> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  const company = options.demo === 'storm' ? storm : city
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const { rowCount } = await client.query('SELECT 1 FROM company WHERE id = $1', [company.id])
    if (rowCount === 0) {
      await company.write(putter(client, company.id), await hashPassword(DEMO_PASSWORD))
      // The first line of each board's history of policies; a board made over HTTP gets it from the command.
      await client.query(
        `INSERT INTO board_policy (company_id, board_id, version, policy)
         SELECT company_id, id, policy_version, policy FROM board WHERE company_id = $1`,
        [company.id],
      )
    }
    if (options.demo === 'storm') await layShifts(client)
    await client.query('COMMIT')
  } finally {
    // Ending the connection releases the lock and rolls back what failed.
    await client.end()
  }
  return {
    company: company.code,
    users: company.users().map(({ email, role }) => ({ email, password: DEMO_PASSWORD, role })),
    boards: [{ id: company.board, name: company.boardName }],
  }
}

/** Inserts a row under the company; objects and lists are stored as documents. */
const putter =
  (client: pg.Client, company: string): Put =>
  async (table, row) => {
    const full: Row = table === 'company' ? row : { company_id: company, ...row }
    const names = Object.keys(full)
    await client.query(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(full).map((value) =>
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      ),
    )
  }

const LOCK = 7_402_115
