/**
 * The best place for each activity on each route, remembered for as long as the route stays as it is.
 *
 * An entry holds for one version of the route. Either it names the best place and its cost, or it says that no place costs less
 * than `cost`. Routes that the present step has changed are neither looked up nor written down: most steps are taken back, and
 * then what was known before them holds again.
 */
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'

export type KnownPlaces = {
  /** Four words a cell: version, position, and the cost as a double, so that a look-up touches one cache line. */
  readonly words: Int32Array
  readonly costs: Float64Array
  /** [0] the version given last when the step began. */
  readonly since: Int32Array
}

/** 16 bytes each: 32 MB at the most. */
const CELLS_MAX = 2_000_000

/** Null where the tables would be too large, or where a place's cost depends on other routes. */
export const knownPlacesFor = (m: Model): KnownPlaces | null => {
  const cells = m.n * m.routes
  const alone = (m.problem.links?.length ?? 0) === 0 && (m.problem.worstLatePerSecond ?? 0) === 0
  if (cells > CELLS_MAX || !alone) return null
  const words = new Int32Array(4 * cells)
  return { words, costs: new Float64Array(words.buffer), since: new Int32Array(1) }
}

export const beginStep = (known: KnownPlaces | null, s: PlanState): void => {
  // Both have the members that their types speak of.
  if (known !== null) known.since[0] = s.count[1]!
}

export const isUntouched = (known: KnownPlaces, s: PlanState, r: number): boolean =>
  ((s.version[r]! - known.since[0]!) | 0) <= 0
