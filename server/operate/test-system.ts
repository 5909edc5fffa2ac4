/**
 * A whole system for a test, started the way everybody starts it: `node server/operate/start.mjs --json`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../config.ts'
import { removeCluster } from './embedded-postgres.ts'
import { signal, waitUntilGone } from './processes.ts'
import type { RunningSystem } from './running-system.ts'

const startFile = fileURLToPath(new URL('./start.mjs', import.meta.url))
/** Building the checkout is part of a first start. */
const readyWithinMs = 180_000

export type StartOptions = {
  readonly servers?: number
  readonly workers?: number
  readonly demo?: 'storm' | 'none'
  readonly args?: readonly string[]
  /** Keep the data of an earlier system of this test; it is then not removed at the end. */
  readonly data?: string
  readonly environment?: Readonly<Record<string, string>>
}

export type TestSystem = RunningSystem & {
  readonly data: string
  /** The process ids of this moment: what was killed has been started again. */
  pidsNow(): RunningSystem['pids']
  /** What the launcher said so far, for a failing test to show. */
  said(): string
  stop(): Promise<void>
}

export async function startSystem(options: StartOptions = {}): Promise<TestSystem> {
  const data = options.data ?? makeDataFolder()
  const child = spawn(
    process.execPath,
    [
      startFile,
      '--json',
      ...['--port', '0', '--data', data, '--demo', options.demo ?? 'none'],
      ...['--servers', String(options.servers ?? 1), '--workers', String(options.workers ?? 1)],
      ...(options.args ?? []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env: childEnvironment(cleanEnvironment(options)),
    },
  )
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-100_000)
  })
  const stop = async (): Promise<void> => {
    await stopLauncher(child)
    if (options.data !== undefined) return
    removeCluster(join(data, 'postgres'))
    rmSync(data, { recursive: true, force: true })
  }
  try {
    const system = await readyLine(child, () => said)
    return { ...system, data, pidsNow: () => pidsNow(data), said: () => said, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export function makeDataFolder(): string {
  const data = mkdtempSync(join(tmpdir(), 'callboard-system-'))
  chmodSync(data, 0o755)
  return data
}

/** What the test run itself was given must not leak into the system under test. */
function cleanEnvironment(options: StartOptions): Record<string, string> {
  const empty = { DATABASE_URL: '', REDIS_BOARD_URL: '', REDIS_QUEUE_URL: '', PUBLIC_ORIGINS: '', HOST: '' }
  return { ...empty, NODE_OPTIONS: '', ...options.environment }
}

function readyLine(child: ChildProcess, said: () => string): Promise<RunningSystem> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The system ${why}. It said:\n${said()}`))
    const timer = setTimeout(() => fail(`was not ready in ${readyWithinMs / 1000} s`), readyWithinMs)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with ${code}`)
    })
    child.once('error', (error) => {
      clearTimeout(timer)
      fail(`could not be started: ${error.message}`)
    })
    if (child.stdout === null) throw new Error('the launcher was started with a pipe for its output')
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer)
      try {
        // The launcher's one line: a RunningSystem as JSON.
        resolve(JSON.parse(line) as RunningSystem)
      } catch {
        fail(`wrote this instead of its line: ${line}`)
      }
    })
  })
}

function pidsNow(data: string): RunningSystem['pids'] {
  const running = JSON.parse(readFileSync(join(data, 'running.json'), 'utf8')) as { system: RunningSystem }
  return running.system.pids
}

async function stopLauncher(child: ChildProcess): Promise<void> {
  const { pid } = child
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  signal(pid, 'SIGTERM')
  if (!(await waitUntilGone(pid, 40_000))) {
    signal(pid, 'SIGKILL')
    throw new Error('the launcher did not stop in 40 s')
  }
}
