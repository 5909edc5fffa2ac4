/**
 * The promises of `npm start`, kept on a real system: ready by one line, restarted when it dies, gone when stopped.
 */
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { removeCluster } from './embedded-postgres.ts'
import { isAlive, waitFor } from './processes.ts'
import type { RunningSystem } from './running-system.ts'
import { makeDataFolder, startSystem, type TestSystem } from './test-system.ts'

const systems: TestSystem[] = []

async function start(options: Parameters<typeof startSystem>[0]): Promise<TestSystem> {
  const system = await startSystem(options)
  systems.push(system)
  return system
}

afterEach(async () => {
  for (const system of systems.splice(0)) await system.stop()
})

const everyPid = ({ pids }: Pick<RunningSystem, 'pids'>): number[] => [
  pids.launcher,
  ...pids.server,
  ...pids.worker,
  ...pids.storm,
  ...pids.postgres,
  ...pids.redis,
]

async function ready(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).status === 200
  } catch {
    return false
  }
}

const allGone = (pids: readonly number[], patienceMs: number): Promise<boolean> =>
  waitFor(() => pids.every((pid) => !isAlive(pid)), patienceMs)

async function count(databaseUrl: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    const { rows } = await client.query<{ count: number }>(sql)
    return rows[0]?.count ?? 0
  } finally {
    await client.end()
  }
}

describe('a start', { timeout: 150_000 }, () => {
  it('tells in one line all that a client and an audit need, and leaves nothing behind when stopped', async () => {
    const system = await start({ servers: 2, workers: 2 })
    expect(system.urls).toHaveLength(2)
    expect(system.pids).toMatchObject({
      server: [expect.any(Number), expect.any(Number)],
      worker: [expect.any(Number), expect.any(Number)],
      postgres: [expect.any(Number)],
      redis: [expect.any(Number), expect.any(Number)],
    })
    expect(everyPid(system).every(isAlive)).toBe(true)
    expect(await Promise.all(system.urls.map(ready))).toEqual([true, true])
    expect(await count(system.databaseUrl, 'SELECT count(*)::int AS count FROM company')).toBe(1)
    const manager = system.users.find(({ role }) => role === 'manager')
    const answer = await fetch(`${system.urls[1]}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ company: system.company, email: manager?.email, password: manager?.password }),
    })
    expect(answer.status).toBe(201)

    const pids = everyPid(system)
    await system.stop()
    expect(pids.filter(isAlive)).toEqual([])
  })

  it('starts each kind of process again when it is killed, on the same address', async () => {
    const system = await start({ servers: 1, workers: 1 })
    for (const kind of ['server', 'worker', 'redis', 'postgres'] as const) {
      const before = system.pidsNow()[kind]
      for (const pid of before) process.kill(pid, 'SIGKILL')
      const back = await waitFor(async () => {
        const now = system.pidsNow()[kind]
        const isNew = now.length === before.length && now.every((pid) => !before.includes(pid))
        return isNew && (await Promise.all(system.urls.map(ready))).every(Boolean)
      }, 20_000)
      expect(back, `${kind}\n${system.said()}`).toBe(true)
    }
    expect(await count(system.databaseUrl, 'SELECT count(*)::int AS count FROM company')).toBe(1)
  })

  it('keeps its data and its secrets the second time', async () => {
    const data = makeDataFolder()
    const first = await start({ data, workers: 0 })
    await count(first.databaseUrl, 'CREATE TABLE left_by_first AS SELECT 1 AS n')
    await first.stop()
    const startedAt = performance.now()
    const second = await start({ data, workers: 0 })
    console.log(`the second start took ${Math.round(performance.now() - startedAt)} ms`)
    expect(second.databaseUrl).toBe(first.databaseUrl)
    expect(second.redis).toEqual(first.redis)
    expect(await count(second.databaseUrl, 'SELECT count(*)::int AS count FROM left_by_first')).toBe(1)
    await second.stop()
    const fresh = await start({ data, workers: 0, args: ['--fresh'] })
    await expect(
      count(fresh.databaseUrl, 'SELECT count(*)::int AS count FROM left_by_first'),
    ).rejects.toThrow()
    await fresh.stop()
    removeCluster(`${data}/postgres`)
  })

  it('ends everything even when the launcher itself is killed, and starts again on what it left', async () => {
    const data = makeDataFolder()
    const first = await start({ data })
    const pids = everyPid(first)
    process.kill(first.pids.launcher, 'SIGKILL')
    expect(await allGone(pids, 25_000), `still there: ${pids.filter(isAlive)}`).toBe(true)
    const second = await start({ data })
    process.kill(second.pids.launcher, 'SIGKILL')
    const third = await start({ data })
    expect(third.databaseUrl).toBe(second.databaseUrl)
    expect(everyPid(second).filter(isAlive)).toEqual([])
    await third.stop()
    removeCluster(`${data}/postgres`)
  })

  it('lets one launcher at a time own a data folder', async () => {
    const data = makeDataFolder()
    const first = await start({ data, workers: 0 })
    await expect(startSystem({ data, workers: 0 })).rejects.toThrow(/already runs on/)
    expect(await ready(first.urls[0] ?? '')).toBe(true)
    await first.stop()
    removeCluster(`${data}/postgres`)
  })

  it('uses servers that are given and leaves them alone', async () => {
    const host = await start({ workers: 0 })
    const guest = await start({
      workers: 1,
      environment: {
        DATABASE_URL: host.databaseUrl,
        REDIS_BOARD_URL: host.redis.board,
        REDIS_QUEUE_URL: host.redis.queue,
        // The host keeps its own password for the application's role of this cluster.
        APP_DATABASE_PASSWORD: appPasswordOf(host),
      },
    })
    expect(guest.pids.postgres).toEqual([])
    expect(guest.pids.redis).toEqual([])
    expect(guest.databaseUrl).toBe(host.databaseUrl)
    await guest.stop()
    expect(await ready(host.urls[0] ?? '')).toBe(true)
  })

  it('names what is wrong with a given server, without its password', async () => {
    const failed = startSystem({
      environment: { DATABASE_URL: 'postgresql://someone:hunter2@127.0.0.1:9/none' },
    })
    await expect(failed).rejects.toThrow(/DATABASE_URL cannot be used/)
    await expect(failed).rejects.toThrow(/^(?![\s\S]*hunter2)/)
  })
})

function appPasswordOf(system: TestSystem): string {
  const settings = JSON.parse(readFileSync(`${system.data}/settings.json`, 'utf8')) as { appPassword: string }
  return settings.appPassword
}
