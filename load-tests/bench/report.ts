/**
 * The tables of the bench: every run, a summary by class and solver, and the ratio to each peer with its interval.
 *
 * A refused plan has no place in a mean: it is listed and counted instead. Ratios are taken over the instances and seeds that
 * both solvers have an accepted plan for, and say of how many they speak.
 */
import { mean, median, quantile, ratioOfMeans } from '../statistics.ts'
import { gapOf, OURS, type Row } from './measure.ts'

type Cell = string | number | null

/** A best value that is published with fewer digits may lie a hair above ours: no gap is told as less than none for that. */
const decimals = (value: number): string =>
  value.toFixed(Math.abs(value) >= 1_000 ? 1 : 2).replace(/^-(0\.0+)$/, '$1')

const shown = (cell: Cell): string => (cell === null ? '-' : typeof cell === 'number' ? decimals(cell) : cell)

export const table = (
  columns: readonly string[],
  body: readonly (readonly Cell[])[],
  markdown: boolean,
): string => {
  const rows = [columns, ...body.map((cells) => cells.map(shown))]
  const widths = columns.map((_, i) => Math.max(...rows.map((cells) => (cells[i] ?? '').length)))
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    )
    return markdown ? `| ${padded.join(' | ')} |` : padded.join('  ').trimEnd()
  }
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  const [head = [], ...rest] = rows
  return [line(head), ...(markdown ? [`| ${rule.join(' | ')} |`] : []), ...rest.map(line)].join('\n')
}

const isAccepted = (row: Row): boolean => row.findings.length === 0

const partsText = (row: Row): string =>
  Object.entries(row.parts)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(1)}`)
    .join(', ')

const referencesText = (row: Row): string =>
  Object.entries(row.references)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(1)}`)
    .join(', ')

export const runsTable = (rows: readonly Row[], markdown: boolean): string => {
  const anyReference = rows.some((row) => Object.keys(row.references).length > 0)
  return table(
    [
      'instance',
      'solver',
      'seed',
      'value',
      'best known',
      'gap %',
      'iterations',
      'CPU s',
      'wall s',
      'of which',
      ...(anyReference ? ['also published'] : []),
      'checker',
    ],
    rows.map((row) => [
      row.instance,
      row.solver,
      String(row.seed),
      // A peer that wrote no plan has no value.
      Number.isNaN(row.value) ? null : row.value,
      row.best,
      gapOf(row),
      row.iterations === null ? null : String(row.iterations),
      row.cpuSeconds,
      row.wallSeconds,
      partsText(row),
      ...(anyReference ? [referencesText(row)] : []),
      isAccepted(row) ? 'accepted' : 'REFUSED',
    ]),
    markdown,
  )
}

