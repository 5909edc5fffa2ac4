import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { sharedFor } from '../islands/meeting.ts'
import { solve } from '../solve.ts'
import { type BuiltThread, builtThread } from '../testing/built-thread.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { runInThread } from './run-in-thread.ts'
import { SearchCancelledError, SearchFailedError } from './search-thread.ts'

let built: BuiltThread
let threadFile: URL
beforeAll(async () => {
  built = await builtThread(build, 'threads/thread.ts')
  threadFile = built.file
}, 30_000)
afterAll(async () => {
  await built.remove()
})

const problem = randomProblem(3, { activities: 25, technicians: 4 })

describe('a search on a thread', () => {
  it('makes the plan that it makes without one', async () => {
    const plan = await runInThread(
      { kind: 'solve', problem, seed: 5, stop: { iterations: 300 } },
      { deadlineMs: 20_000, threadFile },
    )
    expect(plan).toEqual(solve(problem, { seed: 5, stop: { iterations: 300 } }))
  })

  it('repairs, and says what moved', async () => {
    const plan = await runInThread(
      { kind: 'repair', problem, changed: ['a0'], churnBudget: 2, seed: 5, stop: { iterations: 20 } },
      { deadlineMs: 20_000, threadFile },
    )
    expect(plan.moved?.length).toBeLessThanOrEqual(2)
  })

  it('gives at its deadline what it has', async () => {
    const plan = await runInThread(
      { kind: 'solve', problem, seed: 5, stop: { wallMs: 600_000 } },
      { deadlineMs: 200, graceMs: 20_000, threadFile },
    )
    expect(check(problem, plan).violations).toEqual([])
  })

  it('is over when it is called off, before or during', async () => {
    const off = new AbortController()
    const job = { kind: 'solve', problem, seed: 5, stop: { wallMs: 600_000 } } as const
    const running = runInThread(job, { deadlineMs: 60_000, signal: off.signal, threadFile })
    setTimeout(() => off.abort(), 50)
    await expect(running).rejects.toThrow(SearchCancelledError)
    await expect(runInThread(job, { deadlineMs: 60_000, signal: off.signal, threadFile })).rejects.toThrow(
      SearchCancelledError,
    )
  })

  it('hands back what was wrong with the problem', async () => {
    const broken = { ...problem, travel: [] }
    const job = { kind: 'solve', problem: broken, seed: 5, stop: { iterations: 1 } } as const
    await expect(runInThread(job, { deadlineMs: 20_000, threadFile })).rejects.toThrow(
      /ProblemError: travel: /,
    )
    await expect(
      runInThread(job, { deadlineMs: 20_000, threadFile: new URL('nothing.mjs', threadFile) }),
    ).rejects.toThrow(SearchFailedError)
  })

  it('trades plans between islands, the same way every time', async () => {
    const islands = 2
    const together = async () => {
      const shared = sharedFor(problem, islands)
      return await Promise.all(
        [0, 1].map((island) =>
          runInThread(
            {
              kind: 'solve',
              problem,
              seed: 20 + island,
              stop: { iterations: 400 },
              exchange: { island, islands, shared },
            },
            { deadlineMs: 30_000, threadFile },
          ),
        ),
      )
    }
    const plans = await together()
    for (const plan of plans) expect(check(problem, plan).violations).toEqual([])
    expect(await together()).toEqual(plans)
  })
})
