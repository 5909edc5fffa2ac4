import { describe, expect, it } from 'vitest'
import { barBox } from '../layout/sheet.ts'
import { orderFor, placed, time } from '../test-records.ts'
import { paintBar, paintDeadline } from './paint-bar.ts'
import { type Call, recording } from './test-recording.ts'
import { viewOf } from './test-view.ts'
import type { View } from './view.ts'

type Differs = Parameters<typeof placed>[3]

/** The bar from 10:00 to 12:00, 200 px wide, as it is painted at 09:00 unless said otherwise. */
function paint(differs: Differs, view: Partial<View> = {}, promise?: string) {
  const shown = viewOf(
    {
      activities: [placed('a', '10:00', '12:00', { typeId: 'tree', durationMinutes: 120, ...differs })],
      orders: [
        orderFor('a', promise === undefined ? {} : { complete: promise }, {
          address: { city: 'Roslindale' },
        }),
      ],
    },
    { now: time('09:00'), ...view },
  )
  const bar = shown.board.bars.get('a')
  const row = shown.sheet.rows[1]
  const box = bar && row && barBox(bar, shown.board.barsOf('ann'), row, shown.scale, 'standard')
  if (!bar || !box || !row) throw new Error('the bar lies on its row')
  const paper = recording()
  paintDeadline(paper.ctx, shown, bar, box, row.top)
  paintBar(paper.ctx, shown, bar, box)
  return paper
}

const fills = (calls: readonly Call[]): unknown[] => calls.filter((c) => c.what === 'fill').map((c) => c.fill)
const strokes = (calls: readonly Call[]): Call[] => calls.filter((c) => c.what === 'stroke')

describe('a bar says by form first', () => {
  it('planned: hatched, with a dashed edge', () => {
    const { calls } = paint({})
    expect(fills(calls)[0]).toBe('normal-hatch')
    expect(strokes(calls).find((c) => c.stroke === 'normal-mark')?.dash).toEqual([3, 2])
  })

  it('dispatched: solid, with a whole edge', () => {
    const { calls } = paint({ state: 'dispatched', priority: 'high' })
    expect(fills(calls)[0]).toBe('high-tint')
    expect(strokes(calls).find((c) => c.stroke === 'high-mid')?.dash).toEqual([])
  })

  it('priority: a spine of five, of three, of three and broken', () => {
    const spine = (priority: 'high' | 'normal' | 'low'): number[] => {
      const { calls } = paint({ priority })
      const marks = calls.filter((c) => c.fill === `${priority}-mark`)
      return marks.filter((c) => c.what === 'fillRect').map((c) => Number(c.args[2]))
    }
    expect(spine('high')).toEqual([])
    expect(paint({ priority: 'high' }).calls.some((c) => c.what === 'roundRect' && c.args[2] === 5)).toBe(
      true,
    )
    expect(paint({ priority: 'normal' }).calls.some((c) => c.what === 'roundRect' && c.args[2] === 3)).toBe(
      true,
    )
    expect(spine('low').length).toBeGreaterThan(3)
  })

  it('locked: square corners', () => {
    const corners = (locked: boolean): unknown =>
      paint({ locked }).calls.find((c) => c.what === 'roundRect')?.args[4]
    expect(corners(true)).toBe(0)
    expect(corners(false)).toBe(4)
  })

  it('on site: deepens from the left as far as now', () => {
    const { calls } = paint({ state: 'dispatched', fieldStatus: 'onSite' }, { now: time('10:30') })
    const at = calls.findIndex((c) => c.what === 'fill' && c.fill === 'normal-mid')
    expect(calls[at - 1]?.args[2]).toBe(50)
  })

  it('closed: lower, grey, without plum whatever its promise says', () => {
    const { calls } = paint({ state: 'closed' }, { now: time('13:00') }, '09:00')
    expect(fills(calls)).toEqual(['closed-fill'])
    expect(
      calls.some((c) => String(c.fill).startsWith('promise') || String(c.stroke).startsWith('promise')),
    ).toBe(false)
  })
})

describe('plum is only ever a promise', () => {
  const isPlum = (c: Call): boolean =>
    String(c.fill).startsWith('promise') || String(c.stroke).startsWith('promise')

  it('a kept one is without plum', () => {
    expect(paint({}, {}, '16:00').calls.filter(isPlum)).toEqual([])
  })

  it('at risk: outline, number, and a flag at the deadline', () => {
    const paper = paint({}, { chances: new Map([['a', 0.61]]) }, '12:10')
    expect(paper.texts()).toContain('61 %')
    expect(strokes(paper.calls).filter((c) => c.stroke === 'promise').length).toBeGreaterThanOrEqual(2)
  })

  it('will be late: the part past the deadline is hatched the other way', () => {
    const { calls } = paint({}, {}, '11:30')
    const at = calls.findIndex((c) => c.fill === 'late-hatch' && c.what === 'fill')
    expect(calls[at - 1]?.args.slice(0, 3)).toEqual([350, 27, 49])
  })

  it('broken: that part is solid as far as now, with the lateness in a chip', () => {
    const paper = paint({ state: 'dispatched', fieldStatus: 'onSite' }, { now: time('11:45') }, '11:18')
    const at = paper.calls.findIndex((c) => c.fill === 'promise-solid' && c.what === 'fill')
    const [x = 0, , w = 0] = (paper.calls[at - 1]?.args ?? []) as number[]
    expect(x).toBeCloseTo(330)
    expect(w).toBeCloseTo(45)
    expect(paper.texts()).toContain('+0:27')
  })
})

describe('the label', () => {
  const words = (pxPerHour: number): string[] =>
    paint({ state: 'dispatched' }, { scale: { from: time('08:00'), pxPerHour, width: 1000 } }).texts()

  it('drops words as room runs out, narrow type before fewer words, and at last is not drawn', () => {
    expect(words(100)).toEqual(['Tree emergency', 'Roslindale'])
    expect(words(66)).toEqual(['Tree', 'Roslindale'])
    expect(words(55)).toEqual(['Tree', 'Roslindale'])
    expect(words(44)).toEqual(['Tree emergency'])
    expect(words(42)).toEqual(['Tree'])
    expect(words(20)).toEqual(['TE'])
    expect(words(12)).toEqual([])
  })
})

describe('blue is only ever a change', () => {
  const ringOf = (view: Partial<View>): Call | undefined =>
    strokes(paint({ state: 'dispatched' }, view).calls).find((c) => c.stroke === 'change')

  it('an edit on its way, a selection and a conflict are rings; nothing else is blue', () => {
    expect(ringOf({})).toBeUndefined()
    expect(ringOf({ pending: new Set(['a']) })).toBeDefined()
    expect(ringOf({ selected: 'a' })).toBeDefined()
    expect(ringOf({ contest: { activityId: 'a', technicianId: 'bo', start: 0, end: 1 } })).toBeDefined()
  })

  it('a colleague’s hold is dotted ink with initials', () => {
    const paper = paint({ state: 'dispatched' }, { held: new Map([['a', 'MB']]) })
    expect(paper.texts()).toContain('MB')
    expect(strokes(paper.calls).find((c) => c.stroke === 'people')?.dash.length).toBe(2)
  })
})
