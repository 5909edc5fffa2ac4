/**
 * Who of several islands works on which days for one round.
 *
 * Days that lie on one side of the board go together: two activities are drawn, and the days are cut by how much nearer they are
 * to the one than to the other, so every round cuts the board along another line. No coordinates are needed, only journeys.
 * Then the line gives way to days that are neighbours; see `neighbouring-days.ts`.
 * The surprising rule: all islands work this out for themselves, from the same plan and the same random numbers.
 */
import type { Neighbours } from '../improve/neighbours.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { below, type Random } from '../random.ts'
import { keepNeighboursTogether, type NeighbouringDays, neighbouringDaysFor } from './neighbouring-days.ts'

export type Parts = {
  readonly islands: number
  /** Numbers that all islands draw alike. */
  readonly common: Random
  /** The island that a route belongs to in this round. */
  readonly owner: Int32Array
  /** The island that may place an activity that is left out. */
  readonly absentOwner: Int32Array
  readonly neighbouring: NeighbouringDays | null
}

export const partsFor = (m: Model, islands: number, common: Random, neighbours: Neighbours): Parts => ({
  islands,
  common,
  neighbouring: neighbouringDaysFor(m, neighbours),
  owner: new Int32Array(m.routes),
  absentOwner: new Int32Array(m.n),
})

/** An island with fewer days than this has nothing to move between. */
const DAYS_LEAST = 2
/**
 * With fewer days with work for each island any line parts too many neighbours. At 400 customers boards of eight to twelve long days
 * came out 0.2 to 1 % better where two threads went apart than where they shared.
 */
const DAYS_ENOUGH = 7

/** False when there are too few days with work that can move for every island to have some. */
export const shareOut = (m: Model, s: PlanState, parts: Parts): boolean => {
  const { islands, common, owner, absentOwner, neighbouring } = parts
  const used: number[] = []
  const free: number[] = []
  for (let r = 0; r < m.routes; r++) (s.length[r]! > 0 ? used : free).push(r)
  const key = sideOf(m, s, below(common, m.n), below(common, m.n), used)
  const inOrder = [...used.keys()].sort((a, b) => key[a]! - key[b]! || a - b).map((i) => used[i]!)
  const all = used.reduce((sum, r) => sum + s.length[r]!, 0)
  let before = 0
  // Every index below is a route, an island or an activity.
  for (const r of inOrder) {
    const island = Math.min(islands - 1, Math.floor((islands * (before + s.length[r]! / 2)) / all))
    before += s.length[r]!
    owner[r] = island
  }
  if (used.length < DAYS_ENOUGH * islands) return false
  if (neighbouring !== null) keepNeighboursTogether(m, s, neighbouring, used, owner, islands)
  const days = new Int32Array(islands)
  for (const r of used) if (canMove(m, s, r)) days[owner[r]!]!++
  // Of each kind of free day everybody gets one, as far as they go.
  const next = new Int32Array(Math.max(1, m.kinds)).fill(-1)
  for (const r of free) {
    const kind = m.kindOf[r]!
    if (next[kind]! < 0) next[kind] = below(common, islands)
    owner[r] = next[kind]!
    next[kind] = (next[kind]! + 1) % islands
  }
  for (let i = 0; i < s.count[0]!; i++) absentOwner[s.absent[i]!] = below(common, islands)
  return days.every((count) => count >= DAYS_LEAST)
}

const canMove = (m: Model, s: PlanState, r: number): boolean => {
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) if (m.isFixed[u] === 0) return true
  return false
}

/** For each of `routes` how much nearer its work is to `a` than to `b`. */
const sideOf = (m: Model, s: PlanState, a: number, b: number, routes: readonly number[]): Float64Array => {
  const { time } = m.classes[0]!
  const rowA = m.place[a]! * m.places
  const rowB = m.place[b]! * m.places
  return Float64Array.from(routes, (r) => {
    let sum = 0
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!)
      sum += time[rowA + m.place[u]!]! - time[rowB + m.place[u]!]!
    return sum / s.length[r]!
  })
}
