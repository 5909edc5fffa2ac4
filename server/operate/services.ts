/**
 * The database and the two Redis servers a system runs on: our own, or those that were given.
 */
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { GivenServices } from '../config.ts'
import type { DataFolder } from './data-folder.ts'
import { type EmbeddedPostgres, ensureDatabase, startPostgres } from './embedded-postgres.ts'
import { type PrivateRedis, type RedisRole, startRedis } from './private-redis.ts'
import { ensureProgram, redisServer } from './system-package.ts'

export type Services = {
  readonly ownerUrl: string
  readonly appPassword: string
  readonly redis: { readonly board: RedisUrls; readonly queue: RedisUrls }
  pids(): { postgres: readonly number[]; redis: readonly number[] }
  stop(): Promise<void>
}

export type RedisUrls = { readonly url: string; readonly adminUrl: string }

export type ServicesOptions = {
  readonly folder: DataFolder
  readonly given: GivenServices
  readonly say: (text: string) => void
  readonly onPid: () => void
}

export async function startServices(options: ServicesOptions): Promise<Services> {
  const { given } = options
  const started = {
    postgres: null as EmbeddedPostgres | null,
    board: null as PrivateRedis | null,
    queue: null as PrivateRedis | null,
  }
  const stop = async (): Promise<void> => {
    await Promise.all([started.board?.stop(), started.queue?.stop()])
    await started.postgres?.stop()
  }
  const results = await Promise.allSettled([
    databaseOf(options).then(({ postgres, url }) => {
      started.postgres = postgres
      return url
    }),
    redisOf('board', given.redisBoardUrl, options).then(({ redis, urls }) => {
      started.board = redis
      return urls
    }),
    redisOf('queue', given.redisQueueUrl, options).then(({ redis, urls }) => {
      started.queue = redis
      return urls
    }),
  ])
  const [database, board, queue] = results
  if (database.status === 'rejected' || board.status === 'rejected' || queue.status === 'rejected') {
    await stop()
    throw results.find((result) => result.status === 'rejected')?.reason
  }
  const pidOf = (one: { process: { pid(): number | null } } | null): number[] => {
    const pid = one?.process.pid() ?? null
    return pid === null ? [] : [pid]
  }
  return {
    ownerUrl: database.value,
    appPassword:
      given.appPassword ?? appPasswordFor(given.databaseUrl) ?? options.folder.settings.appPassword,
    redis: { board: board.value, queue: queue.value },
    pids: () => ({
      postgres: pidOf(started.postgres),
      redis: [...pidOf(started.board), ...pidOf(started.queue)],
    }),
    stop,
  }
}

/**
 * A given database outlives our data folder and may serve several machines: every start on it must come to the same
 * password for the application's role, and only who knows the owner's can come to it.
 */
function appPasswordFor(ownerUrl: string | null): string | null {
  const password = ownerUrl === null ? '' : decodeURIComponent(new URL(ownerUrl).password)
  return password === ''
    ? null
    : createHmac('sha256', password).update('callboard application role').digest('hex')
}

async function databaseOf(
  options: ServicesOptions,
): Promise<{ postgres: EmbeddedPostgres | null; url: string }> {
  const { folder, given, say, onPid } = options
  if (given.databaseUrl !== null) {
    await databaseAnswers(given.databaseUrl)
    return { postgres: null, url: given.databaseUrl }
  }
  const postgres = await startPostgres({
    folder: join(folder.path, 'postgres'),
    logFile: folder.logFile('postgres'),
    port: folder.settings.ports.postgres,
    ownerPassword: folder.settings.ownerPassword,
    say,
    onPid,
  })
  try {
    await ensureDatabase(postgres.urlOf('postgres'), 'callboard')
  } catch (error) {
    await postgres.stop()
    throw error
  }
  return { postgres, url: postgres.urlOf('callboard') }
}

async function redisOf(
  role: RedisRole,
  givenUrl: string | null,
  options: ServicesOptions,
): Promise<{ redis: PrivateRedis | null; urls: RedisUrls }> {
  if (givenUrl !== null) {
    await redisAnswers(role, givenUrl)
    return { redis: null, urls: { url: givenUrl, adminUrl: givenUrl } }
  }
  const { folder, say, onPid } = options
  const redis = await startRedis({
    role,
    program: await programOnce(say),
    folder: join(folder.path, `redis-${role}`),
    logFile: folder.logFile(`redis-${role}`),
    port: folder.settings.ports[role],
    passwords: folder.settings.redisPasswords,
    say,
    onPid,
  })
  return { redis, urls: { url: redis.url, adminUrl: redis.adminUrl } }
}

/** Board and queue start side by side; the package must be installed once. */
let program: Promise<string> | null = null
function programOnce(say: (text: string) => void): Promise<string> {
  program ??= ensureProgram(redisServer, say)
  return program
}

async function databaseAnswers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined) // the query below reports it
  try {
    await client.connect()
    const { rows } = await client.query<{ version: number }>(
      "SELECT current_setting('server_version_num')::int AS version",
    )
    const version = rows[0]?.version ?? 0
    if (version < 150_000) throw new Error('it is older than PostgreSQL 15')
  } catch (cause) {
    throw new Error(
      `DATABASE_URL cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  } finally {
    await client.end().catch(() => undefined) // it may never have been open
  }
}

async function redisAnswers(role: RedisRole, url: string): Promise<void> {
  const variable = role === 'board' ? 'REDIS_BOARD_URL' : 'REDIS_QUEUE_URL'
  let lastError: Error | null = null
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  redis.on('error', (error: Error) => {
    lastError = error
  })
  try {
    await redis.connect()
    await redis.ping()
    // A server whose settings we may not read is taken at its owner's word.
    const policy = await redis.config('GET', 'maxmemory-policy').catch(() => null)
    const found = Array.isArray(policy) ? policy[1] : null
    if (typeof found === 'string' && found !== 'noeviction') {
      throw new Error(`its maxmemory-policy is ${found}; it must be noeviction, or jobs would vanish`)
    }
  } catch (cause) {
    const error = lastError ?? (cause instanceof Error ? cause : new Error(String(cause)))
    throw new Error(`${variable} cannot be used: ${error.message}`, { cause })
  } finally {
    redis.disconnect()
  }
}
