import { describe, expect, it } from 'vitest'
import type { Bar, BoardPromise } from '../model/board.ts'
import { barOf } from '../model/board.ts'
import { sampleActivity } from '../technician/sample.ts'
import { bands, outlookOf } from './risk.ts'

const NOW = Date.parse('2026-08-29T13:00:00Z')
const at = (minutes: number): number => NOW + minutes * 60_000
const bar = (from: number | null, to: number | null, more: Partial<Bar> = {}): Bar =>
  barOf({
    ...sampleActivity({
      technicianId: from === null ? null : 'ann',
      start: from === null ? null : new Date(at(from)).toISOString(),
      end: to === null ? null : new Date(at(to)).toISOString(),
    }),
    ...more,
  })
const due = (minutes: number, target: BoardPromise['target'] = 'complete'): BoardPromise => ({
  target,
  dueAt: at(minutes),
  reachedAt: null,
})

describe('at risk, from plan and deadline alone', () => {
  it.each([
    ['broken', 'the deadline has passed', bar(-60, 20), due(-1)],
    ['late', 'the plan ends after the deadline', bar(10, 70), due(60)],
    ['risk', 'the plan leaves less than a quarter of an hour', bar(0, 50), due(60)],
    ['kept', 'the plan leaves enough', bar(0, 40), due(60)],
    ['risk', 'nobody is planned and little more than the work is left', bar(null, null), due(100)],
    ['kept', 'nobody is planned but there is time', bar(null, null), due(600)],
    ['late', 'work that should have begun has not', bar(-30, 30), due(50)],
  ] as const)('is %s when %s', (standing, _why, one, promise) => {
    expect(outlookOf(one, promise, NOW)?.standing).toBe(standing)
  })

  it('measures an arrival by the planned start', () => {
    expect(outlookOf(bar(40, 100), due(30, 'arrive'), NOW)?.standing).toBe('late')
    expect(outlookOf(bar(40, 100), due(90, 'arrive'), NOW)?.standing).toBe('kept')
  })

  it('takes responding as done by sending, whenever the work is planned', () => {
    expect(outlookOf(bar(40, 100), due(30, 'respond'), NOW)).toMatchObject({
      standing: 'kept',
      slack: 1_800_000,
    })
    expect(outlookOf(bar(40, 100), due(10, 'respond'), NOW)?.standing).toBe('risk')
    expect(outlookOf(bar(40, 100), due(-1, 'respond'), NOW)?.standing).toBe('broken')
  })

  it('says nothing of work that is closed', () => {
    expect(outlookOf(bar(0, 30, { state: 'closed' }), due(60), NOW)).toBeNull()
  })

  it('takes the delay of work that has not begun from the slack', () => {
    expect(outlookOf(bar(-30, 30), due(50), NOW)?.slack).toBe(-10 * 60_000)
    expect(outlookOf(bar(-30, 30, { fieldStatus: 'onSite' }), due(50), NOW)?.slack).toBe(20 * 60_000)
  })

  it('keeps each standing in its own band and rises as slack shrinks', () => {
    const height = (one: Bar, promise: BoardPromise): number => outlookOf(one, promise, NOW)?.urgency ?? -1
    expect(height(bar(0, 30), due(600))).toBeLessThan(height(bar(0, 30), due(60)))
    expect(height(bar(0, 30), due(60))).toBeLessThan(bands.risk)
    const tight = height(bar(0, 50), due(60))
    expect(tight).toBeGreaterThan(bands.risk)
    expect(tight).toBeLessThan(bands.late)
    expect(height(bar(0, 70), due(60))).toBeGreaterThan(bands.late)
    expect(height(bar(0, 70), due(60))).toBeLessThan(height(bar(0, 130), due(60)))
    expect(height(bar(0, 130), due(60))).toBeLessThan(1)
    expect(height(bar(0, 130), due(-5))).toBe(1)
  })
})
