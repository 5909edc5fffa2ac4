import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check } from './checker.ts'
import { sharedFor } from './islands.ts'
import { runInThread, SearchCancelledError, SearchDeadlineError, SearchFailedError } from './run-in-thread.ts'
import { solve } from './solve.ts'
import { randomProblem } from './testing/random-problems.ts'

let folder = ''
let threadFile: URL
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callboard-thread-'))
  const outfile = join(folder, 'thread.mjs')
  // A thread is built JavaScript; this is the build of one file.
  await build({
    entryPoints: [fileURLToPath(new URL('./thread.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  })
  threadFile = pathToFileURL(outfile)
}, 30_000)
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
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

  it('is ended when it does not keep its deadline', async () => {
    const started = performance.now()
    const endless = runInThread(
      { kind: 'solve', problem, seed: 5, stop: { wallMs: 600_000 } },
      { deadlineMs: 200, graceMs: 50, threadFile },
    )
    await expect(endless).rejects.toThrow(SearchDeadlineError)
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('is ended when it is called off, before or during', async () => {
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
      runInThread(job, { deadlineMs: 20_000, threadFile: pathToFileURL(join(folder, 'nothing.mjs')) }),
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
