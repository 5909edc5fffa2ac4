import pg from 'pg'
import { expect, it } from 'vitest'
import { freshDatabase } from './test-database.ts'

it('gives each test file a migrated database of its own and the application a role that owns nothing', async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()])
  try {
    expect(one.ownerUrl).not.toBe(other.ownerUrl)
    const client = new pg.Client({ connectionString: one.appUrl })
    await client.connect()
    try {
      const { rows } = await client.query(
        `SELECT current_user AS name, rolsuper, rolbypassrls, rolcreatedb,
                (SELECT count(*)::int FROM pg_tables WHERE tableowner = current_user) AS owned
         FROM pg_roles WHERE rolname = current_user`,
      )
      expect(rows).toEqual([
        { name: 'callboard_app', rolsuper: false, rolbypassrls: false, rolcreatedb: false, owned: 0 },
      ])
      const { rows: durable } = await client.query(
        "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit",
      )
      expect(durable).toEqual([{ fsync: 'on', commit: 'on' }])
    } finally {
      await client.end()
    }
  } finally {
    await one.drop()
    await other.drop()
  }
})
