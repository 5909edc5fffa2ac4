/**
 * Ruin and recreate where days hang together: by links, by the greatest lateness, by an even spread of work.
 *
 * The walk is that of `sisr.ts`: strings of neighbouring visits out of routes near each other, put back greedily, accepted by
 * simulated annealing. What differs: work goes out and comes in with the work it cannot be without, each place is priced by the
 * delays it causes anywhere (`linked-insertion.ts`), and a step that is not kept is taken back by copying the plan.
 */
import { missingPartner } from '../constraints/links.ts'
import { settleAll, settleLater } from '../linked-times.ts'
import { COMPLETE, type Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink, updateAlone } from '../plan.ts'
import { below, type Random, unit } from '../random.ts'
import { heatAllowed, heatNeeded } from './annealing.ts'
import {
  bestLinkedPair,
  bestLinkedPosition,
  type LinkedInsertion,
  linkedInsertionFor,
  releaseFor,
} from './linked-insertion.ts'
import { type Neighbours, neighboursFor, neighboursOf } from './neighbours.ts'

export type LinkedSettings = {
  /** Average number of activities taken out, before those that go with them. */
  readonly removed: number
  readonly stringMax: number
  readonly blinkRate: number
  readonly splitRate: number
  readonly splitGrowth: number
}

export const ordinaryLinked: LinkedSettings = {
  removed: 15,
  stringMax: 10,
  blinkRate: 0.01,
  splitRate: 0.5,
  splitGrowth: 0.01,
}

type Kept = {
  readonly from: Int32Array | Float64Array | Uint8Array
  readonly copy: Int32Array | Float64Array | Uint8Array
}

export type LinkedSearch = {
  readonly settings: LinkedSettings
  readonly random: Random
  readonly insertion: LinkedInsertion
  readonly neighbours: Neighbours
  readonly temperature: Float64Array
  readonly misses: Float64Array
  readonly movable: Int32Array
  /** Latest start that keeps every promise. */
  readonly due: Int32Array
  readonly kept: readonly Kept[]
  readonly touched: Int32Array
  readonly touchedAt: Int32Array
  readonly units: Int32Array
  readonly unitKeys: Float64Array
  /** Scratch: the visits of a route, and the members of a unit. */
  readonly string: Int32Array
  readonly members: Int32Array
  /** [0] step, [1] routes touched, [2] units to place. */
  readonly at: Int32Array
}

const dueOf = (m: Model, u: number): number => {
  let due = m.lastTo[u]!
  for (let k = m.targetAt[u]!; k < m.targetAt[u]! + m.promises[u]!; k++) {
    const start = m.targetDue[k]! - (m.targetKind[k] === COMPLETE ? m.duration[u]! : 0)
    if (start < due) due = start
  }
  return due
}

/** Every array of the plan with room for a copy: undoing a step is copying them back. */
const keptOf = (s: PlanState): Kept[] =>
  [s, s.van].flatMap((part) =>
    Object.values(part).flatMap((from) => (ArrayBuffer.isView(from) ? [{ from, copy: from.slice() }] : [])),
  )

export const linkedSearchFor = (
  m: Model,
  s: PlanState,
  random: Random,
  settings: LinkedSettings = ordinaryLinked,
): LinkedSearch => {
  const due = Int32Array.from({ length: m.n }, (_, u) => dueOf(m, u))
  return {
    settings,
    random,
    insertion: linkedInsertionFor(m, random, settings.blinkRate),
    neighbours: neighboursFor(m, due),
    temperature: new Float64Array(2).fill(1),
    misses: new Float64Array(m.n),
    movable: Int32Array.from(Array.from({ length: m.n }, (_, u) => u).filter((u) => m.isFixed[u] === 0)),
    due,
    kept: keptOf(s),
    touched: new Int32Array(m.routes),
    touchedAt: new Int32Array(m.routes),
    units: new Int32Array(m.n),
    unitKeys: new Float64Array(m.n),
    string: new Int32Array(m.n),
    members: new Int32Array(m.n),
    at: new Int32Array(3),
  }
}

const save = (search: LinkedSearch): void => {
  const { kept } = search
  for (let i = 0; i < kept.length; i++) kept[i]!.copy.set(kept[i]!.from)
}

