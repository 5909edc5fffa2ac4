/**
 * A BullMQ worker whose jobs are pointers: whatever goes wrong with a job, the row decides what happens next.
 *
 * The handler never throws for a failed piece of work (the row counts attempts); a throw here is a broken world, for
 * instance no Postgres, and the sweeper brings the job back once the world is whole.
 */
import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { QueueName } from '../../contract/jobs.ts'
import { jobPrefix } from './job-queue.ts'

export type RunningWorker = { close(graceMs: number): Promise<void> }

export function startJobWorker(options: {
  queue: QueueName
  connection: Redis
  concurrency: number
  handle: (data: unknown, jobId: string) => Promise<unknown>
  onError: (error: Error) => void
}): RunningWorker {
  const worker = new Worker(options.queue, async (job) => options.handle(job.data, job.id ?? ''), {
    connection: options.connection,
    prefix: jobPrefix,
    concurrency: options.concurrency,
    lockDuration: 30_000,
    stalledInterval: 10_000,
    // A killed worker is no fault of its job: healthy jobs failed for good at BullMQ's default of one.
    maxStalledCount: 10,
    drainDelay: 2,
  })
  worker.on('error', options.onError)
  worker.on('failed', (_job, error) => options.onError(error))
  return {
    async close(graceMs) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), graceMs)
      })
      const ended = await Promise.race([worker.close(), late])
      clearTimeout(timer)
      if (ended === 'late') await worker.close(true)
      options.connection.disconnect()
    },
  }
}
