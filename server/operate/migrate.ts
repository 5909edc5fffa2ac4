/**
 * The one-shot migration of a deployment: brings the schema up to date, sets the application's password, and makes
 * the demo company when asked to. Servers and workers start after it and never hold the owner's connection.
 */
import { migrate } from '../adapters/postgres/migrate.ts'
import { readMigrationConfig } from '../config.ts'
import { seed } from './seed.ts'

const config = readMigrationConfig()
await migrate(config.ownerUrl, { app: config.appPassword })
if (config.seed !== null) {
  const { company, users } = await seed(config.ownerUrl, { demo: config.seed })
  process.stdout.write(`${JSON.stringify({ company, users })}\n`)
}
