/**
 * A planner that lives by the clock: every few minutes it plans all open work afresh, from nothing, with a fixed budget.
 *
 * This is how a board is run on a static solver. It knows no plan before, so nothing holds work where it was; between two
 * runs whoever becomes free follows the last plan, and what arrives waits for the next.
 */

import type { Weights } from '../../optimiser/problem.ts'
import { solve } from '../../optimiser/solve.ts'
import { boardProblem, type PlannedRoute } from '../board-problem.ts'
import type { Dispatcher } from '../dispatcher.ts'
import { movedBetween, routesOf, sendByPlan } from '../plan-book.ts'
import { type SearchBudget, stopFor } from './search-budget.ts'

export type ResolveOptions = {
  readonly everySeconds: number
  readonly horizonSeconds: number
  readonly budget: SearchBudget
  readonly seed: number
  readonly weights: Partial<Weights>
}

const OPEN_MAX = 1_500

export const resolveEvery = (options: ResolveOptions): Dispatcher => {
  let plan: PlannedRoute[] = []
  const rules = {
    horizonSeconds: options.horizonSeconds,
    weights: { ...options.weights, stability: 0 },
    wishes: null,
    openMax: OPEN_MAX,
  }
  return {
    name: `resolve-${options.everySeconds / 60}min`,
    tickSeconds: options.everySeconds,
    react(view, happenings) {
      let moved = 0
      if (view.open.size > 0 && happenings.some((happening) => happening.kind === 'tick')) {
        const built = boardProblem(view, [], rules)
        const found = solve(built.problem, {
          seed: options.seed,
          stop: stopFor(options.budget, view.open.size),
        })
        const next = routesOf(found, built)
        moved = movedBetween(plan, next, view)
        plan = next
      }
      return { commitments: sendByPlan(view, plan), moved }
    },
  }
}
