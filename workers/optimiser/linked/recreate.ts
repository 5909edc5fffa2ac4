/**
 * Putting linked work in: unit by unit, each where it costs least, the times of all days true after every one.
 *
 * The surprising rule: a unit is placed whole or not at all, and one whose predecessor is not placed yet waits for another round.
 */
import { linkedFrom, missingPartner } from '../constraints/links.ts'
import type { Model } from '../model/model.ts'
import { ANY_TIME } from '../model/times.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink } from '../plan/plan-state.ts'
import { updateAlone } from '../plan/update.ts'
import { bestLinkedPair } from './pair.ts'
import { bestLinkedPosition } from './positions.ts'
import { remove } from './ruin.ts'
import { begin, type LinkedSearch, save, takeBack, touch } from './search-state.ts'
import { settleAll, settleLater } from './times.ts'
import { gatherAbsent, sortUnits } from './units.ts'

/** Places everything that is left out, in the order of what is due first: the first plan. */
export const linkedConstruct = (
  m: Model,
  s: PlanState,
  search: LinkedSearch,
  isOver: () => boolean,
): void => {
  begin(search)
  gatherAbsent(m, s, search)
  const { unitKeys, units } = search
  for (let i = 0; i < search.at[2]!; i++) {
    const first = m.links.members[m.links.unitAt[units[i]!]!]!
    unitKeys[i] = search.due[first]!
  }
  sortUnits(search)
  placeUnits(m, s, search, isOver)
}

export type Placing = { readonly keeps: () => boolean; readonly isOver: () => boolean }

/** Places what is left out, unit by unit, dearest first, until it is over; a unit after which `keeps` says no is taken out again. */
export const linkedPlaceAll = (
  m: Model,
  s: PlanState,
  search: LinkedSearch,
  { keeps, isOver }: Placing,
): void => {
  begin(search)
  gatherAbsent(m, s, search)
  const { units, unitKeys, at } = search
  for (let i = 0; i < at[2]!; i++) unitKeys[i] = -m.leftOutCost[m.links.members[m.links.unitAt[units[i]!]!]!]!
  sortUnits(search)
  let count = at[2]!
  for (let again = true; again; ) {
    again = false
    let waiting = 0
    for (let i = 0; i < count; i++) {
      if (isOver()) return
      const own = units[i]!
      if (isBlocked(m, s, own)) {
        units[waiting++] = own
        continue
      }
      save(search)
      if (!placeUnit(m, s, search, own)) continue
      if (keeps()) again = true
      else takeBack(search)
    }
    again &&= waiting > 0
    count = waiting
  }
}

/** Places units in their order; one whose predecessor is not placed yet waits for another round. */
export const placeUnits = (m: Model, s: PlanState, search: LinkedSearch, isOver: () => boolean): void => {
  const { units, at } = search
  let count = at[2]!
  for (let again = true; again; ) {
    again = false
    let waiting = 0
    for (let i = 0; i < count; i++) {
      if (isOver()) return
      const own = units[i]!
      if (isBlocked(m, s, own)) units[waiting++] = own
      else if (placeUnit(m, s, search, own)) again = true
    }
    again &&= waiting > 0
    count = waiting
  }
}

const isBlocked = (m: Model, s: PlanState, own: number): boolean => {
  const { links } = m
  for (let i = links.unitAt[own]!; i < links.unitAt[own + 1]!; i++) {
    const u = links.members[i]!
    if (s.route[u]! < 0 && missingPartner(m, s, u, own) >= 0) return true
  }
  return false
}

/** Puts all of a unit where it costs least, or leaves all of it out. */
const placeUnit = (m: Model, s: PlanState, search: LinkedSearch, own: number): boolean => {
  const { links } = m
  const { members } = search
  let count = 0
  for (let i = links.unitAt[own]!; i < links.unitAt[own + 1]!; i++) {
    const u = links.members[i]!
    if (s.route[u]! < 0) members[count++] = u
  }
  // It may have come in with the work it follows.
  if (count === 0) return false
  const u = members[0]!
  if (count === 1) {
    // Who does the first decides what is left for the second, so where it can be both are placed as one.
    const next = followerOf(m, s, u)
    if (next >= 0 && placePair(m, s, search, u, next)) return true
    return s.route[u]! < 0 && placeOne(m, s, search, u, m.leftOutCost[u]!)
  }
  let possible = placePair(m, s, search, u, members[1]!)
  for (let i = 2; i < count && possible; i++)
    possible = placeOne(m, s, search, members[i]!, Number.POSITIVE_INFINITY)
  if (possible) return true
  let isOut = true
  for (let i = 0; i < count; i++) {
    if (s.route[members[i]!]! < 0) continue
    remove(m, s, search, members[i]!)
    isOut = false
  }
  if (!isOut) settleAll(m, s, search.touched, search.at[1]!, updateAlone)
  return false
}

/** The one activity that waits for `u` alone, or -1. */
const followerOf = (m: Model, s: PlanState, u: number): number => {
  const { links } = m
  for (let e = links.at[u]!; e < links.at[u + 1]!; e++) {
    const v = links.other[e]!
    if (s.route[v]! >= 0 || links.needs[e] === 1) continue
    const own = links.unit[v]!
    if (links.unitAt[own + 1]! - links.unitAt[own]! > 1) continue
    let others = 0
    for (let f = links.at[v]!; f < links.at[v + 1]!; f++) {
      if (links.needs[f] === 1 && links.other[f] !== u && s.route[links.other[f]!]! < 0) others++
    }
    if (others === 0) return v
  }
  return -1
}

/** Puts two activities where they cost least together; false, with neither in, where there is no such place. */
const placePair = (m: Model, s: PlanState, search: LinkedSearch, u: number, v: number): boolean => {
  const { insertion } = search
  if (!bestLinkedPair(m, s, insertion, u, v, m.leftOutCost[u]! + m.leftOutCost[v]!)) return false
  const p = insertion.at[0]!
  const q = insertion.at[1]!
  // Whichever stands behind the other is put in last.
  const isTurned = p === v
  const first = isTurned ? v : u
  if (!put(m, s, search, first, isTurned ? q : p)) return false
  if (put(m, s, search, isTurned ? u : v, isTurned ? p : q)) return true
  remove(m, s, search, first)
  settleAll(m, s, search.touched, search.at[1]!, updateAlone)
  return false
}

const placeOne = (m: Model, s: PlanState, search: LinkedSearch, u: number, bound: number): boolean => {
  const p = bestLinkedPosition(m, s, search.insertion, u, 0, m.routes, bound)
  return p >= 0 && put(m, s, search, u, p)
}

/** Puts `u` after `p` and makes the times true; false, with `u` out again, when a hard rule turns out broken. */
const put = (m: Model, s: PlanState, search: LinkedSearch, u: number, p: number): boolean => {
  const r = s.route[p]!
  touch(search, r)
  takeIn(m, s, u)
  linkAfter(s, u, p)
  s.release[u] = releaseFor(m, s, u)
  if (settleLater(m, s, r, updateAlone)) return true
  unlink(s, u)
  leaveOut(m, s, u)
  settleAll(m, s, search.touched, search.at[1]!, updateAlone)
  return false
}

/** Release for a linked activity that is about to be put in. */
const releaseFor = (m: Model, s: PlanState, u: number): number => Math.max(ANY_TIME, linkedFrom(m, s, u))
