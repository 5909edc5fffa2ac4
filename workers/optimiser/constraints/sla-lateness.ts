/**
 * SLA targets: a fixed price for missing one, and a price for each second late, up to a finite end.
 *
 * Lateness is not a detour that can be made good: a late start stays late, and what follows starts later too. So it is
 * computed from real starts and never from the time warp that suits hard windows.
 */
import { COMPLETE, type Model } from '../model/model.ts'

export const latenessCost = (m: Model, u: number, start: number): number => {
  let cost = m.sunkCost[u]!
  // The indices come from the table itself.
  for (let k = m.targetAt[u]!; k < m.targetAt[u + 1]!; k++) {
    const at = m.targetKind[k] === COMPLETE ? start + m.duration[u]! : start
    const late = at - m.targetDue[k]!
    if (late > 0) {
      const max = m.targetLateMax[k]!
      // Only a wish has a broken price; rounded here, sums stay exact in whatever order they are made.
      cost += m.targetMiss[k]! + Math.round(m.targetPerSecond[k]! * Math.min(late, max))
    }
  }
  return cost
}
