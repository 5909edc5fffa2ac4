/** What a search thread does with a job. */
import type { RunJob } from './answer-jobs.ts'
import { repair } from './repair.ts'
import { solve } from './solve.ts'

export const runJob: RunJob = (job, { onImprovement, cancelled }) => {
  const stop = { ...job.stop, cancelled }
  return job.kind === 'solve'
    ? solve(job.problem, { ...job, stop, onImprovement })
    : repair(job.problem, { ...job, stop, onImprovement })
}
