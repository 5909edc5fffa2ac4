import { describe, expect, it } from 'vitest'
import { orderFor, placed, technician, time } from '../test-records.ts'
import { paintSheet } from './paint-sheet.ts'
import { recording } from './test-recording.ts'
import { viewOf } from './test-view.ts'
import type { View } from './view.ts'

function texts(records: Parameters<typeof viewOf>[0], view: Partial<View> = {}): string[] {
  const paper = recording()
  paintSheet(paper.ctx, viewOf(records, view))
  return paper.texts()
}
const near = { lat: 50, lon: 8 }
const far = { lat: 50.135, lon: 8 }

describe('the sheet', () => {
  it('names teams and people, hours, and now to the second', () => {
    const seen = texts({}, { now: time('10:00') + 10_000 })
    for (const word of ['Crew', 'ann', 'bo', '09:00', '11:00', '10:00:10']) expect(seen).toContain(word)
    expect(seen).not.toContain('10:00')
  })

  it('paints only what is in sight', () => {
    const many = Array.from({ length: 400 }, (_, i) => technician(`t${i}`))
    const paper = recording()
    paintSheet(
      paper.ctx,
      viewOf({
        technicians: many,
        activities: many.map(({ id }) =>
          placed(`a-${id}`, '09:00', '10:00', { technicianId: id, typeId: 'tree' }),
        ),
      }),
    )
    expect(paper.texts().filter((text) => text.startsWith('Tree')).length).toBeLessThan(15)
  })

  it('draws travel as a line and the wait after it as dots', () => {
    const paper = recording()
    paintSheet(
      paper.ctx,
      viewOf({
        activities: [
          placed('a', '08:30', '09:00', { place: near }),
          placed('b', '12:00', '13:00', { place: far }),
        ],
      }),
    )
    const lines = paper.calls.filter((c) => c.what === 'stroke' && c.stroke === 'travel')
    const dotted = lines.filter((c) => c.dash.length > 0)
    expect(dotted).toHaveLength(1)
    // Sixteen minutes on the road at a hundred pixels an hour; the dots begin where it ends.
    const from = paper.calls[paper.calls.indexOf(dotted[0] ?? lines[0]!) - 2]
    expect(Number(from?.args[0])).toBeCloseTo(100 + 26.7 + 3, 0)
  })

  it('greys an old board and says nothing less', () => {
    const live = texts({ activities: [placed('a', '11:00', '12:00', { typeId: 'tree' })] })
    const stale = texts(
      { activities: [placed('a', '11:00', '12:00', { typeId: 'tree' })] },
      { isStale: true },
    )
    expect(stale).toEqual(live)
  })

  it('shows days as cells far out, over-full ones in ink', () => {
    const paper = recording()
    const full = ['08:00', '11:00', '14:00', '17:00'].map((from, i) =>
      placed(`a${i}`, from, `${Number(from.slice(0, 2)) + 3}:00`),
    )
    paintSheet(
      paper.ctx,
      viewOf({ activities: full }, { scale: { from: time('00:00'), pxPerHour: 4, width: 1000 } }),
    )
    const cell = paper.calls.find((c) => c.what === 'fillRect' && c.fill === 'ink' && Number(c.args[2]) > 80)
    expect(cell?.args[3]).toBe(22)
  })
})

describe('a drag', () => {
  const held = placed('a', '11:00', '12:00', { technicianId: null, typeId: 'tree' })
  const drag = (here: string | null): View['drag'] => ({
    bar: { ...held, startAt: time('11:00'), endAt: time('12:00') },
    start: time('11:00'),
    end: time('12:00'),
    technicianId: here,
    answers: new Map([
      ['ann', { mark: 'fits', text: '+9 min', start: time('11:00'), end: time('12:00') }],
      ['bo', { mark: 'cannot', text: 'needs trees 2', start: time('11:00'), end: time('12:00') }],
    ]),
    promiseAt: time('14:16'),
    promiseLabel: 'arrive by 14:16',
  })

  it('is answered by every row, and the promise has its flag', () => {
    const seen = texts({ activities: [held], orders: [orderFor('a')] }, { drag: drag('ann') })
    for (const word of ['+9 min', 'needs trees 2', 'arrive by 14:16']) expect(seen).toContain(word)
  })

  it('fades the rows that cannot', () => {
    const paper = recording()
    const busy = placed('b', '09:00', '10:00', { technicianId: 'bo', typeId: 'tree' })
    paintSheet(paper.ctx, viewOf({ activities: [held, busy] }, { drag: drag('ann') }))
    const label = paper.calls.find(
      (c) => c.what === 'fillText' && String(c.args[0]).startsWith('Tree') && c.alpha < 1,
    )
    expect(label?.alpha).toBeCloseTo(0.34)
  })
})

describe('a proposal', () => {
  it('outlines the new place with its time and leaves the old one in sight', () => {
    const seen = texts(
      { activities: [placed('a', '11:00', '12:00', { typeId: 'tree' })] },
      {
        ghosts: [
          {
            activityId: 'a',
            technicianId: 'bo',
            start: time('13:00'),
            end: time('14:00'),
            number: 1,
            isChosen: true,
            hasWay: true,
          },
        ],
      },
    )
    expect(seen.filter((text) => text.startsWith('Tree')).length).toBe(2)
    expect(seen).toContain('1')
    expect(seen.some((text) => text.includes('13:00') && text.startsWith('Tree'))).toBe(true)
  })
})
