/**
 * The data folder of one running system: its databases, its logs, and what must stay the same from start to start.
 *
 * One launcher at a time owns it. `running.json` says which, and what it started; a launcher that was killed leaves it
 * behind, and the next one first waits for (then ends) what is still winding down.
 */
import { randomBytes } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { removeCluster } from './embedded-postgres.ts'
import { commandOf, freePort, isAlive, isFree, stopProcess, waitFor } from './processes.ts'
import type { RunningSystem } from './running-system.ts'

/** Kept from start to start: passwords, because the database remembers them; ports, because clients do. */
export type Settings = {
  readonly ownerPassword: string
  readonly appPassword: string
  readonly redisPasswords: { readonly admin: string; readonly board: string; readonly queue: string }
  readonly ports: { readonly postgres: number; readonly board: number; readonly queue: number }
}

export type DataFolder = {
  readonly path: string
  readonly settings: Settings
  logFile(name: string): string
  /** Tells the next start (and anyone who wants to know) what runs now. */
  writeRunning(running: RunningNow): void
  /** Keeps log files within bounds; returns what stops it. */
  boundLogs(): () => void
  release(): void
}

export type RunningNow = {
  readonly launcher: number
  /** Servers, workers and the storm. */
  readonly processes: readonly number[]
  readonly postgres: readonly number[]
  readonly redis: readonly number[]
  /** As `--json` told it, with the process ids of this moment; null until it is ready. */
  readonly system: RunningSystem | null
}

const bounds = { rotateAtStart: 1 << 20, rotateRunning: 64 << 20, checkEveryMs: 30_000 }

export async function takeDataFolder(
  path: string,
  options: { fresh: boolean; say: (text: string) => void },
): Promise<DataFolder> {
  mkdirSync(path, { recursive: true })
  await takeOwnership(path, options.say)
  if (options.fresh) wipe(path)
  mkdirSync(join(path, 'logs'), { recursive: true, mode: 0o700 })
  rotateLogs(path, bounds.rotateAtStart)
  const settings = await readSettings(path)
  return {
    path,
    settings,
    logFile: (name) => join(path, 'logs', `${name}.log`),
    writeRunning: (running) => writeRunning(path, running),
    boundLogs: () => {
      const timer = setInterval(() => rotateLogs(path, bounds.rotateRunning), bounds.checkEveryMs)
      timer.unref()
      return () => clearInterval(timer)
    },
    release: () => rmSync(runningFile(path), { force: true }),
  }
}

const runningFile = (path: string): string => join(path, 'running.json')

async function takeOwnership(path: string, say: (text: string) => void): Promise<void> {
  const before = readRunning(path)
  if (before !== null && before.launcher !== process.pid && isLauncher(before.launcher)) {
    throw new Error(
      `Callboard already runs on ${path} (process ${before.launcher}). Stop it, or name another folder with --data DIR.`,
    )
  }
  if (before !== null) await endLeftovers(before, say)
  writeRunning(path, { launcher: process.pid, processes: [], postgres: [], redis: [], system: null })
}

/** In the order of a stop, and only what is still ours: process ids are given out again, so command lines decide. */
async function endLeftovers(before: RunningNow, say: (text: string) => void): Promise<void> {
  const stillThere = (pids: readonly number[], mark: string): readonly number[] =>
    pids.filter((pid) => isAlive(pid) && commandOf(pid).includes(mark))
  const processes = stillThere(before.processes, 'follow-launcher.js')
  const redis = stillThere(before.redis, '-server')
  const postgres = stillThere(before.postgres, 'postgres -D')
  if (processes.length + redis.length + postgres.length === 0) return
  say('An earlier start was killed; ending what it left …')
  // They have seen that their launcher is gone and are draining already.
  await waitFor(() => processes.every((pid) => !isAlive(pid)), 13_000, 50)
  await Promise.all(processes.map((pid) => stopProcess(pid, { ask: 'SIGTERM', patienceMs: 1_000 })))
  await Promise.all(redis.map((pid) => stopProcess(pid, { ask: 'SIGTERM', patienceMs: 8_000 })))
  await Promise.all(
    postgres.map((pid) => stopProcess(pid, { ask: 'SIGINT', patienceMs: 10_000, force: 'SIGQUIT' })),
  )
}

const isLauncher = (pid: number): boolean => isAlive(pid) && commandOf(pid).includes('start.mjs')

function readRunning(path: string): RunningNow | null {
  const file = runningFile(path)
  if (!existsSync(file)) return null
  try {
    // Written by writeRunning below; a torn file (power cut) is as good as none.
    return JSON.parse(readFileSync(file, 'utf8')) as RunningNow
  } catch {
    return null
  }
}

function writeRunning(path: string, running: RunningNow): void {
  writeWhole(runningFile(path), `${JSON.stringify(running)}\n`)
}

/** Only what we made: the folder may be one that holds other things too. */
function wipe(path: string): void {
  removeCluster(join(path, 'postgres'))
  for (const name of ['redis-board', 'redis-queue', 'logs', 'settings.json']) {
    rmSync(join(path, name), { recursive: true, force: true })
  }
}

async function readSettings(path: string): Promise<Settings> {
  const file = join(path, 'settings.json')
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Settings) : null
  const postgres = await samePort(kept?.ports.postgres, [])
  const board = await samePort(kept?.ports.board, [postgres])
  const queue = await samePort(kept?.ports.queue, [postgres, board])
  const settings: Settings = {
    ownerPassword: kept?.ownerPassword ?? secret(),
    appPassword: kept?.appPassword ?? secret(),
    redisPasswords: kept?.redisPasswords ?? { admin: secret(), board: secret(), queue: secret() },
    ports: { postgres, board, queue },
  }
  writeWhole(file, `${JSON.stringify(settings, null, 2)}\n`)
  return settings
}

/** The port of last time, unless somebody else took it meanwhile. */
async function samePort(port: number | undefined, taken: readonly number[]): Promise<number> {
  if (port !== undefined && (await isFree(port))) return port
  return await freePort(taken)
}

const secret = (): string => randomBytes(24).toString('hex')

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function rotateLogs(path: string, largest: number): void {
  const folder = join(path, 'logs')
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (!name.endsWith('.log') || statSync(file).size <= largest) continue
    // Copied and emptied, not renamed: the processes go on appending to the file they have open.
    copyFileSync(file, `${file}.1`)
    truncateSync(file, 0)
  }
}
