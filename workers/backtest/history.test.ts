import { describe, expect, it } from 'vitest'
import { BacktestInputError, readHistory } from './history.ts'
import { csv2011, type Request, rules2011 } from './testing/city-file.ts'

const plain: Request = { id: '1', opened: '2011-08-26 10:00:00', closed: '2011-08-26 15:00:00' }
const read = (rows: readonly Request[], dates: { from?: string; to?: string } = {}) =>
  readHistory({ data: csv2011(rows), rules: rules2011, from: dates.from ?? null, to: dates.to ?? null })
const orders = (rows: readonly Request[]) => read(rows).departments.flatMap((one) => one.orders)

describe('the past in a file', () => {
  it('is counted in seconds from the first local midnight, with the deadline of the product’s own clock', () => {
    // Opened on a Friday at ten with one business day: due on Monday at ten, three days later.
    expect(orders([plain])).toMatchObject([
      { id: '1', skill: 'trees', arrivesAt: 10 * 3_600, dueAt: (3 * 24 + 10) * 3_600 },
    ])
  })

  it('leaves out desk work and what was closed when it was entered, and counts both', () => {
    const history = read([
      plain,
      { ...plain, id: '2', type: 'General Comments For a Program or Policy' },
      { ...plain, id: '3', closed: '2011-08-26 10:00:00' },
    ])
    expect(history.leftOut).toEqual({ desk: 1, afterTheFact: 1, unreadable: 0 })
    expect(history.departments.flatMap((one) => one.orders)).toHaveLength(1)
  })

  it('puts what has no place in the middle of its neighbourhood', () => {
    const known = { ...plain, neighbourhood: 'Roxbury' }
    const all = orders([
      { ...known, id: '1', lat: 42.3, lon: -71.1 },
      { ...known, id: '2', lat: 42.32, lon: -71.08 },
      { ...known, id: '3', lat: null, lon: null },
      { ...known, id: '4', neighbourhood: 'Allston', lat: 42.35, lon: -71.13 },
    ])
    const third = all.find((order) => order.id === '3')
    expect(third?.place.lat).toBeCloseTo(42.31, 6)
    expect(third?.place.lon).toBeCloseTo(-71.09, 6)
  })

  it('takes the days that are asked for, both included', () => {
    const rows = ['25', '26', '27', '28'].map((date) => ({
      ...plain,
      id: date,
      opened: `2011-08-${date} 10:00:00`,
      closed: '',
    }))
    const history = read(rows, { from: '2011-08-26', to: '2011-08-27' })
    expect(history.days).toBe(2)
    expect(history.departments.flatMap((one) => one.orders.map((order) => order.id))).toEqual(['26', '27'])
  })

  it('says by option what is wrong with a request', () => {
    const asked =
      (data: string, from: string | null = null, to: string | null = null) =>
      () =>
        readHistory({ data, rules: rules2011, from, to })
    expect(asked('a,b\n1,2\n')).toThrow(
      new BacktestInputError('--data: the header belongs to no layout that is known'),
    )
    expect(asked(csv2011([plain]), 'yesterday')).toThrow('--from: must be a date')
    expect(asked(csv2011([plain]), '2011-08-27', '2011-08-26')).toThrow('--to: must not be before --from')
    expect(asked(csv2011([plain]), '2012-01-01', '2012-01-02')).toThrow(
      '--data: no row of these days needs a visit',
    )
    expect(asked(csv2011([]))).toThrow('--data: the file has no row that can be read')
  })
})
