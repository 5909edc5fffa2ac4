import { describe, expect, it } from 'vitest'
import { isBreak, pausesOf } from './breaks.ts'

const lunch = { from: 60, to: 90 }

describe('breaks', () => {
  it('come before the first work planned after them', () => {
    expect(pausesOf([lunch], [0, 50, 100, 200], null)).toEqual([[], [], [{ at: 60, minutes: 30 }], []])
  })

  it('are over once their time has passed', () => {
    expect(pausesOf([{ from: -60, to: -30 }], [10], null)).toEqual([[]])
  })

  it('are taken when the work that ran into them ends', () => {
    expect(pausesOf([{ from: -60, to: -30 }], [-90, 10], -90)).toEqual([[], [{ at: -60, minutes: 30 }]])
  })

  it('go on for what is left of them', () => {
    expect(pausesOf([{ from: -10, to: 20 }], [30], null)).toEqual([[{ at: 0, minutes: 20 }]])
  })

  it('delay nothing after the last work', () => {
    expect(pausesOf([{ from: 300, to: 330 }], [0, 100], null)).toEqual([[], []])
  })

  it('are told from evenings by their length', () => {
    expect(isBreak(lunch)).toBe(true)
    expect(isBreak({ from: 0, to: 15 * 60 })).toBe(false)
  })
})
