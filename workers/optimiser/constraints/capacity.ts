/**
 * Capacity: what is on board never exceeds the technician's amounts, in any dimension.
 *
 * Work that only brings, or only collects, loads a route by its sum. Where a problem has both, the load peaks on the way, and
 * the sum of each alone is only the first of two tests.
 */
import type { Model } from '../model/model.ts'

/** True when the route's sums leave room for `u`. Exact unless loads are mixed. */
export const hasRoom = (
  m: Model,
  brought: Int32Array,
  collected: Int32Array,
  r: number,
  u: number,
): boolean => {
  const { dimensions } = m
  // All four tables are laid out by dimension.
  for (let d = 0; d < dimensions; d++) {
    const room = m.capacity[r * dimensions + d]!
    if (brought[r * dimensions + d]! + m.delivery[u * dimensions + d]! > room) return false
    if (collected[r * dimensions + d]! + m.pickup[u * dimensions + d]! > room) return false
  }
  return true
}

/** True when the load stays within capacity all along, for the activities of route `r` in the order of `sequence`. */
export const loadFits = (m: Model, r: number, sequence: Int32Array, length: number): boolean => {
  const { dimensions } = m
  for (let d = 0; d < dimensions; d++) {
    let load = 0
    for (let i = 0; i < length; i++) load += m.delivery[sequence[i]! * dimensions + d]!
    const room = m.capacity[r * dimensions + d]!
    if (load > room) return false
    for (let i = 0; i < length; i++) {
      const at = sequence[i]! * dimensions + d
      load += m.pickup[at]! - m.delivery[at]!
      if (load > room) return false
    }
  }
  return true
}
