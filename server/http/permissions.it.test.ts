/**
 * The policy as data, and every cell of it tried: operations × people × records of one's own, of the same company, of
 * another company, of nobody. An operation that the table does not know fails the test.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../domain/permission/role.ts'
import { newKey, startTestApp, type TestApp } from '../operate/test-app.ts'
import type { Endpoint } from './endpoint.ts'

const letters = {
  M: 'manager',
  A: 'administrator',
  D: 'dispatcher',
  T: 'technician',
  C: 'customer-service',
  P: 'customer',
} as const
const everyone = 'MADTCP'

/** Who may; `own` = who may on own work only. */
type Policy = { may: string; own?: string; public?: true; body?: unknown }

const crud = (
  name: string,
  read: string,
  write: string,
  create: unknown,
  patch: unknown,
): Record<string, Policy> => ({
  [`list${name}s`]: { may: read },
  [`get${name}`]: { may: read },
  [`create${name}`]: { may: write, body: create },
  [`update${name}`]: { may: write, body: patch },
  [`delete${name}`]: { may: write },
})

const empty = {}
const act = (may: string, own = '', body: unknown = empty): Policy => ({ may, own, body })
const soon = { start: '2030-01-01T10:00:00Z', end: '2030-01-01T11:00:00Z' }

const policy: Record<string, Policy> = {
  signIn: { may: everyone, public: true },
  getSession: { may: everyone },
  signOut: { may: everyone },
  issueSocketTicket: { may: everyone },
  getHealth: { may: everyone, public: true },
  getReadiness: { may: everyone, public: true },
  getMetrics: { may: everyone, public: true },
  getOpenApi: { may: everyone, public: true },
  getAsyncApi: { may: everyone, public: true },

  listOrders: { may: everyone },
  createOrder: { may: 'MADC', body: { description: 'x', customerId: 'own-customer' } },
  getOrder: { may: 'MADC', own: 'TP' },
  getOrderSla: { may: 'MADC', own: 'TP' },
  updateOrder: act('MADC', 'T', { description: 'y' }),
  deleteOrder: { may: 'MAD' },
  changeOrderStage: act('MAD', '', { stageId: 'no-such-stage' }),
  cancelOrder: act('MADC'),
  revokeOrder: act('MADC'),
  signOffOrder: act('MAD', 'T'),
  undoOrderSignOff: act('MAD', 'T'),
  postOrder: act('MAD'),
  startOrderSla: act('MAD', 'T'),
  stopOrderSla: act('MAD', 'T'),
  cancelOrderSla: act('MAD'),
  addOrderLine: act('MADC', 'T', { line: { transactionType: 'hour', qty: 1 } }),
  cancelOrderLine: act('MADC'),
  revokeOrderLine: act('MADC'),

  listActivities: { may: 'MADTC' },
  createActivity: { may: 'MAD', body: { orderId: 'no-such-order', boardId: 'no-such-board' } },
  getActivity: { may: 'MADC', own: 'T' },
  updateActivity: act('MA', 'D', { priority: 'high' }),
  deleteActivity: { may: 'MA', own: 'D' },
  assignActivity: act('MA', 'D', { technicianId: null }),
  rescheduleActivity: act('MA', 'D', soon),
  dispatchActivity: act('MA', 'D'),
  recallActivity: act('MA', 'D'),
  prioritiseActivity: act('MA', 'D', { priority: 'low' }),
  lockActivity: act('MA', 'D'),
  unlockActivity: act('MA', 'D'),
  closeActivity: act('MAD', 'T'),
  reopenActivity: act('MA', 'D'),
  setActivityFieldStatus: act('MAD', 'T', { fieldStatus: 'accepted' }),
  listMyActivities: { may: 'T' },

  getBoard: { may: 'MADTC' },
  runBoardCommands: {
    may: everyone,
    body: { commands: [{ type: 'lock', activityId: 'no-such-activity', expectedVersion: 1 }] },
  },
  listBoardEvents: { may: 'MADC' },
  getBoardAt: { may: 'MADC' },
  watchBoardSlas: { may: 'MADC' },
  listBoardPolicies: { may: 'MADTC' },
  reportSlas: { may: 'MADC' },

  requestOptimisation: { may: 'MAD', body: empty },
  getOptimisation: { may: 'MAD' },
  deleteOptimisation: { may: 'MAD' },
  cancelOptimisation: { may: 'MAD' },
  listProposals: { may: 'MAD' },
  getProposal: { may: 'MAD' },
  applyProposal: { may: 'MAD', body: empty },
  discardProposal: { may: 'MAD' },
  listCandidates: { may: 'MAD' },
  explainActivity: { may: 'MAD' },
  listDecisions: { may: 'MAD' },
  createFork: { may: 'MAD' },
  listForks: { may: 'MAD' },
  getFork: { may: 'MAD' },
  changeFork: { may: 'MAD', body: { name: 'P' } },
  discardFork: { may: 'MAD' },
  runForkCommands: {
    may: 'MAD',
    body: { commands: [{ type: 'lock', activityId: 'none', expectedVersion: 1 }] },
  },
  optimiseFork: { may: 'MAD' },
  diffFork: { may: 'MAD' },
  mergeFork: { may: 'MAD' },
  getCommand: { may: everyone },
  startImport: { may: 'MAD' },
  getImport: { may: 'MAD' },
  getImportRefusals: { may: 'MAD' },
  getParameters: { may: 'MADTC' },
  putParameters: { may: 'MA', body: { dispatchDaysBefore: 1 } },
  listOpenIntervals: { may: 'MADTC' },

  ...crud('Customer', 'MADTC', 'MADC', { name: 'n' }, { name: 'm' }),
  ...crud('Project', 'MADTC', 'MADC', { name: 'n', customerId: 'own-customer' }, { name: 'm' }),
  ...crud('Item', 'MADTC', 'MADC', { name: 'n', code: 'P' }, { name: 'm' }),
  ...crud('Team', 'MADTC', 'MA', { code: 'P' }, { code: 'Q' }),
  ...crud('Technician', 'MADTC', 'MAD', { name: 'n' }, { name: 'm' }),
  ...crud('Board', 'MADTC', 'MA', { name: 'P' }, { name: 'Q' }),
  getBoardSettings: { may: 'MADTC' },
  ...crud(
    'Calendar',
    'MADTC',
    'MA',
    {
      code: 'P',
      name: 'n',
      timeZone: 'UTC',
      week: { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] },
    },
    { name: 'm' },
  ),
  ...crud('Sla', 'MADTC', 'MA', { code: 'P', hours: 1 }, { hours: 2 }),
  ...crud('AgreementGroup', 'MADTC', 'MA', { code: 'P' }, { code: 'Q' }),
  ...crud(
    'Agreement',
    'MADTC',
    'MA',
    { code: 'P', projectId: 'none', startDate: '2026-01-01' },
    { code: 'Q' },
  ),
  ...crud('Stage', 'MADTC', 'MA', { code: 'P' }, { code: 'Q' }),
  ...crud('ReasonCode', 'MADTC', 'MA', { code: 'P' }, { code: 'Q' }),
  ...crud('ActivityType', 'MADTC', 'MA', { code: 'P' }, { code: 'Q' }),
  ...crud(
    'User',
    'MA',
    'MA',
    { email: 'p@city.example', name: 'n', role: 'dispatcher', password: 'long enough' },
    { name: 'm' },
  ),
}

