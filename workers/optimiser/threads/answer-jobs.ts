/**
 * The inside of a search thread: takes one job after another, posts progress, posts the plan.
 *
 * A fault crosses as its name and message, because errors lose their class on the way; after one the thread ends, since nobody
 * knows in what state the search left its scratch arrays. Told to end, it closes its port and runs out by itself.
 */
import { getHeapStatistics } from 'node:v8'
import type { MessagePort } from 'node:worker_threads'
import type { Progress } from '../solve.ts'
import type { ThreadJob, ThreadMessage, ThreadOrder, ThreadPlan, ThreadSetup } from './thread-talk.ts'

/** Progress is for people: a few reports a second are enough. */
const REPORT_EVERY_MS = 50
const BYTES_PER_MB = 1_048_576

export type RunJob = (
  job: ThreadJob,
  how: { readonly onImprovement: (progress: Progress) => void; readonly cancelled: () => boolean },
) => ThreadPlan

export const answerJobs = (port: MessagePort, setup: ThreadSetup, run: RunJob): void => {
  const calledOff = new Int32Array(setup.calledOff)
  const post = (message: ThreadMessage): void => port.postMessage(message)
  port.on('message', (order: ThreadOrder) => {
    if (order.type === 'end') {
      port.close()
      return
    }
    const { number, job } = order
    let reportedAt = Number.NEGATIVE_INFINITY
    try {
      const plan = run(job, {
        cancelled: () => Atomics.load(calledOff, 0) === number,
        onImprovement: (progress) => {
          if (progress.elapsedMs - reportedAt < REPORT_EVERY_MS) return
          reportedAt = progress.elapsedMs
          post({ type: 'progress', number, progress })
        },
      })
      post({ type: 'done', number, plan, heldMb: heldMb() })
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error))
      post({ type: 'failed', number, name, message })
      port.close()
    }
  })
}

const heldMb = (): number => {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return (used_heap_size + external_memory) / BYTES_PER_MB
}
