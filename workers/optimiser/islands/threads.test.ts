import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Plan, Problem } from '../problem.ts'
import { type BuiltThread, builtThread } from '../testing/built-thread.ts'
import { withRandomLinks } from '../testing/random-links.ts'
import { randomProblem, randomVanProblem } from '../testing/random-problems.ts'
import { runInThread } from '../threads/run-in-thread.ts'
import { sharedFor } from './meeting.ts'

let built: BuiltThread
beforeAll(async () => {
  built = await builtThread(build, 'threads/thread.ts')
}, 30_000)
afterAll(async () => {
  await built.remove()
})

const board = randomProblem(12, { activities: 60, technicians: 10 })

const together = (problem: Problem, islands: number, iterations: number): Promise<readonly Plan[]> => {
  const shared = sharedFor(problem, islands)
  return Promise.all(
    Array.from({ length: islands }, (_, island) =>
      runInThread(
        {
          kind: 'solve',
          problem,
          seed: 20 + island,
          stop: { iterations },
          // Longer than a busy machine keeps a thread from running.
          exchange: { island, islands, shared, patienceMs: 60_000 },
        },
        { deadlineMs: 120_000, threadFile: built.file },
      ),
    ),
  )
}

describe('islands on threads', () => {
  it.each([
    ['two on a board', board, 2, 3_000],
    ['two on a board with vans', randomVanProblem(4, { activities: 40, technicians: 8 }), 2, 3_000],
    ['three on a board', board, 3, 3_000],
    ['two where days hang together', withRandomLinks(board, 3), 2, 3_000],
    ['two with nobody to share with', randomProblem(3, { activities: 12, technicians: 1 }), 2, 3_000],
    ['two on a large board', randomProblem(19, { activities: 1_500, technicians: 300 }), 2, 4_000],
    ['two with too few days to share', randomProblem(5, { activities: 12, technicians: 2 }), 2, 6_000],
  ])('make the same plans every time: %s', async (_, problem, islands, iterations) => {
    const plans = await together(problem, islands, iterations)
    for (const plan of plans) {
      const verdict = check(problem, plan)
      expect(verdict.violations).toEqual([])
      expect(verdict.points).toBe(plan.points)
    }
    expect(await together(problem, islands, iterations)).toEqual(plans)
  })

  it('go on alone, with the whole board, when another never comes', async () => {
    const exchange = { island: 0, islands: 2, shared: sharedFor(board, 2), patienceMs: 50 }
    const job = { kind: 'solve', problem: board, seed: 20, stop: { iterations: 3_000 }, exchange } as const
    const plan = await runInThread(job, { deadlineMs: 60_000, threadFile: built.file })
    expect(plan.iterations).toBe(3_000)
    const verdict = check(board, plan)
    expect(verdict.violations).toEqual([])
    expect(verdict.points).toBe(plan.points)
  })

  it('go on alone, with the whole board, when another is called off on the way', async () => {
    const exchange = { islands: 2, shared: sharedFor(board, 2), patienceMs: 100 }
    const lost = new AbortController()
    const job = (island: number, wallMs: number) =>
      ({
        kind: 'solve',
        problem: board,
        seed: 20 + island,
        stop: { wallMs },
        exchange: { ...exchange, island },
      }) as const
    const staying = runInThread(job(0, 3_000), { deadlineMs: 60_000, threadFile: built.file })
    const leaving = runInThread(job(1, 600_000), {
      deadlineMs: 60_000,
      signal: lost.signal,
      threadFile: built.file,
    })
    setTimeout(() => lost.abort(), 1_000)
    await expect(leaving).rejects.toThrow('called off')
    const plan = await staying
    expect(check(board, plan).violations).toEqual([])
  })
})
