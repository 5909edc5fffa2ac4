import { describe, expect, it } from 'vitest'
import { dayAround } from './day.ts'

describe('a day in a zone', () => {
  it('runs from midnight to midnight of the place', () => {
    const boston = dayAround(Date.parse('2026-08-29T03:00:00Z'), 'America/New_York')
    expect(new Date(boston.from).toISOString()).toBe('2026-08-28T04:00:00.000Z')
    expect(new Date(boston.to).toISOString()).toBe('2026-08-29T04:00:00.000Z')
  })

  it('is 25 hours long when the clock goes back and 23 when it goes forward', () => {
    const hours = (at: string): number => {
      const { from, to } = dayAround(Date.parse(at), 'Europe/Paris')
      return (to - from) / 3_600_000
    }
    expect(hours('2026-10-25T12:00:00Z')).toBe(25)
    expect(hours('2026-03-29T12:00:00Z')).toBe(23)
  })
})
