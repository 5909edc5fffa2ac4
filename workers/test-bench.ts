/**
 * The workers' parts on a real database and a real queue, wired as in `main.ts`, for tests that drive them by hand.
 * The search runs in this thread: what is tested here is what happens around it.
 */
import { producerConnection } from '../server/adapters/bullmq/connection.ts'
import { type BullQueue, createJobQueue } from '../server/adapters/bullmq/job-queue.ts'
import { idMaker } from '../server/adapters/ids.ts'
import { createCommands, systemCaller } from '../server/adapters/postgres/commands.ts'
import { createDecisions } from '../server/adapters/postgres/decisions.ts'
import {
  createBackgroundScout,
  createImportRuns,
  createPlanningRuns,
  createRepairScout,
} from '../server/adapters/postgres/leased-rows.ts'
import { createPlanningBoards } from '../server/adapters/postgres/planning-board.ts'
import { createPools } from '../server/adapters/postgres/pools.ts'
import { createOutbox, createWatches } from '../server/adapters/postgres/relay-rows.ts'
import type { NoticeFrame } from '../server/contract/live.ts'
import { writeRefusal } from '../server/http/problem.ts'
import { seed } from '../server/operate/demo/seed.ts'
import { freshDatabase, openOwner } from '../server/operate/test-database.ts'
import { freshRedis } from '../server/operate/test-redis.ts'
import type { Caller, Outcome, Refused, Tx } from '../server/ports/commands.ts'
import type { PlanBoardParts } from './jobs/plan-board.ts'
import { createPlanner } from './jobs/planner.ts'
import { createBoardTravel } from './jobs/travel/board-travel.ts'
import { createFallbackNotices } from './jobs/travel/fallback-notices.ts'
import { repair } from './optimiser/repair.ts'
import { solve } from './optimiser/solve.ts'
import { useCasesFor } from './use-cases.ts'

export type Bench = Awaited<ReturnType<typeof openBench>>

export const company = 'city'
export const boardId = 'city-board'

export async function openBench() {
  const database = await freshDatabase()
  await seed(database.ownerUrl, { demo: 'none' })
  const redis = await freshRedis()
  const errors: { what: string; error: unknown }[] = []
  const onError = (what: string, error: unknown): void => {
    errors.push({ what, error })
  }
  const pools = createPools(database.appUrl, (pool, error) => onError(pool, error))
  const newId = idMaker()
  const commands = createCommands({ pools, newId, writeRefusal, afterCommit: () => undefined })
  const queue: BullQueue = createJobQueue(
    producerConnection(redis.queueUrl, (error) => onError('redis', error)),
    (error) => onError('queue', error),
  )
  const owner = openOwner(database.ownerUrl)
  const runs = createPlanningRuns(pools.tail)
  const imports = createImportRuns(pools.tail)
  const watches = createWatches(pools.reads)
  const useCases = useCasesFor({ commands, queue, systemCaller, report: onError })
  const notices: NoticeFrame[] = []
  const publish = async (_company: string, notice: NoticeFrame): Promise<void> => {
    notices.push(notice)
  }
  const draining = new AbortController()
  const now = Date.now
  const common = { publish, newId, now, onError, draining: draining.signal }
  const planParts: PlanBoardParts = {
    ...common,
    runs,
    boards: createPlanningBoards(pools.reads),
    travel: createBoardTravel({ now }),
    fallbacks: createFallbackNotices(publish, now),
    search: async (job) =>
      job.kind === 'repair'
        ? repair(job.problem, job)
        : solve(job.problem, { seed: job.seed, stop: job.stop, ...(job.warm ? { warm: job.warm } : {}) }),
    apply: useCases.apply,
    forkOf: useCases.forkOf,
  }
  const manager: Caller = {
    ...systemCaller(company),
    userId: 'city-manager',
    userName: 'Mara Vale',
    role: 'manager',
    kind: 'user',
  }
  return {
    database,
    redis,
    owner,
    commands,
    pools,
    queue,
    runs,
    imports,
    watches,
    useCases,
    notices,
    errors,
    publish,
    newId,
    now,
    draining,
    planParts,
    manager,
    explainParts: {
      decisions: createDecisions(pools.tail),
      boards: createPlanningBoards(pools.reads),
      planner: createPlanner(planParts.travel),
      now,
      onError,
    },
    outbox: createOutbox(pools.tail),
    scout: createRepairScout(pools.reads),
    backgroundScout: createBackgroundScout(pools.reads),
    importParts: { ...common, imports, bringIn: useCases.bringIn },
    relayParts: { outbox: createOutbox(pools.tail), queue, watches, publish, now, onError },
    sweeperParts: { runs, imports, watches, queue, fire: useCases.fireWatches, now, onError },
    /** Runs a use case as a person; throws what was refused. */
    async act<T>(useCase: (tx: Tx) => Promise<Outcome | Refused>, caller: Caller = manager): Promise<T> {
      const answer = await commands.run(
        { caller, key: `key-${newId()}-${newId()}`, requestHash: new Uint8Array([1]) },
        useCase,
      )
      if (answer.kind !== 'answer' || answer.status >= 300)
        throw new Error(`refused: ${JSON.stringify(answer)}`)
      // The caller names the body of the use case it runs.
      return JSON.parse(answer.body) as T
    },
    async sql<Row extends Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
      return (await owner.query<Row>(text, values)).rows
    },
    async close(): Promise<void> {
      await queue.close()
      await owner.end()
      await pools.end()
      await redis.stop()
      await database.drop()
    },
  }
}
