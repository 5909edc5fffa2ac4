import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { solve } from '../solve.ts'
import { type BuiltThread, builtThread } from '../testing/built-thread.ts'
import { poison } from '../testing/poison.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { SearchCancelledError, SearchDeadlineError, SearchFailedError } from './search-thread.ts'
import { type KeepOptions, keepSearchThreads, type SearchThreads } from './search-threads.ts'

let built: BuiltThread
beforeAll(async () => {
  built = await builtThread(build, 'testing/poisoned-thread.ts')
}, 30_000)
afterAll(async () => {
  await built.remove()
})

let open: SearchThreads[] = []
afterEach(async () => {
  await Promise.all(open.map((threads) => threads.close()))
  open = []
})
const keep = (options: Partial<KeepOptions> = {}): SearchThreads => {
  const threads = keepSearchThreads({ count: 1, threadFile: built.file, ...options })
  open.push(threads)
  return threads
}

const problem = randomProblem(3, { activities: 25, technicians: 4 })
const solveJob = (seed: number, stop: { iterations?: number; wallMs?: number } = { iterations: 200 }) =>
  ({ kind: 'solve', problem, seed, stop }) as const
/** Which thread answers; it counts as a job. */
const answeredBy = async (threads: SearchThreads, board?: string) => {
  const about = board === undefined ? {} : { board: { key: board, zeroAt: 0 } }
  const plan = await threads.run({ ...solveJob(poison.telling, { iterations: 1 }), ...about }, patient)
  return plan.moved?.[0]
}
const patient = { deadlineMs: 60_000 }

describe('search threads that are kept', () => {
  it('answer job after job as a fresh search would, whatever came before', async () => {
    const threads = keep()
    const first = await answeredBy(threads)
    for (const seed of [1, 2, 1, 3, 1]) {
      const plan = await threads.run(solveJob(seed), patient)
      expect(plan).toEqual(solve(problem, { seed, stop: { iterations: 200 } }))
    }
    expect(await answeredBy(threads)).toBe(first)
  })

  it('report progress of the job under way, to the one who asked for it', async () => {
    const threads = keep()
    const told: number[] = []
    await threads.run(solveJob(1), patient)
    await threads.run(solveJob(2), { ...patient, onProgress: ({ points }) => told.push(points) })
    expect(told.length).toBeGreaterThan(0)
  })

  it('take more jobs at once than there are threads', async () => {
    const threads = keep({ count: 2 })
    const plans = await Promise.all([1, 2, 3, 4].map((seed) => threads.run(solveJob(seed), patient)))
    expect(plans.map((plan) => plan.points)).toEqual(
      [1, 2, 3, 4].map((seed) => solve(problem, { seed, stop: { iterations: 200 } }).points),
    )
  })

  it('go back to the boards that they know', async () => {
    const threads = keep({ count: 2 })
    const [one, other] = await Promise.all([answeredBy(threads, 'north'), answeredBy(threads, 'south')])
    expect(one).not.toBe(other)
    for (const board of ['south', 'south', 'north', 'south'])
      expect(await answeredBy(threads, board)).toBe(board === 'north' ? one : other)
  })

  it('begin where their last search of the board ended, and only of that board', async () => {
    const threads = keep()
    const about = (key: string) => ({ board: { key, zeroAt: 0 } })
    // A problem that the first plan does not solve best.
    const hard = randomProblem(10, { activities: 30, technicians: 5 })
    const long = { ...solveJob(1, { iterations: 3_000 }), problem: hard, ...about('north') }
    const good = await threads.run(long, patient)
    const start = solve(hard, { seed: 2, stop: { iterations: 0 } })
    expect(good.points).toBeLessThan(start.points)
    const again = { ...solveJob(2, { iterations: 0 }), problem: hard }
    expect((await threads.run({ ...again, ...about('north') }, patient)).points).toBe(good.points)
    expect((await threads.run({ ...again, ...about('south') }, patient)).points).toBe(start.points)
    expect((await threads.run(again, patient)).points).toBe(start.points)
  })

  it('are replaced after a number of jobs', async () => {
    const threads = keep({ jobsMax: 2 })
    const first = await answeredBy(threads)
    expect(await answeredBy(threads)).toBe(first)
    const second = await answeredBy(threads)
    expect(second).not.toBe(first)
    expect(await answeredBy(threads)).toBe(second)
  })
})

