/** Runs one search on a thread of its own, which ends with it. Who has more than one job keeps threads: `search-threads.ts`. */
import {
  type JobOptions,
  SearchCancelledError,
  startSearchThread,
  type ThreadOptions,
} from './search-thread.ts'
import type { ThreadJob, ThreadPlan } from './thread-talk.ts'

export type RunOptions = JobOptions & ThreadOptions

export const runInThread = async (job: ThreadJob, options: RunOptions): Promise<ThreadPlan> => {
  if (options.signal?.aborted) throw new SearchCancelledError('the search was called off before it began')
  const thread = startSearchThread(options)
  try {
    return await thread.run(job, options)
  } finally {
    void thread.end()
  }
}
