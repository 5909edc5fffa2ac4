/**
 * Mends a plan around an event: opened work gets a place, then the search goes on, within the churn budget.
 *
 * In steps, each cheaper than the next: the best place over everybody (by regret when several are open), making room by moving one
 * other visit, putting opened work somewhere better now that all of it is in, ruin and recreate until the budget is spent.
 */
import { bestCost } from '../improve/insertion.ts'
import { linkAfter, takeIn } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import type { Budget } from '../stop/budget.ts'
import { END_LEAST_MS } from '../stop/ending.ts'
import { movedOut, remember, settleChurn } from './churn.ts'
import { mendJoint } from './joint.ts'
import { makeRoom } from './make-room.ts'
import type { Mender, MendOptions } from './mender.ts'
import { bestAmong, everywhere, placeBest, placeOpen, takeOut, tryPlace } from './place.ts'
import { searchOn } from './search.ts'

const DESCENT_ROUNDS = 3
/** Waiting work that room is made for at one event, where there is time to search. */
const WAITING_TRIED = 2

/** Share of the time in which opened work is offered to everybody; after it, to those whose days start nearest. */
const PLACING_SHARE = 0.5
/** Where not even that is enough: work left out for want of time helps nobody, so three times the time is the end. */
const PLACING_MOST = 3

/** Returns the iterations of the search. */
export const mend = (mender: Mender, options: MendOptions): number => {
  const { m, s } = mender
  const { budget } = options
  remember(mender, options)
  if (m.joint) return mendJoint(mender, options)
  const open = [...options.open].sort((a, b) => m.leftOutCost[b]! - m.leftOutCost[a]! || a - b)
  const isUp = reached(budget, 1)
  const isLate = reached(budget, PLACING_SHARE)
  placeOpen(mender, open, { isLate, isOver: reached(budget, PLACING_MOST) })
  for (const u of open) if (s.route[u]! < 0 && !isUp()) makeRoom(mender, u, isUp)
  fillRoom(mender, options.roomy, isUp)
  descend(mender, open, isUp)
  if (options.everywhere === true) relieve(mender, options)
  if (budget.progress(0) < 1) offerRoom(mender, open, isUp)
  // Reasons for what is left out are looked for after the search.
  if (options.isOver !== undefined && s.count[0]! > 0) budget.reserve(END_LEAST_MS)
  const iterations = searchOn(mender, options)
  if (options.isOver !== undefined) lookOnceMore(mender, options.isOver)
  return iterations
}

/** True once so much of the time is gone; then no clock is looked at any more. */
const reached = (budget: Budget, share: number): (() => boolean) => {
  let is = false
  return () => {
    is ||= budget.timeShare() >= share
    return is
  }
}

/** Nobody may say that there is no place within the churn budget before everybody was asked: some was placed in a hurry. */
const lookOnceMore = (mender: Mender, isOver: () => boolean): void => {
  for (const u of waitingWork(mender)) {
    if (isOver()) return
    placeBest(mender, u)
  }
}

const waitingWork = ({ m, s }: Mender): number[] =>
  Array.from(s.absent.subarray(0, s.count[0]!)).sort((a, b) => m.leftOutCost[b]! - m.leftOutCost[a]! || a - b)

/** Work that has waited for a place is offered the days on which the event has made room. */
const fillRoom = (mender: Mender, roomy: readonly number[], isUp: () => boolean): void => {
  const { m, s } = mender
  if (roomy.length === 0 || s.count[0] === 0) return
  const routes = Int32Array.from(roomy)
  for (const u of waitingWork(mender)) {
    if (isUp()) return
    const p = bestAmong(mender, u, routes, routes.length)
    if (p >= 0 && bestCost[0]! < m.leftOutCost[u]!) tryPlace(mender, u, p)
  }
}

/** Work that has waited for a place may have others make room for it, the dearest first; for a few of them at each event. */
const offerRoom = (mender: Mender, open: readonly number[], isUp: () => boolean): void => {
  const waiting = waitingWork(mender).filter((u) => !open.includes(u))
  for (const u of waiting.slice(0, WAITING_TRIED)) makeRoom(mender, u, isUp)
}

/**
 * Every visit by itself, the last ones first, goes where it costs less. The search takes several out at a time, and where each of
 * them would rather be elsewhere a small churn budget lets none of them go.
 */
const relieve = (mender: Mender, { budget }: MendOptions): void => {
  const { m, s } = mender
  const placed = Array.from({ length: m.n }, (_, u) => u).filter(
    (u) => s.route[u]! >= 0 && m.isFixed[u] === 0,
  )
  for (const u of placed.sort((a, b) => s.start[b]! - s.start[a]! || a - b)) {
    if (budget.progress(0) >= 1) return
    if (s.route[u]! >= 0) relocate(mender, u)
  }
}

/** The event's own work may move as often as it pays: none of that is churn. */
const descend = (mender: Mender, open: readonly number[], isUp: () => boolean): void => {
  const { m, s } = mender
  for (let round = 0; round < DESCENT_ROUNDS; round++) {
    let better = false
    for (const u of open) {
      if (isUp()) return
      if (s.route[u]! >= 0 && m.isFixed[u] === 0 && relocate(mender, u)) better = true
    }
    if (!better) return
  }
}

const relocate = (mender: Mender, u: number): boolean => {
  const { m, s } = mender
  const before = s.total[0]!
  const r = s.route[u]!
  const q = s.prev[u]!
  takeOut(mender, u)
  if (s.possible[r] === 1) {
    settleChurn(mender, r)
    const p = bestAmong(mender, u, everywhere, -1)
    if (p >= 0 && p !== q && tryPlace(mender, u, p)) {
      if (s.total[0]! < before && mender.churn[0]! + movedOut(mender) <= mender.churn[1]!) return true
      const to = s.route[u]!
      takeOut(mender, u)
      settleChurn(mender, to)
    }
  }
  takeIn(m, s, u)
  linkAfter(s, u, q)
  updateRoute(m, s, r)
  settleChurn(mender, r)
  return false
}
