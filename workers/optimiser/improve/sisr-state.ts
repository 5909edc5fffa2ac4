/**
 * What ruin and recreate keeps between steps and within one: settings, scratch arrays of fixed size, and how far its steps reach.
 */
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import type { Random } from '../random.ts'
import { type Insertion, insertionFor } from './insertion.ts'
import { knownPlacesFor } from './known-places.ts'
import { type Neighbours, neighboursFor } from './neighbours.ts'

export type SisrSettings = {
  /** Average number of activities taken out. */
  readonly removed: number
  readonly stringMax: number
  readonly blinkRate: number
  /** Share of strings that leave a piece standing in their middle. */
  readonly splitRate: number
  readonly splitGrowth: number
  /** Share of steps on a plain problem that begin with a swap of tails. */
  readonly swapRate: number
}

export const ordinarySisr: SisrSettings = {
  removed: 10,
  stringMax: 10,
  blinkRate: 0.01,
  splitRate: 0.5,
  splitGrowth: 0.99,
  swapRate: 0.5,
}

export type Sisr = {
  readonly settings: SisrSettings
  readonly random: Random
  readonly insertion: Insertion
  readonly neighbours: Neighbours
  readonly temperature: Float64Array
  readonly misses: Float64Array
  /** Where a step may begin: the first `at[9]` of them. */
  readonly movable: Int32Array
  readonly removed: Int32Array
  readonly keys: Float64Array
  readonly touched: Int32Array
  readonly touchedAt: Int32Array
  readonly ruinedAt: Int32Array
  readonly undo: Int32Array
  readonly undoFrom: Int32Array
  readonly undoVersion: Int32Array
  /** Times and arcs of the nodes in `undo` and of the ends of their routes: on a plain problem they are copied back. */
  readonly undoNode: Int32Array
  readonly undoRoute: Float64Array
  readonly undoLoad: Int32Array
  /** Routes worth trying: those in use, and one empty one of each kind. */
  readonly active: Int32Array
  readonly empty: Int32Array
  readonly undoAbsent: Int32Array
  readonly near: Int32Array
  readonly nearAt: Int32Array
  /** [0] step, [1] removed, [2] touched, [3] undo length, [4] near stamp, [5] absent before, [6] used routes, [7] active routes, [8] empty ones of them, [9] movable, [10] activities within reach. */
  readonly at: Int32Array
  /** [0] and [1] the totals before the step, [2] misses, [3] the heat that the step may need. */
  readonly before: Float64Array
}

export const sisrFor = (m: Model, random: Random, settings: SisrSettings): Sisr => {
  const sisr = roomFor(m, random, settings)
  reachEverything(m, sisr)
  return sisr
}

/** Lets the steps go anywhere: the state at the start, and again after a time of being kept to some of the routes. */
export const reachEverything = (m: Model, sisr: Sisr): void => {
  let count = 0
  for (let u = 0; u < m.n; u++) if (m.isFixed[u] === 0) sisr.movable[count++] = u
  sisr.at[9] = count
  sisr.at[10] = m.n
  sisr.insertion.closed.fill(0)
}

const roomFor = (m: Model, random: Random, settings: SisrSettings): Sisr => ({
  settings,
  random,
  insertion: { ...insertionFor(m, random, settings.blinkRate), known: knownPlacesFor(m) },
  neighbours: neighboursFor(m),
  temperature: new Float64Array(2).fill(1),
  misses: new Float64Array(m.n),
  movable: new Int32Array(m.n - m.fixedCount),
  removed: new Int32Array(m.n),
  keys: new Float64Array(m.n),
  touched: new Int32Array(m.routes),
  touchedAt: new Int32Array(m.routes),
  ruinedAt: new Int32Array(m.routes),
  undo: new Int32Array(m.n),
  undoFrom: new Int32Array(m.routes + 1),
  undoVersion: new Int32Array(m.routes),
  undoNode: new Int32Array(4 * m.n),
  undoRoute: new Float64Array(4 * m.routes),
  undoLoad: new Int32Array(2 * m.routes * m.dimensions),
  active: new Int32Array(m.routes),
  empty: new Int32Array(m.routes),
  undoAbsent: new Int32Array(m.n),
  near: new Int32Array(m.routes),
  nearAt: new Int32Array(m.routes),
  at: new Int32Array(11),
  before: new Float64Array(4),
})

export const listActive = (m: Model, s: PlanState, sisr: Sisr): void => {
  const { at, active, empty, insertion } = sisr
  const { kindSeen, closed } = insertion
  const stamp = insertion.stamp[0]! + 1
  insertion.stamp[0] = stamp
  let used = 0
  let empties = 0
  let count = 0
  for (let r = 0; r < m.routes; r++) {
    if (closed[r] === 1) continue
    if (s.length[r]! > 0) used++
    else {
      if (kindSeen[m.kindOf[r]!] === stamp) continue
      kindSeen[m.kindOf[r]!] = stamp
      empty[empties++] = r
    }
    active[count++] = r
  }
  at[6] = used
  at[8] = empties
  at[7] = count
}

export const missesOf = (s: PlanState, sisr: Sisr): number => {
  let sum = 0
  for (let i = 0; i < s.count[0]!; i++) sum += sisr.misses[s.absent[i]!]!
  return sum
}
