/**
 * One worker process: wires adapters to jobs, takes jobs until told to stop, then hands back what it holds.
 *
 * Any number of copies run side by side. Relay, sweeper and repair watch run in each: what they do is claimed or
 * coalesced in Postgres, so copies cost a look each and double nothing.
 */
import pino from 'pino'
import { producerConnection, workerConnection } from '../server/adapters/bullmq/connection.ts'
import { createJobQueue } from '../server/adapters/bullmq/job-queue.ts'
import { startJobWorker } from '../server/adapters/bullmq/job-worker.ts'
import { idMaker } from '../server/adapters/ids.ts'
import { createCommands, systemCaller } from '../server/adapters/postgres/commands.ts'
import { createDecisions } from '../server/adapters/postgres/decisions.ts'
import { createEventLog } from '../server/adapters/postgres/event-log.ts'
import {
  createBackgroundScout,
  createImportRuns,
  createPlanningRuns,
  createRepairScout,
} from '../server/adapters/postgres/leased-rows.ts'
import { createLessons } from '../server/adapters/postgres/lessons.ts'
import { createPlanningBoards } from '../server/adapters/postgres/planning-board.ts'
import { createPools } from '../server/adapters/postgres/pools.ts'
import { createOutbox, createWatches } from '../server/adapters/postgres/relay-rows.ts'
import { createRedisBoard } from '../server/adapters/redis/board.ts'
import { createRedisBus } from '../server/adapters/redis/bus.ts'
import { configuredTravel } from '../server/adapters/travel/configured.ts'
import { createLiveBoards } from '../server/application/live-boards.ts'
import { noMetrics } from '../server/application/live-metrics.ts'
import { createNoticePublisher } from '../server/application/live-notices.ts'
import type { QueueName } from '../server/contract/jobs.ts'
import { writeRefusal } from '../server/http/problem.ts'
import { readWorkerConfig } from './config.ts'
import { startBackgroundWatch } from './jobs/background-watch.ts'
import { startExplainWatch } from './jobs/explain-watch.ts'
import { createJobs } from './jobs/jobs.ts'
import { startLearnWatch } from './jobs/learn-watch.ts'
import { createPlanner } from './jobs/planner.ts'
import { startRelay } from './jobs/relay.ts'
import { startRepairWatch } from './jobs/repair-watch.ts'
import { startSweeper } from './jobs/sweeper.ts'
import { createBoardTravel } from './jobs/travel/board-travel.ts'
import { createFallbackNotices } from './jobs/travel/fallback-notices.ts'
import { startUpkeep } from './jobs/upkeep.ts'
import { keepSearchThreads } from './optimiser/threads/search-threads.ts'
import { useCasesFor } from './use-cases.ts'

const config = readWorkerConfig()
const logger = pino({ level: config.logLevel, base: { instance: config.instance } })
const report = (what: string, error: unknown): void => logger.warn({ err: error }, what)

const pools = createPools(config.databaseUrl, (pool, error) => report(`postgres pool ${pool}`, error))
const newId = idMaker()
const bus = createRedisBus({ url: config.redisBoardUrl, onError: (error) => report('redis bus', error) })
const publish = createNoticePublisher(bus)
const board = createRedisBoard({
  url: config.redisBoardUrl,
  adminUrl: null,
  onError: (error) => report('redis board', error),
})
// Pushes what this process commits into the live board at once; servers would find it within a quarter of a second.
const boards = createLiveBoards({ eventLog: createEventLog(pools), board, bus, metrics: noMetrics, report })
const commands = createCommands({ pools, newId, writeRefusal, afterCommit: boards.afterCommit })
const queue = createJobQueue(
  producerConnection(config.redisQueueUrl, (error) => report('redis queue', error)),
  (error) => report('job queue', error),
)
const draining = new AbortController()
const now = Date.now

const runs = createPlanningRuns(pools.tail)
const imports = createImportRuns(pools.tail)
const watches = createWatches(pools.reads)
const useCases = useCasesFor({ commands, queue, systemCaller, report })
const travel = createBoardTravel({ times: configuredTravel(config.travel), now })
// As many as there are planning jobs at once: none waits for a thread, none starts one in its own time.
const threads = keepSearchThreads({ count: config.optimiseConcurrency })
const jobs = createJobs({
  search: threads.run,
  runs,
  imports,
  boards: createPlanningBoards(pools.reads),
  travel,
  fallbacks: createFallbackNotices(publish, now),
  useCases,
  publish,
  newId,
  now,
  onError: report,
  draining: draining.signal,
})

const concurrency: Record<Exclude<QueueName, 'maintenance'>, number> = {
  planning: config.optimiseConcurrency,
  sla: 4,
  imports: 1,
}
const workers = (['planning', 'sla', 'imports'] as const).map((name) =>
  startJobWorker({
    queue: name,
    connection: workerConnection(config.redisQueueUrl, (error) => report('redis queue', error)),
    concurrency: concurrency[name],
    handle: jobs[name],
    onError: (error) => report(`jobs of ${name}`, error),
  }),
)
const loops = [
  startRelay({ outbox: createOutbox(pools.tail), queue, watches, publish, now, onError: report }),
  startSweeper({ runs, imports, watches, queue, fire: useCases.fireWatches, now, onError: report }),
  startRepairWatch({
    scout: createRepairScout(pools.reads),
    ask: useCases.askForRepair,
    now,
    onError: report,
  }),
  startBackgroundWatch({
    scout: createBackgroundScout(pools.reads),
    boards: createPlanningBoards(pools.reads),
    ask: useCases.askForBackgroundPlan,
    carryOut: (company, run) => jobs.planning({ company, run }),
    now,
    onError: report,
  }),
  startExplainWatch({
    decisions: createDecisions(pools.tail),
    boards: createPlanningBoards(pools.reads),
    planner: createPlanner(travel),
    now,
    onError: report,
  }),
  startLearnWatch({ lessons: createLessons(pools.tail), onError: report }),
  startUpkeep({ pool: pools.tail, onError: report }),
]
logger.info({ node: process.version }, 'working')
process.send?.('ready')

let stopping = false
async function stop(signal: string): Promise<void> {
  if (stopping) return
  stopping = true
  logger.info({ signal }, 'draining')
  // Whatever hangs, the process ends: leases run out and others go on.
  setTimeout(() => process.exit(1), config.shutdownGraceMs).unref()
  draining.abort(new Error('draining'))
  await Promise.allSettled(loops.map((loop) => loop.stop()))
  await Promise.allSettled(workers.map((worker) => worker.close(config.shutdownGraceMs / 2)))
  await threads.close()
  boards.close()
  travel.close()
  await Promise.allSettled([queue.close(), board.close(), bus.close(), pools.end()])
  process.exit(0)
}
process.on('SIGTERM', () => void stop('SIGTERM'))
process.on('SIGINT', () => void stop('SIGINT'))
// A rejected promise that nobody waits for is a bug; the supervisor starts a clean process.
process.on('unhandledRejection', (error) => {
  logger.fatal({ err: error }, 'unhandled rejection')
  process.exit(1)
})
