/**
 * Signals, process ids and patience: what the launcher needs to know of the operating system.
 */
import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: there is such a process, it is not ours to signal.
    return hasCode(error, 'EPERM')
  }
  // A dead child whose parent has not yet asked for its exit code still answers to signal 0.
  return !isZombie(pid)
}

function isZombie(pid: number): boolean {
  const file = `/proc/${pid}/stat`
  if (!existsSync('/proc/self/stat')) return false
  try {
    return /\) [ZX] /.test(readFileSync(file, 'utf8'))
  } catch {
    // It went away between the two looks.
    return true
  }
}

/** The command line of a process, empty when it is gone: guards against a process id that was given out again. */
export function commandOf(pid: number): string {
  try {
    if (existsSync('/proc/self/cmdline')) {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    }
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5_000,
    }).trim()
  } catch {
    return ''
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

export async function waitUntilGone(pid: number, patienceMs: number): Promise<boolean> {
  return await waitFor(() => !isAlive(pid), patienceMs)
}

/** Asks a process to end, waits, then ends it. */
export async function stopProcess(
  pid: number,
  way: { ask: NodeJS.Signals; patienceMs: number; force?: NodeJS.Signals },
): Promise<void> {
  if (!isAlive(pid)) return
  signal(pid, way.ask)
  if (await waitUntilGone(pid, way.patienceMs)) return
  signal(pid, way.force ?? 'SIGKILL')
  if (await waitUntilGone(pid, 5_000)) return
  signal(pid, 'SIGKILL')
  await waitUntilGone(pid, 5_000)
}

export async function waitFor(
  isSo: () => boolean | Promise<boolean>,
  patienceMs: number,
  everyMs = 20,
): Promise<boolean> {
  const until = performance.now() + patienceMs
  for (;;) {
    if (await isSo()) return true
    if (performance.now() > until) return false
    await sleep(everyMs)
  }
}

/**
 * A port nobody listens on at this moment, below those that systems lend to outgoing connections: while a process is
 * down, a client that keeps knocking could otherwise be lent the very port it knocks at, and keep it.
 */
export async function freePort(taken: readonly number[] = []): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = randomInt(18_000, 30_000)
    if (!taken.includes(port) && (await isFree(port))) return port
  }
  return await listenOnce(0)
}

export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  try {
    await listenOnce(port, host)
    return true
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE') || hasCode(error, 'EACCES')) return false
    throw error
  }
}

function listenOnce(port: number, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('a TCP server has no port'))
        else resolve(address.port)
      })
    })
  })
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
