/**
 * Set-up of the tests that need services: one embedded Postgres for the run, with a migrated template database that
 * each test file copies (test-database.ts). Redis is not shared: each test file that needs it starts its own pair
 * (test-redis.ts), since functions, channels and FLUSHALL know no borders inside one process.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from '../adapters/postgres/migrate.ts'
import { ensureDatabase, removeCluster, startPostgres } from './embedded-postgres.ts'
import { keepLastWatch } from './last-watch.ts'
import { freePort } from './processes.ts'

export const templateName = 'callboard_template'
const ownerPassword = 'test-owner-password'
const appPassword = 'test-application-password'

declare module 'vitest' {
  interface ProvidedContext {
    /** The owner's connection to the maintenance database of the test cluster. */
    maintenanceUrl: string
    appPassword: string
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-test-'))
  chmodSync(folder, 0o755)
  const watch = keepLastWatch()
  let tell = (): void => undefined
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    port: await freePort(),
    ownerPassword,
    say: (text) => process.stderr.write(`${text}\n`),
    onPid: () => tell(),
    hasty: true,
  })
  tell = () => {
    const pid = postgres.process.pid()
    watch.tell({ processes: [], postgres: pid === null ? [] : [pid], redis: [] })
  }
  tell()
  await ensureDatabase(postgres.urlOf('postgres'), templateName)
  await migrate(postgres.urlOf(templateName), { app: appPassword })
  project.provide('maintenanceUrl', postgres.urlOf('postgres'))
  project.provide('appPassword', appPassword)
  return async () => {
    await postgres.stop()
    watch.dismiss()
    removeCluster(join(folder, 'postgres'))
    rmSync(folder, { recursive: true, force: true })
  }
}
