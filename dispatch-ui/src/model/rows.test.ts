import { describe, expect, it } from 'vitest'
import { activity, placed, technician } from '../test-records.ts'
import { Board, barOf } from './board.ts'
import { lanesOf, rowsOf } from './rows.ts'

describe('the rows', () => {
  const teams = [
    { id: 'trees', code: 'T', description: 'Trees' },
    { id: 'roads', code: 'R', description: '' },
    { id: 'empty', code: 'E', description: 'Nobody yet' },
  ]
  const board = new Board('board')
  board.replace({
    activities: [activity('a')],
    technicians: [
      technician('Cleo', { teamId: 'trees' }),
      technician('Ann', { teamId: 'trees' }),
      technician('Bo', { teamId: 'roads' }),
      technician('Dev', { teamId: 'unheard-of' }),
      technician('Eva', { teamId: null }),
    ],
    orders: [],
  })

  it('group people by team in the teams’ order and by name within', () => {
    const rows = rowsOf(board, teams, new Set()).map((row) =>
      row.kind === 'team' ? `# ${row.name}` : row.id,
    )
    expect(rows).toEqual(['# Trees', 'Ann', 'Cleo', '# R', 'Bo', '# unheard-of', 'Dev', '# –', 'Eva'])
  })

  it('leave out the people of a folded team but not its line', () => {
    const rows = rowsOf(board, teams, new Set(['trees']))
    expect(rows[0]).toMatchObject({ kind: 'team', folded: true, people: 2 })
    expect(rows[1]).toMatchObject({ kind: 'team', name: 'R' })
  })
})

describe('overlapping bars', () => {
  const lanes = (...bars: ReturnType<typeof placed>[]) =>
    Object.fromEntries([...lanesOf(bars.map(barOf))].map(([id, { lane, lanes }]) => [id, `${lane}/${lanes}`]))

  it('share the row, each in a lane of its own', () => {
    expect(
      lanes(placed('a', '08:00', '10:00'), placed('b', '09:00', '11:00'), placed('c', '09:30', '09:45')),
    ).toEqual({ a: '0/3', b: '1/3', c: '2/3' })
  })

  it('use a lane again as soon as it is free', () => {
    expect(
      lanes(placed('a', '08:00', '12:00'), placed('b', '09:00', '10:00'), placed('c', '10:00', '11:00')),
    ).toEqual({ a: '0/2', b: '1/2', c: '1/2' })
  })

  it('that only touch lie side by side on the whole row', () => {
    expect(lanes(placed('a', '08:00', '09:00'), placed('b', '09:00', '10:00'))).toEqual({
      a: '0/1',
      b: '0/1',
    })
  })

  it('do not make a neighbour smaller that only touches them', () => {
    expect(
      lanes(placed('a', '08:00', '09:00'), placed('b', '09:00', '10:00'), placed('c', '09:30', '10:30')),
    ).toEqual({ a: '0/1', b: '0/2', c: '1/2' })
  })

  it('need no lane for what is closed', () => {
    expect(
      lanes(placed('done', '08:00', '10:00', { state: 'closed' }), placed('b', '09:00', '10:00')),
    ).toEqual({ b: '0/1' })
  })
})
