/**
 * `callboard optimise problem.json`: the search on a file, measured against its peers on the same file.
 *
 * Reads the VROOM format from a file or, with `-`, from standard input, and writes the solution to standard output. Nothing is
 * printed that the checker has not accepted. What is wrong with an input is said in VROOM's own error form and exits with 1.
 */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { check } from './checker/checker.ts'
import { sharedFor } from './islands/meeting.ts'
import type { Plan } from './problem.ts'
import { ProblemError } from './problem-error.ts'
import { type Progress, solve } from './solve.ts'
import type { Stop } from './stop/budget.ts'
import { runInThread } from './threads/run-in-thread.ts'
import { InputError } from './vroom/fields.ts'
import type { VroomInput } from './vroom/input.ts'
import { readVroom } from './vroom/read.ts'
import { readVroomSolution } from './vroom/read-solution.ts'
import { writeVroomSolution } from './vroom/write-solution.ts'

const usage = `callboard optimise FILE [options]     FILE is a problem in the VROOM format, or - for standard input
  --budget-ms N      search CPU time per thread, in milliseconds; 1000 when nothing else is said
  --iterations N     instead of time: same seed and iterations, same plan, byte for byte
  --seed N           0 when absent
  --threads N        searches side by side that trade their best plans; 1 when absent
  --warm FILE        a solution to start from
  --progress         the best cost over time as JSON lines on standard error
`

type Options = {
  readonly file: string
  readonly stop: Omit<Stop, 'cancelled'>
  readonly seed: number
  readonly threads: number
  readonly warm: string | undefined
  readonly progress: boolean
}

const THREADS_MAX = 64
const BUDGET_MS = 1_000

const numberOption = (
  value: string | undefined,
  name: string,
  low: number,
  high: number,
): number | undefined => {
  if (value === undefined) return undefined
  const number = Number(value)
  if (value.trim() === '' || !Number.isInteger(number) || number < low || number > high) {
    throw new InputError(`--${name}: must be a whole number from ${low} to ${high}`)
  }
  return number
}

const optionsFrom = (argv: string[]): Options | null => {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      'budget-ms': { type: 'string' },
      iterations: { type: 'string' },
      seed: { type: 'string' },
      threads: { type: 'string' },
      warm: { type: 'string' },
      progress: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) return null
  const [file, ...rest] = positionals
  if (file === undefined || rest.length > 0) throw new InputError('FILE: name one problem file, or -')
  const iterations = numberOption(values.iterations, 'iterations', 0, 1_000_000_000)
  const budget = numberOption(values['budget-ms'], 'budget-ms', 1, 86_400_000)
  if (iterations !== undefined && budget !== undefined) {
    throw new InputError('--iterations: takes the place of --budget-ms; give one or the other')
  }
  return {
    file,
    stop: iterations === undefined ? { cpuMs: budget ?? BUDGET_MS } : { iterations },
    seed: numberOption(values.seed, 'seed', 0, 4_294_967_295) ?? 0,
    threads: numberOption(values.threads, 'threads', 1, THREADS_MAX) ?? 1,
    warm: values.warm,
    progress: values.progress === true,
  }
}

/** Larger inputs are a mistake, or want a program of their own. */
const INPUT_BYTES_MAX = 1_000_000_000

const readStandardInput = async (): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > INPUT_BYTES_MAX) throw new InputError('standard input: is larger than a gigabyte')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const readJson = async (file: string): Promise<unknown> => {
  let text: string
  try {
    text = file === '-' ? await readStandardInput() : await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(
      `${file}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
    )
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputError(`${file}: is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
}

/** A thread on a busy machine gets its CPU time late; this is how late it may be. */
const wallFor = (stop: Options['stop']): number => (stop.cpuMs ?? 86_400_000) * 10 + 60_000

const search = async (
  input: VroomInput,
  options: Options,
  warm: VroomInput['warm'],
  onImprovement: (progress: Progress) => void,
): Promise<Plan> => {
  const { problem } = input
  const start = warm === undefined ? {} : { warm }
  if (options.threads === 1)
    return solve(problem, { seed: options.seed, stop: options.stop, onImprovement, ...start })
  const shared = sharedFor(problem, options.threads)
  let least = Number.POSITIVE_INFINITY
  const plans = await Promise.all(
    Array.from({ length: options.threads }, (_, island) =>
      runInThread(
        {
          kind: 'solve',
          problem,
          seed: (options.seed + island) >>> 0,
          stop: options.stop,
          exchange: { island, islands: options.threads, shared },
          ...start,
        },
        {
          deadlineMs: Math.min(2_000_000_000, wallFor(options.stop)),
          onProgress: (progress) => {
            if (progress.points >= least) return
            least = progress.points
            onImprovement(progress)
          },
        },
      ),
    ),
  )
  return plans.reduce((best, plan) => (plan.points < best.points ? plan : best))
}

const optimise = async (options: Options): Promise<string> => {
  const loadingFrom = performance.now()
  const json = await readJson(options.file)
  const input = readVroom(json)
  const warm =
    options.warm === undefined ? input.warm : readVroomSolution(await readJson(options.warm), input.timeBase)
  const loading = performance.now() - loadingFrom
  const plan = await search(input, options, warm, ({ elapsedMs, iterations, points, unassigned }) => {
    if (!options.progress) return
    const line = { elapsed_ms: Math.round(elapsedMs), iterations, cost: points, unassigned }
    process.stderr.write(`${JSON.stringify(line)}\n`)
  })
  const solving = performance.now() - loadingFrom - loading
  const { violations } = check(input.problem, plan)
  if (violations.length > 0) {
    throw new Error(`the checker refuses this plan: ${JSON.stringify(violations.slice(0, 5))}`)
  }
  const times = options.stop.iterations === undefined ? { loading, solving } : null
  return JSON.stringify(writeVroomSolution(input, plan, { times }))
}

/** Writes all of it before the process may end: a pipe takes a large answer in parts. */
const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()))
  })

export const run = async (argv: string[]): Promise<number> => {
  try {
    const options = optionsFrom(argv)
    if (options === null) {
      await print(usage.trimEnd())
      return 0
    }
    await print(await optimise(options))
    return 0
  } catch (error) {
    const isInput =
      error instanceof InputError ||
      error instanceof ProblemError ||
      // `parseArgs` names the option itself.
      (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    const message = error instanceof Error ? error.message : String(error)
    await print(JSON.stringify({ code: isInput ? 2 : 1, error: message }))
    process.stderr.write(`callboard optimise: ${message}\n`)
    return 1
  }
}
