/**
 * Programs that npm does not bring: found on PATH, or installed from the system's packages where we may.
 */
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { childEnvironment } from '../config.ts'

const run = promisify(execFile)
/** Where distributions keep servers, also when a user's PATH leaves these out. */
const usualFolders = [
  '/usr/local/bin',
  '/usr/bin',
  '/bin',
  '/usr/local/sbin',
  '/usr/sbin',
  '/opt/homebrew/bin',
]

export type WantedProgram = {
  /** Any of these will do. */
  readonly names: readonly string[]
  readonly aptPackage: string
  /** One sentence on what a person can do when it cannot be installed. */
  readonly otherwise: string
}

export const redisServer: WantedProgram = {
  names: ['redis-server', 'valkey-server'],
  aptPackage: 'redis-server',
  otherwise:
    'Callboard needs a Redis 7 (or Valkey) program: install the package redis-server (or `brew install redis`), or set REDIS_BOARD_URL and REDIS_QUEUE_URL to servers that are there.',
}

export const chromium: WantedProgram = {
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  aptPackage: 'chromium',
  otherwise: 'The browser tests need Chromium: install the package chromium.',
}

export async function ensureProgram(wanted: WantedProgram, say: (text: string) => void): Promise<string> {
  const found = findProgram(wanted.names)
  if (found !== null) return found
  if (process.getuid?.() !== 0 || findProgram(['apt-get']) === null) throw new Error(wanted.otherwise)
  say(`Installing the system package ${wanted.aptPackage} (once) …`)
  try {
    await aptInstall(wanted.aptPackage)
  } catch (cause) {
    throw new Error(`${wanted.otherwise} (apt-get said: ${String(cause)})`, { cause })
  }
  const installed = findProgram(wanted.names)
  if (installed === null) throw new Error(wanted.otherwise)
  return installed
}

export function findProgram(names: readonly string[]): string | null {
  const folders = [
    ...(childEnvironment({}).PATH ?? '').split(':').filter((folder) => folder !== ''),
    ...usualFolders,
  ]
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name)
      try {
        accessSync(file, constants.X_OK)
        return file
      } catch {
        // Not in this folder.
      }
    }
  }
  return null
}

async function aptInstall(name: string): Promise<void> {
  const env = childEnvironment({ DEBIAN_FRONTEND: 'noninteractive' })
  const install = (): Promise<unknown> =>
    run('apt-get', ['install', '-y', '--no-install-recommends', name], {
      env,
      timeout: 5 * 60_000,
      maxBuffer: 2 ** 26,
    })
  try {
    await install()
  } catch {
    // The list of packages may be missing or old: fetch it and try once more.
    await run('apt-get', ['update'], { env, timeout: 3 * 60_000, maxBuffer: 2 ** 26 })
    await install()
  }
}
