/**
 * The days that start nearest to some work: who is asked when there is no time to ask everybody.
 */
import { mayDo } from '../constraints/skills.ts'
import type { Model } from '../model/model.ts'

/** Days that start nearest to the work are asked first where there are many more of them; fewer when time is short. */
export const NEAR_DAYS = 24
export const NEAR_DAYS_LATE = 8

export type NearDays = {
  /** Where each route starts. */
  readonly homes: Int32Array
  /** The days found last, nearest first. */
  readonly routes: Int32Array
  readonly key: Float64Array
}

export const nearDaysFor = (m: Model): NearDays => {
  const count = Math.min(NEAR_DAYS, m.routes)
  return {
    // Every route has a first node.
    homes: Int32Array.from({ length: m.routes }, (_, r) => m.place[m.n + 2 * r]!),
    routes: new Int32Array(count),
    key: new Float64Array(count),
  }
}

/** The days of people who may do `u` and start nearest to it, into `routes`, nearest first, `most` at most; their number. */
export const nearestDays = (m: Model, { homes, routes, key }: NearDays, u: number, most: number): number => {
  const row = m.place[u]! * m.places
  const single = m.classes.length === 1
  // Every route has a travel class, and its start a place in it: read along the row, for a column of a large table takes for ever.
  let { timeTo } = m.classes[0]!
  let count = 0
  let furthest = Number.POSITIVE_INFINITY
  for (let r = 0; r < homes.length; r++) {
    if (!single) timeTo = m.classes[m.classOf[r]!]!.timeTo
    const way = timeTo[row + homes[r]!]!
    if (way >= furthest || m.shiftOf[r]! < 0 || !mayDo(m, u, m.technicianOf[r]!)) continue
    let i = count < most ? count++ : count - 1
    for (; i > 0 && key[i - 1]! > way; i--) {
      key[i] = key[i - 1]!
      routes[i] = routes[i - 1]!
    }
    key[i] = way
    routes[i] = r
    if (count === most) furthest = key[count - 1]!
  }
  return count
}