describe('a search on a kept thread that goes wrong', () => {
  const worksAfterwards = async (threads: SearchThreads) => {
    const plan = await threads.run(solveJob(7), patient)
    expect(check(problem, plan).violations).toEqual([])
  }

  it('is ended when it is stuck beyond its deadline, and the next job is done', async () => {
    const threads = keep()
    await threads.run(solveJob(1), patient)
    const stuck = threads.run(solveJob(poison.endless), { deadlineMs: 200, graceMs: 50 })
    await expect(stuck).rejects.toThrow(SearchDeadlineError)
    await worksAfterwards(threads)
  })

  it('is ended when it takes more memory than it may', async () => {
    const threads = keep({ memoryMb: 64 })
    await expect(threads.run(solveJob(poison.greedy), patient)).rejects.toThrow(SearchFailedError)
    await worksAfterwards(threads)
  })

  it('is replaced when it holds on to memory beside its heap', async () => {
    const threads = keep({ memoryMb: 128 })
    const first = await answeredBy(threads)
    await threads.run(solveJob(poison.swelling, { iterations: 10 }), patient)
    expect(await answeredBy(threads)).not.toBe(first)
  })

  it('is reported when its thread ends in the middle of it', async () => {
    const threads = keep()
    await expect(threads.run(solveJob(poison.ending), patient)).rejects.toThrow(/ended with code 3/)
    await worksAfterwards(threads)
  })

  it('tells what was wrong with the problem', async () => {
    const threads = keep()
    const broken = { ...solveJob(1), problem: { ...problem, travel: [] } }
    await expect(threads.run(broken, patient)).rejects.toThrow(/ProblemError: travel: /)
    await worksAfterwards(threads)
  })

  it('refuses a job that cannot be handed over, and keeps the thread', async () => {
    const threads = keep()
    const first = await answeredBy(threads)
    // A function does not survive the way into a thread; no type forbids it inside of a problem.
    const job = { ...solveJob(1), warm: { routes: [], extra: () => 1 } }
    await expect(threads.run(job, patient)).rejects.toThrow(SearchFailedError)
    expect(await answeredBy(threads)).toBe(first)
  })
})

describe('calling off a search on a kept thread', () => {
  it('stops the search and keeps the thread', async () => {
    const threads = keep({ answersWithinMs: 30_000 })
    const first = await answeredBy(threads)
    const off = new AbortController()
    const running = threads.run(solveJob(1, { wallMs: 600_000 }), {
      deadlineMs: 600_000,
      signal: off.signal,
      // By then it is searching.
      onProgress: () => off.abort(),
    })
    await expect(running).rejects.toThrow(SearchCancelledError)
    expect(await answeredBy(threads)).toBe(first)
  })

  it('ends a thread that does not answer', async () => {
    const threads = keep()
    const off = new AbortController()
    const running = threads.run(solveJob(poison.endless), { deadlineMs: 600_000, signal: off.signal })
    setTimeout(() => off.abort(), 50)
    await expect(running).rejects.toThrow(SearchCancelledError)
    await threads.run(solveJob(2), patient)
  })

  it('happens to everything under way when the threads are closed', async () => {
    const threads = keep({ count: 2 })
    const under = [1, poison.endless].map((seed) =>
      threads.run(solveJob(seed, { wallMs: 600_000 }), { deadlineMs: 600_000 }),
    )
    const ends = Promise.allSettled(under)
    await threads.close()
    for (const end of await ends)
      expect(end).toMatchObject({ status: 'rejected', reason: { name: 'SearchCancelledError' } })
    await expect(threads.run(solveJob(1), patient)).rejects.toThrow(SearchCancelledError)
  })
})
