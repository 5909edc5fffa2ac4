/**
 * Open hours: work lies inside the shift and is never cut by a break; travel stops for a break and goes on after it.
 *
 * A break is put off as long as it may be, unless taking it now costs the next activity nothing. The answer is a start and, in
 * `breakAfter[0]`, the first break still to be taken: two numbers without an allocation.
 * The surprising rule: an announced start (`anchor`) is waited for only while the same technician keeps the work, and is
 * given up when waiting for it would leave no room.
 */

import type { Model } from '../model/model.ts'
import { ANY_TIME, NEVER } from '../model/times.ts'
import { earliestStart } from './windows.ts'

export const breakAfter = new Int32Array(1)

/** Seconds of work at `u` for someone who comes from node `p`. */
export const workAt = (m: Model, p: number, u: number): number =>
  m.setup[u] === 0 || m.place[p] === m.place[u] ? m.duration[u]! : m.duration[u]! + m.setup[u]!

const firstFit = (
  m: Model,
  r: number,
  leftAt: number,
  travel: number,
  u: number,
  work: number,
  firstBreak: number,
  notBefore: number,
): number => {
  const lastBreak = m.breakAt[r + 1]!
  let at = leftAt
  let way = travel
  let k = firstBreak
  for (;;) {
    const arrival = at + way
    const start = earliestStart(m, u, Math.max(arrival, notBefore))
    if (start === NEVER) return NEVER
    if (k === lastBreak) {
      breakAfter[0] = k
      return start
    }
    // What taking the next break before this activity would come to. Break indices stay below `lastBreak`.
    const pauseFrom = Math.max(at, m.breakEarliest[k]!)
    const done = pauseFrom - at
    const wayAfter = done >= way ? 0 : way - done
    const pauseTo = pauseFrom + m.breakDuration[k]!
    if (start + work <= m.breakLatest[k]!) {
      const arrivalAfter = pauseTo + wayAfter
      const startAfter = earliestStart(m, u, Math.max(arrivalAfter, notBefore))
      if (startAfter !== start) {
        breakAfter[0] = k
        return start
      }
    } else if (pauseFrom > m.breakLatest[k]!) return NEVER
    at = pauseTo
    way = wayAfter
    k++
  }
}

/** First start of movable activity `u` on route `r`, not before `release`, for someone free at `leftAt` and `travel` away, or NEVER. */
export const startOn = (
  m: Model,
  r: number,
  leftAt: number,
  travel: number,
  u: number,
  work: number,
  firstBreak: number,
  release = ANY_TIME,
): number => {
  const lastStart = m.closesHardAt[r]! - work
  if (m.currentTechnician[u] === m.technicianOf[r] && m.anchor[u]! > leftAt) {
    const start = firstFit(m, r, leftAt, travel, u, work, firstBreak, Math.max(m.anchor[u]!, release))
    if (start <= lastStart) return start
  }
  const start = firstFit(m, r, leftAt, travel, u, work, firstBreak, Math.max(leftAt, release))
  return start <= lastStart ? start : NEVER
}

/**
 * When someone arrives who is `travel` away, having taken on the way the breaks that cannot wait until then; NEVER if one was
 * missed. Nothing is done on arrival: this is the way home.
 */
export const arrivalAt = (
  m: Model,
  r: number,
  leftAt: number,
  travel: number,
  firstBreak: number,
): number => {
  const lastBreak = m.breakAt[r + 1]!
  let at = leftAt
  let way = travel
  let k = firstBreak
  while (k < lastBreak && m.breakLatest[k]! < at + way) {
    const pauseFrom = Math.max(at, m.breakEarliest[k]!)
    if (pauseFrom > m.breakLatest[k]!) return NEVER
    const done = pauseFrom - at
    way = done >= way ? 0 : way - done
    at = pauseFrom + m.breakDuration[k]!
    k++
  }
  breakAfter[0] = k
  return at + way
}

/** The same for someone who is awaited at `by` for fixed work: breaks that would fall due before `by` are taken while waiting. */
export const arrivalBy = (
  m: Model,
  r: number,
  leftAt: number,
  travel: number,
  by: number,
  firstBreak: number,
): number => {
  const lastBreak = m.breakAt[r + 1]!
  let at = arrivalAt(m, r, leftAt, travel, firstBreak)
  if (at === NEVER) return NEVER
  let k = breakAfter[0]!
  while (k < lastBreak && m.breakLatest[k]! < by) {
    const pauseFrom = Math.max(at, m.breakEarliest[k]!)
    if (pauseFrom > m.breakLatest[k]!) return NEVER
    at = pauseFrom + m.breakDuration[k]!
    k++
  }
  breakAfter[0] = k
  return at <= by ? at : NEVER
}

/**
 * When someone is free again who was kept by fixed work until `end`: what is left of a break with no choice of time is still
 * closed; a movable break that the work overran is lost. `breakAfter[0]` is the first break still to come.
 */
export const freeAfterFixed = (m: Model, r: number, end: number, firstBreak: number): number => {
  const lastBreak = m.breakAt[r + 1]!
  let at = end
  let k = firstBreak
  while (k < lastBreak && m.breakLatest[k]! < at) {
    const closedTo = m.breakEarliest[k] === m.breakLatest[k] ? m.breakLatest[k]! + m.breakDuration[k]! : at
    if (closedTo > at) at = closedTo
    k++
  }
  breakAfter[0] = k
  return at
}
