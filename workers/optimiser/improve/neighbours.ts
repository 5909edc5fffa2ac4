/**
 * For each activity the others near it, nearest first, found when first asked for.
 *
 * Near means a short journey and a start that can follow: travel, a fifth of the waiting, all of the lateness between the two
 * windows, the better of both directions. A list is at most `NEIGHBOURS_MAX` long, so a board of thousands stays affordable.
 */
import type { Model } from '../model/model.ts'

const NEIGHBOURS_MAX = 128

export type Neighbours = {
  readonly size: number
  readonly list: Int32Array
  readonly known: Uint8Array
  readonly order: Float64Array
  /** Latest start that counts as in time. */
  readonly latest: Int32Array
}

export const neighboursFor = (m: Model, latest = m.lastTo): Neighbours => {
  const size = Math.max(0, Math.min(NEIGHBOURS_MAX, m.n - 1))
  return {
    size,
    list: new Int32Array(m.n * size),
    known: new Uint8Array(m.n),
    order: new Float64Array(Math.max(0, m.n)),
    latest,
  }
}

/** Where the neighbours of `u` begin in `list`; there are `size` of them. */
export const neighboursOf = (m: Model, neighbours: Neighbours, u: number): number => {
  if (neighbours.known[u] === 0) find(m, neighbours, u)
  return u * neighbours.size
}

/** The low bits of a sort key carry the activity, so that one numeric sort orders both. */
const ID_SPACE = 65_536

const find = (m: Model, neighbours: Neighbours, u: number): void => {
  const { n, places, place, duration, firstFrom } = m
  const { size, list, order, latest: lastTo } = neighbours
  const kind = m.classes[0]
  neighbours.known[u] = 1
  if (kind === undefined) return
  // Every index below is an activity or a cell of the travel class.
  for (let v = 0; v < n; v++) {
    const there = kind.time[place[u]! * places + place[v]!]!
    const back = kind.time[place[v]! * places + place[u]!]!
    const forward = gap(there, firstFrom[u]!, lastTo[u]!, duration[u]!, firstFrom[v]!, lastTo[v]!)
    const backward = gap(back, firstFrom[v]!, lastTo[v]!, duration[v]!, firstFrom[u]!, lastTo[u]!)
    order[v] = (v === u ? 2 ** 36 : Math.min(forward, backward, 2 ** 35)) * ID_SPACE + v
  }
  smallestFirst(order, size)
  order.subarray(0, size).sort()
  for (let i = 0; i < size; i++) list[u * size + i] = order[i]! % ID_SPACE
}

/** Brings the `count` smallest of `keys` to its front, in no order: much quicker than sorting all of a large board. */
const smallestFirst = (keys: Float64Array, count: number): void => {
  let low = 0
  let high = keys.length - 1
  // Every index below stays between `low` and `high`.
  while (low < high) {
    const pivot = keys[(low + high) >> 1]!
    let i = low
    let j = high
    while (i <= j) {
      while (keys[i]! < pivot) i++
      while (keys[j]! > pivot) j--
      if (i > j) break
      const key = keys[i]!
      keys[i] = keys[j]!
      keys[j] = key
      i++
      j--
    }
    if (count - 1 <= j) high = j
    else if (count - 1 >= i) low = i
    else return
  }
}

/** How badly b follows a: the journey, a fifth of the wait that cannot be avoided, and the lateness that cannot. */
const gap = (
  travel: number,
  fromA: number,
  toA: number,
  workA: number,
  fromB: number,
  toB: number,
): number => {
  const wait = Math.max(0, fromB - travel - workA - toA)
  const late = Math.max(0, fromA + workA + travel - toB)
  return Math.round(travel + 0.2 * wait + late)
}