const takeBack = (search: LinkedSearch): void => {
  const { kept } = search
  for (let i = 0; i < kept.length; i++) kept[i]!.from.set(kept[i]!.copy)
}

/** One ruin and recreate. True when the plan has changed and the change was accepted. */
export const linkedStep = (m: Model, s: PlanState, search: LinkedSearch): boolean => {
  const { random, movable, temperature } = search
  const before = s.total[0]!
  const lateBefore = s.total[1]!
  const missesBefore = missesOf(s, search)
  // Callers do not search where nothing may move.
  if (!remake(m, s, search, movable[below(random, movable.length)]!)) return false
  let accepted = heatNeeded(temperature, s.total[0]! - before, s.total[1]! - lateBefore) < heatAllowed(random)
  const absent = s.count[0]!
  if (absent > 0) {
    if (!accepted && s.total[1]! <= lateBefore && missesOf(s, search) < missesBefore) accepted = true
    for (let i = 0; i < absent; i++) {
      const u = s.absent[i]!
      search.misses[u] = search.misses[u]! + 1
    }
  }
  if (!accepted) takeBack(search)
  return accepted
}

/** The same around one activity, kept only when `judge` likes the plan that came of it. */
export const linkedStepAround = (
  m: Model,
  s: PlanState,
  search: LinkedSearch,
  seed: number,
  judge: () => boolean,
): boolean => {
  if (!remake(m, s, search, seed)) return false
  const liked = judge()
  if (!liked) takeBack(search)
  return liked
}

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

