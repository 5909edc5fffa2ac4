/**
 * How good the search is for its time, on the instances of the literature: `npm run bench:optimiser -- --instances DIR`.
 *
 * For each file one search by CPU budget, its plan judged by the checker, its distance beside the best known. Gaps are in the
 * convention of the 12th DIMACS challenge (floor(10 d) / 10, distance only); records that minimise vehicles first are another
 * question and are never used here. The instances are read from where they lie and are no part of the project.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { check } from '../workers/optimiser/checker.ts'
import { solve } from '../workers/optimiser/solve.ts'
import { parseSolomon, problemFrom } from './instances/solomon.ts'

type Row = {
  readonly name: string
  readonly distance: number
  readonly best: number
  readonly gap: number
  readonly routes: number
  readonly iterations: number
  readonly cpuSeconds: number
  readonly wallSeconds: number
  readonly accepted: boolean
}

type Options = {
  readonly instances: string
  readonly sets: readonly string[]
  readonly limit: number
  readonly budgetMs: number
  readonly seed: number
  readonly only: string | undefined
  readonly markdown: boolean
}

const options = (): Options => {
  const { values } = parseArgs({
    options: {
      instances: { type: 'string' },
      sets: { type: 'string', default: 'solomon' },
      limit: { type: 'string', default: '10' },
      budget: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      markdown: { type: 'boolean', default: false },
    },
  })
  if (values.instances === undefined) throw new Error('--instances: name the folder that holds the sets')
  const count = (value: string, name: string): number => {
    const number = Number(value)
    if (!Number.isInteger(number) || number < 0) throw new Error(`--${name}: must be a whole number`)
    return number
  }
  return {
    instances: values.instances,
    sets: values.sets.split(','),
    limit: count(values.limit, 'limit'),
    budgetMs: count(values.budget, 'budget'),
    seed: count(values.seed, 'seed'),
    only: values.only,
    markdown: values.markdown,
  }
}

/** Best known distances by instance, from the column of that name. */
const bestKnown = (folder: string): ReadonlyMap<string, number> => {
  const [header = '', ...lines] = readFileSync(join(folder, 'best-known.csv'), 'utf8').trim().split(/\r?\n/)
  const at = header.split(',').indexOf('dimacs_distance')
  if (at < 0) throw new Error(`${folder}: best-known.csv has no column dimacs_distance`)
  return new Map(
    lines.map((line) => {
      const cells = line.split(',')
      return [cells[0] ?? '', Number(cells[at])]
    }),
  )
}

/** `limit` files spread evenly over the set, so that every class has its share; all of them when the limit is 0. */
const chosen = (names: readonly string[], limit: number): string[] => {
  if (limit === 0 || limit >= names.length) return [...names]
  return Array.from({ length: limit }, (_, i) => names[Math.floor((i * names.length) / limit)] ?? '')
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const measure = (folder: string, file: string, best: number, budgetMs: number, seed: number): Row => {
  const problem = problemFrom(parseSolomon(readFileSync(join(folder, file), 'utf8')))
  const cpuFrom = cpuSeconds()
  const wallFrom = performance.now()
  const plan = solve(problem, { seed, stop: { cpuMs: budgetMs } })
  const cpu = cpuSeconds() - cpuFrom
  const wall = (performance.now() - wallFrom) / 1000
  const verdict = check(problem, plan)
  const distance = verdict.points / 10
  return {
    name: file.replace(/\.txt$/i, ''),
    distance,
    best,
    gap: 100 * (distance / best - 1),
    routes: plan.routes.length,
    iterations: plan.iterations,
    cpuSeconds: cpu,
    wallSeconds: wall,
    accepted: verdict.violations.length === 0 && plan.unassigned.length === 0,
  }
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

const columns = [
  'instance',
  'distance',
  'best known',
  'gap %',
  'routes',
  'iterations',
  'CPU s',
  'wall s',
  'checker',
]

const cellsOf = (row: Row): string[] => [
  row.name,
  row.distance.toFixed(1),
  row.best.toFixed(1),
  row.gap.toFixed(2),
  String(row.routes),
  String(row.iterations),
  row.cpuSeconds.toFixed(2),
  row.wallSeconds.toFixed(2),
  row.accepted ? 'accepted' : 'REFUSED',
]

const print = (rows: readonly Row[], markdown: boolean): void => {
  const table = [columns, ...rows.map(cellsOf)]
  const widths = columns.map((_, i) => Math.max(...table.map((cells) => (cells[i] ?? '').length)))
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    )
    return markdown ? `| ${padded.join(' | ')} |` : padded.join('  ')
  }
  const rule = markdown
    ? [
        `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`,
      ]
    : []
  const [head = [], ...body] = table
  process.stdout.write(`${[line(head), ...rule, ...body.map(line)].join('\n')}\n`)
}

const summarise = (set: string, rows: readonly Row[], asked: Options): void => {
  const accepted = rows.filter((row) => row.accepted).length
  process.stdout.write(
    [
      '',
      `${set}: ${rows.length} instances, ${asked.budgetMs} ms CPU each, seed ${asked.seed}, 1 thread, Node ${process.version}, ${cpus().length} cores`,
      `mean gap ${mean(rows.map((row) => row.gap)).toFixed(3)} %, worst ${Math.max(...rows.map((row) => row.gap)).toFixed(2)} %, ` +
        `plans accepted by the checker ${accepted} of ${rows.length}`,
      `CPU ${mean(rows.map((row) => row.cpuSeconds)).toFixed(2)} s and wall ${mean(rows.map((row) => row.wallSeconds)).toFixed(2)} s on average`,
      '',
    ].join('\n'),
  )
}

const main = (): void => {
  const asked = options()
  for (const set of asked.sets) {
    const folder = join(asked.instances, set)
    const best = bestKnown(folder)
    const files = readdirSync(folder)
      .filter((file) => /\.txt$/i.test(file) && best.has(file.replace(/\.txt$/i, '')))
      .filter((file) => asked.only === undefined || file.startsWith(asked.only))
      .sort()
    const rows = chosen(files, asked.limit).map((file) =>
      // Files without a best known value were passed over above.
      measure(folder, file, best.get(file.replace(/\.txt$/i, ''))!, asked.budgetMs, asked.seed),
    )
    if (rows.length === 0) throw new Error(`${folder}: no instance with a best known distance`)
    print(rows, asked.markdown)
    summarise(set, rows, asked)
    if (rows.some((row) => !row.accepted)) process.exitCode = 1
  }
}

main()
