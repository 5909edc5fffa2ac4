/** What counts where a board's policy says nothing: plain values, which a screen can have without the schemas. */
import type { BoardPolicy } from './policy.ts'

export const defaultPolicy = {
  autoRepair: false,
  autoApply: false,
  churnBudget: 5,
  holdMinutes: 30,
  freezeMinutes: 15,
  horizonDays: 2,
  marginMinutes: 30,
  backgroundMinutes: 15,
  backgroundBudgetMs: 2_000,
  repairBudgetMs: 150,
  speedKmh: 30,
  roadFactor: 1.4,
  travelSource: 'best',
  travelProfile: 'car',
  kilometreMinutes: 0,
  hourWorkedMinutes: 0,
  overtimeMinutes: 0,
  strict: false,
  weights: {
    missed: 1,
    late: 1,
    waiting: 1,
    margin: 1,
    unassigned: 1,
    preferred: 1,
    travel: 1,
    overtime: 1,
    fairness: 0,
    stability: 1,
  },
} as const satisfies BoardPolicy

/** Every member and every weight has a value. */
export type WholePolicy = Required<Omit<BoardPolicy, 'weights'>> & {
  readonly weights: Required<NonNullable<BoardPolicy['weights']>>
}

export const wholePolicy = (policy: BoardPolicy): WholePolicy => ({
  ...defaultPolicy,
  ...policy,
  weights: { ...defaultPolicy.weights, ...policy.weights },
})