/** Places what is left out, unit by unit, dearest first; a unit after which `keeps` says no is taken out again. */
export const linkedPlaceAll = (m: Model, s: PlanState, search: LinkedSearch, keeps: () => boolean): void => {
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

const missesOf = (s: PlanState, search: LinkedSearch): number => {
  let sum = 0
  for (let i = 0; i < s.count[0]!; i++) sum += search.misses[s.absent[i]!]!
  return sum
}

const never = (): boolean => false

const begin = (search: LinkedSearch): void => {
  search.at[0] = search.at[0]! + 1
  search.at[1] = 0
  search.at[2] = 0
}

/** Ruins around `seed` and recreates. False when no possible plan came of it and the old one stands again. */
const remake = (m: Model, s: PlanState, search: LinkedSearch, seed: number): boolean => {
  save(search)
  begin(search)
  ruin(m, s, search, seed)
  let possible = settleAll(m, s, search.touched, search.at[1]!, updateAlone)
  if (possible) {
    gatherAbsent(m, s, search)
    orderUnits(m, search)
    placeUnits(m, s, search, never)
    // From scratch once more: work that came in may have spared others a wait.
    possible = settleAll(m, s, search.touched, search.at[1]!, updateAlone)
  }
  if (!possible) takeBack(search)
  return possible
}

const touch = (search: LinkedSearch, r: number): boolean => {
  if (search.touchedAt[r] === search.at[0]!) return false
  search.touchedAt[r] = search.at[0]!
  search.touched[search.at[1]!] = r
  search.at[1] = search.at[1]! + 1
  return true
}

/** Takes `u` out, and with it the work that cannot be without it. */
const remove = (m: Model, s: PlanState, search: LinkedSearch, u: number): void => {
  const { links } = m
  touch(search, s.route[u]!)
  unlink(s, u)
  leaveOut(m, s, u)
  for (let e = links.at[u]!; e < links.at[u + 1]!; e++) {
    const v = links.other[e]!
    if (s.route[v]! >= 0 && m.isFixed[v] === 0 && missingPartner(m, s, v, -1) >= 0) remove(m, s, search, v)
  }
}

const ruin = (m: Model, s: PlanState, search: LinkedSearch, seed: number): void => {
  const { settings, random, at, neighbours } = search
  let used = 0
  for (let r = 0; r < m.routes; r++) if (s.length[r]! > 0) used++
  const average = used === 0 ? 1 : (m.n - s.count[0]!) / used
  const lengthMax = Math.min(settings.stringMax, average)
  const stringsMax = (4 * settings.removed) / (1 + lengthMax) - 1
  const strings = Math.floor(unit(random) * stringsMax) + 1
  let ruined = 0
  if (s.route[seed]! >= 0) {
    ruinString(m, s, search, seed, lengthMax)
    ruined++
  }
  const from = neighboursOf(m, neighbours, seed)
  for (let i = 0; i < neighbours.size && ruined < strings; i++) {
    const u = neighbours.list[from + i]!
    const r = s.route[u]!
    if (r < 0 || search.touchedAt[r] === at[0]! || m.isFixed[u] === 1) continue
    ruinString(m, s, search, u, lengthMax)
    ruined++
  }
}

/** Takes a string of visits around `u` out of its route, perhaps leaving a piece in the middle. */
const ruinString = (m: Model, s: PlanState, search: LinkedSearch, u: number, lengthMax: number): void => {
  const { settings, random, string } = search
  const r = s.route[u]!
  touch(search, r)
  let size = 0
  let position = 0
  for (let p = s.next[m.n + 2 * r]!; p < m.n; p = s.next[p]!) {
    if (p === u) position = size
    string[size++] = p
  }
  const length = Math.floor(unit(random) * Math.min(size, lengthMax)) + 1
  let spared = 0
  if (length > 1 && length < size && unit(random) < settings.splitRate) {
    spared = 1
    while (length + spared < size && unit(random) > settings.splitGrowth) spared++
  }
  const span = Math.min(size, length + spared)
  // The string holds `u`, and starts as far before it as chance and the route's ends allow.
  const earliest = Math.max(0, position - span + 1)
  const latest = Math.min(position, size - span)
  const from = earliest + below(random, latest - earliest + 1)
  const sparedFrom = spared === 0 ? NEVER : from + 1 + below(random, Math.max(1, length - 1))
  for (let i = from; i < from + span; i++) {
    const x = string[i]!
    // A partner further along the string may have gone with one before it.
    if (s.route[x] !== r || m.isFixed[x] === 1) continue
    if (i < sparedFrom || i >= sparedFrom + spared) remove(m, s, search, x)
  }
}

/** All that is left out, as units, each once. */
const gatherAbsent = (m: Model, s: PlanState, search: LinkedSearch): void => {
  const { links } = m
  let count = 0
  for (let i = 0; i < s.count[0]!; i++) {
    const u = s.absent[i]!
    const own = links.unit[u]!
    let first = links.unitAt[own]!
    while (s.route[links.members[first]!]! >= 0) first++
    if (links.members[first] === u) search.units[count++] = own
  }
  search.at[2] = count
}

/** Sorts the units by chance, by what leaving out costs, by how tight their times are, by when they are due, by distance from home. */
const orderUnits = (m: Model, search: LinkedSearch): void => {
  const { units, unitKeys, random, due } = search
  const { links } = m
  const way = below(random, 12)
  const home = m.place[m.n]!
  const { time } = m.classes[0]!
  for (let i = 0; i < search.at[2]!; i++) {
    const own = units[i]!
    const u = links.members[links.unitAt[own]!]!
    const alone = links.unitAt[own + 1]! - links.unitAt[own]! === 1
    if (way < 4) unitKeys[i] = unit(random)
    else if (way < 6) unitKeys[i] = (alone ? 1 : 0) + unit(random)
    else if (way < 8) unitKeys[i] = due[u]! - m.firstFrom[u]!
    else if (way < 9) unitKeys[i] = due[u]!
    else if (way < 11) unitKeys[i] = -time[home * m.places + m.place[u]!]!
    else unitKeys[i] = time[home * m.places + m.place[u]!]!
  }
  sortUnits(search)
}

/** Insertion sort: the list is short, and equal keys keep their order. */
const sortUnits = (search: LinkedSearch): void => {
  const { units, unitKeys } = search
  for (let i = 1; i < search.at[2]!; i++) {
    const key = unitKeys[i]!
    const own = units[i]!
    let j = i - 1
    while (j >= 0 && unitKeys[j]! > key) {
      unitKeys[j + 1] = unitKeys[j]!
      units[j + 1] = units[j]!
      j--
    }
    unitKeys[j + 1] = key
    units[j + 1] = own
  }
}

/** Places units in their order; one whose predecessor is not placed yet waits for another round. */
const placeUnits = (m: Model, s: PlanState, search: LinkedSearch, isOver: () => boolean): void => {
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
