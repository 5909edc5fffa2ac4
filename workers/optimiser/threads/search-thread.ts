/**
 * One search thread that stays: takes a job at a time and is held to its word, a deadline, a memory limit, a way to call it off.
 *
 * The budget inside a job is what the search aims at. At the deadline, or when nobody wants the plan any more, the search is
 * asked to stop through a word of shared memory, which a search looks at and a busy event loop does not hear; a thread that
 * does not answer is stuck, and is ended. Whoever keeps threads asks `isFree` before giving the next job: a thread that was
 * ended, that failed or that has grown too large is never free again.
 * Only built JavaScript can be a thread on Node 20, so the file beside this one has to be the built one.
 */
import { Worker } from 'node:worker_threads'
import type { Progress } from '../solve.ts'
import type { ThreadJob, ThreadMessage, ThreadOrder, ThreadPlan, ThreadSetup } from './thread-talk.ts'

export class SearchDeadlineError extends Error {
  override readonly name = 'SearchDeadlineError'
}
export class SearchCancelledError extends Error {
  override readonly name = 'SearchCancelledError'
}
export class SearchFailedError extends Error {
  override readonly name = 'SearchFailedError'
}

export type JobOptions = {
  /** Wall time until the plan has to be there: what the search has by then is the plan. */
  readonly deadlineMs: number
  /** Allowed beyond the deadline before the thread is ended; 250 when absent. */
  readonly graceMs?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

export type ThreadOptions = {
  /** Heap of the thread, and all it may hold between two jobs; typed arrays live outside of the heap. 512 when absent. */
  readonly memoryMb?: number
  /** How long a search that was called off may take to answer before its thread is ended; 1000 when absent. */
  readonly answersWithinMs?: number
  /** Where the built thread file is, when not beside this one. */
  readonly threadFile?: URL
}

export type SearchThread = {
  readonly isFree: () => boolean
  /** The board that it last had a job of. */
  readonly board: () => string | undefined
  readonly jobCount: () => number
  /** Only for a thread that is free. Settles when the thread is free again or has ended. */
  readonly run: (job: ThreadJob, options: JobOptions) => Promise<ThreadPlan>
  /** A job under way is called off. Resolves when the thread is gone. */
  readonly end: () => Promise<void>
}

const GRACE_MS = 250
const MEMORY_MB = 512
/** A search looks whether it was called off every millisecond or so; reading in a large board takes longer, on a busy machine. */
const ANSWERS_WITHIN_MS = 1_000
const ENDS_WITHIN_MS = 5_000

type Running = {
  readonly number: number
  readonly onProgress: ((progress: Progress) => void) | undefined
  readonly finish: (answer: ThreadPlan | Error) => void
  readonly callOff: () => void
}

export const startSearchThread = (options: ThreadOptions = {}): SearchThread => {
  const memoryMb = options.memoryMb ?? MEMORY_MB
  const answersWithinMs = options.answersWithinMs ?? ANSWERS_WITHIN_MS
  const setup: ThreadSetup = { calledOff: new SharedArrayBuffer(4) }
  const calledOff = new Int32Array(setup.calledOff)
  const worker = new Worker(options.threadFile ?? new URL('./thread.js', import.meta.url), {
    workerData: setup,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  })
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const tell = (order: ThreadOrder): void => worker.postMessage(order)
  let running: Running | null = null
  let usable = true
  /** Why the thread was ended, when it was. */
  let ended: Error | null = null
  let lastBoard: string | undefined
  let count = 0
  // A thread without a job keeps no process alive.
  worker.unref()

  /** For a thread that does not answer. Its last job is over when it is gone. */
  const kill = (reason: Error): void => {
    usable = false
    ended = reason
    void worker.terminate()
  }
  // A thread that was told to end runs out by itself. Ended from outside while the compiler still works for it, it can take
  // the whole process along (Node 20: a failed assertion in NodePlatform::GetForegroundTaskRunner).
  const letEnd = (): void => {
    usable = false
    // The process waits for it, or it would be ended from outside after all.
    worker.ref()
    const late = setTimeout(() => void worker.terminate(), ENDS_WITHIN_MS)
    worker.once('exit', () => clearTimeout(late))
    tell({ type: 'end' })
  }
  const fail = (error: Error): void => {
    usable = false
    running?.finish(ended ?? error)
  }

  worker.on('message', (message: ThreadMessage) => {
    if (running === null || message.number !== running.number) return
    if (message.type === 'progress') {
      running.onProgress?.(message.progress)
    } else if (message.type === 'done') {
      if (message.heldMb > memoryMb) letEnd()
      running.finish(message.plan)
    } else {
      letEnd()
      running.finish(new SearchFailedError(`${message.name}: ${message.message}`))
    }
  })
  worker.on('error', (error) => fail(new SearchFailedError('the search thread failed', { cause: error })))
  worker.on('exit', (code) =>
    fail(new SearchFailedError(`the search thread ended with code ${code} and no plan`)),
  )

  return {
    isFree: () => usable && running === null,
    board: () => lastBoard,
    jobCount: () => count,
    run: (job, { deadlineMs, graceMs = GRACE_MS, signal, onProgress }) =>
      new Promise((resolve, reject) => {
        if (!usable || running !== null) throw new SearchFailedError('the search thread is not free')
        if (signal?.aborted) throw new SearchCancelledError('the search was called off before it began')
        const number = ++count
        let cancelled: Error | null = null
        const timers: NodeJS.Timeout[] = []
        const askToStop = (): void => {
          Atomics.store(calledOff, 0, number)
        }
        const cancel = (): void => {
          cancelled = new SearchCancelledError('the search was called off')
          askToStop()
          timers.push(setTimeout(kill, answersWithinMs, cancelled))
        }
        running = {
          number,
          onProgress: (progress) => {
            if (cancelled === null) onProgress?.(progress)
          },
          callOff: cancel,
          finish: (answer) => {
            running = null
            for (const timer of timers) clearTimeout(timer)
            signal?.removeEventListener('abort', cancel)
            if (usable) worker.unref()
            if (cancelled !== null) reject(cancelled)
            else if (answer instanceof Error) reject(answer)
            else resolve(answer)
          },
        }
        try {
          tell({ type: 'job', number, job })
        } catch (error) {
          running.finish(new SearchFailedError('the job cannot be handed to a thread', { cause: error }))
          return
        }
        lastBoard = job.board?.key
        worker.ref()
        timers.push(setTimeout(askToStop, deadlineMs))
        const late = new SearchDeadlineError(`no plan within ${deadlineMs} ms`)
        timers.push(setTimeout(kill, deadlineMs + graceMs, late))
        signal?.addEventListener('abort', cancel, { once: true })
      }),
    end: () => {
      running?.callOff()
      if (usable) letEnd()
      return gone
    },
  }
}
