/** What mending works with: the plan, how it searches, and the plan that churn is counted against. */
import { type Insertion, insertionFor } from '../improve/insertion.ts'
import { ordinarySisr, type Sisr, sisrFor } from '../improve/sisr-state.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { type Snapshot, snapshotFor } from '../plan/snapshot.ts'
import { type Random, randomFrom } from '../random.ts'
import type { Budget } from '../stop/budget.ts'

/**
 * Places are passed over more often than in a search without a churn budget, because announced work pays for leaving its own: that
 * is how two visits find out that they had better change places.
 */
const BLINK_RATE = 0.03

export type MendOptions = {
  /** Work without a place that the event has opened, or that has waited for one. */
  readonly open: readonly number[]
  /** Routes that the event has made room on. */
  readonly roomy: readonly number[]
  /** No event at all: every activity that may move counts as the event's. */
  readonly everywhere?: boolean
  readonly churnBudget: number
  readonly seed: number
  readonly budget: Budget
  /** For whoever will tell reasons: true once there is no time left to look for a place that was not looked for before. */
  readonly isOver?: () => boolean
  readonly onImprovement?: (iterations: number) => void
}

export type Mender = {
  readonly m: Model
  readonly s: PlanState
  readonly random: Random
  readonly sisr: Sisr
  /** Never passes over a place; shares with the search what is known of places. */
  readonly insertion: Insertion
  /** The best plan of the search under way. */
  readonly best: Snapshot
  /** The plan that churn is counted against; `counts` is 0 for the event's own work. */
  readonly technician: Int32Array
  readonly start: Int32Array
  readonly counts: Uint8Array
  /** Moved visits on each route as it is kept now. */
  readonly movedOn: Int32Array
  /** [0] moved visits on all routes; [1] the churn budget. */
  readonly churn: Int32Array
}

export const menderFor = (m: Model, s: PlanState): Mender => {
  const random = randomFrom(1)
  const sisr = sisrFor(m, random, { ...ordinarySisr, blinkRate: BLINK_RATE })
  return {
    m,
    s,
    random,
    sisr,
    insertion: { ...insertionFor(m, randomFrom(1), 0), known: sisr.insertion.known },
    best: snapshotFor(m),
    technician: new Int32Array(m.n),
    start: new Int32Array(m.n),
    counts: new Uint8Array(m.n),
    movedOn: new Int32Array(m.routes),
    churn: new Int32Array(2),
  }
}
