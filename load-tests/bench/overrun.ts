/**
 * By how much a search outlives its budget: `--overrun RUNS` beside `--curve`.
 *
 * CPU time of the process throughout, from before the problem is compiled until the plan is there to be read. Each run has a seed of
 * its own. A repair gets a few activities that lost their place, a repair of an absence the whole day of one technician; each is done on
 * a board whose days stand by themselves and on one where some work is linked.
 * The surprising rule: a plan is never told half, so a board has a least time, which is what a budget of next to nothing takes. A
 * budget below it cannot be kept; such rows are in the table, and left out of the sum of those that could be.
 */
import { compile } from '../../workers/optimiser/model/compile.ts'
import type { Link, Plan, Problem } from '../../workers/optimiser/problem.ts'
import { below, randomFrom, unit } from '../../workers/optimiser/random.ts'
import { repair } from '../../workers/optimiser/repair.ts'
import { solve } from '../../workers/optimiser/solve.ts'
import type { Stop } from '../../workers/optimiser/stop/budget.ts'
import { curveBoard } from './curve.ts'

/** Activities that lose their place in one event, and others that may move for them. */
const CHANGED = 3
const CHURN = 6
/** Neighbours in the list of activities of which so many are linked: half of them visits of two people, half one after the other. */
const LINKED_SHARE = 0.1
/** The least time is the median of so many runs, which warm the code up as well: search threads are kept from job to job. */
const LEAST_RUNS = 5
/** And so many more of a budget in which the search itself begins. */
const WARM_UPS = 3
const WARM_UP_MS = 200

export const searches = [
  'solve',
  'repair',
  'absence',
  'linked solve',
  'linked repair',
  'linked absence',
] as const
export type SearchName = (typeof searches)[number]

export type OverrunRow = {
  readonly activities: number
  readonly what: SearchName
  readonly budgetMs: number
  readonly compileMs: number
  /** What it takes with a budget of next to nothing. */
  readonly leastMs: number
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

/** Of each pair that is linked the second is work of the first's length, so that two people can do them side by side. */
export const withLinks = (problem: Problem, seed: number): Problem => {
  const random = randomFrom(seed)
  const activities = [...problem.activities]
  const links: Link[] = []
  for (let i = 0; i + 1 < activities.length; i += 2) {
    if (unit(random) >= LINKED_SHARE) continue
    // The loop ends before the last.
    const first = activities[i]!
    const second = activities[i + 1]!
    const { id } = second
    const isPair = unit(random) < 0.5
    if (isPair) activities[i + 1] = { ...first, id }
    links.push(
      isPair
        ? { first: first.id, second: id, from: 0, to: 0, technicians: 'different', together: true }
        : { first: first.id, second: id, from: first.duration, to: null },
    )
  }
  return { ...problem, activities, links }
}

type Board = { readonly problem: Problem; readonly warm: Plan }
type Run = (seed: number, stop: Stop) => Plan

const runsOn = ({ problem, warm }: Board): readonly Run[] => {
  const mended = (seed: number, stop: Stop, changed: readonly string[]): Plan =>
    repair(problem, { seed, stop, warm, churnBudget: CHURN, changed })
  return [
    (seed, stop) => solve(problem, { seed, stop }),
    (seed, stop) => mended(seed, stop, changedIn(problem, seed)),
    (seed, stop) => {
      // A plan of the curve's boards has a day for nearly everybody.
      const { visits } = warm.routes[seed % warm.routes.length]!
      return mended(
        seed,
        stop,
        visits.map(({ activityId }) => activityId),
      )
    },
  ]
}

export type OverrunOptions = {
  readonly seed: number
  readonly budgetsMs: readonly number[]
  readonly runs: number
}

export const measureOverrun = (count: number, { seed, budgetsMs, runs }: OverrunOptions): OverrunRow[] => {
  const problem = curveBoard(count, seed)
  const problems = [problem, withLinks(problem, seed)]
  return problems.flatMap((posed, isLinked) => {
    // The first of each pays for compiling the code as well.
    compile(posed)
    const warm = solve(posed, { seed, stop: { iterations: 1 } })
    const compileMs = timed(() => compile(posed)).ms
    return runsOn({ problem: posed, warm }).flatMap((run, kind) => {
      for (let i = 0; i < WARM_UPS; i++) run(i, { cpuMs: WARM_UP_MS })
      const leastMs = middle(
        Array.from({ length: LEAST_RUNS }, (_, i) => timed(() => run(i, { cpuMs: 0.001 })).ms),
      )
      return budgetsMs.map((budgetMs): OverrunRow => {
        const done = Array.from({ length: runs }, (_, i) => timed(() => run(i + 1, { cpuMs: budgetMs })))
        return {
          activities: count,
          // Three searches on each of two boards have a name each.
          what: searches[3 * isLinked + kind]!,
          budgetMs,
          compileMs,
          leastMs,
          overrunMs: done.map(({ ms }) => ms - budgetMs).sort((a, b) => a - b),
          unsearched: done.filter(({ result }) => result.iterations === 0).length,
          unfinished: done.filter(({ result }) => isUnfinished(result)).length,
        }
      })
    })
  })
}

const middle = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  )

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
  'least ms',
  'runs',
  'overrun p50 ms',
  'p95',
  'p99',
  'max',
  'no iteration',
  'unfinished',
] as const

const shares = (sorted: readonly number[]): string[] =>
  [0.5, 0.95, 0.99, 1].map((share) => quantile(sorted, share).toFixed(1))

export const overrunCells = (row: OverrunRow): string[] => [
  String(row.activities),
  row.what,
  String(row.budgetMs),
  row.compileMs.toFixed(0),
  row.leastMs.toFixed(0),
  String(row.overrunMs.length),
  ...shares(row.overrunMs),
  String(row.unsearched),
  String(row.unfinished),
]

/** All runs of each search whose budget is longer than the least time, and those of all searches. */
export const overrunSums = (rows: readonly OverrunRow[]): string[][] => {
  const kept = rows.filter(({ leastMs, budgetMs }) => leastMs <= budgetMs)
  return [...searches, 'all of them'].flatMap((name) => {
    const some = kept.filter(({ what }) => what === name || name === 'all of them')
    if (some.length === 0) return []
    const sorted = some.flatMap(({ overrunMs }) => overrunMs).sort((a, b) => a - b)
    const sum = (of: (row: OverrunRow) => number): string =>
      String(some.reduce((count, row) => count + of(row), 0))
    return [
      [
        'all sizes',
        name,
        'those that can be kept',
        '',
        '',
        String(sorted.length),
        ...shares(sorted),
        sum(({ unsearched }) => unsearched),
        sum(({ unfinished }) => unfinished),
      ],
    ]
  })
}
