/**
 * What a search thread does with a job, and what it remembers of it: the plans of optimisations, for the next one of the same board.
 *
 * A repair sees only the people around its event, and what comes of it is on the board soon after; it is not remembered.
 */
import { elitePool } from '../construct/elite-pool.ts'
import { repair } from '../repair.ts'
import { solve } from '../solve.ts'
import type { RunJob } from './answer-jobs.ts'

/** For one thread: with it goes what it remembers. */
export const jobRunner = (): RunJob => {
  const pool = elitePool()
  return (job, { onImprovement, cancelled }) => {
    const stop = { ...job.stop, cancelled }
    if (job.kind === 'repair') return repair(job.problem, { ...job, stop, onImprovement })
    const { board, problem } = job
    if (board === undefined) return solve(problem, { ...job, stop, onImprovement })
    const plan = solve(problem, { ...job, stop, onImprovement, elites: pool.plansFor(board, problem) })
    pool.remember(board, plan)
    return plan
  }
}
