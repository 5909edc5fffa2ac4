/**
 * What the bench of the search is asked on the command line. A bad value is named before anything runs.
 */
import { parseArgs } from 'node:util'
import { type Peer, peerFrom } from './peers.ts'

export type BenchOptions = {
  /** The folder that holds the sets; null when only the curve was asked for. */
  readonly instances: string | null
  readonly sets: readonly string[]
  /** Each is a run of its own: cooling is set to the budget, so a long run says nothing about a short one. */
  readonly budgetsMs: readonly number[]
  readonly seeds: readonly number[]
  /** Files of each set, spread evenly over it; 0 is all of them. */
  readonly limit: number
  /** Only files whose names begin so. */
  readonly only: string | null
  readonly threads: number
  readonly peers: readonly Peer[]
  /** The peer whose CPU time on each file is our budget for that file, in place of `budgetsMs`. */
  readonly budgetOf: string | null
  readonly markdown: boolean
  readonly json: string | null
  /** Activities of the generated boards of the cost curve. */
  readonly curve: readonly number[] | null
  /** Runs of each budget whose overrun is measured on those boards; 0 measures the curve itself. */
  readonly overrun: number
  readonly help: boolean
}

export const usage = `Usage: npm run bench:optimiser -- --instances DIR [options]

  --instances DIR     the folder that holds the sets, each in a folder of its own
  --sets A,B          which of them; 'all' is every one (default: solomon)
  --budget MS,MS      CPU time of one search; several are run one after another (default: 1000; for the curve 1000,10000)
  --seeds 1,2,3       one run for each (default: 1)
  --limit N           files of each set, spread evenly over it; 0 is all (default: 10)
  --only NAME         only files whose names begin so
  --threads N         searches at once that trade plans, each with the whole budget (default: 1)
  --peer 'NAME=COMMAND'
                      another solver, run in turn with ours; {in} is the instance as VROOM JSON, {out} where it has to
                      write its VROOM solution, {seconds} the budget, {seed} the seed. May be given again.
  --budget-of NAME    search each file for as long as this peer took for it, in CPU time
  --markdown          tables for documents
  --json FILE         everything measured, for programs
  --curve [N,N]       in place of sets: generated boards of so many activities (default: 100,300,1000,3000,10000)
  --overrun RUNS      with --curve: by how much so many searches and repairs outlive each budget, in place of the curve
`

const CURVE = '100,300,1000,3000,10000'

const wholeNumbers = (text: string, name: string, least: number): number[] =>
  text.split(',').map((part) => {
    const number = Number(part)
    if (part.trim() === '' || !Number.isInteger(number) || number < least)
      throw new TypeError(`--${name}: must be whole numbers from ${least}, like 1,2,3; got '${text}'`)
    return number
  })

const wholeNumber = (text: string, name: string, least: number): number => {
  const [number = 0, ...more] = wholeNumbers(text, name, least)
  if (more.length > 0) throw new TypeError(`--${name}: must be one whole number; got '${text}'`)
  return number
}

export const optionsFrom = (argv: readonly string[]): BenchOptions => {
  // `--curve` may stand alone; the parser wants to know beforehand.
  const args = argv.flatMap((arg, i) =>
    arg === '--curve' && !/^\d/.test(argv[i + 1] ?? '') ? [`--curve=${CURVE}`] : [arg],
  )
  const { values } = parseArgs({
    args,
    options: {
      instances: { type: 'string' },
      sets: { type: 'string', default: 'solomon' },
      budget: { type: 'string' },
      seeds: { type: 'string' },
      seed: { type: 'string' },
      limit: { type: 'string', default: '10' },
      only: { type: 'string' },
      threads: { type: 'string', default: '1' },
      peer: { type: 'string', multiple: true, default: [] },
      'budget-of': { type: 'string' },
      markdown: { type: 'boolean', default: false },
      json: { type: 'string' },
      curve: { type: 'string' },
      overrun: { type: 'string', default: '0' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const peers = values.peer.map(peerFrom)
  const names = peers.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new TypeError(`--peer: two of them are named ${twice}`)
  const budgetOf = values['budget-of'] ?? null
  if (budgetOf !== null && !names.includes(budgetOf))
    throw new TypeError(`--budget-of: names no --peer; got '${budgetOf}'`)
  const curve = values.curve === undefined ? null : wholeNumbers(values.curve, 'curve', 1)
  if (values.instances === undefined && curve === null && !values.help)
    throw new TypeError('--instances: name the folder that holds the sets')
  const overrun = wholeNumber(values.overrun, 'overrun', 0)
  if (overrun > 0 && curve === null)
    throw new TypeError('--overrun: goes with --curve, whose boards it measures')
  const threads = wholeNumber(values.threads, 'threads', 1)
  if (threads > 64) throw new TypeError(`--threads: must be at most 64; got ${threads}`)
  return {
    instances: values.instances ?? null,
    sets: values.sets.split(',').map((name) => name.trim()),
    budgetsMs: wholeNumbers(values.budget ?? (curve === null ? '1000' : '1000,10000'), 'budget', 1),
    seeds: wholeNumbers(values.seeds ?? values.seed ?? '1', 'seeds', 0),
    limit: wholeNumber(values.limit, 'limit', 0),
    only: values.only ?? null,
    threads,
    peers,
    budgetOf,
    markdown: values.markdown,
    json: values.json ?? null,
    curve,
    overrun,
    help: values.help,
  }
}
