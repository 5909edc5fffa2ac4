/**
 * Two private Redis processes: `board`, which may be thrown away at any time and therefore writes nothing to disk,
 * and `queue`, which keeps its jobs in an append-only file.
 *
 * There is no default user. Each part of the system signs in as a user that may touch its own keys only, so that a
 * mistake (or an intruder) in one cannot reach the other. The same rules are written out in docker-compose.yml.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KeptProcess, keepRunning } from './kept-process.ts'
import { commandOf, isAlive, stopProcess } from './processes.ts'

export type RedisRole = 'board' | 'queue'
export type RedisPasswords = { readonly admin: string; readonly board: string; readonly queue: string }

const readyWithinMs = 20_000

/** What the server and the workers may do with the board; loading its functions is the admin's work. */
export const boardRules = [
  'resetchannels',
  '&board-heads',
  '&notices',
  '&presence',
  '~{b:*',
  '-@all',
  ...words('+fcall +fcall_ro'),
  ...words('+get +set +mget +exists +type +ttl +pttl +expire +pexpire +persist +rename +del +unlink'),
  ...words('+hget +hmget +hgetall +hvals +hkeys +hlen +hscan +hexists +hset +hsetnx +hdel +hincrby'),
  ...words('+xrange +xrevrange +xlen +xread +xadd +xtrim +xdel +xinfo +xsetid'),
  ...words('+zadd +zrem +zcard +zpopmin'),
  ...words('+publish +subscribe +unsubscribe'),
  ...words(
    '+ping +auth +hello +select +info +echo +time +quit +reset +command +wait +multi +exec +discard +watch +unwatch',
  ),
  ...words('+client -client|kill -client|list -client|pause -client|unpause -client|no-evict -client|reply'),
].join(' ')

/** What BullMQ needs: its scripts, its keys, nothing that administers the server. */
export const queueRules = [
  'resetchannels',
  '&bull:*',
  '~bull:*',
  '+@all',
  '-@admin',
  '-@dangerous',
  '-@scripting',
  ...words('+eval +evalsha +eval_ro +evalsha_ro +script|load +script|exists'),
  ...words('+info +client +role'),
  ...words('-client|kill -client|pause -client|unpause -client|no-evict'),
].join(' ')

function words(text: string): readonly string[] {
  return text.split(' ')
}

export type RedisOptions = {
  readonly role: RedisRole
  readonly program: string
  /** Its own folder: configuration, and for the queue its append-only file. */
  readonly folder: string
  readonly logFile: string
  readonly port: number
  readonly passwords: RedisPasswords
  readonly say: (text: string) => void
  readonly onPid: () => void
}

export type PrivateRedis = {
  readonly process: KeptProcess
  /** For the application: the role's own user. */
  readonly url: string
  readonly adminUrl: string
  stop(): Promise<void>
}

export async function startRedis(options: RedisOptions): Promise<PrivateRedis> {
  const { role, port, passwords, folder } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pidFile = join(folder, 'redis.pid')
  const configFile = join(folder, 'redis.conf')
  writeFileSync(configFile, configuration(options, pidFile), { mode: 0o600 })
  const kept = await keepRunning({
    name: `redis ${role}`,
    logFile: options.logFile,
    say: options.say,
    onPid: options.onPid,
    start: async (log) => {
      await stopLeftover(pidFile)
      return spawn(options.program, [configFile], {
        cwd: folder,
        detached: true,
        stdio: ['ignore', log, log],
        env: { LC_ALL: 'C', TZ: 'UTC' },
      })
    },
    ready: () => answers(port, passwords.admin),
  })
  return {
    process: kept,
    url: `redis://${role}:${passwords[role]}@127.0.0.1:${port}`,
    adminUrl: `redis://admin:${passwords.admin}@127.0.0.1:${port}`,
    stop: () => kept.stop({ ask: 'SIGTERM', patienceMs: 8_000 }),
  }
}

function configuration(options: RedisOptions, pidFile: string): string {
  const hashOf = (password: string): string => createHash('sha256').update(password).digest('hex')
  const { role, passwords } = options
  return [
    `port ${options.port}`,
    'bind 127.0.0.1',
    'protected-mode yes',
    `dir ${quoted(options.folder)}`,
    `pidfile ${quoted(pidFile)}`,
    'daemonize no',
    'loglevel notice',
    'save ""',
    'maxmemory-policy noeviction',
    ...(role === 'queue' ? ['appendonly yes', 'appendfsync everysec'] : ['appendonly no']),
    'user default off',
    `user admin on #${hashOf(passwords.admin)} ~* &* +@all`,
    role === 'board'
      ? `user board on #${hashOf(passwords.board)} ${boardRules}`
      : `user queue on #${hashOf(passwords.queue)} ${queueRules}`,
    '',
  ].join('\n')
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** A Redis of this folder that outlived its launcher is stopped first. */
async function stopLeftover(pidFile: string): Promise<void> {
  let pid: number
  try {
    pid = Number(readFileSync(pidFile, 'utf8').trim())
  } catch {
    return // no pid file: it was stopped in order, or never started
  }
  if (pid > 0 && isAlive(pid) && /(redis|valkey)-server/.test(commandOf(pid))) {
    await stopProcess(pid, { ask: 'SIGTERM', patienceMs: 8_000 })
  }
  rmSync(pidFile, { force: true })
}

/** Waits until it answers PING, which it does not while it still reads its file. */
async function answers(port: number, adminPassword: string): Promise<void> {
  const until = performance.now() + readyWithinMs
  for (;;) {
    const reply = await ping(port, adminPassword)
    if (reply.includes('+PONG')) return
    if (performance.now() > until) {
      throw new Error(
        `it did not answer PING in ${readyWithinMs / 1000} s (it said: ${reply.trim() || 'nothing'})`,
      )
    }
    await sleep(20)
  }
}

function ping(port: number, adminPassword: string): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    const socket = connect({ port, host: '127.0.0.1' }, () =>
      socket.write(`AUTH admin ${adminPassword}\r\nPING\r\n`),
    )
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('data', (chunk) => {
      said += chunk.toString('utf8')
      if (said.split('\r\n').length > 2) socket.destroy()
    })
    socket.on('error', (error) => {
      said = error.message
    })
    socket.on('close', () => resolve(said))
  })
}
