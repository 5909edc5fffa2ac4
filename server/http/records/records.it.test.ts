import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectionNames, kinds } from '../../contract/records.ts'
import { startTestApp, type TestApp } from '../../operate/test-app.ts'

let t: TestApp
let token: string
beforeAll(async () => {
  t = await startTestApp()
  token = await t.tokenOf('administrator')
})
afterAll(() => t.stop())

type Rec = { id: string; version: number } & Record<string, unknown>
const post = (url: string, body: object) => t.ask({ method: 'POST', url: `/api/v1${url}`, token, body })
const make = async (url: string, body: object): Promise<Rec> => {
  const answer = await post(url, body)
  expect(answer.statusCode, answer.body).toBe(201)
  return answer.json<Rec>()
}
const patch = (url: string, record: Rec, body: object) =>
  t.ask({ method: 'PATCH', url: `/api/v1${url}/${record.id}`, token, ifMatch: record.version, body })
const remove = (url: string, record: Rec) =>
  t.ask({ method: 'DELETE', url: `/api/v1${url}/${record.id}`, token, ifMatch: record.version })
const events = async (boardId: string): Promise<Record<string, unknown>[]> =>
  (await t.ask({ url: `/api/v1/boards/${boardId}/events?after=0&limit=1000`, token })).json<{
    items: Record<string, unknown>[]
  }>().items

const day = [{ from: '08:00', to: '17:00' }]
const week = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [], sun: [] }

