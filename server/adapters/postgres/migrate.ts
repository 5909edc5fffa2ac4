/**
 * Brings a database to the newest schema, as its owner, and makes the application's login role.
 *
 * Two starts at once are harmless: an advisory lock lets the second wait and find nothing to do. The application's
 * role owns nothing and cannot bypass row-level security; that is the second wall between companies.
 */
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'

const LOCK = 7_402_114
const folder = new URL('./migrations/', import.meta.url)
export const appRole = 'callboard_app'

export async function migrate(ownerUrl: string, passwords: { app: string }): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await ensureAppRole(client, passwords.app)
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migration (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
    )
    const { rows } = await client.query<{ name: string }>('SELECT name FROM schema_migration')
    const done = new Set(rows.map((row) => row.name))
    const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
    const { rows: who } = await client.query<{ owner: string }>('SELECT quote_ident(current_user) AS owner')
    const owner = who[0]?.owner ?? 'postgres'
    for (const name of files) {
      if (done.has(name)) continue
      const text = await readFile(new URL(name, folder), 'utf8')
      await client.query('BEGIN')
      await client.query(text.replaceAll('{{owner}}', owner).replaceAll('{{app}}', appRole))
      await client.query('INSERT INTO schema_migration (name) VALUES ($1)', [name])
      await client.query('COMMIT')
    }
    await client.query(`GRANT USAGE ON SCHEMA public TO ${appRole}`)
  } finally {
    // Ending the connection releases the lock and rolls back what failed.
    await client.end()
  }
}

async function ensureAppRole(client: pg.Client, password: string): Promise<void> {
  const literal = pg.escapeLiteral(password)
  await client.query(`DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${appRole}') THEN
      CREATE ROLE ${appRole} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
  END $$`)
  await client.query(`ALTER ROLE ${appRole} PASSWORD ${literal}`)
}

/** The application's connection for the same server and database. */
export function appUrlOf(ownerUrl: string, password: string): string {
  const url = new URL(ownerUrl)
  url.username = appRole
  url.password = encodeURIComponent(password)
  return url.toString()
}
