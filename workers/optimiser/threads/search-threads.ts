/**
 * The search threads of one process, kept from job to job: a thread that has searched before needs no start and no warming up,
 * and remembers the boards it has planned.
 *
 * A job goes to the free thread that last had its board, else to any free one. Nobody waits here: how many jobs there are at
 * once is decided by whoever takes them, and one more than there are kept threads gets a thread of its own for once.
 * A thread is replaced when it was ended, when it failed, when it has grown, and after a number of jobs in any case.
 */
import {
  type JobOptions,
  SearchCancelledError,
  type SearchThread,
  startSearchThread,
  type ThreadOptions,
} from './search-thread.ts'
import type { ThreadJob, ThreadPlan } from './thread-talk.ts'

export type SearchThreads = {
  readonly run: (job: ThreadJob, options: JobOptions) => Promise<ThreadPlan>
  /** Calls off what is under way and ends every thread; no job is taken any more. */
  readonly close: () => Promise<void>
}

/** Nothing is known to leak; this bounds what is not known. */
const JOBS_MAX = 500

export type KeepOptions = ThreadOptions & {
  /** Most threads that are kept. */
  readonly count: number
  /** Jobs after which a thread is replaced; 500 when absent. */
  readonly jobsMax?: number
}

export const keepSearchThreads = (options: KeepOptions): SearchThreads => {
  const jobsMax = options.jobsMax ?? JOBS_MAX
  const threads = new Set<SearchThread>()
  let closed = false
  const start = (): SearchThread => {
    const thread = startSearchThread(options)
    threads.add(thread)
    return thread
  }
  const freeFor = (board: string | undefined): SearchThread | undefined => {
    const free = [...threads].filter((thread) => thread.isFree())
    return (board === undefined ? undefined : free.find((thread) => thread.board() === board)) ?? free[0]
  }
  const drop = (thread: SearchThread): void => {
    threads.delete(thread)
    void thread.end()
  }
  /** After a job: what can take no other goes, and its successor starts before anybody waits for it. */
  const tidy = (thread: SearchThread): void => {
    const isWorn = !thread.isFree() || thread.jobCount() >= jobsMax
    if (isWorn || threads.size > options.count) drop(thread)
    if (!closed && threads.size === 0) start()
  }
  return {
    run: async (job, how) => {
      if (closed) throw new SearchCancelledError('the search threads are closed')
      if (how.signal?.aborted) throw new SearchCancelledError('the search was called off before it began')
      const thread = freeFor(job.board?.key) ?? start()
      try {
        return await thread.run(job, how)
      } finally {
        tidy(thread)
      }
    },
    close: async () => {
      closed = true
      await Promise.all([...threads].map((thread) => thread.end()))
    },
  }
}
