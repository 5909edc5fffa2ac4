/**
 * Moves days across the line between the parts of a board, so that days that are neighbours stay in one part.
 *
 * A straight line cuts through days that lie across each other. What a step cannot reach it cannot use, and steps beside the line
 * are the worse for it, so day after day goes over while that parts fewer neighbouring visits and the parts stay about even.
 * The surprising rule: days count for the more the longer they have been parted, so no line stands for long.
 */
import { type Neighbours, neighboursOf } from '../improve/neighbours.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'

export type NeighbouringDays = {
  readonly neighbours: Neighbours
  /** For each two routes, the rounds since they were in one part. */
  readonly parted: Uint8Array
}

/** Larger boards have so many days that few of them lie beside the line. */
const ACTIVITIES_MOST = 1_000
/** How many of the visits near a visit are its neighbours. */
const NEAR = 10
/** By how much a part may be smaller or larger than its even share. */
const UNEVEN = 0.1
const PARTED_MOST = 255

/** Null on boards that are cut by the line alone. */
export const neighbouringDaysFor = (m: Model, neighbours: Neighbours): NeighbouringDays | null =>
  m.n > ACTIVITIES_MOST ? null : { neighbours, parted: new Uint8Array(m.routes * m.routes) }

/** Changes `owner`, the part of each of `days`, which are the routes with work. */
export const keepNeighboursTogether = (
  m: Model,
  s: PlanState,
  { neighbours, parted }: NeighbouringDays,
  days: readonly number[],
  owner: Int32Array,
  islands: number,
): void => {
  const near = nearness(m, s, neighbours, days)
  weigh(m, near, parted, days)
  const work = new Int32Array(islands)
  // Every index below is a route, an island or a pair of days.
  for (const r of days) work[owner[r]!] = work[owner[r]!]! + s.length[r]!
  const even = work.reduce((sum, each) => sum + each, 0) / islands
  const ties = new Float64Array(islands)
  for (let moves = 0; moves < 2 * days.length; moves++) {
    let gainMost = 0
    let mover = -1
    let target = -1
    for (let i = 0; i < days.length; i++) {
      const r = days[i]!
      const own = owner[r]!
      if (work[own]! - s.length[r]! < (1 - UNEVEN) * even) continue
      ties.fill(0)
      for (let j = 0; j < days.length; j++) {
        const part = owner[days[j]!]!
        ties[part] = ties[part]! + near[i * days.length + j]!
      }
      for (let part = 0; part < islands; part++) {
        if (part === own || work[part]! + s.length[r]! > (1 + UNEVEN) * even) continue
        if (ties[part]! - ties[own]! <= gainMost) continue
        gainMost = ties[part]! - ties[own]!
        mover = r
        target = part
      }
    }
    if (mover < 0) break
    work[owner[mover]!] = work[owner[mover]!]! - s.length[mover]!
    work[target] = work[target]! + s.length[mover]!
    owner[mover] = target
  }
  remember(m, parted, days, owner)
}

/** For each two of `days` how many visits of one have a visit of the other for a neighbour. */
const nearness = (m: Model, s: PlanState, neighbours: Neighbours, days: readonly number[]): Float64Array => {
  const count = days.length
  const near = new Float64Array(count * count)
  const at = new Int32Array(m.routes).fill(-1)
  days.forEach((r, i) => {
    at[r] = i
  })
  const size = Math.min(NEAR, neighbours.size)
  for (let i = 0; i < count; i++) {
    for (let u = s.next[m.n + 2 * days[i]!]!; u < m.n; u = s.next[u]!) {
      const from = neighboursOf(m, neighbours, u)
      for (let k = 0; k < size; k++) {
        const r = s.route[neighbours.list[from + k]!]!
        const j = r < 0 ? i : at[r]!
        if (j === i) continue
        near[i * count + j] = near[i * count + j]! + 1
        near[j * count + i] = near[j * count + i]! + 1
      }
    }
  }
  return near
}

const weigh = (m: Model, near: Float64Array, parted: Uint8Array, days: readonly number[]): void => {
  const count = days.length
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++)
      near[i * count + j] = near[i * count + j]! * (1 + parted[days[i]! * m.routes + days[j]!]!)
  }
}

const remember = (m: Model, parted: Uint8Array, days: readonly number[], owner: Int32Array): void => {
  for (const r of days) {
    for (const q of days) {
      const pair = r * m.routes + q
      parted[pair] = owner[r] === owner[q] ? 0 : Math.min(PARTED_MOST, parted[pair]! + 1)
    }
  }
}
