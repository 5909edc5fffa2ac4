/**
 * How BullMQ reaches its Redis.
 *
 * A producer must fail at once while Redis is away (the outbox row waits in Postgres instead), a worker must wait for
 * ever and survive. The two therefore never share a connection.
 */
import { Redis } from 'ioredis'

const common = {
  // Reconnects for as long as the process lives, never slower than every two seconds.
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  connectTimeout: 3_000,
}

export type OnError = (error: Error) => void

/** For adding jobs: nothing is queued in memory, nothing is sent twice, every command has an end. */
export function producerConnection(url: string, onError: OnError): Redis {
  const redis = new Redis(url, {
    ...common,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: 3_000,
  })
  redis.on('error', onError)
  return redis
}

/** For taking jobs: BullMQ insists on endless retries, because its blocking reads outlive any outage. */
export function workerConnection(url: string, onError: OnError): Redis {
  const redis = new Redis(url, { ...common, maxRetriesPerRequest: null })
  redis.on('error', onError)
  return redis
}
