/**
 * Churn on loan: how a promise is kept that no single step within the churn budget can keep.
 *
 * A chain of visits that make room for one another is found in one step, together with others that had not needed to move. So a
 * step that makes the upper bands better than they ever were may move more work than the budget holds, if the walk then brings
 * enough of it back within a number of steps. The surprising rule: what is on loan is never kept; a loan that is not
 * paid back in time takes the walk back to the best plan within the budget.
 */
import type { Mender } from './mender.ts'

/** Moves beyond the budget that may be lent. */
const LENT_MOST = 24
/** Steps in which they have to be paid back. */
const STEPS = 120

export type Loan = {
  readonly isOn: () => boolean
  /** Whether a step that ends with so many moves may be taken as far as churn goes. */
  readonly allows: (moved: number, isBetter: boolean) => boolean
  /** To be told of every step, with the moves after it; true when the walk has to go back to its best plan, and then owes nothing. */
  readonly isOverdue: (moved: number) => boolean
}

export const loanFor = ({ churn }: Pick<Mender, 'churn'>): Loan => {
  let left = 0
  return {
    isOn: () => left > 0,
    allows: (moved, isBetter) =>
      // [1] is the budget.
      moved <= churn[1]! || (churn[1]! > 0 && (left > 0 || isBetter) && moved <= churn[1]! + LENT_MOST),
    isOverdue: (moved) => {
      if (moved <= churn[1]!) {
        left = 0
        return false
      }
      if (left === 0) left = STEPS + 1
      left--
      return left === 0
    },
  }
}
