import { describe, expect, it } from 'vitest'
import { policyValue, withChanges } from './policy.ts'

describe('a policy in the panel', () => {
  it('shows what counts where it says nothing', () => {
    expect(policyValue({}, 'churnBudget')).toBe(5)
    expect(policyValue({ weights: { late: 2 } }, 'weights.late')).toBe(2)
    expect(policyValue({ weights: { late: 2 } }, 'weights.travel')).toBe(1)
  })

  it('changes the fields that were changed, and leaves the others to what they were', () => {
    const policy = { strict: true, weights: { late: 2 } }
    const changes = new Map<string, number | boolean>([
      ['churnBudget', 1],
      ['weights.fairness', 3],
    ])
    expect(withChanges(policy, changes)).toEqual({
      strict: true,
      churnBudget: 1,
      weights: { late: 2, fairness: 3 },
    })
    expect(policy).toEqual({ strict: true, weights: { late: 2 } })
  })
})
