/** A board's policy as the panel edits it. */
import { type WholePolicy, wholePolicy } from '../../../server/contract/default-policy.ts'
import type { BoardPolicy, BoardPolicyView, PolicyVersion } from '../../../server/contract/policy.ts'

export type { BoardPolicy, BoardPolicyView, PolicyVersion, WholePolicy }
export { wholePolicy }

export type PolicyValue = number | boolean | string

/** The value of a field by its name in the history: `churnBudget`, or `weights.late`. */
export const policyValue = (policy: BoardPolicy, field: string): PolicyValue => {
  const whole = wholePolicy(policy)
  const weight = /^weights\.(.+)$/.exec(field)?.[1]
  // Fields come from the panel's own list, and a whole policy has all of them.
  return (
    weight === undefined
      ? whole[field as keyof Omit<WholePolicy, 'weights'>]
      : whole.weights[weight as keyof WholePolicy['weights']]
  ) as PolicyValue
}

/** The policy with some fields changed; the others stay as they are, left out where they were left out. */
export function withChanges(policy: BoardPolicy, changes: ReadonlyMap<string, PolicyValue>): BoardPolicy {
  let next: BoardPolicy = policy
  for (const [field, value] of changes) {
    const weight = /^weights\.(.+)$/.exec(field)?.[1]
    next =
      weight === undefined
        ? { ...next, [field]: value }
        : { ...next, weights: { ...next.weights, [weight]: value } }
  }
  return next
}
