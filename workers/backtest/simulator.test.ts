import { describe, expect, it } from 'vitest'
import type { Dispatcher } from './dispatcher.ts'
import { BadCommitmentError, type Visit } from './simulator.ts'
import { day, hour, played, smallCrew, sorted, travel, ways } from './testing/small-crew.ts'
import { type Truth, truthOf } from './truth.ts'
import { type Crew, type Order, plannedTravel } from './world.ts'

const seeds = [1, 2]
const cases = ways.flatMap(([name, make]) => seeds.map((seed) => ({ name, make, seed })))

const visitsBefore = (visits: readonly Visit[], at: number): Visit[] =>
  visits.filter((visit) => visit.departsAt < at).sort((a, b) => a.departsAt - b.departsAt)

/** A replay, with everything that its dispatcher was shown and answered before a moment. */
const witnessed = (crew: Crew, dispatcher: Dispatcher, truth: Truth, moment: number) => {
  const seen: string[] = []
  const outcome = played(
    crew,
    {
      ...dispatcher,
      react(view, happenings) {
        const answer = dispatcher.react(view, happenings)
        if (view.now < moment)
          seen.push(JSON.stringify({ ...view, open: [...view.open.keys()], happenings, answer }))
        return answer
      },
    },
    truth,
  )
  return { seen, visits: outcome.visits }
}

describe.each(cases)('a replay by $name under seed $seed', ({ make, seed }) => {
  it('accounts for every order: done once, open or refused', () => {
    const crew = smallCrew(seed)
    const known = {
      ...crew,
      orders: crew.orders.map((order, i) => (i === 4 ? { ...order, skill: 'boats' } : order)),
    }
    const outcome = played(known, make(seed))
    const ids = [...outcome.visits.map((visit) => visit.orderId), ...outcome.open, ...outcome.refused]
    expect(ids.sort()).toEqual(known.orders.map((order) => order.id).sort())
    expect(outcome.refused).toEqual([known.orders[4]?.id])
    expect(outcome.visits.length).toBeGreaterThan(15)
  })

  it('never has a technician in two places, nor anywhere without the way there', () => {
    const crew = smallCrew(seed)
    const { visits, homeTrips } = played(crew, make(seed))
    for (const technician of crew.technicians) {
      const own = [
        ...visits
          .filter((visit) => visit.technicianId === technician.id)
          .map((visit) => ({
            from: visit.departsAt,
            to: visit.endsAt,
            // Visits are to orders of the crew.
            place: crew.orders.find((order) => order.id === visit.orderId)!.place,
            metres: visit.metres,
          })),
        ...homeTrips
          .filter((trip) => trip.technicianId === technician.id)
          .map((trip) => ({
            from: trip.departsAt,
            to: trip.departsAt + trip.seconds,
            place: technician.home,
            metres: trip.metres,
          })),
      ].sort((a, b) => a.from - b.from)
      let place = technician.home
      let freeAt = 0
      for (const leg of own) {
        expect(leg.from).toBeGreaterThanOrEqual(freeAt)
        expect(leg.metres).toBe(plannedTravel(place, leg.place, travel).metres)
        place = leg.place
        freeAt = leg.to
      }
      expect(place).toEqual(technician.home)
    }
  })

  it('decides until a moment the same, whatever orders come later', () => {
    const crew = smallCrew(seed)
    const moment = 12 * hour
    const later = crew.orders.filter((order) => order.arrivesAt >= moment)
    const shuffled = later.map((order, i) => {
      const other = later[(i + 7) % later.length] ?? order
      return { ...other, arrivesAt: moment + ((order.arrivesAt * 7) % day), id: `later ${i}` }
    })
    const other: Crew = {
      ...crew,
      orders: sorted([...crew.orders.filter((order) => order.arrivesAt < moment), ...shuffled]),
    }
    const before = visitsBefore(played(crew, make(seed)).visits, moment)
    expect(visitsBefore(played(other, make(seed)).visits, moment)).toEqual(before)
    expect(before.length).toBeGreaterThan(3)
  })

  it('is shown until a moment the same, however long the work takes that is not over by then', () => {
    const crew = smallCrew(seed)
    const moment = 11 * hour
    const truth = truthOf(seed)
    const first = witnessed(crew, make(seed), truth, moment)
    const over = new Set(first.visits.filter((visit) => visit.endsAt <= moment).map((visit) => visit.orderId))
    const slower = {
      ...truth,
      workSeconds: (order: Order) => truth.workSeconds(order) + (over.has(order.id) ? 0 : 2 * hour),
    }
    const second = witnessed(crew, make(seed), slower, moment)
    expect(second.seen).toEqual(first.seen)
    expect(first.seen.length).toBeGreaterThan(5)
    expect(second.visits).not.toEqual(first.visits)
  })

  it('plays the same seed the same', () => {
    const once = JSON.stringify(played(smallCrew(seed), make(seed)))
    expect(JSON.stringify(played(smallCrew(seed), make(seed)))).toBe(once)
  })
})

describe('an absence', () => {
  const crew = smallCrew(1)
  const ill = crew.technicians[2]!.id
  const truth = {
    ...truthOf(1),
    absences: (technician: Crew['technicians'][number]) =>
      technician.id === ill ? [{ from: 10 * hour, to: 15 * hour, knownAt: 10 * hour }] : [],
  }

  it.each(ways)('takes nobody from work begun and sends nobody afterwards, by %s', (_, make) => {
    const own = played(crew, make(1), truth).visits.filter((visit) => visit.technicianId === ill)
    const onTheDay = own.filter((visit) => visit.departsAt < day)
    expect(onTheDay.length).toBeGreaterThan(0)
    for (const visit of onTheDay) expect(visit.departsAt).toBeLessThan(10 * hour)
    expect(own.some((visit) => visit.departsAt >= day)).toBe(true)
  })

  it.each(ways)('is not known beforehand, by %s', (_, make) => {
    const healthy = { ...truth, absences: () => [] }
    const before = visitsBefore(played(crew, make(1), truth).visits, 10 * hour)
    expect(before).toEqual(visitsBefore(played(crew, make(1), healthy).visits, 10 * hour))
  })
})

describe('the simulator', () => {
  const crew = smallCrew(1)
  const sendingAll = (technicianId: string): Dispatcher => ({
    name: 'careless',
    tickSeconds: null,
    react: (view) => ({
      commitments: [...view.open.keys()].map((orderId) => ({ technicianId, orderId })),
      moved: 0,
    }),
  })

  it('refuses a dispatcher that sends somebody who is at home or at work, or who does not exist', () => {
    expect(() => played(crew, sendingAll(crew.technicians[2]!.id))).toThrow(BadCommitmentError)
    expect(() => played(crew, sendingAll('nobody'))).toThrow('there is no such technician')
  })

  it('lets nobody set out who would be home too late by plan', () => {
    const { visits } = played(crew, ways[1]![1](1))
    for (const visit of visits) {
      const order = crew.orders.find((one) => one.id === visit.orderId)!
      const technician = crew.technicians.find((one) => one.id === visit.technicianId)!
      const shift = technician.shifts.find(({ from, to }) => visit.departsAt >= from && visit.departsAt < to)
      const back = plannedTravel(order.place, technician.home, travel).seconds
      expect(visit.departsAt + order.plannedSeconds + back).toBeLessThanOrEqual(shift?.to ?? 0)
    }
  })
})
