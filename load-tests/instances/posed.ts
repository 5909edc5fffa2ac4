/**
 * Runs the ordinary search on an instance, on one thread or on several that trade plans, and has the checker judge the plan.
 *
 * Several threads run the built files, so they need `dist/`; one thread needs nothing.
 */
import { check } from '../../workers/optimiser/checker/checker.ts'
import { sharedFor } from '../../workers/optimiser/islands/meeting.ts'
import type { Plan, Problem } from '../../workers/optimiser/problem.ts'
import { solve } from '../../workers/optimiser/solve.ts'
import type { Stop } from '../../workers/optimiser/stop/budget.ts'
import { runInThread } from '../../workers/optimiser/threads/run-in-thread.ts'
import type { Outcome, Posed, RunOptions } from './adapter.ts'

const threadFile = new URL('../../dist/workers/optimiser/threads/thread.js', import.meta.url)

/** A thread on a busy machine gets its CPU time late; this is how late it may be. */
const wallFor = (budgetMs: number): number => budgetMs * 10 + 120_000

export const stopFor = (options: RunOptions): Stop =>
  options.iterations === undefined ? { cpuMs: options.budgetMs } : { iterations: options.iterations }

const search = async (problem: Problem, options: RunOptions): Promise<Plan> => {
  const stop = stopFor(options)
  const { seed, threads } = options
  if (threads === 1) return solve(problem, { seed, stop })
  const shared = sharedFor(problem, threads)
  const plans = await Promise.all(
    Array.from({ length: threads }, (_, island) =>
      runInThread(
        { kind: 'solve', problem, seed: seed + island, stop, exchange: { island, islands: threads, shared } },
        { deadlineMs: wallFor(options.budgetMs), memoryMb: 2_048, threadFile },
      ),
    ),
  )
  return plans.reduce((best, plan) => (plan.points < best.points ? plan : best))
}

/** How an adapter's `run` is made from what it poses. */
export const planned =
  ({ problem, score }: Posed) =>
  async (options: RunOptions): Promise<Outcome> => {
    const plan = await search(problem, options)
    const { violations } = check(problem, plan)
    const scored = score(plan)
    return {
      ...scored,
      iterations: plan.iterations,
      findings: [
        ...violations.map(
          ({ rule, activityId, technicianId, sentence }) =>
            `${rule}: ${[activityId, technicianId].filter((id) => id !== undefined).join(' with ')} ${sentence}`,
        ),
        ...(scored.findings ?? []),
      ],
    }
  }
