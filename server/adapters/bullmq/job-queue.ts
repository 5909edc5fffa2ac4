/**
 * The job queue over BullMQ: adding pointers.
 *
 * A second add with the id of a finished job that is still kept would be ignored in silence, so ids name a run and an
 * attempt, never a board, and finished jobs are not kept beyond a short tail for people who look.
 */
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { type QueueName, queueNames } from '../../contract/jobs.ts'
import type { JobQueue } from '../../ports/relay.ts'

// The hash tag keeps all queues on one slot of a Redis cluster; the first part is what the queue's ACL user may touch.
export const jobPrefix = 'bull:{callboard}'

const jobOptions = {
  attempts: 1,
  removeOnComplete: { age: 3_600, count: 200 },
  removeOnFail: { age: 86_400, count: 500 },
} as const

export type BullQueue = JobQueue & {
  /** Jobs that wait or are being worked on, by queue. */
  counts(): Promise<Record<QueueName, number>>
  close(): Promise<void>
}

export function createJobQueue(connection: Redis, onError: (error: Error) => void): BullQueue {
  const queues = new Map<QueueName, Queue>()
  const queueOf = (name: QueueName): Queue => {
    const known = queues.get(name)
    if (known) return known
    const queue = new Queue(name, {
      connection,
      prefix: jobPrefix,
      skipWaitingForReady: true,
      defaultJobOptions: jobOptions,
    })
    queue.on('error', onError)
    queues.set(name, queue)
    return queue
  }

  return {
    async add(jobs) {
      for (const name of queueNames) {
        const group = jobs.filter((job) => job.queue === name)
        if (group.length === 0) continue
        await queueOf(name).addBulk(
          group.map((job) => ({
            name: job.queue,
            data: job.data,
            opts: { jobId: job.id, ...('delayMs' in job && job.delayMs ? { delay: job.delayMs } : {}) },
          })),
        )
      }
    },

    async has(name, id) {
      const state = await queueOf(name).getJobState(id)
      return state !== 'unknown' && state !== 'completed' && state !== 'failed'
    },

    async counts() {
      const entries = await Promise.all(
        queueNames.map(
          async (name): Promise<[QueueName, number]> => [
            name,
            await queueOf(name).getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized'),
          ],
        ),
      )
      // Every name of the closed list is in the entries.
      return Object.fromEntries(entries) as Record<QueueName, number>
    },

    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      connection.disconnect()
    },
  }
}