const query: Record<string, string> = {
  reportSlas: '?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z',
  getBoardAt: '?seq=0',
  listProposals: '?boardId=BOARD',
  listOpenIntervals: '?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z',
}

let t: TestApp
/** Records of the demo company, of the neighbour, and of nobody, by the collection in the path. */
const records: Record<string, { theirs: string; own: string; other: string }> = {}
beforeAll(async () => {
  t = await startTestApp()
  const first = async (table: string): Promise<string> => {
    const rows = await t.asOwner<{ id: string }>(
      `SELECT id FROM ${table} WHERE company_id <> 'next-door' ORDER BY id LIMIT 1`,
    )
    return rows[0]?.id ?? 'none-yet'
  }
  for (const [collection, table, theirs] of [
    ['customers', 'customer', 'nd-customer'],
    ['projects', 'project', 'nd-project'],
    ['items', 'item', 'nd-item'],
    ['teams', 'team', 'nd-team'],
    ['technicians', 'technician', 'nd-technician'],
    ['boards', 'board', 'nd-board'],
    ['calendars', 'calendar', 'nd-calendar'],
    ['slas', 'sla', 'nd-sla'],
    ['agreement-groups', 'agreement_group', 'nd-group'],
    ['agreements', 'agreement', 'nd-agreement'],
    ['stages', 'stage', 'nd-stage'],
    ['reason-codes', 'reason_code', 'nd-reason'],
    ['activity-types', 'activity_type', 'nd-type'],
    ['users', 'app_user', 'nd-manager'],
    ['optimisations', 'optimisation', 'nd-optimisation'],
    ['proposals', 'proposal', 'nd-proposal'],
    ['imports', 'import', 'nd-import'],
  ] as const) {
    const id = await first(table)
    records[collection] = { theirs, own: id, other: id }
  }
  const manager = await t.tokenOf('manager')
  const make = async (url: string, body: object): Promise<string> => {
    const answer = await t.ask({ method: 'POST', url: `/api/v1${url}`, token: manager, body })
    expect(answer.statusCode, answer.body).toBe(201)
    return answer.json<{ id: string }>().id
  }
  const [tech] = await t.asOwner<{ technician_id: string }>(
    "SELECT technician_id FROM app_user WHERE email = 'tech1@city.example'",
  )
  // Own: of the portal's customer, with work for the first technician. Other: nobody's in particular.
  const order = await make('/orders', { description: 'own', customerId: 'own-customer' })
  const stranger = await make('/customers', { name: 'Somebody else' })
  const otherOrder = await make('/orders', { description: 'other', customerId: stranger })
  const activity = await make('/activities', {
    orderId: order,
    boardId: t.boardId,
    technicianId: tech?.technician_id,
    ...soon,
  })
  const fork = await make(`/boards/${t.boardId}/forks`, {})
  const otherActivity = await make('/activities', { orderId: otherOrder, boardId: t.boardId })
  records.orders = { own: order, other: otherOrder, theirs: 'nd-order' }
  records.activities = { own: activity, other: otherActivity, theirs: 'nd-activity' }
  records.forks = { own: fork, other: fork, theirs: 'nd-fork' }
  records.commands = { own: newKey(), other: newKey(), theirs: newKey() }
})
afterAll(() => t.stop())

