/**
 * The plain way to work together: every island searches the whole problem, and now and then all take over the best plan.
 */
import type { Model } from '../model/model.ts'
import { ANY_TIME } from '../model/times.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { restore, type Snapshot } from '../plan/snapshot.ts'
import { updateRoute } from '../plan/update.ts'
import type { Meeting } from './meeting.ts'

/** Shares of the budget at which the islands trade: late, when an island has something to give. */
export const trades: readonly number[] = [0.4, 0.6, 0.75, 0.85, 0.93]

/** Gives `own` to the others; the best of all is in `into` when one of them has a better plan. */
export const trade = (
  m: Model,
  meeting: Meeting,
  own: Snapshot,
  into: PlanState,
  isOver: () => boolean,
): boolean => {
  const slot = meeting.own()
  slot.numbers[0] = own.total[0]!
  slot.plan.set(own.next)
  const slots = meeting.come(isOver)
  if (slots === null) return false
  let best = slot
  for (const other of slots) if (other.numbers[0]! < best.numbers[0]!) best = other
  if (best.numbers[0]! === own.total[0]!) return false
  adopt(m, into, best.plan)
  return true
}

/** Makes `s` the plan whose links are `next`. */
const adopt = (m: Model, s: PlanState, next: Int32Array): void => {
  const plan: Snapshot = {
    next: next.slice(0, m.nodes),
    prev: new Int32Array(m.nodes).fill(-1),
    route: new Int32Array(m.nodes).fill(-1),
    release: new Int32Array(m.nodes).fill(ANY_TIME),
    total: new Float64Array(2),
  }
  for (let r = 0; r < m.routes; r++) {
    const first = m.n + 2 * r
    plan.route[first] = r
    for (let p = first; p !== first + 1; ) {
      const q = plan.next[p]!
      plan.prev[q] = p
      plan.route[q] = r
      p = q
    }
  }
  restore(m, s, plan)
  // The links do not cross; what they delay is found anew.
  if (m.joint) updateRoute(m, s, 0)
}
