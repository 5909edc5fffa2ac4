/**
 * The environment of a worker process, read by the same rules as the server's (server/config.ts).
 */
import { type CommonConfig, type Environment, readCommonConfig, settings } from '../server/config.ts'

export type WorkerConfig = CommonConfig & {
  /** Searches at once in this process; each takes a whole core while it runs. */
  readonly optimiseConcurrency: number
}

export function readWorkerConfig(environment: Environment = process.env): WorkerConfig {
  return Object.freeze({
    ...readCommonConfig(environment),
    optimiseConcurrency: settings(environment).integer('OPTIMISE_CONCURRENCY', {
      otherwise: 1,
      from: 1,
      to: 64,
    }),
  })
}
