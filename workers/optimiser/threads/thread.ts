/** The file that a search thread runs, started by `search-thread.ts` from the built file. */
import { parentPort, workerData } from 'node:worker_threads'
import { answerJobs } from './answer-jobs.ts'
import { jobRunner } from './run-job.ts'
import type { ThreadSetup } from './thread-talk.ts'

// The only thing that starts this file gives it a set-up.
if (parentPort !== null) answerJobs(parentPort, workerData as ThreadSetup, jobRunner())
