/** Puts a plan that was kept back in place of the one that is there. */
import type { Model } from '../model/model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn } from '../plan/plan-state.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import { updateRoute } from '../plan/update.ts'
import { settleChurn } from './churn.ts'
import type { Mender } from './mender.ts'

/** Puts back the days that are not as the snapshot has them; what is remembered of all others still holds. */
export const backTo = (mender: Mender, best: Snapshot): void => {
  const { m, s } = mender
  const other: number[] = []
  for (let r = 0; r < m.routes; r++) if (!isAsIn(m, s, best, r)) other.push(r)
  for (const r of other) {
    const first = m.n + 2 * r
    for (let u = s.next[first]!; u < m.n; u = s.next[u]!) leaveOut(m, s, u)
    s.next[first] = first + 1
    s.prev[first + 1] = first
  }
  for (const r of other) {
    let p = m.n + 2 * r
    for (let u = best.next[p]!; u < m.n; u = best.next[u]!) {
      takeIn(m, s, u)
      linkAfter(s, u, p)
      p = u
    }
    updateRoute(m, s, r)
    settleChurn(mender, r)
  }
}

const isAsIn = (m: Model, s: PlanState, best: Snapshot, r: number): boolean => {
  let u = m.n + 2 * r
  // Both lists end at the end of the route.
  while (s.next[u] === best.next[u]) {
    u = s.next[u]!
    if (u >= m.n) return true
  }
  return false
}
