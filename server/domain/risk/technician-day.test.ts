import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../instant.ts'
import { type DayFacts, type PlannedVisit, technicianDay } from './technician-day.ts'

const NOW = Date.UTC(2026, 5, 1, 10)
const hours = [
  { from: '08:00', to: '12:00' },
  { from: '12:30', to: '17:00' },
]
const calendar = {
  id: 'c',
  timeZone: 'UTC',
  week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: [], sun: [] },
  exceptions: [],
  standardWorkDayHours: 8,
}
const visit = (id: string, minutes: number, given: Partial<PlannedVisit> = {}): PlannedVisit => ({
  id,
  typeId: 'lamp',
  start: NOW + minutes * MINUTE,
  end: NOW + (minutes + 60) * MINUTE,
  fieldStatus: 'none',
  since: null,
  place: { lat: 0, lon: 0 },
  windows: [],
  ...given,
})
const facts = (visits: readonly PlannedVisit[], given: Partial<DayFacts> = {}): DayFacts => ({
  now: NOW,
  timeZone: 'UTC',
  visits,
  lastPlace: null,
  home: null,
  calendar,
  absences: [],
  travel: { speedKmh: 60, roadFactor: 1 },
  ...given,
})
const order = (visits: readonly PlannedVisit[]) => technicianDay(facts(visits)).visits.map((one) => one.id)

describe('the day that is going on', () => {
  it('begins with what is under way, then follows the plan', () => {
    expect(
      order([
        visit('later', 120),
        visit('soon', 30),
        visit('present', 60, { fieldStatus: 'onSite', since: NOW - 5 * MINUTE }),
      ]),
    ).toEqual(['present', 'soon', 'later'])
  })

  it('leaves out bars from yesterday that nobody touched, and sites that somebody forgot to leave', () => {
    expect(
      order([
        visit('yesterday', -24 * 60),
        visit('forgotten', -30 * 60, { fieldStatus: 'onSite', since: NOW - 30 * HOUR }),
        visit('far', 20 * 24 * 60),
        visit('now', 0),
      ]),
    ).toEqual(['now'])
  })

  it('knows since when the present work is going on', () => {
    const { day } = technicianDay(
      facts([visit('a', -30, { fieldStatus: 'onSite', since: NOW - 20 * MINUTE })]),
    )
    expect(day.legs[0]).toMatchObject({ workElapsed: 20, travelElapsed: null, workMinutes: 60 })
    const { day: onTheWay } = technicianDay(
      facts([visit('a', 10, { fieldStatus: 'travelling', since: NOW - 7 * MINUTE })]),
    )
    expect(onTheWay.legs[0]).toMatchObject({ workElapsed: null, travelElapsed: 7 })
  })

  it('comes from where the technician was, from visit to visit, and from home in the morning', () => {
    const north = { lat: 0.5, lon: 0 }
    const { day } = technicianDay(
      facts([visit('a', 60), visit('b', 180, { place: north }), visit('c', 24 * 60)], {
        lastPlace: { lat: 0, lon: 0 },
        home: { lat: 0, lon: 0 },
      }),
    )
    expect(day.legs.map((leg) => leg.travelMinutes)).toEqual([0, 56, 0])
  })

  it('takes the break between the visits, and an evening as closed', () => {
    const { day } = technicianDay(facts([visit('a', 30), visit('b', 160)]))
    expect(day.legs[1]?.pauses).toEqual([{ at: 120, minutes: 30 }])
    expect(day.closings.some(({ from, to }) => from === 7 * 60 && to === 22 * 60)).toBe(true)
    expect(day.closings.every(({ from, to }) => to - from > 180)).toBe(true)
  })

  it('keeps away while absent', () => {
    const { day } = technicianDay(
      facts([visit('a', 30)], { calendar: null, absences: [{ from: NOW, to: NOW + DAY }] }),
    )
    expect(day.closings).toEqual([{ from: 0, to: 24 * 60 }])
  })

  it('reads windows on the day of the visit', () => {
    const { day } = technicianDay(facts([visit('a', 60, { windows: [{ from: '11:00', to: '13:00' }] })]))
    expect(day.legs[0]?.windows).toEqual([{ from: 60, to: 180 }])
  })
})
