/**
 * The one-shot migration of a deployment: brings the schema up to date, sets the application's password, and makes
 * the first company or the demo when asked to. Servers and workers start after it and never hold the owner's
 * connection.
 */
import { migrate } from '../adapters/postgres/migrate.ts'
import { readMigrationConfig } from '../config.ts'
import { seed } from './demo/seed.ts'
import { ensureFirstCompany } from './first-company.ts'

const config = readMigrationConfig()
await migrate(config.ownerUrl, { app: config.appPassword })
process.stdout.write('The schema is up to date.\n')
if (config.first !== null) {
  const outcome = await ensureFirstCompany(config.ownerUrl, config.first)
  process.stdout.write(
    `The company ${config.first.code} ${outcome === 'made' ? 'was made' : 'was there already'}.\n`,
  )
}
if (config.seed !== null) {
  const { company } = await seed(config.ownerUrl, { demo: config.seed })
  process.stdout.write(
    `The demo company ${company} is there; its passwords are public, so keep it off the internet.\n`,
  )
}
