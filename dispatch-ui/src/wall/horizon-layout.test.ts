import { describe, expect, it } from 'vitest'
import { barOf, orderOf } from '../model/board.ts'
import { sampleActivity, sampleOrder } from '../technician/sample.ts'
import { labelsOf, spotsOf } from './horizon-layout.ts'
import type { Open } from './tally.ts'

const NOW = Date.parse('2026-08-29T13:00:00Z')
const box = { width: 1_000, height: 300, left: 40, hours: 8 }
const open = (minutes: number, urgency: number): Open => ({
  bar: barOf(sampleActivity()),
  order: orderOf(sampleOrder()),
  promise: { target: 'complete', dueAt: NOW + minutes * 60_000, reachedAt: null },
  standing: urgency === 1 ? 'broken' : urgency > 2 / 3 ? 'late' : urgency > 1 / 3 ? 'risk' : 'kept',
  slack: null,
  urgency,
})

describe('the horizon', () => {
  it('puts now at the line, the last hour at the edge, and nothing beyond', () => {
    const spots = spotsOf([open(0, 0.1), open(480, 0.1), open(481, 0.1)], NOW, box)
    expect(spots.map((spot) => Math.round(spot.x))).toEqual([40, 1_000])
  })

  it('keeps what is overdue in the lane before now, however old', () => {
    for (const minutes of [-1, -60, -60_000]) {
      const x = spotsOf([open(minutes, 1)], NOW, box)[0]?.x ?? -1
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x).toBeLessThan(40)
    }
  })

  it('names the most pressing first and no two over one another', () => {
    const many = spotsOf(
      Array.from({ length: 60 }, (_, i) => open(60 + i, 0.7 + i / 1_000)),
      NOW,
      box,
    )
    const labels = labelsOf(many, box, { count: 10, widthOf: () => 120 })
    expect(labels.length).toBeGreaterThan(0)
    for (const a of labels)
      for (const b of labels)
        if (a !== b && Math.abs(a.y - b.y) < 20)
          expect(Math.abs(a.textX - b.textX)).toBeGreaterThanOrEqual(120)
  })

  it('writes to the left where the edge is near', () => {
    const [label] = labelsOf(spotsOf([open(478, 0.9)], NOW, box), box, { count: 1, widthOf: () => 120 })
    expect(label?.side).toBe('left')
  })
})
