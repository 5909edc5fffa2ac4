/**
 * The report of a backtest: figures per way of dispatching over several seeds, as tables to read and as JSON to keep.
 *
 * Timing is apart from the rest, because it is the one thing that two runs of the same seeds do not share.
 */
import type { Score, Timing } from './score.ts'
import type { Shadow } from './shadow.ts'

export type SeedResult = {
  readonly seed: number
  readonly score: Score
  readonly timing: Timing | null
  readonly shadow: Shadow | null
}

export type PolicyResult = { readonly policy: string; readonly seeds: readonly SeedResult[] }

export type Report = {
  readonly file: string
  readonly firstDate: string
  readonly lastDate: string
  readonly drainDays: number
  readonly orders: number
  readonly withPromise: number
  readonly withoutPlace: number
  readonly leftOut: { readonly desk: number; readonly afterTheFact: number; readonly unreadable: number }
  readonly crews: readonly { readonly name: string; readonly orders: number; readonly technicians: number }[]
  readonly load: number | null
  readonly budget: string
  readonly results: readonly PolicyResult[]
}

type Row = {
  readonly label: string
  /** Null where there was nothing to judge. */
  readonly of: (score: Score) => number | null
  readonly digits: number
  readonly unit: string
  /** Differences are told in points for shares and in per cent for amounts; null for no difference. */
  readonly compare: 'points' | 'percent' | null
}

const rows: readonly Row[] = [
  {
    label: 'promises kept',
    of: (s) => (s.judged === 0 ? null : 100 * s.keptShare),
    digits: 1,
    unit: ' %',
    compare: 'points',
  },
  {
    label: 'kept, by weight of priority',
    of: (s) => (s.judged === 0 ? null : 100 * s.keptWeightedShare),
    digits: 1,
    unit: ' %',
    compare: 'points',
  },
  { label: 'lateness, hours in all', of: (s) => s.latenessHours, digits: 0, unit: '', compare: 'percent' },
  {
    label: 'arrival to done, mean hours',
    of: (s) => s.waitHoursMean,
    digits: 1,
    unit: '',
    compare: 'percent',
  },
  { label: 'arrival to done, p90 hours', of: (s) => s.waitHoursP90, digits: 1, unit: '', compare: 'percent' },
  { label: 'travel, hours', of: (s) => s.travelHours, digits: 0, unit: '', compare: 'percent' },
  { label: 'travel, km', of: (s) => s.travelKm, digits: 0, unit: '', compare: 'percent' },
  {
    label: 'travel per order done, minutes',
    of: (s) => s.travelMinutesPerOrder,
    digits: 1,
    unit: '',
    compare: 'percent',
  },
  {
    label: 'open after the last day of arrivals',
    of: (s) => s.openAfterArrivals,
    digits: 0,
    unit: '',
    compare: 'percent',
  },
  { label: 'open at the end', of: (s) => s.openAtEnd, digits: 0, unit: '', compare: null },
  { label: 'refused: nobody has the skill', of: (s) => s.refused, digits: 0, unit: '', compare: null },
  {
    label: 'busy share of the time there',
    of: (s) => 100 * s.utilisation,
    digits: 0,
    unit: ' %',
    compare: 'points',
  },
  { label: 'overtime, hours', of: (s) => s.overtimeHours, digits: 1, unit: '', compare: 'percent' },
  { label: 'decisions', of: (s) => s.decisions, digits: 0, unit: '', compare: null },
  {
    label: 'planned work moved per decision',
    of: (s) => s.movedPerDecision,
    digits: 2,
    unit: '',
    compare: null,
  },
]

const timingRows: readonly { label: string; of: (timing: Timing) => number; digits: number }[] = [
  { label: 'CPU per decision, p50 ms', of: (t) => t.p50, digits: 1 },
  { label: 'CPU per decision, p95 ms', of: (t) => t.p95, digits: 1 },
  { label: 'CPU per decision, p99 ms', of: (t) => t.p99, digits: 1 },
  { label: 'CPU in all, seconds', of: (t) => t.totalSeconds, digits: 1 },
]

/** Ways that every other one is compared with, where they were played. */
const yardsticks = ['first-come', 'nearest-idle'] as const
const TYPES_SHOWN = 12

export function tellReport(report: Report): string {
  const { results } = report
  const parts = [preamble(report), table(['', ...results.map((one) => one.policy)], bodyOf(results))]
  for (const name of yardsticks) {
    const base = results.find((one) => one.policy === name)
    const others = results.filter((one) => one !== base)
    if (base === undefined || others.length === 0) continue
    parts.push(
      `Difference to ${name} (mean over seeds of the difference under the same seed; lowest and highest):`,
    )
    parts.push(table(['', ...others.map((one) => one.policy)], differencesTo(base, others)))
  }
  const types = typeRows(results)
  if (types.length > 0)
    parts.push(
      'Promises kept by type (mean over seeds):',
      table(['type', 'judged', ...results.map((one) => one.policy)], types),
    )
  if (results.some((one) => one.seeds.some(({ shadow }) => shadow !== null))) parts.push(tellShadow(results))
  return `${parts.join('\n\n')}\n`
}

