/** What a planning run says of the policy and the travel times it went by, on a real database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTableServer, type TableServer } from '../../server/adapters/travel/table-server.ts'
import { createTableService } from '../../server/adapters/travel/table-service.ts'
import { createActivity } from '../../server/application/create-activity.ts'
import { createOrder } from '../../server/application/create-order.ts'
import { requestOptimisation } from '../../server/application/request-optimisation.ts'
import { wholePolicy } from '../../server/contract/default-policy.ts'
import type { OptimisationView, ProposalView } from '../../server/contract/planning.ts'
import { type Bench, boardId, company, openBench } from '../test-bench.ts'
import { planBoard } from './plan-board.ts'
import { createBoardTravel } from './travel/board-travel.ts'

let bench: Bench
let server: TableServer

beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.sql('DELETE FROM proposal')
  await bench.sql('DELETE FROM optimisation')
  await bench.sql('DELETE FROM activity')
  bench.notices.length = 0
})

async function work(): Promise<void> {
  const places = [42.35, 42.36]
  for (const lat of places) {
    const order = await bench.act<{ id: string }>((tx) =>
      createOrder(tx, {
        description: 'Lamp',
        customerId: 'city-residents',
        address: { street: 'Main', city: 'Boston', lat, lon: -71.06 },
      }),
    )
    await bench.act((tx) => createActivity(tx, { orderId: order.id, boardId, durationMinutes: 30 }))
  }
}

async function plan(parts = bench.planParts): Promise<ProposalView['summary']> {
  const run = await bench.act<OptimisationView>((tx) =>
    requestOptimisation(tx, { boardId, body: { mode: 'propose', budgetMs: 50 } }),
  )
  expect(await planBoard({ company, run: run.id }, parts)).toBe('done')
  const rows = await bench.sql<{ summary: ProposalView['summary'] }>(
    'SELECT summary FROM optimisation WHERE id = $1',
    [run.id],
  )
  // One row was just made.
  return rows[0]!.summary
}

describe('a planning run', () => {
  it('records the version and the values of the policy that it went by; a change counts from the next run on', async () => {
    await work()
    expect((await plan()).policy).toEqual({ version: 1, values: wholePolicy({}) })
    await bench.sql(
      `UPDATE board SET policy = '{"weights":{"travel":3}}', policy_version = policy_version + 1 WHERE id = $1`,
      [boardId],
    )
    expect((await plan()).policy).toEqual({ version: 2, values: wholePolicy({ weights: { travel: 3 } }) })
    await bench.sql("UPDATE board SET policy = '{}', policy_version = 1 WHERE id = $1", [boardId])
  })

  it('says that it used straight lines because the travel service did not answer, to the board as well', async () => {
    server = await startTableServer()
    const travel = createBoardTravel({
      times: createTableService({ url: server.url }),
      now: bench.now,
      pauseMs: 0,
    })
    const parts = { ...bench.planParts, travel }
    try {
      await work()
      server.mischief = (_asked, answer) => {
        answer.writeHead(500).end()
        return true
      }
      const sentence = 'straight line because the travel service did not answer: it answered 500'
      expect((await plan(parts)).travel).toBe(sentence)
      const notices = () => bench.notices.filter((n) => n.kind === 'travel-fallback')
      expect(notices()).toMatchObject([{ board: boardId, status: 'straight-line', message: sentence }])
      // The same again is no news.
      await plan(parts)
      expect(notices()).toHaveLength(1)

      server.mischief = null
      expect((await plan(parts)).travel).toBe('travel service')
      expect(notices().slice(1)).toMatchObject([{ status: 'over', message: 'travel service' }])
    } finally {
      travel.close()
      await server.close()
    }
  })

  it('by straight lines alone says nothing to the board', async () => {
    await work()
    expect((await plan()).travel).toBe('straight line')
    expect(bench.notices.filter((n) => n.kind === 'travel-fallback')).toEqual([])
  })
})