describe('every collection', () => {
  it('makes, reads, changes, lists and removes a record', async () => {
    const customer = await make('/customers', { name: 'For the tour' })
    const project = await make('/projects', { name: 'P', customerId: customer.id })
    const group = await make('/agreement-groups', { code: 'TOUR' })
    const root = (await t.ask({ url: '/api/v1/stages', token }))
      .json<{ items: Rec[] }>()
      .items.find((s) => s.parentStageId === null)
    const bodies: Record<(typeof collectionNames)[number], object> = {
      customers: { name: 'Ann’s Bakery', address: { city: 'Lyon' } },
      projects: { name: 'Tour', customerId: customer.id },
      items: { code: 'BOLT-1', name: 'Bolt', price: 1.25 },
      teams: { code: 'TOUR', boardId: t.boardId },
      technicians: { name: 'Tour Technician', skills: [{ skill: 'gas', level: 3 }] },
      boards: { name: 'Tour board', timeZone: 'America/New_York', policy: { churnBudget: 3 } },
      calendars: { code: 'TOUR', name: 'Tour', timeZone: 'Europe/Berlin', week },
      slas: { code: 'TOUR', hours: 4 },
      'agreement-groups': { code: 'TOUR-2', weight: 2.5 },
      agreements: { code: 'TOUR', projectId: project.id, groupId: group.id, startDate: '2026-01-01' },
      stages: { code: 'TOUR', parentStageId: root?.id },
      'reason-codes': { code: 'TOUR' },
      'activity-types': { code: 'TOUR' },
      users: { email: 'tour@city.example', name: 'Tour', role: 'dispatcher', password: 'long enough' },
    }
    for (const name of collectionNames) {
      const made = await make(`/${name}`, bodies[name])
      expect(made, name).toMatchObject({ version: 1, ...omit(bodies[name], 'password') })
      expect(Object.keys(made).sort(), name).toEqual(
        ['id', 'version', ...Object.keys(kinds[name].fields)].sort(),
      )
      const address = name === 'boards' ? `/api/v1/boards/${made.id}/settings` : `/api/v1/${name}/${made.id}`
      const read = await t.ask({ url: address, token })
      expect(read.json(), name).toEqual(made)
      expect(read.headers.etag).toBe('"1"')
      const list = await t.ask({ url: `/api/v1/${name}?limit=500`, token })
      expect(list.json<{ items: Rec[] }>().items, name).toContainEqual(made)
      const field = 'description' in kinds[name].fields ? 'description' : 'name'
      const changed = await patch(`/${name}`, made, { [field]: 'Changed' })
      expect(changed.json(), name).toMatchObject({ version: 2, [field]: 'Changed' })
      const gone = await remove(`/${name}`, { ...made, version: 2 })
      expect(gone.statusCode, `${name} ${gone.body}`).toBe(204)
      expect((await t.ask({ url: address, token })).statusCode, name).toBe(404)
    }
  })

  it('pages through a list without missing or repeating, in either direction', async () => {
    const names = Array.from({ length: 23 }, (_, i) => `Page ${String(i % 7)}`)
    for (const name of names) await make('/customers', { name })
    for (const sort of ['name', '-name', 'code', '-code', 'id', '-id']) {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const answer = await t.ask({
          url: `/api/v1/customers?q=page&limit=4&sort=${sort}${cursor === null ? '' : `&cursor=${cursor}`}`,
          token,
        })
        expect(answer.statusCode, answer.body).toBe(200)
        const page: { items: Rec[]; nextCursor: string | null } = answer.json()
        seen.push(...page.items.map((item) => item.id))
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(seen, sort).toHaveLength(23)
      expect(new Set(seen).size, sort).toBe(23)
    }
  })

  it('takes what is typed into a search as it is', async () => {
    await make('/customers', { name: '100% wool_shop' })
    const search = async (q: string): Promise<number> =>
      (await t.ask({ url: `/api/v1/customers?q=${encodeURIComponent(q)}`, token })).json<{ items: Rec[] }>()
        .items.length
    expect(await search('0% W')).toBe(1)
    expect(await search('wool_shop')).toBe(1)
    expect(await search('%%')).toBe(0)
    expect(await search('wool.shop')).toBe(0)
  })

  it('names the field of a reference that leads nowhere, or to another company', async () => {
    for (const customerId of ['nothing', 'nd-customer']) {
      const answer = await post('/projects', { name: 'X', customerId })
      expect(answer.json()).toMatchObject({ status: 422, details: [{ field: 'customerId' }] })
    }
    expect(
      (
        await post('/users', {
          email: 'w@x.y',
          name: 'W',
          role: 'dispatcher',
          password: 'long enough',
          monitoredTeamIds: ['nd-team'],
        })
      ).json(),
    ).toMatchObject({ status: 422, details: [{ field: 'monitoredTeamIds' }] })
  })

  it('keeps what is still in use, and says by what', async () => {
    const customer = await make('/customers', { name: 'Busy' })
    await make('/orders', { description: 'x', customerId: customer.id })
    expect((await remove('/customers', customer)).json()).toMatchObject({
      status: 409,
      code: 'IN_USE',
      details: { by: 'orders' },
    })
    const calendar = await make('/calendars', { code: 'USED', name: 'Used', timeZone: 'UTC', week })
    await make('/slas', { code: 'USES', hours: 1, calendarId: calendar.id })
    expect((await remove('/calendars', calendar)).json()).toMatchObject({
      code: 'IN_USE',
      details: { by: 'slas' },
    })
  })
})

const omit = (body: object, field: string): object =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field))

