/**
 * Runs one search on a worker thread and holds it to its word: a deadline, a memory limit, a way to call it off.
 *
 * The budget inside the job is what the search aims at. The deadline here is what the caller is promised, kept by ending the
 * thread, because a thread that is stuck in a loop reads no messages.
 * Only built JavaScript can be a thread on Node 20, so the file beside this one has to be the built one.
 */
import { Worker } from 'node:worker_threads'
import type { Progress } from './solve.ts'
import type { ThreadJob, ThreadMessage, ThreadPlan } from './thread.ts'

export class SearchDeadlineError extends Error {
  override readonly name = 'SearchDeadlineError'
}
export class SearchCancelledError extends Error {
  override readonly name = 'SearchCancelledError'
}
export class SearchFailedError extends Error {
  override readonly name = 'SearchFailedError'
}

export type RunOptions = {
  /** Wall time until the plan has to be there. */
  readonly deadlineMs: number
  /** Allowed beyond the deadline before the thread is ended; 250 when absent. */
  readonly graceMs?: number
  /** Heap of the thread; typed arrays live outside of it. 512 when absent. */
  readonly memoryMb?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Where the built thread file is, when not beside this one. */
  readonly threadFile?: URL
}

const GRACE_MS = 250
const MEMORY_MB = 512
const ENDS_WITHIN_MS = 5_000

export const runInThread = (job: ThreadJob, options: RunOptions): Promise<ThreadPlan> =>
  new Promise((resolve, reject) => {
    if (options.signal?.aborted) {
      reject(new SearchCancelledError('the search was called off before it began'))
      return
    }
    const worker = new Worker(options.threadFile ?? new URL('./thread.js', import.meta.url), {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb ?? MEMORY_MB },
    })
    let settled = false
    const release = (): boolean => {
      if (settled) return false
      settled = true
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', cancel)
      return true
    }
    const settle = (finish: () => void): void => {
      // Nothing more is wanted of the thread, whatever it is doing.
      if (release()) worker.terminate().then(finish, finish)
    }
    // A thread that has said its last word ends by itself. Ended from outside while the compiler still works for it, it can
    // take the whole process along (Node 20: a failed assertion in NodePlatform::GetForegroundTaskRunner).
    const letEnd = (finish: () => void): void => {
      if (!release()) return
      const late = setTimeout(() => void worker.terminate(), ENDS_WITHIN_MS)
      worker.once('exit', () => clearTimeout(late))
      finish()
    }
    const cancel = (): void => settle(() => reject(new SearchCancelledError('the search was called off')))
    const timer = setTimeout(
      () => settle(() => reject(new SearchDeadlineError(`no plan within ${options.deadlineMs} ms`))),
      options.deadlineMs + (options.graceMs ?? GRACE_MS),
    )
    options.signal?.addEventListener('abort', cancel, { once: true })
    worker.on('message', (message: ThreadMessage) => {
      if (message.type === 'progress') {
        if (!settled) options.onProgress?.(message.progress)
      } else if (message.type === 'done') letEnd(() => resolve(message.plan))
      else letEnd(() => reject(new SearchFailedError(`${message.name}: ${message.message}`)))
    })
    worker.on('error', (error) =>
      settle(() => reject(new SearchFailedError('the search thread failed', { cause: error }))),
    )
    worker.on('exit', (code) =>
      settle(() => reject(new SearchFailedError(`the search thread ended with code ${code} and no plan`))),
    )
  })
