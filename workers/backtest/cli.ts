/**
 * `callboard backtest --data FILE`: replays past days of a real file through ways of dispatching and compares them.
 *
 * The report goes to standard output, progress to standard error. What is wrong with the request is said by option and exits
 * with 2, changing nothing.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { backtest, type Policy } from './backtest.ts'
import { BacktestInputError } from './history.ts'
import { tellReport } from './report.ts'
import { type Budgets, builtIn, known, wayFromPolicy, wayNamed } from './ways.ts'

const usage = `callboard backtest --data FILE.csv[.gz] [options]
  --rules FILE.csv       promises by type; without it no order has one
  --policy A --policy B  ways of dispatching: ${known.join(', ')}, or FILE.json with
                         a board's policy for our engine, of which weights, horizonDays and churnBudget
                         count here; ${builtIn.join(', ')} when none is named
  --from, --to DATE      first and last day on which orders arrive; the whole file when absent
  --drain-days N         days after that in which the work is finished; 5
  --load SHARE           share of people's time that the file's work takes; 0.9
  --technicians N        about so many people in all, instead of --load
  --seed N, --seeds 1,2  seeds of what really happens; 1
  --repair-ms N          most CPU time for one event of our engine; 50
  --optimise-ms N        most CPU time for one search of a department in the background, every quarter of an hour; 1000
  --resolve-ms N         most CPU time for one of resolve-5min's; a third of --optimise-ms
  --iterations N         instead of CPU time: N for an event and 10 N for a search; the same report every time
  --shadow               beside what the city itself did
  --json FILE            the report as JSON too
  --markdown             headings for a document
`

const options = {
  data: { type: 'string' },
  rules: { type: 'string' },
  policy: { type: 'string', multiple: true },
  from: { type: 'string' },
  to: { type: 'string' },
  'drain-days': { type: 'string' },
  load: { type: 'string' },
  technicians: { type: 'string' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
  'repair-ms': { type: 'string' },
  'optimise-ms': { type: 'string' },
  'resolve-ms': { type: 'string' },
  iterations: { type: 'string' },
  shadow: { type: 'boolean' },
  json: { type: 'string' },
  markdown: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

/** Few open orders need little: this much CPU for each of them, up to the most. */
const REPAIR_MS_PER_ORDER = 0.2
const SEARCH_MS_PER_ORDER = 1.5
const SEEDS_MAX = 100
const POLICIES_MAX = 20

const numberOption = (
  value: string | undefined,
  name: string,
  { low, high, isWhole = true }: { low: number; high: number; isWhole?: boolean },
): number | undefined => {
  if (value === undefined) return undefined
  const number = Number(value)
  const isGood = value.trim() !== '' && (isWhole ? Number.isInteger(number) : Number.isFinite(number))
  if (!isGood || number < low || number > high)
    throw new BacktestInputError(
      `--${name}: must be a ${isWhole ? 'whole ' : ''}number from ${low} to ${high}`,
    )
  return number
}

function budgetsFrom(values: Values): { budgets: Budgets; told: string } {
  const iterations = numberOption(values.iterations, 'iterations', { low: 1, high: 1_000_000 })
  const ms = { low: 1, high: 600_000 }
  const repairMs = numberOption(values['repair-ms'], 'repair-ms', ms)
  const optimiseMs = numberOption(values['optimise-ms'], 'optimise-ms', ms)
  const resolveMs = numberOption(values['resolve-ms'], 'resolve-ms', ms)
  if (iterations !== undefined) {
    if (repairMs !== undefined || optimiseMs !== undefined || resolveMs !== undefined)
      throw new BacktestInputError('--iterations: takes the place of times; give one or the other')
    const search = { iterations: iterations * 10 }
    return {
      budgets: { repair: { iterations }, background: search, resolve: search },
      told: `${iterations} iterations for an event, ${iterations * 10} for a search`,
    }
  }
  const repair = repairMs ?? 50
  const background = optimiseMs ?? 1_000
  const resolve = resolveMs ?? Math.ceil(background / 3)
  return {
    budgets: {
      repair: { cpuMsPerOrder: REPAIR_MS_PER_ORDER, cpuMsMax: repair },
      background: { cpuMsPerOrder: SEARCH_MS_PER_ORDER, cpuMsMax: background },
      resolve: { cpuMsPerOrder: SEARCH_MS_PER_ORDER / 3, cpuMsMax: resolve },
    },
    told:
      `CPU for each open order of a department: ${REPAIR_MS_PER_ORDER} ms for an event, up to ${repair} ms; ${SEARCH_MS_PER_ORDER} ms for a search ` +
      `every 15 minutes, up to ${background} ms; ${SEARCH_MS_PER_ORDER / 3} ms for each of resolve-5min's, up to ${resolve} ms`,
  }
}

