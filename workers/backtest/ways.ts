/**
 * The ways of dispatching that can be asked for by name, and our engine under a board's policy read from JSON.
 */
import { Value } from 'typebox/value'
import { defaultPolicy } from '../../server/contract/default-policy.ts'
import { BoardPolicy } from '../../server/contract/policy.ts'
import type { Policy } from './backtest.ts'
import { BacktestInputError } from './history.ts'
import { callboard } from './policies/callboard.ts'
import { earliestDue } from './policies/earliest-due.ts'
import { firstCome } from './policies/first-come.ts'
import { nearestIdle } from './policies/nearest-idle.ts'
import { resolveEvery } from './policies/resolve-every.ts'
import type { SearchBudget } from './policies/search-budget.ts'

export type Budgets = {
  readonly repair: SearchBudget
  readonly background: SearchBudget
  readonly resolve: SearchBudget
}

const BACKGROUND_SECONDS = 15 * 60
const RESOLVE_SECONDS = 5 * 60
const DAY_SECONDS = 86_400
/**
 * What is solved afresh is the day's shifts, as such boards are run: over two days a solver that minimises travel puts off
 * today's work until it lies on tomorrow's way, and on ordinary days keeps far fewer promises.
 */
const RESOLVE_HORIZON_SECONDS = 12 * 3_600
const HORIZON_DAYS = 2
/** A queue of requests has announced no times to anybody, so a repair may move what it likes at its price. */
const CHURN = 1_000

export const builtIn: readonly string[] = ['first-come', 'nearest-idle', 'resolve-5min', 'callboard']
export const known: readonly string[] = [...builtIn, 'earliest-due']

export function wayNamed(name: string, budgets: Budgets): Policy | null {
  switch (name) {
    case 'first-come':
      return { name, dispatcher: firstCome }
    case 'nearest-idle':
      return { name, dispatcher: nearestIdle }
    case 'earliest-due':
      return { name, dispatcher: earliestDue }
    case 'resolve-5min':
      return {
        name,
        dispatcher: (seed) =>
          resolveEvery({
            everySeconds: RESOLVE_SECONDS,
            horizonSeconds: RESOLVE_HORIZON_SECONDS,
            budget: budgets.resolve,
            seed,
            weights: {},
          }),
      }
    case 'callboard':
      return ourWay(name, {}, budgets)
    default:
      return null
  }
}

/**
 * Our engine under a board's policy as it is stored. What concerns people's own moves and announced times has no part in a
 * replay without either.
 */
export function wayFromPolicy(name: string, json: unknown, budgets: Budgets): Policy {
  if (!Value.Check(BoardPolicy, json)) {
    const [fault] = [...Value.Errors(BoardPolicy, json)]
    throw new BacktestInputError(
      `--policy ${name}: is no board policy${fault === undefined ? '' : `: ${fault.instancePath || 'it'} ${fault.message}`}`,
    )
  }
  return ourWay(name, json, budgets)
}

function ourWay(name: string, policy: BoardPolicy, budgets: Budgets): Policy {
  return {
    name,
    dispatcher: (seed) =>
      callboard({
        name,
        horizonSeconds: (policy.horizonDays ?? HORIZON_DAYS) * DAY_SECONDS,
        weights: policy.weights ?? {},
        churnBudget: policy.churnBudget ?? CHURN,
        wishes: { marginSeconds: 60 * (policy.marginMinutes ?? defaultPolicy.marginMinutes) },
        repairBudget: budgets.repair,
        backgroundBudget: budgets.background,
        backgroundSeconds: BACKGROUND_SECONDS,
        seed,
      }),
  }
}
