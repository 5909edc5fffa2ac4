/**
 * The last look: whatever is left out goes in wherever it still fits and is worth it, every route and every position tried.
 *
 * The search passes over places by chance and looks near first; after this nobody can say of an idle technician that he could
 * have taken it. One insertion can only make others harder, except that it may open a new day, so the list is gone through
 * until nothing more fits. Only a clock that has run out cuts it short; what was not asked about is then not spoken of.
 */
import type { Model } from '../model/model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import { bestCost, type Insertion, positionBelow, positionOnRoute } from './insertion.ts'

const never = (): boolean => false

/** Dearest first. True when the plan has changed. */
export const insertWhatFits = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  isOver: () => boolean = never,
): boolean => {
  let changed = false
  for (let found = true; found && s.count[0]! > 0; ) {
    found = false
    const open = Array.from(s.absent.subarray(0, s.count[0]!)).sort(
      (a, b) => m.leftOutCost[b]! - m.leftOutCost[a]! || a - b,
    )
    for (const u of open) {
      if (isOver()) return changed
      if (insertCheapest(m, s, insertion, u)) {
        found = true
        changed = true
      }
    }
  }
  return changed
}

const insertCheapest = (m: Model, s: PlanState, insertion: Insertion, u: number): boolean => {
  let least = m.leftOutCost[u]!
  let at = -1
  for (let r = 0; r < m.routes; r++) {
    const p =
      insertion.linked === null
        ? positionBelow(m, s, insertion, u, r, least)
        : positionOnRoute(m, s, insertion, u, r)
    if (p >= 0 && bestCost[0]! < least) {
      least = bestCost[0]!
      at = p
    }
  }
  if (at < 0) return false
  const r = s.route[at]!
  takeIn(m, s, u)
  linkAfter(s, u, at)
  if (updateRoute(m, s, r)) return true
  unlink(s, u)
  updateRoute(m, s, r)
  leaveOut(m, s, u)
  return false
}
