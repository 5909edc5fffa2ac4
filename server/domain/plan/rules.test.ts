import { describe, expect, it } from 'vitest'
import type { Calendar } from '../calendar/calendar.ts'
import { boardFrom, instantAt } from './drawn-board.ts'
import { conflictsOf, type Placement, type PlanFacts } from './rules.ts'
import { travelMinutes } from './travel.ts'

const board = boardFrom(`
  Ann | 08:00 A1 09:00 | 10:00 A2 11:00 | 13:00 A3 14:00
`)
const travel = { speedKmh: 30, roadFactor: 1.4 }
const hours = [{ from: '08:00', to: '12:00' }]
const mornings: Calendar = {
  id: 'mornings',
  timeZone: 'UTC',
  week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: [], sun: [] },
  exceptions: [],
  standardWorkDayHours: 8,
}
const facts = (more: Partial<PlanFacts> = {}): PlanFacts => ({
  calendar: null,
  neighbours: board.day('Ann'),
  promises: [],
  timeZone: 'UTC',
  travel,
  ...more,
})
const placement = (from: string, to: string, more: Partial<Placement> = {}): Placement => ({
  activity: { ...board.activity('A1'), id: 'new' },
  technician: board.technician('Ann'),
  start: instantAt(from),
  end: instantAt(to),
  ...more,
})

describe('conflicts of a placement', () => {
  it('finds none where there is room', () => {
    expect(conflictsOf(placement('09:00', '10:00'), facts())).toEqual([])
  })

  it('counts the minutes of each overlap, but not the activity itself', () => {
    const itself = placement('08:30', '10:30', { activity: board.activity('A1') })
    expect(conflictsOf(itself, facts())).toEqual([{ kind: 'overlap', activityId: 'A2', minutes: 30 }])
  })

  it('misses travel before and after, by the nearest neighbours only', () => {
    const far = { lat: 0.05, lon: 0 }
    const here = { lat: 0, lon: 0 }
    const minutes = travelMinutes(far, here, travel)
    const neighbours = board.day('Ann').map((activity) => ({ ...activity, place: here }))
    const between = placement('11:10', '12:50', {
      activity: { ...board.activity('A1'), id: 'new', place: far },
    })
    expect(conflictsOf(between, facts({ neighbours }))).toEqual([
      { kind: 'travel', activityId: 'A2', minutesShort: minutes - 10 },
      { kind: 'travel', activityId: 'A3', minutesShort: minutes - 10 },
    ])
  })

  it('counts minutes outside open hours', () => {
    expect(conflictsOf(placement('11:30', '12:30'), facts({ calendar: mornings }))).toEqual([
      { kind: 'calendar', closedMinutes: 30 },
    ])
  })

  it('meets an absence', () => {
    const away = { from: instantAt('09:30'), to: instantAt('18:00'), reason: 'Sick' }
    const sick = { ...board.technician('Ann'), absences: [away] }
    expect(conflictsOf(placement('09:00', '10:00', { technician: sick }), facts())).toEqual([
      { kind: 'absence', ...away },
    ])
  })

  it('fits a window only whole', () => {
    const windows = [{ from: '09:00', to: '10:00' }]
    const activity = { ...board.activity('A1'), id: 'new', windows }
    expect(conflictsOf(placement('09:00', '10:00', { activity }), facts())).toEqual([])
    expect(conflictsOf(placement('09:15', '10:15', { activity }), facts({ neighbours: [] }))).toEqual([
      { kind: 'window', windows },
    ])
  })

  it('fits an evening window up to midnight', () => {
    const windows = [{ from: '18:00', to: '24:00' }]
    const activity = { ...board.activity('A1'), id: 'new', windows }
    const kinds = (to: string): string[] =>
      conflictsOf(
        { ...placement('22:00', '23:00', { activity }), end: Date.parse(to) },
        facts({ neighbours: [] }),
      ).map((conflict) => conflict.kind)
    expect(kinds('2026-03-03T00:00Z')).toEqual([])
    expect(kinds('2026-03-03T00:01Z')).toEqual(['window'])
  })

  it('stays inside the movable range', () => {
    const range = { earliestStart: instantAt('09:00'), latestEnd: instantAt('12:00') }
    const activity = { ...board.activity('A1'), id: 'new', ...range }
    expect(conflictsOf(placement('08:30', '09:30', { activity }), facts({ neighbours: [] }))).toEqual([
      { kind: 'range', ...range },
    ])
  })

  it('sends nobody whom the work rules out', () => {
    const ann = board.technician('Ann')
    const activity = { ...board.activity('A1'), id: 'new', excludedTechnicianIds: [ann.id] }
    const excluded = placement('09:00', '10:00', { activity, technician: ann })
    expect(conflictsOf(excluded, facts({ neighbours: [] }))).toEqual([
      { kind: 'excluded', technicianId: ann.id },
    ])
    const another = { ...activity, excludedTechnicianIds: ['somebody else'] }
    expect(
      conflictsOf(
        placement('09:00', '10:00', { activity: another, technician: ann }),
        facts({ neighbours: [] }),
      ),
    ).toEqual([])
  })

  it('asks for every skill at its level', () => {
    const activity = { ...board.activity('A1'), id: 'new', requiredSkills: [{ skill: 'lift', level: 2 }] }
    const technician = { ...board.technician('Ann'), skills: [{ skill: 'lift', level: 1 }] }
    expect(conflictsOf(placement('09:00', '10:00', { activity, technician }), facts())).toEqual([
      { kind: 'skill', skill: 'lift', needed: 2, has: 1 },
    ])
  })

  it('judges completion by the end and arrival by the start; the deadline itself is kept', () => {
    const dueAt = instantAt('09:30')
    const promises = (['respond', 'arrive', 'complete'] as const).map((target) => ({ target, dueAt }))
    expect(conflictsOf(placement('09:00', '10:00'), facts({ promises }))).toEqual([
      { kind: 'deadline', target: 'complete', dueAt, minutesLate: 30 },
    ])
    expect(conflictsOf(placement('09:30', '10:00'), facts({ promises: promises.slice(0, 2) }))).toEqual([])
    expect(conflictsOf(placement('09:45', '10:00'), facts({ promises: promises.slice(0, 2) }))).toEqual([
      { kind: 'deadline', target: 'arrive', dueAt, minutesLate: 15 },
    ])
  })

  it('leaves the response to whoever sends the work: no place keeps or breaks it', () => {
    const promises = [{ target: 'respond' as const, dueAt: instantAt('08:30') }]
    expect(conflictsOf(placement('09:00', '10:00'), facts({ promises }))).toEqual([])
  })
})

it('travels farther in more time, symmetrically, and nowhere in none', () => {
  const a = { lat: 42.3601, lon: -71.0589 }
  const b = { lat: 42.3375, lon: -71.0952 }
  expect(travelMinutes(a, b, travel)).toBe(travelMinutes(b, a, travel))
  expect(travelMinutes(a, a, travel)).toBe(0)
  expect(travelMinutes(a, null, travel)).toBe(0)
  // 3.9 km in a straight line, 5.5 km by road, at 30 km/h.
  expect(travelMinutes(a, b, travel)).toBe(11)
  expect(travelMinutes(a, b, { ...travel, speedKmh: 60 })).toBeLessThan(11)
})
