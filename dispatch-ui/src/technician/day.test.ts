import { describe, expect, it } from 'vitest'
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { InboxItem } from '../../../server/contract/live.ts'
import { Jobs, nextAct, stopsOf } from './day.ts'

const activity = (id: string, version: number, more: Partial<ActivityView> = {}): ActivityView => ({
  id,
  version,
  number: id,
  boardId: 'board',
  orderId: `order of ${id}`,
  orderLineId: null,
  typeId: null,
  teamId: 'crew',
  technicianId: 'ann',
  start: '2026-03-02T09:00:00.000Z',
  end: '2026-03-02T10:00:00.000Z',
  durationMinutes: 60,
  state: 'dispatched',
  fieldStatus: 'none',
  priority: 'normal',
  locked: false,
  requiredSkills: [],
  earliestStart: null,
  latestEnd: null,
  windows: [],
  preferredTechnicianId: null,
  place: null,
  blocking: true,
  humanTouchedAt: null,
  createdAt: '2026-03-02T08:00:00.000Z',
  closedAt: null,
  closedBy: null,
  closedCause: null,
  ...more,
})
const item = (seq: number, kind: InboxItem['kind'], of: ActivityView): InboxItem => ({
  seq,
  kind,
  at: '2026-03-02T08:00:00.000Z',
  activityId: of.id,
  activityVersion: of.version,
  activity: of,
  order: null,
})

describe('the inbox', () => {
  it('brings a job once, however often it is told', () => {
    const jobs = new Jobs()
    const told = [item(1, 'assigned', activity('a', 3))]
    expect(jobs.take('e', 1, told, 'ann').arrived).toHaveLength(1)
    expect(jobs.take('e', 1, told, 'ann').arrived).toHaveLength(0)
    expect(jobs.position).toEqual({ epoch: 'e', seq: 1 })
  })

  it('keeps the newer version when entries come late', () => {
    const jobs = new Jobs()
    jobs.put(activity('a', 5, { fieldStatus: 'onSite' }))
    jobs.take('e', 2, [item(1, 'assigned', activity('a', 3)), item(2, 'changed', activity('a', 4))], 'ann')
    expect(jobs.byId.get('a')?.activity).toMatchObject({ version: 5, fieldStatus: 'onSite' })
  })

  it('takes a job away when it goes to someone else, and says so', () => {
    const jobs = new Jobs()
    jobs.take('e', 1, [item(1, 'assigned', activity('a', 3))], 'ann')
    const { left } = jobs.take('e', 2, [item(2, 'removed', activity('a', 4, { technicianId: 'bo' }))], 'ann')
    expect(left.map((job) => job.activity.id)).toEqual(['a'])
    expect(jobs.byId.size).toBe(0)
  })

  it('starts afresh in another epoch', () => {
    const jobs = new Jobs()
    jobs.take('e', 9, [], 'ann')
    expect(jobs.take('f', 1, [item(1, 'assigned', activity('a', 3))], 'ann').arrived).toHaveLength(1)
  })
})

describe('the day', () => {
  it('lies in order, with the way between, and without work that was not sent', () => {
    const jobs = [
      activity('late', 1, { start: '2026-03-02T11:00:00.000Z', end: '2026-03-02T12:00:00.000Z' }),
      activity('early', 1),
      activity('unsent', 1, { state: 'undispatched' }),
      activity('tomorrow', 1, { start: '2026-03-03T09:00:00.000Z' }),
    ].map((a) => ({ activity: a, order: null }))
    const stops = stopsOf(jobs, (at) => new Date(at).toISOString().slice(0, 10), '2026-03-02')
    expect(stops.map((stop) => stop.job.activity.id)).toEqual(['early', 'late'])
    expect(stops[1]?.way).toEqual({ travel: 0, spare: 60 })
  })

  it.each([
    ['none', 'accepted'],
    ['accepted', 'travelling'],
    ['travelling', 'onSite'],
    ['onSite', 'done'],
    ['done', null],
  ] as const)('after %s comes %s', (fieldStatus, expected) => {
    expect(nextAct(activity('a', 1, { fieldStatus }))).toBe(expected)
  })
})
