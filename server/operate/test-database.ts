/**
 * A database of one's own for a test file: a copy of the migrated template.
 */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { appUrlOf } from '../adapters/postgres/migrate.ts'
import { templateName } from './test-services.ts'

export type TestDatabase = {
  readonly ownerUrl: string
  /** The application's role: owns nothing, sees one company at a time. */
  readonly appUrl: string
  drop(): Promise<void>
}

export async function freshDatabase(): Promise<TestDatabase> {
  const maintenanceUrl = inject('maintenanceUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  await asOwner(maintenanceUrl, (client) => copyTemplate(client, name))
  const url = new URL(maintenanceUrl)
  url.pathname = `/${name}`
  const ownerUrl = url.toString()
  return {
    ownerUrl,
    appUrl: appUrlOf(ownerUrl, inject('appPassword')),
    drop: () =>
      asOwner(maintenanceUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      }),
  }
}

/**
 * A few connections as the owner. Dropping a database ends connections that have said goodbye but are not gone yet; that is
 * no failure of the test whose database it was.
 */
export function openOwner(ownerUrl: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2 })
  pool.on('error', (error: Error & { code?: string }) => {
    if (error.code !== '57P01' || !pool.ending) throw error
  })
  return pool
}

/** Postgres copies a template only while nobody else does: two test files at once take turns. */
async function copyTemplate(client: pg.Client, name: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock(7402116)')
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${templateName}`)
}

async function asOwner(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
