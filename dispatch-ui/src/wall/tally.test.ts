import { describe, expect, it } from 'vitest'
import { Board } from '../model/board.ts'
import { sampleActivity, sampleOrder, sampleSla } from '../technician/sample.ts'
import { figuresOf, keptOf, keptPercent, nextToBreak, openPromises, sharesBy } from './tally.ts'

const NOW = Date.parse('2026-03-02T12:00:00Z')
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString()
type Facts = { id: string; due: number | null; planned?: [number, number]; group?: string; version?: number }

function boardOf(rows: Facts[]): Board {
  const board = new Board()
  board.replace({
    technicians: [],
    orders: rows.map(({ id, due, group }) =>
      sampleOrder({
        id,
        agreementGroupId: group ?? null,
        slaStatus: due === null ? 'stopped' : 'started',
        slas: [
          sampleSla({ dueAt: due === null ? null : at(due), status: due === null ? 'stopped' : 'started' }),
        ],
      }),
    ),
    activities: rows.map(({ id, planned, version }) =>
      sampleActivity({
        id,
        orderId: id,
        version: version ?? 1,
        state: planned ? 'dispatched' : 'undispatched',
        durationMinutes: 30,
        technicianId: planned ? 'ann' : null,
        start: planned ? at(planned[0]) : null,
        end: planned ? at(planned[1]) : null,
      }),
    ),
  })
  return board
}

const board = boardOf([
  { id: 'broken', due: -27, planned: [-10, 20], group: 'gold' },
  { id: 'late', due: 60, planned: [40, 70], group: 'gold' },
  { id: 'tight', due: 60, planned: [20, 50] },
  { id: 'calm', due: 600, planned: [20, 50] },
  { id: 'soon', due: 50 },
  { id: 'far', due: 2_000 },
  { id: 'stopped', due: null },
])
const opens = openPromises([board], NOW)

describe('the wall counts', () => {
  it('each open promise once, by how the plan stands, in order of due time', () => {
    expect(opens.map((open) => [open.bar.id, open.standing])).toEqual([
      ['broken', 'broken'],
      ['soon', 'risk'],
      ['late', 'late'],
      ['tight', 'risk'],
      ['calm', 'kept'],
      ['far', 'kept'],
    ])
  })

  it('figures that add up to what is open', () => {
    const figures = figuresOf([board], opens, NOW)
    expect(figures).toEqual({
      broken: 1,
      oldestMs: 27 * 60_000,
      risk: 3,
      late: 1,
      unplaced: 3,
      dueSoon: 1,
      onCourse: 2,
      stopped: 1,
    })
    expect(figures.broken + figures.risk + figures.onCourse).toBe(opens.length)
  })

  it('groups with their states, which add up too', () => {
    const gold = sharesBy(opens, (open) => open.order?.agreementGroupId ?? null).get('gold')
    expect(gold).toEqual({ open: 2, broken: 1, risk: 1, unplaced: 0, planned: 0, sent: 2, onSite: 0 })
    const none = sharesBy(opens, (open) => open.order?.agreementGroupId ?? null).get(null)
    expect(none).toMatchObject({ open: 4, unplaced: 2, sent: 2 })
  })

  it('a job that two boards know once, in its newest state', () => {
    const other = boardOf([{ id: 'late', due: 60, planned: [0, 20], version: 2 }])
    const both = openPromises([board, other], NOW)
    expect(both).toHaveLength(opens.length)
    expect(both.find((open) => open.bar.id === 'late')?.standing).toBe('kept')
  })

  it('a job by its worst promise, not by the one due first', () => {
    const two = boardOf([{ id: 'two', due: 60, planned: [10, 90] }])
    const order = two.orders.get('two')
    if (order)
      two.orders.set('two', {
        ...order,
        promises: [{ target: 'arrive', dueAt: NOW + 1_800_000, reachedAt: null }, ...order.promises],
      })
    const [open] = openPromises([two], NOW)
    expect([open?.standing, open?.promise.target]).toEqual(['late', 'complete'])
  })

  it('a job whose promises all stand well by the one due first', () => {
    const calm = boardOf([{ id: 'calm', due: 600, planned: [10, 40] }])
    const order = calm.orders.get('calm')
    const arrive = { target: 'arrive', dueAt: NOW + 120 * 60_000, reachedAt: null } as const
    if (order) calm.orders.set('calm', { ...order, promises: [...order.promises, arrive] })
    expect(openPromises([calm], NOW)[0]?.promise.target).toBe('arrive')
    if (order) calm.orders.set('calm', { ...order, promises: [arrive, ...order.promises] })
    expect(openPromises([calm], NOW)[0]?.promise.target).toBe('arrive')
  })

  it('what breaks next: fresh breaches, then the threatened, then the calm', () => {
    const ids = (count: number): string[] => nextToBreak(opens, count).map((open) => open.bar.id)
    expect(ids(3)).toEqual(['broken', 'soon', 'late'])
    expect(ids(6)).toEqual(['broken', 'soon', 'late', 'tight', 'calm', 'far'])
  })

  it('what is likely missed comes before what is calm, though the plan keeps both', () => {
    const chances = new Map([['far', 0.4]])
    const shown = nextToBreak(opens, 6, (open) => chances.get(open.bar.id) ?? 0).map((open) => open.bar.id)
    expect(shown).toEqual(['broken', 'soon', 'late', 'tight', 'far', 'calm'])
  })

  it('never lets old breaches crowd out what can still be kept', () => {
    const storm = boardOf([
      ...Array.from({ length: 30 }, (_, i) => ({ id: `b${i}`, due: -10 - i })),
      ...Array.from({ length: 9 }, (_, i) => ({ id: `r${i}`, due: 40 + i })),
    ])
    const shown = nextToBreak(openPromises([storm], NOW), 6).map((open) => open.bar.id)
    expect(shown).toEqual(['b0', 'b1', 'r0', 'r1', 'r2', 'r3'])
  })
})

describe('the share of promises kept', () => {
  const rows = [
    { group: { team: 'a' }, met: 198, broken: 10 },
    { group: { team: 'b' }, met: 0, broken: 4 },
    { group: { team: null }, met: 0, broken: 0 },
  ]

  it('is summed over what is asked for', () => {
    expect(keptOf(rows, () => true)).toEqual({ met: 198, all: 212 })
    expect(keptOf(rows, (row) => row.group.team === 'b')).toEqual({ met: 0, all: 4 })
  })

  it('has one decimal, is unknown before anything was decided, and is a hundred only when all were kept', () => {
    expect(keptPercent({ met: 198, all: 212 })).toBe(93.3)
    expect(keptPercent({ met: 0, all: 0 })).toBeNull()
    expect(keptPercent({ met: 9_999, all: 10_000 })).toBe(99.9)
    expect(keptPercent({ met: 3, all: 3 })).toBe(100)
  })
})