describe('technicians and teams', () => {
  it('tell the boards that a technician joins, changes and leaves, with open work following the team', async () => {
    const other = await make('/boards', { name: 'Other side' })
    const here = await make('/teams', { code: 'HERE', boardId: t.boardId })
    const there = await make('/teams', { code: 'THERE', boardId: other.id })
    const bo = await make('/technicians', { name: 'Bo', teamId: here.id })
    const customer = await make('/customers', { name: 'Wanderer' })
    const order = await make('/orders', { description: 'x', customerId: customer.id })
    const activity = await make('/activities', {
      orderId: order.id,
      boardId: t.boardId,
      technicianId: bo.id,
      start: '2030-05-01T08:00:00Z',
      end: '2030-05-01T09:00:00Z',
    })
    expect(activity.teamId).toBe(here.id)
    const moved = await patch('/technicians', bo, { teamId: there.id })
    expect(moved.statusCode, moved.body).toBe(200)
    const about = (list: Record<string, unknown>[]): unknown[] =>
      list
        .filter((e) => e.removed === bo.id || (e.technician as Rec | undefined)?.id === bo.id)
        .map((e) => [e.type, (e.technician as Rec | undefined)?.boardId ?? null])
    expect(about(await events(t.boardId))).toEqual([
      ['technician-joined-board', t.boardId],
      ['technician-left-board', null],
    ])
    expect(about(await events(other.id))).toEqual([['technician-joined-board', other.id]])
    const followed = await t.ask({ url: `/api/v1/activities/${activity.id}`, token })
    expect(followed.json()).toMatchObject({ teamId: there.id, version: 2 })
    const last = (await events(t.boardId)).at(-1)
    expect(last).toMatchObject({
      type: 'activity-team-changed',
      activity: { id: activity.id, teamId: there.id },
    })
  })

  it('move with their team to another board, newer than before', async () => {
    const from = await make('/boards', { name: 'From' })
    const to = await make('/boards', { name: 'To' })
    const team = await make('/teams', { code: 'MOVES', boardId: from.id })
    const cy = await make('/technicians', { name: 'Cy', teamId: team.id })
    expect((await patch('/teams', team, { boardId: to.id })).statusCode).toBe(200)
    expect((await events(from.id)).at(-1)).toMatchObject({ removed: cy.id })
    expect((await events(to.id)).at(-1)).toMatchObject({
      technician: { id: cy.id, version: 2, boardId: to.id },
    })
  })

  it('leave the board when they are no longer active', async () => {
    const board = await make('/boards', { name: 'Retiring' })
    const team = await make('/teams', { code: 'RETIRE', boardId: board.id })
    const di = await make('/technicians', { name: 'Di', teamId: team.id })
    await patch('/technicians', di, { active: false })
    expect((await events(board.id)).at(-1)).toMatchObject({ removed: di.id })
  })

  it('have employees as owners, and go only when empty', async () => {
    const contractor = await make('/technicians', { name: 'Contractor', kind: 'contractor' })
    expect((await post('/teams', { code: 'OWNED', ownerTechnicianId: contractor.id })).json()).toMatchObject({
      code: 'OWNER_NOT_EMPLOYEE',
    })
    const team = await make('/teams', { code: 'FULL' })
    await make('/technicians', { name: 'Member', teamId: team.id })
    expect((await remove('/teams', team)).json()).toMatchObject({
      code: 'IN_USE',
      details: { by: 'technicians' },
    })
  })

  it('have absences that end after they begin, told in UTC', async () => {
    const answer = await make('/technicians', {
      name: 'Ill',
      absences: [{ from: '2026-11-24T08:00:00+01:00', to: '2026-11-25T08:00:00+01:00', reason: 'flu' }],
    })
    expect(answer.absences).toEqual([
      { from: '2026-11-24T07:00:00.000Z', to: '2026-11-25T07:00:00.000Z', reason: 'flu' },
    ])
    const wrong = await post('/technicians', {
      name: 'Ill',
      absences: [{ from: '2026-11-24T08:00:00Z', to: '2026-11-24T08:00:00Z', reason: '' }],
    })
    expect(wrong.json()).toMatchObject({ status: 422, details: [{ field: 'absences.0.to' }] })
  })
})

