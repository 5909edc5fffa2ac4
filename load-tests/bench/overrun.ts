/**
 * By how much a search outlives its budget: `--overrun RUNS` beside `--curve`.
 *
 * CPU time of the process throughout, from before the problem is compiled until the plan is there to be read. Each run has a seed of
 * its own; a repair gets a few activities that lost their place. A first plan that does not fit into the budget shows as searches
 * of no iteration.
 */
import { compile } from '../../workers/optimiser/model/compile.ts'
import type { Plan, Problem } from '../../workers/optimiser/problem.ts'
import { below, randomFrom } from '../../workers/optimiser/random.ts'
import { repair } from '../../workers/optimiser/repair.ts'
import { solve } from '../../workers/optimiser/solve.ts'
import { curveBoard } from './curve.ts'

/** Activities that lose their place in one event, and others that may move for them. */
const CHANGED = 3
const CHURN = 6

export type OverrunRow = {
  readonly activities: number
  readonly what: 'solve' | 'repair'
  readonly budgetMs: number
  readonly compileMs: number
  readonly firstPlanMs: number
  /** Milliseconds of CPU beyond the budget, sorted. */
  readonly overrunMs: readonly number[]
  readonly unsearched: number
  readonly unfinished: number
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const timed = <T>(work: () => T): { readonly ms: number; readonly result: T } => {
  const from = cpuMs()
  const result = work()
  return { ms: cpuMs() - from, result }
}

const isUnfinished = (plan: Plan): boolean => plan.unassigned.some(({ rule }) => rule === 'time')

export const measureOverrun = (
  count: number,
  { seed, budgetsMs, runs }: { seed: number; budgetsMs: readonly number[]; runs: number },
): OverrunRow[] => {
  const problem = curveBoard(count, seed)
  // The first of each pays for compiling the code as well.
  compile(problem)
  const warm = solve(problem, { seed, stop: { iterations: 50 } })
  const compileMs = timed(() => compile(problem)).ms
  const firstPlanMs = timed(() => solve(problem, { seed, stop: { iterations: 0 } })).ms - compileMs
  return budgetsMs.flatMap((budgetMs) => {
    const stop = { cpuMs: budgetMs }
    const searches = {
      solve: (run: number) => solve(problem, { seed: run, stop }),
      repair: (run: number) =>
        repair(problem, { seed: run, stop, warm, churnBudget: CHURN, changed: changedIn(problem, run) }),
    }
    return (['solve', 'repair'] as const).map((what): OverrunRow => {
      const done = Array.from({ length: runs }, (_, run) => timed(() => searches[what](run + 1)))
      return {
        activities: count,
        what,
        budgetMs,
        compileMs,
        firstPlanMs,
        overrunMs: done.map(({ ms }) => ms - budgetMs).sort((a, b) => a - b),
        unsearched: done.filter(({ result }) => result.iterations === 0).length,
        unfinished: done.filter(({ result }) => isUnfinished(result)).length,
      }
    })
  })
}

const changedIn = (problem: Problem, run: number): string[] => {
  const random = randomFrom(run)
  return Array.from({ length: CHANGED }, () => {
    // An index below the length is there.
    return problem.activities[below(random, problem.activities.length)]!.id
  })
}

/** The value that a share of the sorted ones does not exceed. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN

export const overrunColumns = [
  'activities',
  'search',
  'budget ms',
  'compile ms',
  'first plan ms',
  'runs',
  'overrun p50 ms',
  'p95',
  'p99',
  'max',
  'no iteration',
  'unfinished',
] as const

export const overrunCells = (row: OverrunRow): string[] => [
  String(row.activities),
  row.what,
  String(row.budgetMs),
  row.compileMs.toFixed(0),
  row.firstPlanMs.toFixed(0),
  String(row.overrunMs.length),
  ...[0.5, 0.95, 0.99, 1].map((share) => quantile(row.overrunMs, share).toFixed(1)),
  String(row.unsearched),
  String(row.unfinished),
]
