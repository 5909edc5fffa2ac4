import { describe, expect, it } from 'vitest'
import { asLateAsPlanned, leavesAt } from './setting-out.ts'

const leg = { toldAt: 100, freeAt: 0, isOut: false, opens: 500, start: 700, way: 50 }

describe('setting out', () => {
  it('waits as long as the plan allows where nothing else is asked', () => {
    expect(leavesAt(leg, asLateAsPlanned)).toBe(650)
    expect(leavesAt({ ...leg, isOut: true }, asLateAsPlanned)).toBe(650)
  })

  it('begins a first visit sooner by the head start, but never waits for its window to open', () => {
    expect(leavesAt(leg, { headStart: 120, driveFirst: false })).toBe(530)
    expect(leavesAt(leg, { headStart: 1_000, driveFirst: false })).toBe(450)
    expect(leavesAt({ ...leg, opens: 700 }, { headStart: 1_000, driveFirst: false })).toBe(650)
  })

  it('gives no head start to who is out, and lets him drive first and wait there', () => {
    const out = { ...leg, isOut: true, freeAt: 200 }
    expect(leavesAt(out, { headStart: 120, driveFirst: false })).toBe(650)
    expect(leavesAt(out, { headStart: 120, driveFirst: true })).toBe(200)
  })

  it('lets nobody set out before he is told or free, nor later than the plan when he is', () => {
    expect(leavesAt({ ...leg, toldAt: 480 }, { headStart: 1_000, driveFirst: true })).toBe(480)
    expect(leavesAt({ ...leg, toldAt: 660 }, { headStart: 1_000, driveFirst: true })).toBe(650)
    expect(leavesAt({ ...leg, toldAt: 480, isOut: true }, { headStart: 0, driveFirst: true })).toBe(480)
    expect(leavesAt({ ...leg, freeAt: 690 }, { headStart: 1_000, driveFirst: true })).toBe(690)
  })
})
