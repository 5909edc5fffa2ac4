import { describe, expect, it } from 'vitest'
import { sampleJob, sampleSla } from './sample.ts'
import { displacedBy, nextDue, threadOf } from './thread.ts'

const at = (time: string): number => Date.parse(`2026-08-29T${time}:00Z`)
const iso = (time: string): string => `2026-08-29T${time}:00.000Z`
const day = { from: at('00:00'), to: at('00:00') + 86_400_000 }
const travel = { speedKmh: 30, roadFactor: 1.4 }
const home = { lat: 42.3, lon: -71.1 }
const options = { day, now: at('13:32'), home, travel }
const job = (id: string, from: string, to: string, more: Parameters<typeof sampleJob>[0] = {}) =>
  sampleJob({ id, start: iso(from), end: iso(to), fieldStatus: 'accepted', ...more })

describe('the day as a thread', () => {
  it('puts stops in order and counts done and left', () => {
    const thread = threadOf(
      [
        job('c', '15:00', '16:00'),
        job('a', '11:40', '12:20', { state: 'closed', fieldStatus: 'done' }),
        job('b', '12:52', '13:47', { fieldStatus: 'onSite' }),
      ],
      options,
    )
    expect(thread.stops.map((stop) => [stop.job.activity.id, stop.kind])).toEqual([
      ['a', 'done'],
      ['b', 'here'],
      ['c', 'next'],
    ])
    expect([thread.done, thread.left]).toEqual([1, 2])
  })

  it('gives the way from the stop before and what is to spare after it', () => {
    const place = { lat: 42.33, lon: -71.1 }
    const thread = threadOf(
      [job('a', '12:00', '14:00', { place: home }), job('b', '15:00', '16:00', { place })],
      options,
    )
    const way = thread.stops[1]?.way
    expect(way?.kilometres).toBeCloseTo(4.67, 1)
    expect(way?.minutes).toBe(10)
    expect(thread.stops[1]?.spareMinutes).toBe(50)
    expect(thread.homeAt).toBe(at('16:10'))
  })

  it('frees a technician who overruns only now, not when the plan said', () => {
    const thread = threadOf(
      [job('a', '12:00', '13:00', { fieldStatus: 'onSite' }), job('b', '13:50', '14:20')],
      options,
    )
    expect(thread.stops[1]?.spareMinutes).toBe(18)
  })

  it('names no way where a place is unknown', () => {
    expect(threadOf([job('a', '14:00', '15:00')], options).stops[0]?.way).toBeNull()
  })

  it('keeps open work of yesterday in today, and work of tomorrow out of it', () => {
    const late = sampleJob({ id: 'late', start: '2026-08-28T10:00:00.000Z', end: '2026-08-28T11:00:00.000Z' })
    const next = sampleJob({ id: 'next', start: '2026-08-30T10:00:00.000Z', end: '2026-08-30T11:00:00.000Z' })
    expect(threadOf([late, next], options).stops.map((stop) => stop.job.activity.id)).toEqual(['late'])
  })

  it('says which promise falls due first, and leaves out what is reached, stopped, or the desk’s', () => {
    const slas = [
      sampleSla({ target: 'respond', dueAt: iso('12:00') }),
      sampleSla({ target: 'arrive', dueAt: iso('13:00'), reachedAt: iso('12:50') }),
      sampleSla({ target: 'complete', dueAt: iso('15:20') }),
    ]
    expect(nextDue(sampleJob({}, { slas }))).toEqual({ at: at('15:20'), target: 'complete' })
    expect(nextDue(sampleJob({}, { slas: [sampleSla({ status: 'stopped', dueAt: null })] }))).toBeNull()
  })
})

describe('what a new job displaces', () => {
  const fresh = sampleJob({ id: 'new', start: iso('14:00'), end: iso('14:40') })

  it('names the visit that the desk moved with it', () => {
    const moved = { ...job('b', '14:56', '15:40'), moved: { from: at('14:02'), heardAt: at('13:32') } }
    expect(displacedBy(fresh, [fresh, moved], at('13:33'))).toEqual({
      kind: 'moves',
      from: at('14:02'),
      to: at('14:56'),
    })
    expect(displacedBy(fresh, [fresh, moved], at('14:30')).kind).toBe('nothing')
  })

  it('blames no move on a job that comes later than the visit stood', () => {
    const later = sampleJob({ id: 'new', start: iso('18:00'), end: iso('18:20') })
    const moved = { ...job('b', '14:56', '15:40'), moved: { from: at('14:02'), heardAt: at('13:32') } }
    expect(displacedBy(later, [later, moved], at('13:33')).kind).toBe('nothing')
  })

  it('names the visit it meets', () => {
    expect(displacedBy(fresh, [fresh, job('b', '14:30', '15:00')], at('13:32'))).toEqual({
      kind: 'meets',
      at: at('14:30'),
    })
  })

  it('moves nothing when it fits', () => {
    expect(displacedBy(fresh, [fresh, job('b', '14:40', '15:00')], at('13:32'))).toEqual({ kind: 'nothing' })
  })
})
