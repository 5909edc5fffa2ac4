/**
 * Linked work: two activities whose starts hang together, and who may do them beside each other.
 *
 * What is asked here is asked of the plan as it is: work that is not placed holds nobody up. The times that follow from it
 * are `../linked/times.ts`, what the links say is `../model/link-table.ts`.
 */
import { ANYBODY, NO_PUSH, SAME } from '../model/link-table.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'

/** The earliest start of `u` that the links to placed work allow. */
export const linkedFrom = (m: Model, s: PlanState, u: number): number => {
  const { at, other, pull } = m.links
  let from = NO_PUSH
  // The indices come from the table itself.
  for (let e = at[u]!; e < at[u + 1]!; e++) {
    const v = other[e]!
    if (pull[e] === NO_PUSH || s.route[v]! < 0) continue
    const start = s.start[v]! + pull[e]!
    if (start > from) from = start
  }
  return from
}

/** A placed activity beside which `technician` is the wrong one for `u`, or -1. */
export const wrongBeside = (m: Model, s: PlanState, u: number, technician: number): number => {
  const { at, other, who } = m.links
  for (let e = at[u]!; e < at[u + 1]!; e++) {
    if (who[e] === ANYBODY) continue
    const r = s.route[other[e]!]!
    if (r >= 0 && (m.technicianOf[r] === technician) !== (who[e] === SAME)) return other[e]!
  }
  return -1
}

/** True when nobody stands in the way of `technician` doing `u` beside the linked work that is placed. */
export const mayDoBeside = (m: Model, s: PlanState, u: number, technician: number): boolean =>
  wrongBeside(m, s, u, technician) < 0

/** True when technicians `a` for u and `b` for v, both not yet placed, are right for each other. */
export const mayPair = (m: Model, u: number, v: number, a: number, b: number): boolean => {
  const { at, other, who } = m.links
  for (let e = at[u]!; e < at[u + 1]!; e++) {
    if (other[e] === v && who[e] !== ANYBODY && (a === b) !== (who[e] === SAME)) return false
  }
  return true
}

/** The first linked activity without which `u` may not be placed and which is not, or -1; members of `unit` do not count. */
export const missingPartner = (m: Model, s: PlanState, u: number, unit: number): number => {
  const { at, other, needs } = m.links
  for (let e = at[u]!; e < at[u + 1]!; e++) {
    const v = other[e]!
    if (needs[e] === 1 && s.route[v]! < 0 && (unit < 0 || m.links.unit[v] !== unit)) return v
  }
  return -1
}