const grouped = <K>(rows: readonly Row[], keyOf: (row: Row) => K): ReadonlyMap<K, Row[]> => {
  const groups = new Map<K, Row[]>()
  for (const row of rows) {
    const key = keyOf(row)
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return groups
}

const greatest = (values: readonly number[]): number | null =>
  values.length === 0 ? null : Math.max(...values)

const meanOrNone = (values: readonly number[]): number | null => (values.length === 0 ? null : mean(values))

const summaryOf = (name: string, solver: string, rows: readonly Row[]): Cell[] => {
  const accepted = rows.filter(isAccepted)
  const gaps = accepted.flatMap((row) => gapOf(row) ?? [])
  const solves = accepted.flatMap((row) => row.solveSeconds ?? [])
  return [
    name,
    solver,
    `${accepted.length} of ${rows.length}`,
    meanOrNone(accepted.map((row) => row.value)),
    meanOrNone(gaps),
    gaps.length === 0 ? null : median(gaps),
    greatest(gaps),
    meanOrNone(accepted.map((row) => row.cpuSeconds)),
    meanOrNone(solves),
    meanOrNone(accepted.map((row) => row.wallSeconds)),
  ]
}

export const summaryTable = (rows: readonly Row[], markdown: boolean): string => {
  const groups = [...grouped(rows, (row) => row.group)].sort(([a], [b]) => a.localeCompare(b))
  const solvers = [...grouped(rows, (row) => row.solver).keys()]
  const bySolver = (name: string, some: readonly Row[]): Cell[][] =>
    solvers.flatMap((solver) => {
      const own = some.filter((row) => row.solver === solver)
      return own.length === 0 ? [] : [summaryOf(name, solver, own)]
    })
  return table(
    [
      'class',
      'solver',
      'accepted',
      'mean value',
      'mean gap %',
      'median',
      'worst',
      'CPU s',
      'solving s',
      'wall s',
    ],
    [
      ...(groups.length > 1 ? groups.flatMap(([name, some]) => bySolver(name, some)) : []),
      ...bySolver('all', rows),
    ],
    markdown,
  )
}

/** Means over the seeds first, so that an instance counts once however often it was run. */
const meansByInstance = (rows: readonly Row[]): ReadonlyMap<string, number> =>
  new Map(
    [...grouped(rows, (row) => row.instance)].map(([instance, some]) => [
      instance,
      mean(some.map((row) => row.value)),
    ]),
  )

export type Comparison = {
  readonly solver: string
  readonly instances: number
  readonly ratio: number
  readonly low: number
  readonly high: number
  /** Our CPU for one of the peer's, its start-up left out where it tells its solving apart. */
  readonly cpuRatio: number
}

export const comparisons = (rows: readonly Row[]): Comparison[] => {
  const key = (row: Row): string => `${row.instance} ${row.seed}`
  const ours = rows.filter((row) => row.solver === OURS && isAccepted(row))
  const solvers = [...new Set(rows.map((row) => row.solver))].filter((solver) => solver !== OURS)
  return solvers.flatMap((solver) => {
    const theirs = rows.filter((row) => row.solver === solver && isAccepted(row))
    const known = new Set(theirs.map(key))
    const matched = ours.filter((row) => known.has(key(row)))
    const wanted = new Set(matched.map(key))
    const matchedTheirs = theirs.filter((row) => wanted.has(key(row)))
    const means = meansByInstance(matchedTheirs)
    const pairs = [...meansByInstance(matched)].map(([instance, value]) => ({
      ours: value,
      // Matched above, so the peer has this instance too.
      theirs: means.get(instance)!,
    }))
    if (pairs.length === 0) return []
    return [
      {
        solver,
        instances: pairs.length,
        ...ratioOfMeans(pairs),
        cpuRatio:
          mean(matched.map((row) => row.cpuSeconds)) /
          mean(matchedTheirs.map((row) => row.solveSeconds ?? row.cpuSeconds)),
      },
    ]
  })
}

export const comparisonLines = (rows: readonly Row[]): string[] =>
  comparisons(rows).map(
    ({ solver, instances, ratio, low, high, cpuRatio }) =>
      `ratio of means to ${solver}: ${ratio.toFixed(4)} (95 % from ${low.toFixed(4)} to ${high.toFixed(4)}, ` +
      `${instances} instances), at ${cpuRatio.toFixed(2)} of its CPU`,
  )

/** What each other published value says of ours, as ratios of means. */
export const referenceLines = (rows: readonly Row[]): string[] => {
  const ours = rows.filter((row) => row.solver === OURS && isAccepted(row))
  const names = [...new Set(ours.flatMap((row) => Object.keys(row.references)))]
  return names.map((name) => {
    const pairs = ours.flatMap((row) => {
      const theirs = row.references[name]
      return theirs === undefined ? [] : [{ ours: row.value, theirs }]
    })
    const ratio = mean(pairs.map((pair) => pair.ours)) / mean(pairs.map((pair) => pair.theirs))
    return `ratio of means to the published ${name}: ${ratio.toFixed(4)} (${pairs.length} runs)`
  })
}

export const refusedLines = (rows: readonly Row[]): string[] =>
  rows
    .filter((row) => !isAccepted(row))
    .map(
      (row) =>
        `REFUSED ${row.instance}, ${row.solver}, seed ${row.seed}: ${row.findings.slice(0, 5).join('; ')}` +
        (row.findings.length > 5 ? `; and ${row.findings.length - 5} more` : ''),
    )

/** How evenly the budget was kept: CPU used over CPU given, the starting of threads included. */
export const budgetLine = (rows: readonly Row[], threads: number): string => {
  const shares = rows
    .filter((row) => row.solver === OURS)
    .map((row) => (1000 * row.cpuSeconds) / (row.budgetMs * threads))
  return `CPU used of the budget: median ${median(shares).toFixed(2)}, 95 % below ${quantile(shares, 0.95).toFixed(2)}`
}

/** What the values are made of, on average over the accepted plans of each solver. */
export const partsLines = (rows: readonly Row[]): string[] =>
  [...grouped(rows.filter(isAccepted), (row) => row.solver)].map(([solver, some]) => {
    const names = [...new Set(some.flatMap((row) => Object.keys(row.parts)))]
    const means = names.map(
      (name) => `${name} ${decimals(mean(some.flatMap((row) => row.parts[name] ?? [])))}`,
    )
    return `${solver} on average: ${means.join(', ')}`
  })
