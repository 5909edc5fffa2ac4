/**
 * Connections to the board's Redis, which may be away at any moment: a command fails at once instead of queueing,
 * is never sent twice, and never waits without end.
 */
import { Redis } from 'ioredis'

export const COMMAND_MS = 2_000

const options = {
  enableOfflineQueue: false,
  // Commands in flight at a disconnect are answered with an error: whether they ran is unknown, and ours may be repeated
  // by whoever asked.
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 1,
  commandTimeout: COMMAND_MS,
  connectTimeout: 2_000,
  keepAlive: 5_000,
  enableReadyCheck: false,
  retryStrategy: (attempt: number): number | null =>
    Math.min(1_000, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2),
}

type Options = Omit<typeof options, 'maxRetriesPerRequest' | 'commandTimeout'> & {
  maxRetriesPerRequest: number | null
  commandTimeout: number | undefined
  lazyConnect: boolean
}

export function openRedis(url: string, onError: (error: Error) => void, more: Partial<Options> = {}): Redis {
  const redis = new Redis(url, { ...options, ...more })
  // Without a listener an unreachable Redis would end the process.
  redis.on('error', onError)
  return redis
}
