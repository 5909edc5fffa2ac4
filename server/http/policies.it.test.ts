/** A board's policy: changed by who may, kept version by version, told to everybody who follows the board. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BoardEvent } from '../contract/board.ts'
import { defaultPolicy } from '../contract/default-policy.ts'
import type { BoardPolicy, PolicyVersion } from '../contract/policy.ts'
import { startTestApp, type TestApp } from '../operate/test-app.ts'

let t: TestApp
let manager: string
let dispatcher: string
beforeAll(async () => {
  t = await startTestApp()
  manager = await t.tokenOf('manager')
  dispatcher = await t.tokenOf('dispatcher')
})
afterAll(() => t.stop())

type Settings = { id: string; version: number; seq: number; policyVersion: number; policy: BoardPolicy }

const settings = async (): Promise<Settings> =>
  (await t.ask({ url: `/api/v1/boards/${t.boardId}/settings`, token: manager })).json<Settings>()
const set = async (policy: unknown, options: { token?: string; ifMatch?: number } = {}) =>
  t.ask({
    method: 'PATCH',
    url: `/api/v1/boards/${t.boardId}`,
    token: options.token ?? manager,
    ifMatch: options.ifMatch ?? (await settings()).version,
    body: { policy },
  })
const history = async (query = '', token = dispatcher) =>
  (await t.ask({ url: `/api/v1/boards/${t.boardId}/policies${query}`, token })).json<{
    items: PolicyVersion[]
    nextCursor: string | null
  }>()

describe('a board’s policy', () => {
  it('has a history from the start, before anybody changed it', async () => {
    const { policy, policyVersion } = await settings()
    expect(policyVersion).toBe(1)
    const { items } = await history()
    expect(items).toMatchObject([{ version: 1, by: { id: null, name: null }, policy, changes: [] }])
  })

  it('gets a new version with each change, an event on the board, and a line in its history', async () => {
    const before = await settings()
    expect(before.policyVersion).toBe(1)
    const answer = await set({ churnBudget: 2, weights: { fairness: 2, late: 1 } })
    expect(answer.statusCode, answer.body).toBe(200)
    const after = await settings()
    expect(after).toMatchObject({ version: before.version + 1, policyVersion: 2, seq: before.seq + 1 })

    const told = (
      await t.ask({ url: `/api/v1/boards/${t.boardId}/events?after=${before.seq}`, token: dispatcher })
    ).json<{ items: BoardEvent[] }>()
    expect(told.items).toHaveLength(1)
    expect(told.items[0]).toMatchObject({
      type: 'board-policy-changed',
      entity: 'board',
      actor: { kind: 'user' },
      board: { id: t.boardId, version: after.version, policyVersion: 2, policy: after.policy },
    })

    const { items } = await history()
    expect(items.map((one) => one.version)).toEqual([2, 1])
    expect(items[0]?.by.name).toBe(told.items[0]?.actor.name)
    // Late work at weight 1 is what counted before: written out, it is no change.
    expect(items[0]?.changes).toEqual([
      { field: 'churnBudget', from: defaultPolicy.churnBudget, to: 2 },
      { field: 'weights.fairness', from: 0, to: 2 },
    ])
    expect(items[1]).toMatchObject({ version: 1, by: { id: null, name: null }, changes: [] })
  })

  it('makes no version of what changes nothing', async () => {
    const before = await settings()
    await set({ ...before.policy, freezeMinutes: defaultPolicy.freezeMinutes })
    expect(await settings()).toMatchObject({ policyVersion: before.policyVersion, seq: before.seq })
  })

  it('is seen by dispatchers and set by managers only', async () => {
    const refused = await set({ strict: true }, { token: dispatcher })
    expect(refused.statusCode).toBe(403)
    expect((await history()).items.length).toBeGreaterThan(0)
    const stranger = await t.ask({
      url: `/api/v1/boards/${t.boardId}/policies`,
      token: await t.strangerOf('manager'),
    })
    expect(stranger.statusCode).toBe(404)
  })

  it('is not set on top of what somebody else has set meanwhile', async () => {
    const { version, policyVersion } = await settings()
    expect((await set({ strict: true }, { ifMatch: version })).statusCode).toBe(200)
    const late = await set({ autoRepair: true }, { ifMatch: version })
    expect(late.statusCode).toBe(412)
    expect(late.json()).toMatchObject({
      code: 'VERSION_CONFLICT',
      details: { current: { policy: { strict: true } } },
    })
    expect((await settings()).policyVersion).toBe(policyVersion + 1)
  })

  it.each([
    [{ weights: { late: -1 } }, 'policy.weights.late'],
    [{ weights: { luck: 1 } }, 'policy.weights'],
    [{ travelSource: 'crow' }, 'policy.travelSource'],
    [{ overtimeMinutes: 1.5 }, 'policy.overtimeMinutes'],
    [{ kilometreMinutes: 'much' }, 'policy.kilometreMinutes'],
  ])('is refused as %j, naming the field', async (policy, field) => {
    const before = await settings()
    const answer = await set(policy)
    expect(answer.statusCode).toBe(422)
    expect(JSON.stringify(answer.json())).toContain(field)
    expect(await settings()).toEqual(before)
  })

  it('has a history that is read page by page', async () => {
    for (const churnBudget of [7, 8, 9]) await set({ churnBudget })
    const whole = (await history()).items
    const first = await history('?limit=2')
    expect(first.items).toEqual(whole.slice(0, 2))
    const rest = await history(`?limit=100&cursor=${first.nextCursor}`)
    expect([...first.items, ...rest.items]).toEqual(whole)
    expect(rest.nextCursor).toBeNull()
  })

  it('has to be there: a change of nothing is refused in plain words', async () => {
    const answer = await t.ask({
      method: 'PATCH',
      url: `/api/v1/boards/${t.boardId}`,
      token: manager,
      ifMatch: (await settings()).version,
      body: {},
    })
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ details: [{ field: 'body', expected: 'at least 1 member' }] })
  })
})
