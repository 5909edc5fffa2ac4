import { describe, expect, it } from 'vitest'
import { loanFor } from './loan.ts'

const budgetOf = (moves: number) => loanFor({ churn: Int32Array.of(0, moves) })

describe('churn on loan', () => {
  it('lets a step beyond the budget only where the plan becomes better than any before, and not without a budget', () => {
    expect(budgetOf(6).allows(6, false)).toBe(true)
    expect(budgetOf(6).allows(7, false)).toBe(false)
    expect(budgetOf(6).allows(7, true)).toBe(true)
    expect(budgetOf(6).allows(1_000, true)).toBe(false)
    expect(budgetOf(0).allows(1, true)).toBe(false)
  })

  it('lets the walk go on beyond the budget until the moves are paid back', () => {
    const loan = budgetOf(6)
    expect(loan.isOverdue(9)).toBe(false)
    expect(loan.isOn()).toBe(true)
    expect(loan.allows(10, false)).toBe(true)
    expect(loan.isOverdue(6)).toBe(false)
    expect(loan.isOn()).toBe(false)
    expect(loan.allows(7, false)).toBe(false)
  })

  it('is overdue once, and then owes nothing', () => {
    const loan = budgetOf(6)
    let steps = 1
    while (!loan.isOverdue(7)) steps++
    expect(steps).toBeGreaterThan(50)
    expect(loan.isOn()).toBe(false)
  })
})
