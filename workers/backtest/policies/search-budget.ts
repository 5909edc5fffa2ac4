/** How long a search may take: CPU time in proportion to the open work up to a most, or iterations where a run must be repeatable. */
import type { Stop } from '../../optimiser/stop/budget.ts'

export type SearchBudget =
  | { readonly cpuMsPerOrder: number; readonly cpuMsMax: number }
  | { readonly iterations: number }

export const stopFor = (budget: SearchBudget, orders: number): Stop =>
  'iterations' in budget
    ? budget
    : { cpuMs: Math.max(1, Math.min(budget.cpuMsMax, orders * budget.cpuMsPerOrder)) }
