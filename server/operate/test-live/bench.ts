/**
 * Before each test of the live path: two servers in one process, a company, a dispatcher. After it everyone is gone again.
 *
 * The surprising rule: importing this is what sets it up, and the names below are other servers and another company in each test.
 */
import { afterEach, beforeEach, expect } from 'vitest'
import { createEventLog } from '../../adapters/postgres/event-log.ts'
import { type Cut, cutFacts, knifeOf } from '../../contract/board-cut.ts'
import { type Client, caughtUp, clients } from './client.ts'
import { type Company, makeCompany, makeUser, type User } from './company.ts'
import { type Node, startNode } from './node.ts'

export let one: Node
export let two: Node
export let company: Company
export let dispatcher: User

beforeEach(async () => {
  ;[one, two, company] = await Promise.all([startNode(), startNode(), makeCompany()])
  dispatcher = await makeUser(company, 'dispatcher')
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await Promise.all([one.kill(), two.kill()])
})

/** What the client holds is what a fresh snapshot of the truth holds, and it never saw the rules broken. */
export async function expectTrue(node: Node, company: Company, client: Client, cut: Cut = {}): Promise<void> {
  await caughtUp(client)
  const snapshot = await createEventLog(node.pools).snapshot(company.id, company.board)
  if (!snapshot) throw new Error('the board is there')
  const knife = knifeOf(cut)
  const activities = snapshot.activities.filter((a) => knife.activity(cutFacts(a)))
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
  expect([...client.activities.values()].sort(byId)).toEqual([...activities].sort(byId))
  for (const a of activities) expect(client.orders.has(a.orderId), `order of ${a.id}`).toBe(true)
  expect(client.violations).toEqual([])
}
