import { describe, expect, it } from 'vitest'
import { crewsOf } from './fleet.ts'
import { readHistory } from './history.ts'
import { rules2011, townFile } from './testing/city-file.ts'

const history = readHistory({ data: townFile(1, 600), rules: rules2011, from: null, to: null })
const asked = { load: 0.9, technicians: null, seed: 1, days: history.days + 5 }

describe('an invented fleet', () => {
  it('is as large as the file’s own work asks for', () => {
    const count = (load: number): number =>
      crewsOf(history, { ...asked, load }).reduce((sum, crew) => sum + crew.technicians.length, 0)
    expect(count(0.45) / count(0.9)).toBeCloseTo(2, 0)
    const people = crewsOf(history, { ...asked, technicians: 12 }).map((crew) => crew.technicians.length)
    expect(people.reduce((a, b) => a + b, 0)).toBe(12)
  })

  it('has at least two people for every trade of a department, and nobody without work to do', () => {
    for (const crew of crewsOf(history, asked)) {
      const trades = new Set(crew.orders.map((order) => order.skill))
      for (const trade of trades)
        expect(crew.technicians.filter((one) => one.skills.includes(trade)).length).toBeGreaterThan(1)
      for (const one of crew.technicians) expect(one.skills.every((skill) => trades.has(skill))).toBe(true)
    }
  })

  it('works eight hours on five days of seven, and somebody works on every day', () => {
    const [crew] = crewsOf(history, { ...asked, days: 14 })
    const days = new Set<number>()
    for (const one of crew?.technicians ?? []) {
      expect(one.shifts).toHaveLength(10)
      for (const { from, to } of one.shifts) {
        expect(to - from).toBe(8 * 3_600)
        days.add(Math.floor(from / 86_400))
      }
    }
    expect(days.size).toBe(14)
  })

  it('is the same for the same seed, and its shifts keep to the clock on the wall across a change', () => {
    expect(crewsOf(history, asked)).toEqual(crewsOf(history, asked))
    const autumn = readHistory({
      data: townFile(1, 50).replaceAll('2011-08-2', '2011-11-0'),
      rules: rules2011,
      from: '2011-11-04',
      to: '2011-11-07',
    })
    const [crew] = crewsOf(autumn, { ...asked, technicians: 5, days: 4 })
    const all = crew?.technicians.flatMap((one) => one.shifts.map(({ from }) => from / 3_600)) ?? []
    // Clocks go back in the night to the third day: from then on each hour comes an hour later.
    expect(new Set(all.map((from) => (from < 48 ? from % 24 : (from - 1) % 24)))).toEqual(new Set([7, 11]))
  })
})
