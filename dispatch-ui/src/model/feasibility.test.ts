import { describe, expect, it } from 'vitest'
import { activity, iso, orderFor, placed, technician, time } from '../test-records.ts'
import { barOf, orderOf } from './board.ts'
import { firstPlace, judgeDrop, type Known } from './feasibility.ts'

const travel = { speedKmh: 60, roadFactor: 1 }
const known = (...bars: ReturnType<typeof placed>[]): Known => ({
  calendar: null,
  bars: bars.map(barOf),
  order: undefined,
  zone: 'UTC',
  travel,
})
const bar = barOf(activity('new', { technicianId: null, start: null, end: null }))
const judge = (start: string, facts: Known, who = technician('ann'), what = bar) =>
  judgeDrop(what, who, time(start), time(start) + 3_600_000, facts)

/** About a quarter of an hour of driving at the tests' speed. */
const near = { lat: 50, lon: 8 }
const far = { lat: 50.135, lon: 8 }

describe('dropping a bar on a row', () => {
  it('fits on a free row', () => {
    expect(judge('10:00', known())).toEqual({ mark: 'fits', worst: null, addedMinutes: 0 })
  })

  it('cannot be done by someone without the skill', () => {
    const needs = barOf(activity('new', { requiredSkills: [{ skill: 'trees', level: 2 }] }))
    const apprentice = technician('ann', { skills: [{ skill: 'trees', level: 1 }] })
    expect(judge('10:00', known(), apprentice, needs)).toMatchObject({
      mark: 'cannot',
      worst: { kind: 'skill', needed: 2, has: 1 },
    })
  })

  it('cannot be done by someone who must not be sent there', () => {
    const unwelcome = barOf(activity('new', { excludedTechnicianIds: ['ann'] }))
    expect(judge('10:00', known(), technician('ann'), unwelcome)).toMatchObject({
      mark: 'cannot',
      worst: { kind: 'excluded', technicianId: 'ann' },
    })
  })

  it('cannot be done by someone who is away', () => {
    const away = technician('ann', { absences: [{ from: iso('09:00'), to: iso('12:00'), reason: 'Sick' }] })
    expect(judge('10:00', known(), away).mark).toBe('cannot')
    expect(judge('12:00', known(), away).mark).toBe('fits')
  })

  it('warns of an overlap, which a person may still want', () => {
    expect(judge('10:30', known(placed('a', '10:00', '11:00')))).toMatchObject({
      mark: 'warns',
      worst: { kind: 'overlap', activityId: 'a', minutes: 30 },
    })
  })

  it('does not overlap with itself', () => {
    const own = barOf(placed('a', '10:00', '11:00'))
    expect(judge('10:30', known(placed('a', '10:00', '11:00')), technician('ann'), own).mark).toBe('fits')
  })

  it('warns of a promise it would miss', () => {
    const facts = { ...known(), order: orderOf(orderFor('new', { complete: '10:30' })) }
    expect(judge('10:00', facts)).toMatchObject({
      mark: 'warns',
      worst: { kind: 'deadline', minutesLate: 30 },
    })
  })

  it('adds the travel there, less what the neighbours travelled between themselves', () => {
    const facts = known(
      placed('a', '08:00', '09:00', { place: near }),
      placed('b', '14:00', '15:00', { place: near }),
    )
    const detour = barOf(activity('new', { place: far }))
    expect(judge('10:00', facts, technician('ann'), detour).addedMinutes).toBe(32)
  })
})

describe('the first place on a row', () => {
  it('is after what is in the way', () => {
    const facts = known(placed('a', '10:00', '11:00'), placed('b', '11:00', '11:30'))
    expect(firstPlace(bar, technician('ann'), time('10:15'), 3_600_000, facts)).toMatchObject({
      mark: 'fits',
      start: time('11:30'),
    })
  })

  it('leaves the time to get there', () => {
    const facts = known(placed('a', '10:00', '11:00', { place: near }))
    const there = barOf(activity('new', { place: far }))
    expect(firstPlace(there, technician('ann'), time('10:30'), 3_600_000, facts).start).toBe(time('11:16'))
  })
})