function preamble(report: Report): string {
  const { leftOut, crews } = report
  const people = crews.reduce((sum, crew) => sum + crew.technicians, 0)
  const list = crews.map((crew) => `${crew.name} ${crew.orders}/${crew.technicians}`).join(', ')
  const seeds = report.results[0]?.seeds.map((one) => one.seed).join(', ') ?? ''
  return [
    `${report.file}: ${report.orders} visits opened ${report.firstDate} to ${report.lastDate}, ${report.withPromise} with a promise; ` +
      `then ${report.drainDays} days without arrivals. Left out: ${leftOut.desk} desk work, ${leftOut.afterTheFact} entered after the fact, ` +
      `${leftOut.unreadable} unreadable; ${report.withoutPlace} without a place stand in the middle of their neighbourhood.`,
    `The fleet is invented: ${people} people${report.load === null ? '' : ` for a load of ${report.load}`} (orders/people: ${list}). ` +
      `Durations, travel and absences are drawn per seed (${seeds}) and the same for every way of dispatching.`,
    `Budgets: ${report.budget}.`,
    ...(report.withPromise === 0
      ? ['No order has a promise, so none is judged: --rules FILE.csv says what is promised by type.']
      : []),
  ].join('\n')
}

type Cells = readonly (readonly string[])[]

function bodyOf(results: readonly PolicyResult[]): Cells {
  const main = rows.map((row) => [
    row.label,
    ...results.map((one) =>
      spread(
        one.seeds.flatMap(({ score }) => row.of(score) ?? []),
        row.digits,
        row.unit,
      ),
    ),
  ])
  if (results.some((one) => one.seeds.some(({ timing }) => timing === null))) return main
  const timing = timingRows.map((row) => [
    row.label,
    // Every result has its timing here.
    ...results.map((one) =>
      spread(
        one.seeds.map(({ timing }) => row.of(timing!)),
        row.digits,
        '',
      ),
    ),
  ])
  return [...main, ...timing]
}

function differencesTo(base: PolicyResult, others: readonly PolicyResult[]): Cells {
  return rows.flatMap((row) => {
    const { compare } = row
    if (compare === null) return []
    const cells = others.map((one) => {
      const differences = one.seeds.flatMap(({ seed, score }) => {
        const other = base.seeds.find((b) => b.seed === seed)
        if (other === undefined) return []
        const [mine, theirs] = [row.of(score), row.of(other.score)]
        if (mine === null || theirs === null) return []
        return compare === 'points' ? [mine - theirs] : theirs === 0 ? [] : [(100 * (mine - theirs)) / theirs]
      })
      return spread(differences, 1, compare === 'points' ? ' pp' : ' %', true)
    })
    return [[row.label, ...cells]]
  })
}

function typeRows(results: readonly PolicyResult[]): Cells {
  const first = results[0]?.seeds[0]?.score.byType ?? []
  return first.slice(0, TYPES_SHOWN).map(({ type, judged }) => [
    type,
    String(judged),
    ...results.map((one) => {
      const shares = one.seeds.map(({ score }) => {
        const own = score.byType.find((t) => t.type === type)
        return own === undefined ? 0 : (100 * own.kept) / own.judged
      })
      return `${mean(shares).toFixed(1)} %`
    }),
  ])
}

function tellShadow(results: readonly PolicyResult[]): string {
  const cells = results.map((one) => {
    const shadows = one.seeds.flatMap(({ shadow }) => (shadow === null ? [] : [shadow]))
    const of = (pick: (s: Shadow) => number, digits = 0): string => mean(shadows.map(pick)).toFixed(digits)
    const share = (pick: (s: Shadow) => number): string =>
      `${mean(shadows.map((s) => (100 * pick(s)) / Math.max(1, s.compared))).toFixed(1)} %`
    return [
      one.policy,
      of((s) => s.compared),
      share((s) => s.keptByCityRecord),
      share((s) => s.keptByCityClosing),
      share((s) => s.keptByUs),
      of((s) => s.gained),
      of((s) => s.lost),
      of((s) => s.cityHoursMedian, 1),
      of((s) => s.ourHoursMedian, 1),
    ]
  })
  const head = [
    '',
    'orders',
    'city: ONTIME',
    'city: closed by the deadline',
    'replay',
    'gained',
    'lost',
    'city median h',
    'replay median h',
  ]
  return `Beside what the city did (the same orders; our people are invented, the city's closings include paperwork, so this is no verdict on it):\n\n${table(head, cells)}`
}

// ---------------------------------------------------------------- cells

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

function spread(values: readonly number[], digits: number, unit: string, signed = false): string {
  if (values.length === 0) return '–'
  const text = (value: number): string => `${signed && value > 0 ? '+' : ''}${value.toFixed(digits)}`
  const range = values.length === 1 ? '' : ` [${text(Math.min(...values))} to ${text(Math.max(...values))}]`
  return `${text(mean(values))}${unit}${range}`
}

function table(head: readonly string[], body: Cells): string {
  const widths = head.map((cell, i) => Math.max(3, cell.length, ...body.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...body.map(line)].join('\n')
}
