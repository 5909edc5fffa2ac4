import { describe, expect, it } from 'vitest'
import type { InboxItem } from '../../../server/contract/live.ts'
import { Jobs } from './jobs.ts'
import { sampleActivity, sampleOrder } from './sample.ts'

const NOW = Date.parse('2026-08-29T13:00:00Z')
const entry = (seq: number, facts: Partial<InboxItem> = {}): InboxItem => {
  const activity = facts.activity === undefined ? sampleActivity() : facts.activity
  return {
    seq,
    kind: 'assigned',
    at: '2026-08-29T13:00:00.000Z',
    activityId: activity?.id ?? 'a1',
    activityVersion: activity?.version ?? 1,
    activity,
    order: sampleOrder(),
    ...facts,
  }
}
const frame = (from: number, items: InboxItem[], epoch = 'e1') => ({
  epoch,
  from,
  to: from + items.length - 1,
  items,
})

describe('the inbox on a phone', () => {
  it('takes a new job once, however often it is sent', () => {
    const jobs = new Jobs('ann')
    expect(jobs.take(frame(1, [entry(1)]), NOW).added).toHaveLength(1)
    expect(jobs.take(frame(1, [entry(1)]), NOW).added).toHaveLength(0)
    expect(jobs.position).toEqual({ epoch: 'e1', seq: 1 })
  })

  it('takes only the new part of a frame that overlaps', () => {
    const jobs = new Jobs('ann')
    jobs.take(frame(1, [entry(1)]), NOW)
    const second = entry(2, { activity: sampleActivity({ id: 'a2' }) })
    expect(jobs.take(frame(1, [entry(1), second]), NOW).added.map((job) => job.activity.id)).toEqual(['a2'])
  })

  it('asks again when an entry is missing, and takes nothing of that frame', () => {
    const jobs = new Jobs('ann')
    jobs.take(frame(1, [entry(1)]), NOW)
    const taken = jobs.take(frame(3, [entry(3, { activity: sampleActivity({ id: 'a3' }) })]), NOW)
    expect(taken.isGap).toBe(true)
    expect(jobs.get('a3')).toBeUndefined()
    expect(jobs.position?.seq).toBe(1)
  })

  it('never goes back to an older version of a job', () => {
    const jobs = new Jobs('ann')
    jobs.put(sampleActivity({ version: 5, fieldStatus: 'accepted' }), sampleOrder(), NOW)
    jobs.take(frame(1, [entry(1, { kind: 'changed', activity: sampleActivity({ version: 4 }) })]), NOW)
    expect(jobs.get('a1')?.activity.fieldStatus).toBe('accepted')
  })

  it('drops a job that was taken back, unless it has come again since', () => {
    const jobs = new Jobs('ann')
    jobs.put(sampleActivity({ version: 3 }), sampleOrder(), NOW)
    jobs.put(sampleActivity({ id: 'a2', version: 9 }), sampleOrder(), NOW)
    const removed = (seq: number, activityId: string) =>
      entry(seq, { kind: 'removed', activity: null, activityId, activityVersion: 4 })
    const taken = jobs.take(frame(1, [removed(1, 'a1'), removed(2, 'a2')]), NOW)
    expect(taken.gone.map((job) => job.activity.id)).toEqual(['a1'])
    expect(jobs.get('a2')).toBeDefined()
  })

  it('reads the numbers of another epoch as another history', () => {
    const jobs = new Jobs('ann')
    jobs.take(frame(40, [entry(40)]), NOW)
    const other = entry(1, { activity: sampleActivity({ id: 'a9' }) })
    expect(jobs.take(frame(1, [other], 'e2'), NOW).added).toHaveLength(1)
    expect(jobs.position).toEqual({ epoch: 'e2', seq: 1 })
  })

  it('remembers where a job stood before the desk moved it', () => {
    const jobs = new Jobs('ann')
    jobs.put(sampleActivity(), sampleOrder(), NOW)
    jobs.put(sampleActivity({ version: 2, start: '2026-08-29T14:56:00.000Z' }), null, NOW)
    expect(jobs.get('a1')?.moved).toEqual({ from: Date.parse('2026-08-29T14:00:00Z'), heardAt: NOW })
  })

  it('shows no work that was not sent or is someone else’s', () => {
    const jobs = new Jobs('ann')
    jobs.put(sampleActivity({ state: 'undispatched' }), null, NOW)
    jobs.put(sampleActivity({ id: 'a2', technicianId: 'bo' }), null, NOW)
    expect(jobs.all()).toEqual([])
    jobs.put(sampleActivity({ id: 'a3' }), null, NOW)
    jobs.put(sampleActivity({ id: 'a3', version: 2, technicianId: 'bo' }), null, NOW)
    expect(jobs.get('a3')).toBeUndefined()
  })

  it('tells of a new job and of one that went once, whichever way they come first', () => {
    const jobs = new Jobs('ann')
    expect(jobs.put(sampleActivity(), sampleOrder(), NOW).added?.activity.id).toBe('a1')
    expect(jobs.take(frame(1, [entry(1)]), NOW).added).toEqual([])
    const recalled = sampleActivity({ version: 2, state: 'undispatched' })
    expect(jobs.put(recalled, null, NOW).gone?.activity.id).toBe('a1')
    const removed = entry(2, { kind: 'removed', activity: null, activityId: 'a1', activityVersion: 2 })
    expect(jobs.take(frame(2, [removed]), NOW).gone).toEqual([])
  })

  it('forgets what is open here but missing in the fetched list, and keeps what is done', () => {
    const jobs = new Jobs('ann')
    jobs.put(sampleActivity({ id: 'old' }), null, NOW)
    jobs.put(sampleActivity({ id: 'done', state: 'closed', fieldStatus: 'done' }), null, NOW)
    jobs.load([sampleActivity({ id: 'a1' })], [sampleOrder()], NOW)
    expect(jobs.all().map((job) => job.activity.id)).toEqual(['done', 'a1'])
  })
})
