/** Where opened work fits nowhere, another visit makes room for it. */
import { mayDo } from '../constraints/skills.ts'
import { bestCost, positionOnRoute } from '../improve/insertion.ts'
import { linkAfter, takeIn } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import { settleChurn } from './churn.ts'
import type { Mender } from './mender.ts'
import { placeBest, takeOut, tryPlace } from './place.ts'

/** Visits that may be asked to make room, and those of them for which another place is looked for. */
const EJECTIONS_TRIED = 400
const EJECTIONS_PLACED = 12

/** Visits asked between two looks at the clock. */
const ASKED_AT_ONCE = 32

/** Nothing fits: one other visit goes elsewhere, or out where that is cheaper than leaving `u` out. */
export const makeRoom = (mender: Mender, u: number, isUp: () => boolean): boolean => {
  const { m, s, churn, movedOn } = mender
  if (churn[1]! < 1 || m.isFixed[u] === 1) return false
  const before = s.total[0]!
  let placed = 0
  let asked = 0
  for (const v of roomMakers(mender, u)) {
    if (asked++ % ASKED_AT_ONCE === 0 && isUp()) return false
    const r = s.route[v]!
    const q = s.prev[v]!
    takeOut(mender, v)
    const fits =
      s.possible[r] === 1 &&
      positionOnRoute(m, s, mender.insertion, u, r) >= 0 &&
      bestCost[0]! < m.leftOutCost[u]!
    const movedBefore = movedOn[r]!
    const churnBefore = churn[0]!
    // The churn budget bounds what `tryPlace` may do, `v` without a place included.
    if (fits && tryPlace(mender, u, positionOnRoute(m, s, mender.insertion, u, r))) {
      placed++
      placeBest(mender, v)
      if (s.total[0]! < before) return true
      if (s.route[v]! >= 0) {
        const elsewhere = s.route[v]!
        takeOut(mender, v)
        settleChurn(mender, elsewhere)
      }
      takeOut(mender, u)
    }
    takeIn(m, s, v)
    linkAfter(s, v, q)
    updateRoute(m, s, r)
    movedOn[r] = movedBefore
    churn[0] = churnBefore
    if (placed >= EJECTIONS_PLACED) return false
  }
  return false
}

/** Movable visits that stand where `u` might, those that are cheapest to leave out first. */
const roomMakers = (mender: Mender, u: number): number[] => {
  const { m, s } = mender
  const from = m.firstFrom[u]! - 3_600
  const to = m.lastTo[u]! + m.duration[u]!
  const makers: number[] = []
  for (let r = 0; r < m.routes; r++) {
    if (m.shiftOf[r]! < 0 || !mayDo(m, u, m.technicianOf[r]!)) continue
    for (let v = s.next[m.n + 2 * r]!; v < m.n; v = s.next[v]!) {
      if (m.isFixed[v] === 1 || s.free[v]! < from || s.start[v]! > to) continue
      makers.push(v)
    }
  }
  return makers.sort((a, b) => m.leftOutCost[a]! - m.leftOutCost[b]! || a - b).slice(0, EJECTIONS_TRIED)
}
