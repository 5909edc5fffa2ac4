/** A what-if followed like a board. */
import { describe, expect, it } from 'vitest'
import { systemCaller } from '../adapters/postgres/commands.ts'
import { createRecords } from '../adapters/postgres/records.ts'
import { changeFork, createFork, discardFork, runForkCommands } from '../application/forks.ts'
import { mergeFork } from '../application/merge-fork.ts'
import type { ActivityView } from '../contract/activity.ts'
import type { ForkCreate, ForkView } from '../contract/forks.ts'
import { company, dispatcher, one, two } from '../operate/test-live/bench.ts'
import { type Client, caughtUp, clientOf, until } from '../operate/test-live/client.ts'
import {
  change,
  createWork,
  DAY,
  HOUR,
  makeCompany,
  makeUser,
  type User,
} from '../operate/test-live/company.ts'
import type { Node } from '../operate/test-live/node.ts'
import type { Outcome, Refused, Tx } from '../ports/commands.ts'

describe('a what-if', () => {
  const run = async <T>(node: Node, useCase: (tx: Tx) => Promise<Outcome | Refused>): Promise<T> => {
    const caller = systemCaller(company.id)
    const answer = await node.commands.run({ caller, key: null, requestHash: new Uint8Array(32) }, useCase)
    if (answer.kind !== 'answer' || answer.status >= 300) throw new Error(JSON.stringify(answer))
    // The caller names the body of the use case it runs.
    return JSON.parse(answer.body) as T
  }
  const opened = (body: ForkCreate = {}): Promise<ForkView> =>
    run(one, (tx) => createFork(tx, { boardId: company.board, body }))
  const tried = async (node: Node, fork: ForkView, work: { id: string }, version: number, hour: number) =>
    run<{ results: ActivityView[] }>(node, (tx) =>
      runForkCommands(tx, {
        forkId: fork.id,
        commands: [
          {
            type: 'reschedule',
            activityId: work.id,
            expectedVersion: version,
            technicianId: company.technician,
            start: new Date(DAY + hour * HOUR).toISOString(),
            end: new Date(DAY + (hour + 1) * HOUR).toISOString(),
          },
        ],
      }),
    )
  const follow = async (node: Node, id: string): Promise<Client> => {
    const client = await clientOf(node, dispatcher, id)
    client.subscribe()
    await until('a snapshot', () => client.snapshots === 1)
    return client
  }
  const startOf = (client: Client, id: string): string | null | undefined => client.activities.get(id)?.start

  it('is followed like a board: who looks at it on another server sees what is tried, the board does not', async () => {
    const [work, other] = [await createWork(one, company), await createWork(one, company)]
    const fork = await opened()
    const [near, far] = [await follow(one, fork.id), await follow(two, fork.id)]
    const board = await follow(two, company.board)
    await tried(one, fork, work, 1, 1)
    const at = new Date(DAY + HOUR).toISOString()
    for (const client of [near, far])
      await until('what was tried', () => startOf(client, work.id) === at && client.snapshots === 1)
    await tried(two, fork, work, 2, 5)
    const later = new Date(DAY + 5 * HOUR).toISOString()
    for (const client of [near, far])
      await until('what was tried then', () => startOf(client, work.id) === later)
    // What happens on the board happens in the fork, except to what the fork has otherwise.
    await change(one, company, work.id, { priority: 'high' })
    await change(two, company, other.id, { priority: 'high' })
    const third = await createWork(two, company)
    for (const client of [near, far]) {
      await until('the board’s own events', () => client.activities.has(third.id))
      expect(client.activities.get(other.id)?.priority).toBe('high')
      expect(client.activities.get(work.id)).toMatchObject({ priority: 'normal', start: later, version: 3 })
      expect(client.orders.has(third.orderId)).toBe(true)
      expect(client.snapshots).toBe(1)
    }
    await caughtUp(board)
    expect(startOf(board, work.id)).toBeNull()
    const beats = near.heartbeats.length
    await until('a heartbeat with a sum', () => near.heartbeats.length > beats)
    for (const client of [near, far, board]) expect(client.violations).toEqual([])
  })

  it('begins anew where something was taken back from it, and where a position is another server’s', async () => {
    const work = await createWork(one, company)
    const fork = await opened()
    await tried(one, fork, work, 1, 1)
    const client = await follow(one, fork.id)
    await run(two, (tx) =>
      mergeFork(tx, createRecords(one.pools), { forkId: fork.id, activityIds: [work.id] }),
    )
    await until('a fresh start', () => client.resets.length === 1 && client.snapshots === 2)
    expect(client.activities.get(work.id)).toMatchObject({ technicianId: company.technician })
    const absences = [
      {
        technicianId: company.other,
        from: new Date(DAY).toISOString(),
        to: new Date(DAY + HOUR).toISOString(),
      },
    ]
    await run(two, (tx) => changeFork(tx, { forkId: fork.id, expectedVersion: 3, body: { absences } }))
    await until('who is away', () => client.technicians.get(company.other)?.absences.length === 1)
    const again = (await clientOf(one, dispatcher, fork.id)).inherit(client)
    again.resume()
    await until('to be heard of', () => again.heartbeats.length > 0)
    expect([again.snapshots, again.resets]).toEqual([0, []])
    const elsewhere = (await clientOf(two, dispatcher, fork.id)).inherit(client)
    elsewhere.resume()
    await until('a snapshot', () => elsewhere.snapshots === 1)
    expect(elsewhere.resets).toMatchObject([{ reason: 'epoch' }])
    for (const one_ of [client, again, elsewhere]) expect(one_.violations).toEqual([])
  })

  it('is for those who plan in its company, while it is open', async () => {
    const fork = await opened()
    const asked = async (user: User): Promise<unknown> => {
      const client = await clientOf(one, user, fork.id)
      return new Promise((resolve) => client.socket.emit('subscribe', { board: fork.id }, resolve))
    }
    const technician = await makeUser(company, 'technician', company.technician)
    expect(await asked(technician)).toMatchObject({ ok: false, code: 'FORBIDDEN_ROLE' })
    const stranger = await makeUser(await makeCompany(), 'manager')
    expect(await asked(stranger)).toMatchObject({ ok: false, code: 'NOT_FOUND' })
    expect(await asked(dispatcher)).toEqual({ ok: true })
    await run(one, (tx) => discardFork(tx, { forkId: fork.id }))
    await until('it is over', async () => {
      const answer = await asked(dispatcher)
      return Object(answer).code === 'NOT_FOUND'
    })
  })
})
