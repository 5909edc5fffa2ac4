/**
 * One server of the live path, with its own pools and its own view of Redis, on a port of its own.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCommands } from '../../adapters/postgres/commands.ts'
import { createEventLog } from '../../adapters/postgres/event-log.ts'
import { createInboxes } from '../../adapters/postgres/inboxes.ts'
import { createLiveGate } from '../../adapters/postgres/live-gate.ts'
import { createPools, type Pools } from '../../adapters/postgres/pools.ts'
import { createRedisBoard } from '../../adapters/redis/board.ts'
import { createRedisBus } from '../../adapters/redis/bus.ts'
import { createLiveBoards, type LiveBoards } from '../../application/live-boards.ts'
import { withForks } from '../../application/live-forks.ts'
import { noMetrics } from '../../application/live-metrics.ts'
import type { Commands } from '../../ports/commands.ts'
import { attachLive, type Live, type LiveLimits } from '../../realtime/attach-live.ts'
import { database, redis } from './services.ts'

export type Node = {
  readonly url: string
  readonly commands: Commands
  readonly boards: LiveBoards
  readonly live: Live
  readonly pools: Pools
  readonly faults: string[]
  /** Ends everything at once, as a killed process does. */
  kill(): Promise<void>
}

export async function startNode(
  options: { limits?: Partial<LiveLimits>; origins?: string[]; redisUrl?: string } = {},
): Promise<Node> {
  const faults: string[] = []
  const report = (what: string): void => void faults.push(what)
  const pools = createPools(database.appUrl, () => undefined)
  const eventLog = createEventLog(pools)
  const url = options.redisUrl ?? redis.boardUrl
  const board = createRedisBoard({
    url,
    adminUrl: options.redisUrl ?? redis.boardAdminUrl,
    onError: () => undefined,
  })
  const bus = createRedisBus({ url, onError: () => undefined })
  const boards = createLiveBoards({ eventLog, board, bus, metrics: noMetrics, report })
  const commands = createCommands({
    pools,
    newId: randomUUID,
    writeRefusal: () => ({ status: 409, body: '{}' }),
    afterCommit: boards.afterCommit,
  })
  const server: HttpServer = createServer((_, response) => response.end())
  const live = attachLive(server, {
    boards: withForks(boards, { commands, bus, metrics: noMetrics, report, newEpoch: randomUUID }),
    gate: createLiveGate(pools),
    inboxes: createInboxes(pools),
    bus,
    origins: options.origins ?? [],
    metrics: noMetrics,
    report,
    ...(options.limits ? { limits: options.limits } : {}),
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // listen(0) on TCP gives an address object.
  const { port } = server.address() as AddressInfo
  let dead = false
  return {
    url: `http://127.0.0.1:${port}`,
    commands,
    boards,
    live,
    pools,
    faults,
    async kill() {
      if (dead) return
      dead = true
      server.closeAllConnections()
      await live.close()
      boards.close()
      board.close()
      bus.close()
      await pools.end()
    },
  }
}
