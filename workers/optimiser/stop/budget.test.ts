import { describe, expect, it } from 'vitest'
import { startBudget } from './budget.ts'

/** Clocks that stand still until they are moved. */
const clocks = () => {
  const at = { cpu: 0, wall: 0 }
  return { at, cpu: () => at.cpu, wall: () => at.wall }
}

describe('a budget', () => {
  it('is spent by whichever limit comes first', () => {
    const clock = clocks()
    const budget = startBudget({ cpuMs: 100, wallMs: 400, iterations: 50 }, clock)
    expect(budget.progress(0)).toBe(0)
    expect(budget.progress(25)).toBe(0.5)
    clock.at.wall = 400
    expect(budget.progress(25)).toBe(1)
    expect(budget.leftMs()).toBe(0)
    clock.at.cpu = 130
    expect(budget.leftMs()).toBe(-30)
  })

  it('ends so much earlier as is kept for what comes after the search, but never before its half', () => {
    const clock = clocks()
    const budget = startBudget({ cpuMs: 100 }, clock)
    clock.at.cpu = 40
    expect(budget.progress(0)).toBe(0.4)
    budget.reserve(20)
    expect(budget.progress(0)).toBe(0.5)
    expect(budget.leftMs()).toBe(60)
    budget.reserve(1_000)
    expect(budget.progress(0)).toBe(0.8)
    clock.at.cpu = 50
    expect(budget.progress(0)).toBe(1)
  })

  it('has no end in time where iterations alone are counted', () => {
    const clock = clocks()
    const budget = startBudget({ iterations: 10 }, clock)
    clock.at.cpu = 1e9
    clock.at.wall = 1e9
    expect(budget.progress(5)).toBe(0.5)
    expect(budget.timeShare()).toBe(0)
    expect(budget.leftMs()).toBe(Number.POSITIVE_INFINITY)
  })

  it('is over at once for a caller that has lost interest', () => {
    let lost = false
    const budget = startBudget({ cpuMs: 100, cancelled: () => lost }, clocks())
    expect(budget.leftMs()).toBe(100)
    lost = true
    expect(budget.progress(0)).toBe(1)
    expect(budget.leftMs()).toBe(Number.NEGATIVE_INFINITY)
  })
})
