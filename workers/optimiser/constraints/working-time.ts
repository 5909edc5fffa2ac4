/**
 * Paid working time: from leaving the start to being back, waiting included.
 *
 * The departure is put off as long as nothing else changes for the worse: the day ends no later, no work leaves its window,
 * none becomes late, no announced visit moves. So what is paid is `max(travel and work, end - last good departure)`, and three
 * numbers for each node say it without running the day again (`joined`).
 * The surprising rule: for someone who is on the road already there is nothing to put off; the shift's opening counts.
 */
import { COMPLETE, type Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'

/** Points for `seconds` at work: whole, so that sums of them never drift. */
export const workedCost = (rate: number, seconds: number): number => Math.round(rate * seconds)

/** Once something on the way is held to its time, what leaves earlier or later before it changes nothing behind it. */
const HELD = -NEVER

/** A day as it is run forward: [0] seconds of travel and work so far, [1] the last departure that changes nothing so far. */
export type Departure = Int32Array

export const beginDeparture = (day: Departure): void => {
  day[0] = 0
  day[1] = NEVER
}

/**
 * Adds a journey of `way` from `at` to work that begins at `start`, with the first break to come before it and after it. Without
 * breaks and fixed work it only takes its time; else it says how late the place before may be left.
 */
export const addJourney = (
  m: Model,
  r: number,
  day: Departure,
  isFirst: boolean,
  at: number,
  way: number,
  start: number,
  isFixed: boolean,
  pause: number,
  pauseAfter: number,
): void => {
  if (pauseAfter === pause && !isFixed) {
    day[0] = day[0]! + way
    return
  }
  let leave = at
  if (pauseAfter === pause) leave = isFirst ? start - way : Math.max(at, start - way)
  else if (isFirst) {
    // Breaks before a late departure are taken at home.
    const rested = restedAt(m, m.opensAt[r]!, pause, pauseAfter)
    if (start - way >= rested) leave = start - way
  } else if (pauseAfter === pause + 1 && at <= m.breakEarliest[pause]!) {
    // So much of the way has to be done before the break.
    const before = Math.max(0, way - (start - m.breakEarliest[pause]! - m.breakDuration[pause]!))
    leave = Math.max(at, m.breakEarliest[pause]! - before)
  }
  day[1] = Math.min(day[1]!, leave - day[0]!)
  day[0] = HELD
}

const restedAt = (m: Model, from: number, pause: number, pauseAfter: number): number => {
  let at = from
  for (let k = pause; k < pauseAfter; k++) at = Math.max(at, m.breakEarliest[k]!) + m.breakDuration[k]!
  return at
}

/** Adds work that may start until `until` without a change for the worse. */
export const addWork = (day: Departure, until: number, work: number): void => {
  day[1] = Math.min(day[1]!, until - day[0]!)
  day[0] = day[0]! + work
}

/** The departure of a day that ends with a journey of `way` from `at` and is over at `home`. */
export const departureFrom = (
  m: Model,
  r: number,
  day: Departure,
  at: number,
  way: number,
  home: number,
  hasBreak: boolean,
): number => (m.departed[r] === 1 ? m.opensAt[r]! : Math.min(day[1]!, (hasBreak ? at : home - way) - day[0]!))

/** The latest start of `u`, begun at `start` on route `r`, with which nothing about it changes for the worse. */
export const goodUntil = (
  m: Model,
  r: number,
  u: number,
  start: number,
  work: number,
  pause: number,
): number => {
  // Others may wait for linked work, or it for them: it stays where it is.
  if (m.links.at[u + 1]! > m.links.at[u]!) return start
  let until = start
  // The indices come from the tables themselves.
  for (let w = m.windowAt[u]!; w < m.windowAt[u + 1]!; w++) {
    if (m.windowFrom[w]! <= start && start <= m.windowTo[w]!) until = m.windowTo[w]!
  }
  for (let k = m.targetAt[u]!; k < m.targetAt[u + 1]!; k++) {
    const due = m.targetDue[k]! - (m.targetKind[k] === COMPLETE ? m.duration[u]! : 0)
    until = Math.min(until, Math.max(start, due))
  }
  if (m.currentTechnician[u] === m.technicianOf[r]) {
    // An announced start that has been left on purpose stays left: what it cost is counted already.
    const from = m.currentStart[u]! - m.moveTolerance[u]!
    const to = m.currentStart[u]! + m.moveTolerance[u]!
    if (start < from) until = Math.min(until, from - 1)
    else if (start <= to) until = Math.min(until, to)
  }
  if (pause < m.breakAt[r + 1]!) until = Math.min(until, m.breakLatest[pause]! - work)
  return Math.max(start, until)
}
