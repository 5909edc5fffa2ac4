/**
 * How good the search is for its time, on the instances of the literature: `npm run bench:optimiser -- --instances DIR`.
 *
 * Every plan is judged by the checker and scored afresh from the instance's own words; a refused plan of ours ends the command
 * with 1. Other solvers run in turn with ours, first and second by turns, so that a machine that tires does so for both.
 * The instances are read from where they lie and are no part of the project.
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { basename } from 'node:path'
import { type CurvePoint, curveCells, curveColumns, measureCurve } from './bench/curve.ts'
import { measureOurs, measurePeer, OURS, type Row } from './bench/measure.ts'
import { type BenchOptions, optionsFrom, usage } from './bench/options.ts'
import {
  measureOverrun,
  type OverrunRow,
  overrunCells,
  overrunColumns,
  overrunSums,
} from './bench/overrun.ts'
import type { Peer } from './bench/peers.ts'
import {
  budgetLine,
  comparisonLines,
  comparisons,
  partsLines,
  referenceLines,
  refusedLines,
  runsTable,
  summaryTable,
  table,
} from './bench/report.ts'
import type { Adapter, Instance } from './instances/adapter.ts'
import { setsNamed } from './instances/sets.ts'

const say = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** `limit` files spread evenly over the set, so that every class has its share; all of them when the limit is 0. */
const chosen = (files: readonly string[], limit: number): string[] =>
  limit === 0 || limit >= files.length
    ? [...files]
    : // The quotient stays below the length.
      Array.from({ length: limit }, (_, i) => files[Math.floor((i * files.length) / limit)]!)

/** A budget taken from a peer that hardly ran would be no budget. */
const BUDGET_LEAST_MS = 10

/** Every solver on one instance with one seed; who goes first changes from call to call. */
const runAll = async (
  instance: Instance,
  options: BenchOptions,
  budgetMs: number,
  seed: number,
  turn: number,
): Promise<Row[]> => {
  const peerRows: Row[] = []
  const askPeers = async (peers: readonly Peer[]): Promise<void> => {
    for (const peer of peers) {
      const row = await measurePeer(instance, peer, { seed, budgetMs })
      if (row !== null) peerRows.push(row)
    }
  }
  const pacer = options.peers.filter(({ name }) => name === options.budgetOf)
  const rest = options.peers.filter(({ name }) => name !== options.budgetOf)
  await askPeers(pacer)
  const pace = peerRows[0]
  const ownBudget =
    pace === undefined
      ? budgetMs
      : Math.max(BUDGET_LEAST_MS, Math.round(1000 * (pace.solveSeconds ?? pace.cpuSeconds)))
  const oursFirst = turn % 2 === 0
  if (!oursFirst) await askPeers(rest)
  const own = await measureOurs(instance, { seed, budgetMs: ownBudget, threads: options.threads })
  if (oursFirst) await askPeers(rest)
  return [own, ...peerRows]
}

const benchSet = async (set: Adapter, options: BenchOptions, budgetMs: number): Promise<Row[]> => {
  // The caller has looked that there is a folder.
  const all = set.files(options.instances!)
  const files = chosen(
    all.filter((file) => options.only === null || basename(file).startsWith(options.only)),
    options.limit,
  )
  if (files.length === 0) throw new TypeError(`--instances: has no files of the set ${set.name}`)
  const rows: Row[] = []
  let turn = 0
  for (const file of files) {
    const instance = set.read(file)
    for (const seed of options.seeds) rows.push(...(await runAll(instance, options, budgetMs, seed, turn++)))
    process.stderr.write(`${set.name}: ${basename(file)} done, ${rows.length} runs\n`)
  }
  return rows
}

const printSet = (set: Adapter, rows: readonly Row[], options: BenchOptions, budgetMs: number): void => {
  const budget = options.budgetOf === null ? `${budgetMs} ms CPU` : `the CPU that ${options.budgetOf} took`
  say(
    runsTable(rows, options.markdown),
    '',
    `${set.name}: ${new Set(rows.map((row) => row.instance)).size} instances, ${budget} each, seeds ${options.seeds.join(' ')}, ` +
      `${options.threads} thread${options.threads === 1 ? '' : 's'}, Node ${process.version}, ${cpus().length} cores`,
    `objective: ${set.convention}`,
    '',
    summaryTable(rows, options.markdown),
    '',
    ...partsLines(rows),
    ...comparisonLines(rows),
    ...referenceLines(rows),
    budgetLine(rows, options.threads),
    ...refusedLines(rows),
    '',
  )
}

const machine = () => ({
  node: process.version,
  cores: cpus().length,
  cpu: cpus()[0]?.model ?? 'unknown',
  at: new Date().toISOString(),
})

/** A table of what generated boards took, with how it came about. */
const sayOfGenerated = (
  columns: Parameters<typeof table>[0],
  cells: Parameters<typeof table>[1],
  options: BenchOptions,
): void => {
  say(
    table(columns, cells, options.markdown),
    '',
    `generated boards, seeds ${options.seeds.join(' ')}, 1 thread, Node ${process.version}, ${cpus().length} cores; CPU time throughout`,
    '',
  )
}

const writeReport = (options: BenchOptions, measured: object): void => {
  if (options.json !== null)
    writeFileSync(options.json, JSON.stringify({ machine: machine(), options, ...measured }, null, 1))
}

const runCurve = (sizes: readonly number[], options: BenchOptions): void => {
  // The first search of a process pays for compiling the search; a board of its own pays that here.
  measureCurve(50, { seed: 1, budgetsMs: [300] })
  const points: CurvePoint[] = []
  for (const size of sizes) {
    for (const seed of options.seeds) {
      points.push(measureCurve(size, { seed, budgetsMs: options.budgetsMs }))
      process.stderr.write(`curve: ${size} activities done\n`)
    }
  }
  sayOfGenerated(curveColumns, points.flatMap(curveCells), options)
  if (points.some(({ runs }) => runs.some(({ findings }) => findings.length > 0))) process.exitCode = 1
  writeReport(options, { curve: points })
}

const runOverrun = (sizes: readonly number[], options: BenchOptions): void => {
  measureCurve(50, { seed: 1, budgetsMs: [300] })
  const { budgetsMs, overrun: runs } = options
  const rows: OverrunRow[] = []
  for (const size of sizes) {
    for (const seed of options.seeds) rows.push(...measureOverrun(size, { seed, budgetsMs, runs }))
    process.stderr.write(`overrun: ${size} activities done\n`)
  }
  sayOfGenerated(overrunColumns, [...rows.map(overrunCells), ...overrunSums(rows)], options)
  writeReport(options, { overrun: rows })
}

const main = async (): Promise<void> => {
  const options = optionsFrom(process.argv.slice(2))
  if (options.help) {
    say(usage)
    return
  }
  if (options.curve !== null) {
    if (options.overrun > 0) runOverrun(options.curve, options)
    else runCurve(options.curve, options)
    return
  }
  const adapters = setsNamed(options.sets)
  const report: object[] = []
  for (const budgetMs of options.budgetsMs) {
    for (const set of adapters) {
      const rows = await benchSet(set, options, budgetMs)
      printSet(set, rows, options, budgetMs)
      if (rows.some((row) => row.solver === OURS && row.findings.length > 0)) process.exitCode = 1
      report.push({ set: set.name, convention: set.convention, budgetMs, rows, ratios: comparisons(rows) })
      writeReport(options, { report })
    }
  }
}

try {
  await main()
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  // A bad option or an empty folder: the sentence says what to change.
  process.stderr.write(`bench:optimiser: ${error.message}\n`)
  process.exitCode = 2
}
