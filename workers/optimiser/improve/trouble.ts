/**
 * Where a plan hurts and something can be done about it: work without a place, and work that is late but need not be.
 *
 * Much of what is late could not be in time with anybody: its promise falls due before it may begin. Looking for a better place
 * for that is lost time. So late work is measured against the earliest start that anyone able could give it, were the day all his;
 * the surprising rule: a promise that could be kept is listed several times, because one of those outweighs all lateness.
 */
import { startOn, workAt } from '../constraints/open-hours.ts'
import { mayDo } from '../constraints/skills.ts'
import { latenessAt } from '../linked/times.ts'
import { COMPLETE, type Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import type { PlanState } from '../plan/plan-state.ts'

/** How often a promise that could be kept is listed, beside lateness that could only be less. */
const KEEPABLE_TIMES = 4

/** Movable work without a place, and late work that could begin earlier. */
export const troubleIn = (m: Model, s: PlanState): number[] => {
  const trouble = Array.from(s.absent.subarray(0, s.count[0]!))
  for (let u = 0; u < m.n; u++) {
    if (s.route[u]! < 0 || m.isFixed[u] === 1 || latenessAt(m, u, s.start[u]!) <= 0) continue
    const earliest = earliestFor(m, u)
    if (earliest >= s.start[u]!) continue
    const times = missedAt(m, u, earliest) < missedAt(m, u, s.start[u]!) ? KEEPABLE_TIMES : 1
    for (let i = 0; i < times; i++) trouble.push(u)
  }
  return trouble
}

/** Promises that a start then misses. */
export const missedAt = (m: Model, u: number, start: number): number => {
  let missed = 0
  // The indices come from the table itself.
  for (let k = m.targetAt[u]!; k < m.targetAt[u]! + m.promises[u]!; k++) {
    const at = m.targetKind[k] === COMPLETE ? start + m.duration[u]! : start
    if (at > m.targetDue[k]!) missed++
  }
  return missed
}

/** The earliest start that anyone able could give it who did nothing before; NEVER where nobody is. */
export const earliestFor = (m: Model, u: number): number => {
  let earliest = NEVER
  for (let r = 0; r < m.routes; r++) {
    if (m.shiftOf[r]! < 0 || !mayDo(m, u, m.technicianOf[r]!)) continue
    const home = m.n + 2 * r
    // Every route has a travel class.
    const way = m.classes[m.classOf[r]!]!.time[m.place[home]! * m.places + m.place[u]!]!
    const start = startOn(m, r, m.opensAt[r]!, way, u, workAt(m, home, u), m.breakAt[r]!)
    if (start < earliest) earliest = start
  }
  return earliest
}
