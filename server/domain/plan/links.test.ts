import { describe, expect, it } from 'vitest'
import { boardFrom, instantAt } from './drawn-board.ts'
import { linkConflicts } from './links.ts'

const board = boardFrom(`
  Ann | 08:00 A1 09:00 | 10:00 A2 11:00
  Bo  | 08:00 B1 09:30
`)
const [a1, a2, b1] = ['A1', 'A2', 'B1'].map((id) => board.activity(id)) as [
  ReturnType<typeof board.activity>,
  ReturnType<typeof board.activity>,
  ReturnType<typeof board.activity>,
]
const span = (start: string, end: string) => ({ start: instantAt(start), end: instantAt(end) })

describe('a visit of two technicians', () => {
  const pair = { ...a1, startsWith: 'B1' }
  it('starts for both at the same minute', () => {
    expect(linkConflicts(pair, span('08:00', '09:00'), [b1])).toEqual([])
    expect(linkConflicts(pair, span('08:20', '09:20'), [b1])).toEqual([
      { kind: 'link', activityId: 'B1', wanted: 'together', minutes: 20 },
    ])
  })

  it('is one whichever of the two is moved', () => {
    expect(linkConflicts(b1, span('07:30', '09:00'), [pair])).toEqual([
      { kind: 'link', activityId: 'A1', wanted: 'together', minutes: 30 },
    ])
  })

  it('binds nobody once the other is closed or has no place', () => {
    expect(linkConflicts(pair, span('12:00', '13:00'), [{ ...b1, state: 'closed' }])).toEqual([])
    expect(linkConflicts(pair, span('12:00', '13:00'), [{ ...b1, start: null, end: null }])).toEqual([])
  })
})

describe('work after other work', () => {
  const later = { ...a2, startsAfter: { activityId: 'B1', minutesMin: 15, minutesMax: 60 } }
  it.each([
    ['09:30', 'after', 15],
    ['09:45', null, 0],
    ['10:30', null, 0],
    ['10:50', 'sooner-after', 20],
  ])('from 15 to 60 minutes after its end, at %s: %s', (start, wanted, minutes) => {
    const found = linkConflicts(later, { start: instantAt(start), end: instantAt('12:00') }, [b1])
    expect(found).toEqual(wanted === null ? [] : [{ kind: 'link', activityId: 'B1', wanted, minutes }])
  })

  it('is not overtaken when the first is moved', () => {
    expect(linkConflicts(b1, span('08:30', '10:00'), [later])).toEqual([
      { kind: 'link', activityId: 'A2', wanted: 'before', minutes: 15 },
    ])
  })
})
