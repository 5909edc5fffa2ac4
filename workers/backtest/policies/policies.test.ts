import { describe, expect, it } from 'vitest'
import { day, hour, played, ways } from '../testing/small-crew.ts'
import type { Crew, Order, Technician } from '../world.ts'

const at = (km: number) => ({ lat: 42.3, lon: -71.1 + km / 82.25 })
const order = (id: string, km: number, more: Partial<Order> = {}): Order => ({
  id,
  type: 'Lamp out',
  skill: 'lamps',
  priority: 'normal',
  place: at(km),
  arrivesAt: 6 * hour,
  plannedSeconds: 30 * 60,
  dueAt: null,
  ...more,
})
const technician = (id: string, km: number): Technician => ({
  id,
  skills: ['lamps'],
  home: at(km),
  shifts: [
    { from: 7 * hour, to: 15 * hour },
    { from: day + 7 * hour, to: day + 15 * hour },
  ],
})
const exact = {
  workSeconds: (one: Order) => one.plannedSeconds,
  travelFactor: () => 1,
  absences: () => [],
}
/** Who does what, in the order in which people set out. */
const sent = (way: string, crew: Omit<Crew, 'name'>): string[] => {
  const make = ways.find(([name]) => name === way)?.[1]
  if (make === undefined) throw new Error(`no way is called ${way}`)
  return played({ ...crew, name: 'drawn' }, make(1), exact)
    .visits.toSorted((a, b) => a.departsAt - b.departsAt || (a.technicianId < b.technicianId ? -1 : 1))
    .map((visit) => `${visit.technicianId} ${visit.orderId}`)
}

const two = [technician('Ann', 0), technician('Bo', 10)]

describe('ways of dispatching', () => {
  it('first come takes orders by arrival and people by the roster', () => {
    const orders = [order('far', 9, { arrivesAt: 5 * hour }), order('near', 1)]
    expect(sent('first-come', { technicians: two, orders })).toEqual(['Ann far', 'Bo near'])
  })

  it('nearest idle sends who is closest, and whoever becomes free to the closest work', () => {
    const orders = [order('a', 9, { arrivesAt: 5 * hour }), order('b', 1), order('c', 2), order('d', 7)]
    const all = sent('nearest-idle', { technicians: two, orders })
    expect(all.slice(0, 2)).toEqual(['Ann b', 'Bo a'])
    expect(all.slice(2).sort()).toEqual(['Ann c', 'Bo d'])
  })

  it('earliest due takes what falls due first', () => {
    const orders = [order('later', 1, { dueAt: 12 * hour }), order('soon', 8, { dueAt: 9 * hour })]
    expect(sent('earliest-due', { technicians: [technician('Ann', 0)], orders })[0]).toBe('Ann soon')
  })

  it.each(['callboard', 'resolve-15min'])(
    '%s keeps two promises where the nearest order first would break one',
    (way) => {
      const orders = [
        order('near', 1, { dueAt: 14 * hour }),
        order('urgent', 4, { dueAt: 8 * hour }),
        order('beyond', 5, { dueAt: 14 * hour }),
      ]
      const crew = { technicians: [technician('Ann', 0)], orders }
      expect(sent(way, crew)[0]).toBe('Ann urgent')
      expect(sent('nearest-idle', crew)[0]).toBe('Ann near')
    },
  )

  it('callboard lets nobody idle today over work that waits, although tomorrow it would lie on the way', () => {
    const orders = [order('lone', 10), order('early', 9, { arrivesAt: 20 * hour })]
    const crew = { technicians: [technician('Ann', 0)], orders }
    expect(sent('callboard', crew)).toEqual(['Ann lone', 'Ann early'])
  })

  it('callboard gives the work of somebody who is ill to the others', () => {
    const orders = [order('a', 9), order('b', 8), order('c', 1)]
    const crew: Crew = { name: 'drawn', technicians: two, orders }
    const truth = {
      ...exact,
      absences: (one: Technician) =>
        one.id === 'Bo' ? [{ from: 7 * hour, to: 15 * hour, knownAt: 6.5 * hour }] : [],
    }
    const make = ways.find(([name]) => name === 'callboard')![1]
    const { visits } = played(crew, make(1), truth)
    expect(visits.map((visit) => visit.technicianId)).toEqual(['Ann', 'Ann', 'Ann'])
    expect(Math.max(...visits.map((visit) => visit.endsAt))).toBeLessThan(15 * hour)
  })
})
