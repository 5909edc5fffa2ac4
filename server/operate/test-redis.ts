/**
 * A board's and a queue's Redis of one's own for a test file, with the users and rights of a real start.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepLastWatch } from './last-watch.ts'
import { type PrivateRedis, type RedisRole, startRedis } from './private-redis.ts'
import { freePort } from './processes.ts'
import { ensureProgram, redisServer } from './system-package.ts'

export type TestRedis = {
  readonly boardUrl: string
  readonly boardAdminUrl: string
  readonly queueUrl: string
  readonly queueAdminUrl: string
  /** Of this moment: a killed process is started again under another id. */
  pids(): { readonly board: number | null; readonly queue: number | null }
  stop(): Promise<void>
}

export async function freshRedis(): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-test-redis-'))
  const program = await ensureProgram(redisServer, (text) => process.stderr.write(`${text}\n`))
  const secret = (): string => randomBytes(12).toString('hex')
  const passwords = { admin: secret(), board: secret(), queue: secret() }
  const watch = keepLastWatch()
  const started: PrivateRedis[] = []
  const tell = (): void => {
    const pids = started.map((one) => one.process.pid()).filter((pid) => pid !== null)
    watch.tell({ processes: [], postgres: [], redis: pids })
  }
  const start = async (role: RedisRole): Promise<PrivateRedis> => {
    const redis = await startRedis({
      role,
      program,
      folder: join(folder, role),
      logFile: join(folder, `${role}.log`),
      port: await freePort(),
      passwords,
      say: () => undefined,
      onPid: tell,
    })
    started.push(redis)
    tell()
    return redis
  }
  const [board, queue] = await Promise.all([start('board'), start('queue')])
  return {
    boardUrl: board.url,
    boardAdminUrl: board.adminUrl,
    queueUrl: queue.url,
    queueAdminUrl: queue.adminUrl,
    pids: () => ({ board: board.process.pid(), queue: queue.process.pid() }),
    stop: async () => {
      await Promise.all([board.stop(), queue.stop()])
      watch.dismiss()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
