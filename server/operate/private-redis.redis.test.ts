import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from './processes.ts'
import { freshRedis, type TestRedis } from './test-redis.ts'

/** DEBUG is shut for everybody by the server itself, all else by the user's rights. */
const refused = /NOPERM|DEBUG command not allowed/

let redis: TestRedis
const open: Redis[] = []

beforeAll(async () => {
  redis = await freshRedis()
})

afterAll(async () => {
  for (const one of open) one.disconnect()
  await redis.stop()
})

function connect(url: string): Redis {
  const client = new Redis(url, { commandTimeout: 5_000, maxRetriesPerRequest: 1 })
  client.on('error', () => undefined) // the commands themselves are what the tests look at
  open.push(client)
  return client
}

describe('the private Redis pair', () => {
  it('refuses whoever comes without a name', async () => {
    const { host } = new URL(redis.boardUrl)
    await expect(connect(`redis://${host}`).get('{b:1}:m')).rejects.toThrow(/NOAUTH/)
  })

  it('lets the board user work on its own keys and channel', async () => {
    const board = connect(redis.boardUrl)
    await board.hset('{b:1}:o', 'a', '1')
    expect(await board.hgetall('{b:1}:o')).toEqual({ a: '1' })
    await board.xadd('{b:1}:s', '5-0', 'e', 'x')
    expect(await board.xrange('{b:1}:s', '-', '+')).toEqual([['5-0', ['e', 'x']]])
    expect(await board.publish('board-heads', '1')).toBe(0)
    await expect(board.publish('elsewhere', '1')).rejects.toThrow(/NOPERM/)
    await expect(board.get('bull:x')).rejects.toThrow(/NOPERM/)
  })

  it.each([
    ['EVAL', 'return 1', '0'],
    ['CONFIG', 'GET', '*'],
    ['DEBUG', 'SLEEP', '0'],
    ['FLUSHALL'],
    ['FLUSHDB'],
    ['KEYS', '*'],
    ['SCRIPT', 'LOAD', 'return 1'],
    ['MODULE', 'LIST'],
    ['FUNCTION', 'FLUSH'],
    ['ACL', 'LIST'],
    ['CLIENT', 'LIST'],
    ['SHUTDOWN'],
    ['SCAN', '0'],
  ])('refuses the board user %s', async (...words) => {
    const [name, ...args] = words as [string, ...string[]] // each row above has at least a name
    await expect(connect(redis.boardUrl).call(name, ...args)).rejects.toThrow(refused)
  })

  it('lets the board user call a function that the admin loaded, and load none itself', async () => {
    const code = `#!lua name=probe
redis.register_function('probe', function(keys, args) return redis.call('HSET', keys[1], 'f', args[1]) end)`
    await expect(connect(redis.boardUrl).function('LOAD', code)).rejects.toThrow(/NOPERM/)
    await connect(redis.boardAdminUrl).function('LOAD', code)
    expect(await connect(redis.boardUrl).fcall('probe', 1, '{b:2}:o', 'v')).toBe(1)
    await expect(connect(redis.boardUrl).fcall('probe', 1, 'other', 'v')).rejects.toThrow(/NOPERM/)
  })

  it.each([
    ['CONFIG', 'GET', '*'],
    ['FLUSHALL'],
    ['KEYS', '*'],
    ['FUNCTION', 'LIST'],
    ['ACL', 'LIST'],
    ['DEBUG', 'JMAP'],
  ])('refuses the queue user %s', async (...words) => {
    const [name, ...args] = words as [string, ...string[]] // each row above has at least a name
    await expect(connect(redis.queueUrl).call(name, ...args)).rejects.toThrow(refused)
  })

  it('lets the queue user run scripts on its own keys only', async () => {
    const queue = connect(redis.queueUrl)
    expect(await queue.eval("return redis.call('SET', KEYS[1], 'x')", 1, 'bull:{callboard}:a')).toBe('OK')
    await expect(queue.eval("return redis.call('SET', 'b', 'x')", 0)).rejects.toThrow(
      /NOPERM|permission|can't access/,
    )
  })

  it('lets BullMQ work as the queue user: add, delay, repeat, take, finish', async () => {
    const connection = { url: redis.queueUrl, maxRetriesPerRequest: null }
    const options = { connection, prefix: 'bull:{callboard}' }
    const queue = new Queue('probe', options)
    const seen: string[] = []
    const worker = new Worker('probe', async (job) => seen.push(job.name), options)
    const trouble: string[] = []
    queue.on('error', (error) => trouble.push(error.message))
    worker.on('error', (error) => trouble.push(error.message))
    try {
      await queue.add('now', {})
      await queue.add('later', {}, { delay: 50 })
      await queue.upsertJobScheduler('again', { every: 60_000 }, { name: 'again' })
      expect(
        await waitFor(() => ['now', 'later', 'again'].every((name) => seen.includes(name)), 10_000),
      ).toBe(true)
      expect(await queue.getJobCounts('failed')).toEqual({ failed: 0 })
      expect(trouble).toEqual([])
    } finally {
      await worker.close()
      await queue.close()
    }
  })

  it('never evicts, forgets the board when it dies and keeps the queue', async () => {
    const board = connect(redis.boardAdminUrl)
    const queue = connect(redis.queueAdminUrl)
    for (const one of [board, queue]) {
      expect(await one.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
    }
    await board.set('{b:9}:m', 'x')
    await queue.set('bull:kept', 'x')
    const before = redis.pids()
    for (const pid of [before.board, before.queue]) if (pid !== null) process.kill(pid, 'SIGKILL')
    const back = await waitFor(() => {
      const now = redis.pids()
      return (
        now.board !== null && now.queue !== null && now.board !== before.board && now.queue !== before.queue
      )
    }, 5_000)
    expect(back).toBe(true)
    const lost = connect(redis.boardAdminUrl)
    const kept = connect(redis.queueAdminUrl)
    await waitFor(async () => (await kept.ping().catch(() => '')) === 'PONG', 5_000)
    await waitFor(async () => (await lost.ping().catch(() => '')) === 'PONG', 5_000)
    expect(await lost.get('{b:9}:m')).toBeNull()
    expect(await kept.get('bull:kept')).toBe('x')
  })
})
