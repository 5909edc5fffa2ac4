import { describe, expect, it } from 'vitest'
import { startLaps } from './lap-times.ts'

describe('the laps of a run', () => {
  it('say how long each part took, and count together what was done twice', () => {
    const clock = [100, 130, 145, 245, 250, 300]
    const laps = startLaps(() => clock.shift() ?? Number.NaN)
    for (const name of ['read', 'build', 'search', 'build', 'search'] as const) laps.lap(name)
    expect(laps.times()).toEqual({ read: 30, build: 20, search: 150 })
  })

  it('are never below nothing, when a clock was set back meanwhile', () => {
    const clock = [100, 40]
    const laps = startLaps(() => clock.shift() ?? Number.NaN)
    laps.lap('read')
    expect(laps.times()).toEqual({ read: 0 })
  })
})
