/**
 * The search on a thread of its own: takes one job, posts progress, posts the plan, ends.
 *
 * Started by `run-in-thread.ts` from the built file. Everything that crosses is plain data; a fault crosses as its name and
 * message, because errors lose their class on the way.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Exchange } from './islands.ts'
import type { Plan, Problem, WarmPlan } from './problem.ts'
import { repair } from './repair.ts'
import { type Progress, solve } from './solve.ts'
import type { Stop } from './stop/budget.ts'

export type ThreadStop = Omit<Stop, 'cancelled'>

export type ThreadJob =
  | {
      readonly kind: 'solve'
      readonly problem: Problem
      readonly seed: number
      readonly stop: ThreadStop
      readonly warm?: WarmPlan
      readonly exchange?: Exchange
    }
  | {
      readonly kind: 'repair'
      readonly problem: Problem
      readonly changed: readonly string[]
      readonly churnBudget: number
      readonly seed: number
      readonly stop: ThreadStop
      readonly warm?: WarmPlan
    }

export type ThreadPlan = Plan & { readonly moved?: readonly string[] }

export type ThreadMessage =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'done'; readonly plan: ThreadPlan }
  | { readonly type: 'failed'; readonly name: string; readonly message: string }

export const runJob = (job: ThreadJob, onImprovement: (progress: Progress) => void): ThreadPlan =>
  job.kind === 'solve'
    ? solve(job.problem, { ...job, onImprovement })
    : repair(job.problem, { ...job, onImprovement })

/** Progress is for people: a few reports a second are enough. */
const REPORT_EVERY_MS = 50

const port = parentPort
if (port !== null) {
  let reportedAt = Number.NEGATIVE_INFINITY
  const post = (message: ThreadMessage): void => port.postMessage(message)
  try {
    // The only thing that starts this file gives it a job.
    const job = workerData as ThreadJob
    const plan = runJob(job, (progress) => {
      if (progress.elapsedMs - reportedAt < REPORT_EVERY_MS) return
      reportedAt = progress.elapsedMs
      post({ type: 'progress', progress })
    })
    post({ type: 'done', plan })
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    post({ type: 'failed', name, message })
  }
}
