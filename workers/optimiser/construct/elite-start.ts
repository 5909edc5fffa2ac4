/**
 * Begins from the best of several plans: the one that is there, and others from earlier searches, part by part.
 *
 * Where two plans differ, the days fall into groups that no activity changes between: within a group either plan can be followed
 * without asking what the other groups do, so each group follows the plan that is cheaper there. They compete in points, and
 * what announced work costs to move counts against a plan that moves it; the plan that is there moves nothing.
 * Where days hang together a group is not on its own, and plans compete as wholes.
 */
import type { Model } from '../model/model.ts'
import { emptyPlan } from '../plan/new-plan.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { keep, restore, type Snapshot, snapshotFor } from '../plan/snapshot.ts'
import type { WarmPlan } from '../problem.ts'

export type EliteStart = {
  /** Makes the empty plan `into` one that follows `warm` as far as it still can. */
  readonly build: (into: PlanState, warm: WarmPlan) => void
  readonly isLate: () => boolean
}

export const beginFromBest = (
  m: Model,
  s: PlanState,
  elites: readonly WarmPlan[],
  { build, isLate }: EliteStart,
): void => {
  const best = snapshotFor(m)
  for (const elite of elites) {
    if (isLate()) return
    const other = emptyPlan(m)
    build(other, elite)
    keep(s, best)
    if (m.joint) {
      if (other.total[0]! < s.total[0]!) keep(other, best)
    } else {
      takeCheaperGroups(m, s, other, best)
    }
    restore(m, s, best)
  }
}

/** Follows `other` in `into`, a copy of `s`, wherever that costs less. */
const takeCheaperGroups = (m: Model, s: PlanState, other: PlanState, into: Snapshot): void => {
  const groups = groupsOf(m, s, other)
  // What each group costs more by `other`.
  const more = new Float64Array(m.routes)
  for (let r = 0; r < m.routes; r++) {
    const group = groupOf(groups, r)
    more[group] = more[group]! + other.routeCost[r]! - s.routeCost[r]!
  }
  for (let u = 0; u < m.n; u++) {
    const own = s.route[u]!
    const others = other.route[u]!
    if (own < 0 === others < 0) continue
    const group = groupOf(groups, Math.max(own, others))
    more[group] = more[group]! + (others < 0 ? m.leftOutCost[u]! : -m.leftOutCost[u]!)
  }
  const isCheaper = (r: number): boolean => r >= 0 && more[groupOf(groups, r)]! < 0
  for (let u = 0; u < m.n; u++) {
    if (isCheaper(Math.max(s.route[u]!, other.route[u]!))) follow(other, into, u)
  }
  for (let r = 0; r < m.routes; r++) {
    if (!isCheaper(r)) continue
    follow(other, into, m.n + 2 * r)
    follow(other, into, m.n + 2 * r + 1)
  }
}

const follow = (other: PlanState, into: Snapshot, node: number): void => {
  // Nodes are numbered alike in both.
  into.next[node] = other.next[node]!
  into.prev[node] = other.prev[node]!
  into.route[node] = other.route[node]!
  into.release[node] = other.release[node]!
}

/** Days that have to follow the same plan, as a forest: work that lies on one by `s` and on another by `other` joins the two. */
const groupsOf = (m: Model, s: PlanState, other: PlanState): Int32Array => {
  const groups = Int32Array.from({ length: m.routes }, (_, r) => r)
  for (let u = 0; u < m.n; u++) {
    const own = s.route[u]!
    const others = other.route[u]!
    if (own >= 0 && others >= 0) groups[groupOf(groups, own)] = groupOf(groups, others)
  }
  return groups
}

const groupOf = (groups: Int32Array, r: number): number => {
  let root = r
  // Every day has a parent, itself at the root.
  while (groups[root] !== root) root = groups[root]!
  for (let at = r; at !== root; ) {
    const above = groups[at]!
    groups[at] = root
    at = above
  }
  return root
}
