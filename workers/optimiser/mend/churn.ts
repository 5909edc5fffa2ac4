/**
 * How much other work has moved, counted against the plan as it was when mending began.
 *
 * The surprising rule: what the event itself has pushed, dropped or delayed is the event's doing and free, and so is its own work.
 */
import { randomFrom } from '../random.ts'
import type { Mender, MendOptions } from './mender.ts'

/** Takes the plan as it is for what churn is counted against. */
export const remember = (mender: Mender, { open, churnBudget, seed }: MendOptions): void => {
  const { m, s, technician, start, counts } = mender
  for (let u = 0; u < m.n; u++) {
    const r = s.route[u]!
    technician[u] = r < 0 ? -1 : m.technicianOf[r]!
    start[u] = s.start[u]!
    counts[u] = r < 0 ? 0 : 1
  }
  for (const u of open) counts[u] = 0
  mender.movedOn.fill(0)
  mender.churn[0] = 0
  mender.churn[1] = churnBudget
  mender.random.set(randomFrom(seed))
}

export const hasMoved = (mender: Mender, u: number): boolean => {
  if (mender.counts[u] === 0) return false
  const r = mender.s.route[u]!
  return r < 0 || mender.m.technicianOf[r] !== mender.technician[u] || mender.s.start[u] !== mender.start[u]
}

export const movedOnRoute = (mender: Mender, r: number): number => {
  const { m, s } = mender
  let count = 0
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) if (hasMoved(mender, u)) count++
  return count
}

/** Work that had a place and has none: it has moved too. */
export const movedOut = (mender: Mender): number => {
  const { s, counts } = mender
  let count = 0
  for (let i = 0; i < s.count[0]!; i++) count += counts[s.absent[i]!]!
  return count
}

/** True while the plan with route `r` as it is now keeps within the churn budget. */
export const keepsChurn = (mender: Mender, r: number): boolean =>
  mender.churn[0]! - mender.movedOn[r]! + movedOnRoute(mender, r) + movedOut(mender) <= mender.churn[1]!

export const settleChurn = (mender: Mender, r: number): void => {
  const moved = movedOnRoute(mender, r)
  mender.churn[0] = mender.churn[0]! - mender.movedOn[r]! + moved
  mender.movedOn[r] = moved
}