describe('calendars and SLAs', () => {
  it('refuse hours that overlap, and calendars that lean on each other', async () => {
    const bad = await post('/calendars', {
      code: 'BAD',
      name: 'Bad',
      timeZone: 'UTC',
      week: {
        ...week,
        mon: [
          { from: '08:00', to: '12:00' },
          { from: '11:00', to: '13:00' },
        ],
      },
    })
    expect(bad.json()).toMatchObject({ status: 422, details: [{ field: 'week.mon[1]' }] })
    expect(
      (await post('/calendars', { code: 'Z', name: 'Z', timeZone: 'Mars/Olympus', week })).statusCode,
    ).toBe(422)
    const a = await make('/calendars', { code: 'A', name: 'A', timeZone: 'UTC', week })
    const b = await make('/calendars', { code: 'B', name: 'B', timeZone: 'UTC', week, baseCalendarId: a.id })
    expect((await patch('/calendars', a, { baseCalendarId: b.id })).json()).toMatchObject({
      status: 422,
      details: [{ field: 'baseCalendarId' }],
    })
  })

  it('answer when a calendar is open, across a clock change', async () => {
    const calendar = await make('/calendars', { code: 'CLOCK', name: 'C', timeZone: 'Europe/Berlin', week })
    const answer = await t.ask({
      url: `/api/v1/calendars/${calendar.id}/open-intervals?from=2026-10-23T00:00:00Z&to=2026-10-27T00:00:00Z`,
      token,
    })
    expect(answer.json<{ intervals: unknown[] }>().intervals).toEqual([
      { from: '2026-10-23T06:00:00.000Z', to: '2026-10-23T15:00:00.000Z' },
      { from: '2026-10-26T07:00:00.000Z', to: '2026-10-26T16:00:00.000Z' },
    ])
  })

  it('count open time where there is a calendar, else all time, unless said otherwise', async () => {
    const calendar = await make('/calendars', { code: 'SLA', name: 'S', timeZone: 'UTC', week })
    expect(await make('/slas', { code: 'W', hours: 1 })).toMatchObject({
      clockMode: 'wall',
      startAlignment: 'none',
    })
    expect(await make('/slas', { code: 'O', hours: 1, calendarId: calendar.id })).toMatchObject({
      clockMode: 'working',
      startAlignment: 'open',
    })
    expect((await post('/slas', { code: 'N' })).json()).toMatchObject({
      status: 422,
      details: [{ field: 'days' }],
    })
    expect((await post('/slas', { code: 'D', days: 1, clockMode: 'days' })).json()).toMatchObject({
      status: 422,
      details: [{ field: 'calendarId' }],
    })
  })
})

describe('agreements and stages', () => {
  it('take the customer from the project, the group from the parameters, and no project of type time', async () => {
    const customer = await make('/customers', { name: 'Agreeing' })
    const project = await make('/projects', { name: 'P', customerId: customer.id })
    const timed = await make('/projects', { name: 'T', customerId: customer.id, type: 'time' })
    const group = await make('/agreement-groups', { code: 'DEFAULT-GROUP' })
    const parameters = (await t.ask({ url: '/api/v1/parameters', token })).json<{ version: number }>()
    const put = await t.ask({
      method: 'PUT',
      url: '/api/v1/parameters',
      token,
      ifMatch: parameters.version,
      body: { defaultAgreementGroupId: group.id },
    })
    expect(put.json()).toMatchObject({ version: parameters.version + 1, defaultAgreementGroupId: group.id })
    const made = await make('/agreements', { code: 'AG', projectId: project.id, startDate: '2026-01-01' })
    expect(made).toMatchObject({ customerId: customer.id, groupId: group.id })
    expect(
      (await post('/agreements', { code: 'AG2', projectId: timed.id, startDate: '2026-01-01' })).json(),
    ).toMatchObject({ status: 422, code: 'PROJECT_TYPE_NOT_ALLOWED' })
    expect(
      (
        await post('/agreements', {
          code: 'AG3',
          projectId: project.id,
          startDate: '2026-02-01',
          endDate: '2026-01-01',
        })
      ).json(),
    ).toMatchObject({ status: 422, details: [{ field: 'endDate' }] })
    const sla = await make('/slas', { code: 'SUSP', hours: 1, suspended: true })
    expect((await patch('/agreements', made, { slaId: sla.id })).json()).toMatchObject({
      status: 409,
      code: 'SLA_SUSPENDED',
    })
    expect((await remove('/agreement-groups', group)).json()).toMatchObject({ code: 'IN_USE' })
  })

  it('form one tree: one root, parents that stay', async () => {
    expect((await post('/stages', { code: 'SECOND-ROOT' })).json()).toMatchObject({
      status: 409,
      code: 'STAGE_ROOT_EXISTS',
    })
    const stages = (await t.ask({ url: '/api/v1/stages', token })).json<{ items: Rec[] }>().items
    const root = stages.find((s) => s.parentStageId === null)
    const child = await make('/stages', { code: 'CHILD', parentStageId: root?.id })
    const grandchild = await make('/stages', { code: 'GRANDCHILD', parentStageId: child.id })
    expect((await patch('/stages', grandchild, { parentStageId: root?.id })).json()).toMatchObject({
      code: 'STAGE_PARENT_IMMUTABLE',
    })
    expect((await remove('/stages', child)).json()).toMatchObject({
      code: 'IN_USE',
      details: { by: 'stages' },
    })
  })
})
