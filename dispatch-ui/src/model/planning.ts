/** The contract's words for planning and promises, as the panels use them. Types only: no schema reaches the browser. */
export type { ActivityView } from '../../../server/contract/activity.ts'
export type { ForkDiff, ForkMerged, ForkView } from '../../../server/contract/forks.ts'
export type { OrderSlaSum } from '../../../server/contract/order.ts'
export type { Candidates, CostSplit, Explanation, ProposalView } from '../../../server/contract/planning.ts'
export type { SlaWatch } from '../../../server/contract/reading.ts'
export type { PlanConflict } from '../../../server/domain/plan/rules.ts'
