/**
 * What the bench knows of a set of instances: where its files lie, how one is read, how a plan for it is scored.
 *
 * The surprising rule: a score is recomputed from the instance's own words and in the set's own convention, never from the points
 * that the search counted. So a problem posed wrongly shows as a finding, and two conventions cannot be mixed by accident.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan, Problem } from '../../workers/optimiser/problem.ts'

/** A plan in the set's own objective: smaller is better. */
export type Score = {
  readonly value: number
  /** What the value is made of, and what else is worth seeing beside it. */
  readonly parts: Readonly<Record<string, number>>
  /** What the instance itself forbids and the plan does; a plan with findings is refused. None when absent. */
  readonly findings?: readonly string[]
}

/** An instance as the ordinary search is asked it. */
export type Posed = { readonly problem: Problem; readonly score: (plan: Plan) => Score }

export type RunOptions = {
  readonly seed: number
  /** CPU time of each thread. */
  readonly budgetMs: number
  readonly threads: number
  /** Takes the place of the budget where a test wants the same plan each time. */
  readonly iterations?: number
}

export type Outcome = Score & { readonly iterations: number }

/** Who goes where in which order, as any solver can say it. */
export type OrderedRoute = { readonly technicianId: string; readonly activityIds: readonly string[] }

export type Instance = {
  readonly name: string
  /** Class of the literature: gaps are told by class too. */
  readonly group: string
  readonly best: number | null
  /** Other published values of this instance, told beside the best. */
  readonly references?: Readonly<Record<string, number>>
  readonly run: (options: RunOptions) => Outcome | Promise<Outcome>
  /** Present where other solvers can be asked the very same question. */
  readonly forPeers?: {
    /** Only with what VROOM's format has words for. */
    readonly problem: Problem
    readonly score: (routes: readonly OrderedRoute[]) => Score
  }
}

export type Adapter = {
  /** As `--sets` names it. */
  readonly name: string
  /** The objective in one line, printed under each table. */
  readonly convention: string
  /** Absolute paths below the folder that holds all sets, in order; empty where the set is not there. */
  readonly files: (instances: string) => string[]
  readonly read: (file: string) => Instance
}

/** Paths of the files in a folder whose names match, in order; none where there is no such folder. */
export const filesIn = (folder: string, pattern: RegExp): string[] => {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => join(folder, name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** A column of a `best-known.csv` by the first column; empty cells are left out. */
export const columnOf = (csv: string, column: string): ReadonlyMap<string, number> => {
  const [header = '', ...lines] = readFileSync(csv, 'utf8').trim().split(/\r?\n/)
  const at = header.split(',').indexOf(column)
  if (at < 0) throw new Error(`${csv}: has no column ${column}`)
  return new Map(
    lines.flatMap((line) => {
      const cells = line.split(',')
      const text = cells[at] ?? ''
      return text === '' ? [] : [[cells[0] ?? '', Number(text)] as const]
    }),
  )
}
