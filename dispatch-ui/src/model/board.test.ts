import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activity, event, iso, orderFor, placed, technician, time } from '../test-records.ts'
import { Board } from './board.ts'

const boardOf = (...activities: ReturnType<typeof activity>[]): Board => {
  const board = new Board('board')
  board.replace({ activities, technicians: [technician('ann'), technician('bo')], orders: [] })
  return board
}
const rowOf = (board: Board, id: string): string[] => board.barsOf(id).map((bar) => bar.id)

describe('the fold', () => {
  it('puts a record that is newer and leaves one that is not', () => {
    const board = boardOf(activity('a', { version: 3 }))
    board.fold([event(1, { activity: activity('a', { version: 2, priority: 'high' }) })])
    expect(board.bars.get('a')?.priority).toBe('normal')
    board.fold([event(2, { activity: activity('a', { version: 4, priority: 'high' }) })])
    expect(board.bars.get('a')?.priority).toBe('high')
  })

  it('changes nothing when the same events come twice', () => {
    const events = [
      event(1, { activity: placed('b', '08:00', '09:00', { version: 2 }) }),
      event(2, { activity: activity('a', { version: 2, technicianId: 'bo' }) }),
    ]
    const board = boardOf(activity('a'))
    board.fold(events)
    const once = [...board.bars.values()]
    board.fold(events)
    expect([...board.bars.values()]).toEqual(once)
    expect(rowOf(board, 'ann')).toEqual(['b'])
    expect(rowOf(board, 'bo')).toEqual(['a'])
  })

  it('keeps work that was closed here in sight, but out of the checksum', () => {
    const board = boardOf(activity('a'), activity('b', { start: iso('12:00'), end: iso('13:00') }))
    const open = boardOf(activity('b')).checksum()
    board.fold([
      event(1, { activity: activity('a', { version: 2, state: 'closed', closedAt: iso('11:00') }) }),
    ])
    expect(rowOf(board, 'ann')).toEqual(['a', 'b'])
    expect(board.checksum()).toBe(open)
  })

  it('drops work that went to another board', () => {
    const board = boardOf(activity('a'))
    board.fold([event(1, { activity: activity('a', { version: 2, boardId: 'elsewhere' }) })])
    expect(board.bars.has('a')).toBe(false)
    expect(rowOf(board, 'ann')).toEqual([])
  })

  it('drops people who left, by removal or by being out of service', () => {
    const board = boardOf()
    board.fold([
      event(1, { entity: 'technician', removed: 'ann' }),
      event(2, { technician: technician('bo', { version: 2, active: false }) }),
    ])
    expect(board.technicians.size).toBe(0)
  })

  it('ignores an event of a kind it does not know', () => {
    const board = boardOf(activity('a'))
    expect(board.fold([event(1, { type: 'weather-changed' })])).toEqual([])
    expect(board.bars.size).toBe(1)
  })

  it('replaces the open work with a snapshot and keeps what was closed', () => {
    const board = boardOf(activity('a'), activity('done', { state: 'closed' }))
    board.replace({ activities: [activity('b')], technicians: [], orders: [] })
    expect([...board.bars.keys()].sort()).toEqual(['b', 'done'])
  })
})

describe('what was closed before', () => {
  it('joins the row, but never over what is newer or open again', () => {
    const board = boardOf(activity('a', { version: 5 }))
    board.addPast({
      activities: [
        placed('old', '07:00', '08:00', { state: 'closed', closedAt: iso('08:00') }),
        activity('a', { version: 4, state: 'closed' }),
        activity('open', { version: 1 }),
      ],
      orders: [],
    })
    expect(rowOf(board, 'ann')).toEqual(['old', 'a'])
    expect(board.bars.get('a')?.state).toBe('undispatched')
  })

  it('lies where it was done when that was before its planned time', () => {
    const board = boardOf(placed('early', '10:00', '11:00', { state: 'closed', closedAt: iso('09:00') }))
    expect(board.bars.get('early')?.endAt).toBe(time('09:00'))
  })
})

describe('a technician’s bars', () => {
  it('lie in order of start, however they came', () => {
    const board = boardOf(placed('late', '15:00', '16:00'), placed('early', '08:00', '09:00'))
    board.fold([event(1, { activity: placed('noon', '12:00', '13:00') })])
    expect(rowOf(board, 'ann')).toEqual(['early', 'noon', 'late'])
  })

  it('get a new list when one of them changes, and only then', () => {
    const board = boardOf(activity('a'), activity('b', { technicianId: 'bo' }))
    const [ann, bo] = [board.barsOf('ann'), board.barsOf('bo')]
    board.fold([event(1, { activity: activity('b', { version: 2, priority: 'high', technicianId: 'bo' }) })])
    expect(board.barsOf('ann')).toBe(ann)
    expect(board.barsOf('bo')).not.toBe(bo)
  })

  it('are the same after any events as after one snapshot of where they led', () => {
    const change = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      version: fc.integer({ min: 1, max: 5 }),
      technicianId: fc.constantFrom('ann', 'bo', null),
      hour: fc.integer({ min: 0, max: 22 }),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const board = boardOf()
        const kept = new Map<string, ReturnType<typeof activity>>()
        changes.forEach(({ id, version, technicianId, hour }, i) => {
          const clock = `${String(hour).padStart(2, '0')}:00`
          const next = placed(id, clock, `${String(hour + 1).padStart(2, '0')}:00`, { version, technicianId })
          if ((kept.get(id)?.version ?? 0) < version) kept.set(id, next)
          board.fold([event(i + 1, { activity: next })])
        })
        const whole = boardOf(...kept.values())
        for (const id of ['ann', 'bo']) expect(rowOf(board, id)).toEqual(rowOf(whole, id))
        expect(board.checksum()).toBe(whole.checksum())
      }),
    )
  })
})

describe('the next promise', () => {
  it('is the one that falls due first and has not been kept', () => {
    const board = new Board('board')
    const order = orderFor('a', { respond: '09:00', arrive: '10:00', complete: '12:00' })
    const answered = order.slas.map((sla) =>
      sla.target === 'respond' ? { ...sla, reachedAt: iso('08:30') } : sla,
    )
    board.replace({ activities: [activity('a')], technicians: [], orders: [{ ...order, slas: answered }] })
    const bar = board.bars.get('a')
    expect(bar && board.nextPromise(bar)).toMatchObject({ target: 'arrive', dueAt: time('10:00') })
  })

  it('is none while the clock stands or the work is closed', () => {
    const board = new Board('board')
    board.replace({
      activities: [activity('a'), activity('b', { state: 'closed' })],
      technicians: [],
      orders: [
        {
          ...orderFor('a'),
          slas: orderFor('a', { complete: '12:00' }).slas.map((s) => ({ ...s, dueAt: null })),
        },
        orderFor('b', { complete: '12:00' }),
      ],
    })
    for (const bar of board.bars.values()) expect(board.nextPromise(bar)).toBeUndefined()
  })
})
