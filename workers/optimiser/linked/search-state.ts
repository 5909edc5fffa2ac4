/**
 * What a search over linked work remembers from step to step: its settings, its temperature, and a copy of the plan to go back to.
 *
 * The surprising rule: going back is copying every array of the plan, because nobody can say which days a delay has reached.
 */
import { type Neighbours, neighboursFor } from '../improve/neighbours.ts'
import { COMPLETE, type Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import type { Random } from '../random.ts'
import { type LinkedInsertion, linkedInsertionFor } from './trial.ts'

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

type Kept = {
  readonly from: Int32Array | Float64Array | Uint8Array
  readonly copy: Int32Array | Float64Array | Uint8Array
}

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

export const begin = (search: LinkedSearch): void => {
  search.at[0] = search.at[0]! + 1
  search.at[1] = 0
  search.at[2] = 0
}

export const touch = (search: LinkedSearch, r: number): boolean => {
  if (search.touchedAt[r] === search.at[0]!) return false
  search.touchedAt[r] = search.at[0]!
  search.touched[search.at[1]!] = r
  search.at[1] = search.at[1]! + 1
  return true
}

export const save = (search: LinkedSearch): void => {
  const { kept } = search
  for (let i = 0; i < kept.length; i++) kept[i]!.copy.set(kept[i]!.from)
}

export const takeBack = (search: LinkedSearch): void => {
  const { kept } = search
  for (let i = 0; i < kept.length; i++) kept[i]!.from.set(kept[i]!.copy)
}