const collectionOf = (e: Endpoint): string => e.path.split('/')[3] ?? ''
const call = (e: Endpoint, token: string | undefined, id: string) =>
  t.ask({
    method: e.method,
    url:
      e.path.replace('{lineId}', 'no-such-line').replace(/\{\w+\}/, id) +
      (query[e.id] ?? '').replace('BOARD', t.boardId),
    token,
    ...(policy[e.id]?.body === undefined ? {} : { body: policy[e.id]?.body }),
    // Nothing is at this version: who may act gets a conflict, and nothing changes.
    ...(e.command === 'existing' ? { ifMatch: 999 } : {}),
    ...(e.multipart
      ? { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--\r\n' }
      : {}),
  })

/** Signing out would end the sessions of the test; it has tests of its own. */
const triable = (): Endpoint[] => t.http.endpoints.filter((e) => !['signIn', 'signOut'].includes(e.id))
const roles = Object.values(letters)

describe('the policy', () => {
  it('knows every operation, and no other', () => {
    expect(t.http.endpoints.map((e) => e.id).filter((id) => policy[id] === undefined)).toEqual([])
    const ids = new Set(t.http.endpoints.map((e) => e.id))
    expect(Object.keys(policy).filter((id) => !ids.has(id) && id !== 'getBoard')).toEqual([])
  })

  it('lets nobody in who is not signed in', async () => {
    for (const e of triable()) {
      const answer = await call(e, undefined, 'x')
      if (policy[e.id]?.public) expect(answer.statusCode, e.id).toBe(200)
      else expect(answer.json(), e.id).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' })
    }
  })

  it.each(Object.entries(letters))('is kept for %s on records of the own company', async (letter, role) => {
    const token = await t.tokenOf(role)
    const deviations: string[] = []
    for (const e of triable()) {
      const rule = policy[e.id]
      if (!rule || rule.public) continue
      const place = records[collectionOf(e)]
      for (const whose of place && e.path.includes('{') ? (['own', 'other'] as const) : (['own'] as const)) {
        const may = rule.may.includes(letter) || (whose === 'own' && (rule.own ?? '').includes(letter))
        const ownRule = (rule.own ?? '').includes(letter)
        // Unassigned work is everybody's to plan, so for dispatchers "own" and "other" change places.
        if (letter === 'D' && ownRule) continue
        const answer = await call(e, token, place?.[whose] ?? 'x')
        const refused = answer.statusCode === 403
        if (refused === may || answer.statusCode === 401 || answer.statusCode >= 500)
          deviations.push(`${e.id} ${whose}: ${answer.statusCode} ${answer.body.slice(0, 160)}`)
      }
    }
    expect(deviations).toEqual([])
  })

  it('lets a dispatcher plan what nobody has, and what own teams have, but not what others have', async () => {
    const token = await t.tokenOf('dispatcher')
    const cells = triable().filter((e) => policy[e.id]?.own === 'D')
    expect(cells.length).toBeGreaterThan(5)
    await t.asOwner("UPDATE app_user SET monitored_team_ids = '[]' WHERE email = 'dispatcher@city.example'")
    for (const e of cells) {
      expect((await call(e, token, records.activities?.other ?? '')).statusCode, e.id).not.toBe(403)
      expect((await call(e, token, records.activities?.own ?? '')).statusCode, e.id).toBe(403)
    }
    await t.asOwner(
      "UPDATE app_user SET monitored_team_ids = (SELECT jsonb_agg(team_id) FROM activity WHERE id = $1) WHERE email = 'dispatcher@city.example'",
      [records.activities?.own],
    )
    for (const e of cells)
      expect((await call(e, token, records.activities?.own ?? '')).statusCode, e.id).not.toBe(403)
  })

  it.each(roles)('does not tell %s another company’s record from one that never was', async (role: Role) => {
    const token = await t.tokenOf(role)
    const shape = (answer: Awaited<ReturnType<typeof call>>, id: string): unknown => {
      const { instance: _instance, ...problem } = answer.json<Record<string, unknown>>()
      return JSON.parse(JSON.stringify(problem).replaceAll(id, 'ID'))
    }
    for (const e of triable()) {
      const place = records[collectionOf(e)]
      if (!place || !e.path.includes('{') || policy[e.id]?.public) continue
      const never = 'zz-never-made-this'
      const theirs = await call(e, token, place.theirs)
      const nobody = await call(e, token, never)
      expect(theirs.statusCode, `${e.id} ${theirs.body}`).toBeGreaterThanOrEqual(400)
      expect(theirs.statusCode, e.id).toBeLessThan(500)
      expect(shape(theirs, place.theirs), e.id).toEqual(shape(nobody, never))
    }
  })

  it('shows in lists only what is one’s own', async () => {
    const customer = await t.tokenOf('customer')
    const orders = await t.ask({ url: '/api/v1/orders?limit=500', token: customer })
    expect(orders.json<{ items: { customerId: string }[] }>().items.map((o) => o.customerId)).toEqual(
      expect.arrayContaining(['own-customer']),
    )
    expect(
      orders.json<{ items: { customerId: string }[] }>().items.every((o) => o.customerId === 'own-customer'),
    ).toBe(true)
    const technician = await t.tokenOf('technician')
    const work = await t.ask({ url: '/api/v1/activities?limit=500', token: technician })
    expect(work.json<{ items: { id: string }[] }>().items.map((a) => a.id)).toEqual([records.activities?.own])
    const seen = await t.ask({ url: '/api/v1/orders?limit=500', token: technician })
    expect(seen.json<{ items: { id: string }[] }>().items.map((o) => o.id)).toEqual([records.orders?.own])
    for (const e of t.http.endpoints.filter(
      (e) => e.method === 'GET' && e.id.startsWith('list') && !e.path.includes('{'),
    )) {
      const answer = await call(e, await t.tokenOf('manager'), '')
      expect(answer.body, e.id).not.toMatch(/"nd-/)
    }
  })
})
