/**
 * How a step of ruin and recreate is taken back: each route is written down before its first change, and put back as it was.
 */
import type { Model } from '../model/model.ts'
import { leaveOut, type PlanState, takeIn } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import type { Sisr } from './sisr-state.ts'

/** Remembers a route as it is before its first change in this step. */
export const touch = (m: Model, s: PlanState, sisr: Sisr, r: number): void => {
  const { at, touched, touchedAt, undo, undoFrom } = sisr
  if (touchedAt[r] === at[0]!) return
  touchedAt[r] = at[0]!
  touched[at[2]!] = r
  sisr.undoVersion[at[2]!] = s.version[r]!
  let length = at[3]!
  undoFrom[at[2]!] = length
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) undo[length++] = u
  if (m.plain) copyOut(m, s, sisr, at[2]!, r)
  at[2] = at[2]! + 1
  at[3] = length
  undoFrom[at[2]!] = length
}

/** A route that was put back as it was gets its old version, so that what is known of it still holds. */
export const recogniseUnchanged = (m: Model, s: PlanState, sisr: Sisr): void => {
  const { at, touched, undoFrom, undo: kept, undoVersion } = sisr
  for (let i = 0; i < at[2]!; i++) {
    const r = touched[i]!
    let j = undoFrom[i]!
    let u = s.next[m.n + 2 * r]!
    while (j < undoFrom[i + 1]! && kept[j] === u) {
      u = s.next[u]!
      j++
    }
    if (u >= m.n && j === undoFrom[i + 1]!) s.version[r] = undoVersion[i]!
  }
}

/**
 * Taking work out can break a day: where a detour was quicker than the straight way, or where someone who now comes earlier puts
 * a break off until it no longer fits. Such a step is not taken.
 */
export const isPossible = (s: PlanState, sisr: Sisr): boolean => {
  for (let i = 0; i < sisr.at[2]!; i++) if (s.possible[sisr.touched[i]!] === 0) return false
  return true
}

export const undo = (m: Model, s: PlanState, sisr: Sisr): void => {
  const { at, touched, undoFrom, undo: kept, undoAbsent } = sisr
  while (s.count[0]! > 0) {
    const u = s.absent[s.count[0]! - 1]!
    takeIn(m, s, u)
    s.route[u] = -1
  }
  for (let i = 0; i < at[2]!; i++) {
    const r = touched[i]!
    const first = m.n + 2 * r
    let p = first
    for (let j = undoFrom[i]!; j < undoFrom[i + 1]!; j++) {
      const u = kept[j]!
      s.next[p] = u
      s.prev[u] = p
      s.route[u] = r
      p = u
    }
    s.next[p] = first + 1
    s.prev[first + 1] = p
    if (m.plain) copyBack(m, s, sisr, i, r)
    else updateRoute(m, s, r)
    s.version[r] = sisr.undoVersion[i]!
  }
  for (let i = 0; i < at[5]!; i++) leaveOut(m, s, undoAbsent[i]!)
}

const copyOut = (m: Model, s: PlanState, sisr: Sisr, i: number, r: number): void => {
  const { undoNode, undoRoute, undoLoad, undoFrom } = sisr
  const { dimensions } = m
  const first = m.n + 2 * r
  let at = 4 * undoFrom[i]!
  for (let u = s.next[first]!; u < m.n; u = s.next[u]!) {
    undoNode[at++] = s.start[u]!
    undoNode[at++] = s.free[u]!
    undoNode[at++] = s.latest[u]!
    undoNode[at++] = s.arc[u]!
  }
  undoRoute[4 * i] = s.routeCost[r]!
  undoRoute[4 * i + 1] = s.arc[first]!
  undoRoute[4 * i + 2] = s.start[first + 1]!
  undoRoute[4 * i + 3] = s.possible[r]!
  for (let d = 0; d < dimensions; d++) {
    undoLoad[2 * (i * dimensions + d)] = s.brought[r * dimensions + d]!
    undoLoad[2 * (i * dimensions + d) + 1] = s.collected[r * dimensions + d]!
  }
}

/** Puts back what `copyOut` took of the `i`th touched route; lateness and overtime are none on a plain problem. */
const copyBack = (m: Model, s: PlanState, sisr: Sisr, i: number, r: number): void => {
  const { undoNode, undoRoute, undoLoad, undoFrom, undo: kept } = sisr
  const { dimensions } = m
  const first = m.n + 2 * r
  let at = 4 * undoFrom[i]!
  for (let j = undoFrom[i]!; j < undoFrom[i + 1]!; j++) {
    const u = kept[j]!
    s.start[u] = undoNode[at++]!
    s.free[u] = undoNode[at++]!
    s.latest[u] = undoNode[at++]!
    s.arc[u] = undoNode[at++]!
  }
  const cost = undoRoute[4 * i]!
  s.total[0] = s.total[0]! + cost - s.routeCost[r]!
  s.routeCost[r] = cost
  s.arc[first] = undoRoute[4 * i + 1]!
  s.start[first + 1] = undoRoute[4 * i + 2]!
  s.free[first + 1] = undoRoute[4 * i + 2]!
  s.possible[r] = undoRoute[4 * i + 3]!
  s.length[r] = undoFrom[i + 1]! - undoFrom[i]!
  for (let d = 0; d < dimensions; d++) {
    s.brought[r * dimensions + d] = undoLoad[2 * (i * dimensions + d)]!
    s.collected[r * dimensions + d] = undoLoad[2 * (i * dimensions + d) + 1]!
  }
}
