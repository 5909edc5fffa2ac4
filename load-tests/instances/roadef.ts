/**
 * The ROADEF 2007 challenge: technicians and interventions of France Telecom, in teams that stay together for a day.
 *
 * An instance is a folder of three files. The objective is that of the challenge, 28 t1 + 14 t2 + 4 t3 + t4, where tk is the latest
 * end of priority k and t4 the end of everything; the days of 120 follow each other without a gap, and nights count nothing.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Need, ProjectProblem } from '../../workers/optimiser/teams/problem.ts'
import { planProject } from '../../workers/optimiser/teams/project.ts'
import { checkProject } from '../../workers/optimiser/teams/project-checker.ts'
import { type Adapter, columnOf, type Instance } from './adapter.ts'
import { stopFor } from './posed.ts'

export type RoadefFiles = {
  readonly instance: string
  readonly interventions: string
  readonly technicians: string
}

const rowsOf = (text: string): string[] => text.trim().split(/\r?\n/).slice(1)

/** A row is numbers, and one list of them in brackets. */
const cellsOf = (row: string, what: string): { before: number[]; list: number[]; after: number[] } => {
  const [, before, list, after] = /^([^[]*)\[([^\]]*)\]([^\]]*)$/.exec(row) ?? []
  if (before === undefined || list === undefined || after === undefined)
    throw new Error(`${what}: a row without one list in brackets: ${row}`)
  const numbers = (text: string): number[] => {
    const values = text.trim() === '' ? [] : text.trim().split(/\s+/).map(Number)
    if (!values.every(Number.isFinite)) throw new Error(`${what}: a row with other than numbers: ${row}`)
    return values
  }
  return { before: numbers(before), list: numbers(list), after: numbers(after) }
}

/** Columns go through the levels of one domain, then those of the next. */
const needsOf = (counts: readonly number[], levels: number): Need[] =>
  counts.flatMap((count, column) =>
    count === 0 ? [] : [{ domain: Math.floor(column / levels), level: (column % levels) + 1, count }],
  )

export const parseRoadef = ({ instance, interventions, technicians }: RoadefFiles): ProjectProblem => {
  const [, domains = 0, levels = 0, , , outsourceBudget = 0] = (rowsOf(instance)[0] ?? '')
    .trim()
    .split(/\s+/)
    .map(Number)
  if (!(domains > 0 && levels > 0)) throw new Error('instance: names no domains and levels')
  return {
    dayLength: 120,
    weights: [28, 14, 4, 1],
    outsourceBudget,
    technicians: rowsOf(technicians).map((row) => {
      const { before, list } = cellsOf(row, 'tech_list')
      const [id = 0, ...own] = before
      // The files count days from 1.
      return { id: String(id), levels: own, daysOff: list.map((day) => day - 1) }
    }),
    tasks: rowsOf(interventions).map((row) => {
      const { before, list, after } = cellsOf(row, 'interv_list')
      const [id = 0, duration = 0] = before
      const [priority = 0, outsourceCost = 0, ...counts] = after
      if (counts.length !== domains * levels)
        throw new Error(`interv_list: intervention ${id} has ${counts.length} of ${domains * levels} needs`)
      return {
        id: String(id),
        duration,
        needs: needsOf(counts, levels),
        priority: priority - 1,
        predecessors: list.map(String),
        outsourceCost,
      }
    }),
  }
}

type Known = Pick<Instance, 'name' | 'group' | 'best' | 'references'>

export const readRoadef = (files: RoadefFiles, known: Known): Instance => {
  const problem = parseRoadef(files)
  return {
    ...known,
    run: (options) => {
      const plan = planProject(problem, { seed: options.seed, stop: stopFor(options) })
      const { findings, value, ends } = checkProject(problem, plan)
      return {
        value,
        parts: {
          ...Object.fromEntries(ends.map((end, k) => [`t${k + 1}`, end])),
          out: plan.outsourced.length,
        },
        findings,
        iterations: plan.iterations,
      }
    },
  }
}

const foldersOf = (set: string): string[] => {
  try {
    return readdirSync(set)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((name) => join(set, name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

export const roadef: Adapter = {
  name: 'roadef',
  convention:
    '28 t1 + 14 t2 + 4 t3 + t4 (ROADEF 2007); gap to the best value of the challenge; search for teams on one thread',
  files: (instances) => ['setA', 'setB'].flatMap((set) => foldersOf(join(instances, 'roadef2007', set))),
  read: (folder) => {
    const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
    const letter = basename(dirname(folder)).replace(/^set/, '')
    const name = `${letter}-${basename(folder)}`
    const csv = join(folder, '..', '..', 'best-known.csv')
    const heuristic = columnOf(csv, 'student_heuristic_cost').get(name)
    return readRoadef(
      { instance: text('instance'), interventions: text('interv_list'), technicians: text('tech_list') },
      {
        name,
        group: letter,
        best: columnOf(csv, 'best_known_cost').get(name) ?? null,
        references: heuristic === undefined ? {} : { 'list heuristic': heuristic },
      },
    )
  },
}