async function policiesFrom(names: readonly string[], budgets: Budgets): Promise<Policy[]> {
  if (names.length > POLICIES_MAX)
    throw new BacktestInputError(`--policy: at most ${POLICIES_MAX} are compared at once`)
  const policies: Policy[] = []
  for (const name of names) {
    if (policies.some((one) => one.name === name || one.name === basename(name, '.json')))
      throw new BacktestInputError(`--policy ${name}: is named twice`)
    const way = wayNamed(name, budgets)
    if (way !== null) policies.push(way)
    else if (name.endsWith('.json'))
      policies.push(
        wayFromPolicy(basename(name, '.json'), parseJson(await readText(name, '--policy'), name), budgets),
      )
    else throw new BacktestInputError(`--policy ${name}: is none of ${known.join(', ')}, nor a FILE.json`)
  }
  return policies
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BacktestInputError(`--policy ${name}: is not JSON (${messageOf(error)})`)
  }
}

async function readText(file: string, option: string): Promise<string> {
  try {
    const bytes = await readFile(file)
    return new TextDecoder().decode(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes)
  } catch (error) {
    throw new BacktestInputError(`${option} ${file}: cannot be read (${messageOf(error)})`)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function seedsFrom(values: Values): number[] {
  if (values.seed !== undefined && values.seeds !== undefined)
    throw new BacktestInputError('--seeds: takes the place of --seed; give one or the other')
  const texts = (values.seeds ?? values.seed ?? '1').split(',')
  if (texts.length > SEEDS_MAX) throw new BacktestInputError(`--seeds: at most ${SEEDS_MAX}`)
  const name = values.seeds === undefined ? 'seed' : 'seeds'
  // Given, so never undefined.
  return [...new Set(texts.map((text) => numberOption(text, name, { low: 0, high: 4_294_967_295 })!))]
}

async function compare(values: Values): Promise<void> {
  if (values.data === undefined) throw new BacktestInputError('--data: name the file to replay')
  const { budgets, told } = budgetsFrom(values)
  const request = {
    fileName: basename(values.data),
    rules: values.rules === undefined ? null : await readText(values.rules, '--rules'),
    policies: await policiesFrom(values.policy ?? builtIn, budgets),
    from: values.from ?? null,
    to: values.to ?? null,
    seeds: seedsFrom(values),
    load: numberOption(values.load, 'load', { low: 0.05, high: 5, isWhole: false }) ?? 0.9,
    technicians: numberOption(values.technicians, 'technicians', { low: 1, high: 2_000 }) ?? null,
    drainDays: numberOption(values['drain-days'], 'drain-days', { low: 0, high: 60 }) ?? 5,
    travel: { speedKmh: 30, roadFactor: 1.4 },
    budget: told,
    shadow: values.shadow === true,
    timed: values.iterations === undefined,
    say: (text: string) => process.stderr.write(`${text}\n`),
  }
  const report = backtest({ ...request, data: await readText(values.data, '--data') })
  const text = tellReport(report)
  await print(values.markdown === true ? `## Backtest of ${report.file}\n\n${text}` : text)
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
}

/** Writes all of it before the process may end: a pipe takes a large answer in parts. */
const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })

export const run = async (argv: string[]): Promise<number> => {
  try {
    const { values } = parseArgs({ args: argv, options })
    if (values.help === true) await print(usage)
    else await compare(values)
    return 0
  } catch (error) {
    const isInput =
      error instanceof BacktestInputError ||
      // `parseArgs` names the option itself.
      (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    if (!isInput) throw error
    process.stderr.write(`callboard backtest: ${messageOf(error)}\n`)
    return 2
  }
}
