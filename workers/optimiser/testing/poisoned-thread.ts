/** A search thread that some jobs are poison to, told by their seed; everything else is as in `../threads/thread.ts`. */
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { answerJobs } from '../threads/answer-jobs.ts'
import { jobRunner } from '../threads/run-job.ts'
import type { ThreadSetup } from '../threads/thread-talk.ts'
import { poison } from './poison.ts'

const runJob = jobRunner()
const hoard: unknown[] = []

// The only thing that starts this file gives it a set-up.
answerJobs(parentPort!, workerData as ThreadSetup, (job, how) => {
  if (job.seed === poison.endless) {
    for (;;) hoard[0] = job
  }
  if (job.seed === poison.greedy) {
    for (let held = 0; held < 2 ** 31; held += 8 * 2 ** 16) hoard.push(new Array(2 ** 16).fill(held))
  }
  if (job.seed === poison.swelling) hoard.push(new Uint8Array(2 ** 28))
  if (job.seed === poison.ending) process.exit(3)
  const plan = runJob(job, how)
  return job.seed === poison.telling ? { ...plan, moved: [`thread ${threadId}`] } : plan
})
