/**
 * The first company of a deployment and its administrator, who sets up everything else over HTTP.
 *
 * Made once: a second run changes nothing, not even the password, which the administrator may have changed meanwhile.
 */
import pg from 'pg'
import { idMaker } from '../adapters/ids.ts'
import { hashPassword } from '../application/sign-in.ts'

export type FirstCompany = {
  readonly code: string
  readonly timeZone: string
  readonly email: string
  readonly password: string
}

export async function ensureFirstCompany(
  ownerUrl: string,
  first: FirstCompany,
): Promise<'made' | 'was there'> {
  const newId = idMaker()
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query('BEGIN')
    const companyId = newId()
    const { rowCount } = await client.query(
      'INSERT INTO company (id, code, name, time_zone) VALUES ($1, $2, $2, $3) ON CONFLICT DO NOTHING',
      [companyId, first.code, first.timeZone],
    )
    if (rowCount === 1) {
      await client.query(
        `INSERT INTO app_user (company_id, id, email, name, role, password_hash)
         VALUES ($1, $2, $3, 'Administrator', 'administrator', $4)`,
        [companyId, newId(), first.email, await hashPassword(first.password)],
      )
    }
    await client.query('COMMIT')
    return rowCount === 1 ? 'made' : 'was there'
  } finally {
    // Ending the connection rolls back what failed.
    await client.end()
  }
}
