import { describe, expect, it } from 'vitest'
import type { Place } from '../../../server/domain/activity/activity.ts'
import { travelMinutes } from '../../../server/domain/plan/travel.ts'
import { PlaceTable } from './place-table.ts'

const pace = { speedKmh: 30, roadFactor: 1.4 }
const town: Place[] = Array.from({ length: 60 }, (_, i) => ({
  lat: 42.2 + ((i * 37) % 101) / 500,
  lon: -71.2 + ((i * 53) % 97) / 400,
}))
const secondsIn = (table: PlaceTable, from: Place, to: Place): number => {
  const [matrix] = table.matrices(['car'])
  const a = table.indexOf(from)
  const b = table.indexOf(to)
  if (matrix === undefined || a === undefined || b === undefined)
    throw new Error('the table has these places')
  return matrix.seconds[a * matrix.size + b] ?? Number.NaN
}

describe('a table of places', () => {
  it('counts straight lines in the very minutes that the rules of the board count', () => {
    const table = new PlaceTable(pace)
    table.add(town, ['car'])
    for (const from of town)
      for (const to of town) expect(secondsIn(table, from, to)).toBe(travelMinutes(from, to, pace) * 60)
  })

  it('is as exact across an ocean', () => {
    const [here, there] = [town[0]!, { lat: -33.9, lon: 151.2 }]
    const table = new PlaceTable(pace)
    table.add([here, there], ['car'])
    expect(secondsIn(table, here, there)).toBe(travelMinutes(here, there, pace) * 60)
  })

  it('says the same whether its places came at once or one by one', () => {
    const atOnce = new PlaceTable(pace)
    atOnce.add(town, ['car', 'foot'])
    const oneByOne = new PlaceTable(pace)
    for (const place of town.toReversed()) oneByOne.add([place], ['car', 'foot'])
    for (const from of town)
      for (const to of town) expect(secondsIn(oneByOne, from, to)).toBe(secondsIn(atOnce, from, to))
  })

  it('takes places within a metre for one', () => {
    const table = new PlaceTable(pace)
    table.add([town[0]!, { lat: town[0]!.lat + 0.000001, lon: town[0]!.lon }], ['car'])
    expect(table.places).toHaveLength(1)
  })

  it('lets nobody on foot or on a bicycle travel at the speed of a car', () => {
    const table = new PlaceTable(pace)
    table.add(town, ['car', 'bike', 'foot'])
    const [car, bike, foot] = table.matrices(['car', 'bike', 'foot']).map((m) => m.seconds[1] ?? 0)
    expect(bike).toBeGreaterThan(car!)
    expect(foot).toBeGreaterThan(bike!)
  })

  it('never changes a number that was handed out, though better ones come', () => {
    const table = new PlaceTable(pace)
    table.add(town.slice(0, 2), ['car'])
    const [handedOut] = table.matrices(['car'])
    const before = [...handedOut!.seconds]
    const told = {
      seconds: new Int32Array([0, 600, 1200, 0]),
      metres: new Int32Array([0, 1, 1, 0]),
      failure: null,
    }
    table.answer('car', { fresh: [0, 1], known: [], out: told, back: told })
    table.add(town.slice(2, 5), ['car'])
    expect([...handedOut!.seconds]).toEqual(before)
    expect(secondsIn(table, town[0]!, town[1]!)).toBe(600)
    expect(secondsIn(table, town[1]!, town[0]!)).toBe(1200)
  })

  it('hands out the same matrix until a place or a better number comes, so that work upon it can be kept', () => {
    const table = new PlaceTable(pace)
    table.add(town.slice(0, 9), ['car'])
    const [first] = table.matrices(['car'])
    table.add(town.slice(0, 9), ['car'])
    expect(table.matrices(['car'])[0]).toBe(first)
    table.add(town.slice(9, 10), ['car'])
    expect(table.matrices(['car'])[0]).not.toBe(first)
  })

  it('keeps what it knows when it is cut down to some of its places', () => {
    const table = new PlaceTable(pace)
    table.add(town, ['car'])
    const part = table.only([7, 3, 40])
    expect(part.places).toEqual([town[7], town[3], town[40]])
    expect(secondsIn(part, town[7]!, town[40]!)).toBe(secondsIn(table, town[7]!, town[40]!))
  })
})
