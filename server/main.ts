/**
 * One server: wires adapters to use cases, listens, and drains when told to stop.
 *
 * Stateless: any number of copies serve the same boards. Nothing here decides anything.
 */
import pino from 'pino'
import { Counter, Registry } from 'prom-client'
import { createPlanner } from '../workers/jobs/planner.ts'
import { createBoardTravel } from '../workers/jobs/travel/board-travel.ts'
import { idMaker } from './adapters/ids.ts'
import { createCommands } from './adapters/postgres/commands.ts'
import { createEventLog } from './adapters/postgres/event-log.ts'
import { createInboxes } from './adapters/postgres/inboxes.ts'
import { createLiveGate } from './adapters/postgres/live-gate.ts'
import { createOutlooks } from './adapters/postgres/outlooks.ts'
import { createPlanningBoards } from './adapters/postgres/planning-board.ts'
import { createPools } from './adapters/postgres/pools.ts'
import { createReading } from './adapters/postgres/reading.ts'
import { createRecords } from './adapters/postgres/records.ts'
import { closedSeconds, createSessions } from './adapters/postgres/sessions.ts'
import { createRedisBoard } from './adapters/redis/board.ts'
import { createRedisBus } from './adapters/redis/bus.ts'
import { configuredTravel } from './adapters/travel/configured.ts'
import { createLiveBoards } from './application/live-boards.ts'
import { withForks } from './application/live-forks.ts'
import { createBoardWatch } from './application/watch-board.ts'
import { readConfig } from './config.ts'
import { asyncApiDocument } from './contract/asyncapi.ts'
import { buildApp } from './http/app.ts'
import { liveMetricsOf } from './http/live-metrics.ts'
import { writeRefusal } from './http/problem.ts'
import { attachLive } from './realtime/attach-live.ts'

const config = readConfig()
const logger = pino({
  level: config.logLevel,
  base: { instance: config.instance },
  redact: ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.token', '*.ticket'],
})
const report = (what: string, error: unknown): void => logger.warn({ err: error }, what)

const pools = createPools(config.databaseUrl, (pool, error) => report(`postgres pool ${pool}`, error))
const newId = idMaker()
const eventLog = createEventLog(pools)
const board = createRedisBoard({
  url: config.redisBoardUrl,
  adminUrl: config.redisBoardAdminUrl,
  onError: (error) => report('redis board', error),
})
const bus = createRedisBus({ url: config.redisBoardUrl, onError: (error) => report('redis bus', error) })
const registry = new Registry()
const metrics = liveMetricsOf(registry)
const boards = createLiveBoards({ eventLog, board, bus, metrics, report })
const commands = createCommands({ pools, newId, writeRefusal, afterCommit: boards.afterCommit })

const travelRequests = new Counter({
  name: 'callboard_travel_requests_total',
  help: 'Requests of this server to the travel service by what became of them',
  labelNames: ['outcome'],
  registers: [registry],
})
// Who asks for candidates waits: roads that are not known yet are asked for behind the answer.
const travel = createBoardTravel({
  times: configuredTravel(config.travel, (outcome) => travelRequests.inc({ outcome })),
  now: Date.now,
  patienceMs: 400,
  cellsMax: 12_000_000,
})

const http = await buildApp({
  config,
  commands,
  sessions: createSessions(pools, newId),
  reading: createReading(pools),
  records: createRecords(pools),
  planner: createPlanner(travel),
  planningBoards: createPlanningBoards(pools.reads),
  boardWatch: createBoardWatch({ outlooks: createOutlooks(pools.reads), now: Date.now }),
  boards,
  eventLog,
  asyncApi: asyncApiDocument({ version: config.version }),
  newId,
  health: {
    postgres: async () => (await pools.tail.query('SELECT 1')).rowCount === 1,
    redis: () => board.ping(),
  },
  poolWaiting: () => pools.commands.waitingCount + pools.reads.waitingCount,
  closedSeconds,
  logger,
  registry,
})

const boardsAndForks = withForks(boards, { commands, bus, metrics, report, newEpoch: newId })
const live = attachLive(http.app.server, {
  boards: boardsAndForks,
  gate: createLiveGate(pools),
  inboxes: createInboxes(pools),
  bus,
  origins: config.publicOrigins,
  metrics,
  report,
  onRevoked: http.forget,
  overloaded: () => http.pressure().shed('socket'),
})
// A server with open sockets never finishes closing, so they go first.
http.app.addHook('preClose', () => live.close())

await http.app.listen({ port: config.port, host: config.host })
logger.info({ addresses: http.app.addresses(), node: process.version }, 'listening')

let stopping = false
async function stop(signal: string): Promise<void> {
  if (stopping) return
  stopping = true
  logger.info({ signal }, 'draining')
  // Whatever hangs, the process ends: what was accepted is committed, the rest will be asked again.
  setTimeout(() => process.exit(1), config.shutdownGraceMs).unref()
  await http.drain()
  await live.drain()
  await http.app.close()
  boardsAndForks.close()
  travel.close()
  await Promise.allSettled([board.close(), bus.close(), pools.end()])
  process.exit(0)
}
process.on('SIGTERM', () => void stop('SIGTERM'))
process.on('SIGINT', () => void stop('SIGINT'))
// A rejected promise that nobody waits for is a bug; the supervisor starts a clean process.
process.on('unhandledRejection', (error) => {
  logger.fatal({ err: error }, 'unhandled rejection')
  process.exit(1)
})
