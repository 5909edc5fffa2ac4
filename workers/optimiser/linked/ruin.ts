/**
 * Taking linked work out: strings of visits from days near each other.
 *
 * The surprising rule: whatever cannot be without the work that goes out goes out with it, on whichever day it is.
 */
import { missingPartner } from '../constraints/links.ts'
import { neighboursOf } from '../improve/neighbours.ts'
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import { leaveOut, type PlanState, unlink } from '../plan/plan-state.ts'
import { below, unit } from '../random.ts'
import { type LinkedSearch, touch } from './search-state.ts'

export const ruin = (m: Model, s: PlanState, search: LinkedSearch, seed: number): void => {
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

/** Takes `u` out, and with it the work that cannot be without it. */
export const remove = (m: Model, s: PlanState, search: LinkedSearch, u: number): void => {
  const { links } = m
  touch(search, s.route[u]!)
  unlink(s, u)
  leaveOut(m, s, u)
  for (let e = links.at[u]!; e < links.at[u + 1]!; e++) {
    const v = links.other[e]!
    if (s.route[v]! >= 0 && m.isFixed[v] === 0 && missingPartner(m, s, v, -1) >= 0) remove(m, s, search, v)
  }
}
