/**
 * What a search thread that is kept is worth to a planning job: `npm run bench:threads -- --technicians 200 --activities 2000`.
 *
 * The same jobs one after another, each on a thread of its own and each on the kept one, by turns, so that both see the same
 * machine. A repair has `--repair` milliseconds of CPU after a technician has fallen ill, an optimisation `--solve` milliseconds.
 * Wall time is from the request to the answer, handing the problem over included; iterations and points are what was done by then.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { check } from '../workers/optimiser/checker/checker.ts'
import type { Plan, Problem } from '../workers/optimiser/problem.ts'
import { solve } from '../workers/optimiser/solve.ts'
import { runInThread } from '../workers/optimiser/threads/run-in-thread.ts'
import { keepSearchThreads } from '../workers/optimiser/threads/search-threads.ts'
import type { ThreadJob, ThreadPlan } from '../workers/optimiser/threads/thread-talk.ts'
import { boardBySeed } from './bench/repair-board.ts'

const threadFile = new URL('../dist/workers/optimiser/threads/thread.js', import.meta.url)
const MEMORY_MB = 1_024

const asked = () => {
  const { values } = parseArgs({
    options: {
      technicians: { type: 'string', default: '200' },
      activities: { type: 'string', default: '2000' },
      repair: { type: 'string', default: '100' },
      solve: { type: 'string', default: '1000' },
      jobs: { type: 'string', default: '7' },
      seed: { type: 'string', default: '1' },
      'start-seconds': { type: 'string', default: '10' },
    },
  })
  const count = (name: keyof typeof values, least: number): number => {
    const number = Number(values[name])
    if (!Number.isInteger(number) || number < least)
      throw new Error(`--${name}: must be a whole number from ${least} on`)
    return number
  }
  return {
    technicians: count('technicians', 1),
    activities: count('activities', 1),
    repairMs: count('repair', 1),
    solveMs: count('solve', 1),
    jobs: count('jobs', 1),
    seed: count('seed', 0),
    startSeconds: count('start-seconds', 1),
  }
}

type Sample = { readonly wall: number; readonly cpu: number; readonly plan: ThreadPlan }

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const timed = async (work: () => Promise<ThreadPlan>): Promise<Sample> => {
  const cpuFrom = cpuMs()
  const wallFrom = performance.now()
  const plan = await work()
  return { wall: performance.now() - wallFrom, cpu: cpuMs() - cpuFrom, plan }
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  // There is at least one job.
  return sorted[sorted.length >> 1]!
}

/** The board with its plan announced, so that a repair has something to keep. */
const announced = (board: Problem, plan: Plan): Problem => {
  const places = new Map(
    plan.routes.flatMap(({ technicianId, visits }) =>
      visits.map(({ activityId, start }) => [activityId, { technicianId, start }] as const),
    ),
  )
  return {
    ...board,
    activities: board.activities.map((activity) => {
      const current = places.get(activity.id)
      return current === undefined ? activity : { ...activity, current }
    }),
  }
}

const refuseUnlessFit = (problem: Problem, plan: Plan): void => {
  const [wrong] = check(problem, plan).violations
  if (wrong !== undefined) throw new Error(`the checker refuses a plan: ${wrong.rule}: ${wrong.sentence}`)
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const line = (name: string, samples: readonly Sample[], beside: readonly Sample[]): string => {
  const of = (value: (sample: Sample) => number): string => median(samples.map(value)).toFixed(0)
  const points = (list: readonly Sample[]): number => mean(list.map(({ plan }) => plan.points))
  return `| ${[
    name,
    of(({ wall }) => wall),
    of(({ cpu }) => cpu),
    of(({ plan }) => plan.iterations),
    (points(samples) - points(beside)).toFixed(0),
  ].join(' | ')} |`
}

type Asked = (seed: number) => ThreadJob

/** A technician falls ill: all of the day is to be placed anew. */
const repairs =
  (problem: Problem, plan: Plan, cpuMs: number): Asked =>
  (seed) => {
    // The index stays inside of the list.
    const { technicianId, visits } = plan.routes[(seed * 37) % plan.routes.length]!
    return {
      kind: 'repair',
      problem: {
        ...problem,
        technicians: problem.technicians.map((technician) =>
          technician.id === technicianId ? { ...technician, shifts: [] } : technician,
        ),
      },
      changed: visits.map(({ activityId }) => activityId),
      churnBudget: 6,
      seed,
      stop: { cpuMs },
    }
  }

const optimisations =
  (problem: Problem, cpuMs: number): Asked =>
  (seed) => ({ kind: 'solve', problem, seed, stop: { cpuMs } })

const main = async (): Promise<void> => {
  const ask = asked()
  const board = boardBySeed(ask)
  const start = solve(board, { seed: ask.seed, stop: { cpuMs: ask.startSeconds * 1000 } })
  const problem = announced(board, start)
  const threads = keepSearchThreads({ count: 1, memoryMb: MEMORY_MB, threadFile })
  const how = { deadlineMs: 60_000 }
  const lines: string[] = []
  for (const [name, job] of [
    [`repair, ${ask.repairMs} ms`, repairs(problem, start, ask.repairMs)],
    [`optimise, ${ask.solveMs} ms`, optimisations(problem, ask.solveMs)],
  ] as const) {
    const fresh: Sample[] = []
    const kept: Sample[] = []
    await threads.run(job(0), how)
    for (let seed = 1; seed <= ask.jobs; seed++) {
      const one = job(seed)
      const own = await timed(() => runInThread(one, { ...how, memoryMb: MEMORY_MB, threadFile }))
      const again = await timed(() => threads.run(one, how))
      for (const { plan } of [own, again]) refuseUnlessFit(one.problem, plan)
      fresh.push(own)
      kept.push(again)
    }
    lines.push(
      line(`${name}, a thread of its own`, fresh, fresh),
      line(`${name}, the kept thread`, kept, fresh),
    )
  }
  await threads.close()
  process.stdout.write(
    [
      `${ask.technicians} technicians, ${ask.activities} activities, seed ${ask.seed}, medians of ${ask.jobs} jobs, ` +
        `Node ${process.version}, ${cpus().length} cores`,
      '',
      '| job | wall ms | CPU ms | iterations | points more, mean |',
      '| --- | ---: | ---: | ---: | ---: |',
      ...lines,
      '',
    ].join('\n'),
  )
}

await main()
