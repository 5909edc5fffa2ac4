/**
 * Ruin and recreate on a large board, one district after another.
 *
 * A visit walks on from the plan as it is in its district and brings home what it ends with, so between visits the walk is the one
 * that a small board has; the best plan of the whole board is kept beside it. The surprising rule: lateness stays where it was
 * walked into. A district that ends later than it began brings home its best plan or none, for elsewhere nobody would mend it.
 */
import { sisrStep } from '../improve/sisr.ts'
import { ordinarySisr, type Sisr, sisrFor } from '../improve/sisr-state.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { keep, type Snapshot, snapshotFor } from '../plan/snapshot.ts'
import type { Random } from '../random.ts'
import { type Around, aroundFor, nextAround } from './around.ts'
import { carryHome } from './carry-home.ts'
import { type District, districtOf } from './district.ts'

/** Boards from this size on are searched so; on smaller ones a step costs hardly less in a district. */
export const DISTRICTS_FROM = 1_000
/** With more visits a day a district would hold too few days to change anything between them. */
const DAY_MAX = 20
/** Steps of one visit: several times what cutting the district out costs. */
const STEPS = 500
/** Steps between two looks at the clock, about a millisecond's worth. */
const STRIDE = 20

export type DistrictWalk = { readonly around: Around }

/** Null where the board is searched as a whole: small ones, those with long days, and those whose days hang together. */
export const districtWalkFor = (
  m: Model,
  s: PlanState,
  random: Random,
  closed: Uint8Array,
  from = DISTRICTS_FROM,
): DistrictWalk | null => {
  let used = 0
  for (let r = 0; r < m.routes; r++) if (s.length[r]! > 0) used++
  return m.joint || m.n < from || m.n > DAY_MAX * used ? null : { around: aroundFor(m, random, closed) }
}

export type Visit = {
  /** The best plan of the whole board. */
  readonly best: Snapshot
  readonly temperature: Float64Array
  readonly random: Random
  readonly stepsMax: number
  readonly isOver: (steps: number) => boolean
  readonly onBetter: (steps: number) => void
}

/** Searches the next district; tells the steps it took, at least one. */
export const visitDistrict = (m: Model, s: PlanState, walk: DistrictWalk, visit: Visit): number => {
  const days = nextAround(m, s, walk.around)
  if (days === null) return 1
  const district = districtOf(m, s, days.routes, days.open)
  const own = district.s
  const before = own.total[0]!
  const lateBefore = own.total[1]!
  const ownBest = snapshotFor(district.m)
  keep(own, ownBest)
  const steps = walkWithin(district, days.core, ownBest, visit)
  const found = ownBest.total[0]! < before
  if (found && s.total[0]! - before + ownBest.total[0]! < visit.best.total[0]!) {
    carryHome(m, s, district, ownBest.next)
    keep(s, visit.best)
    visit.onBetter(steps)
  }
  carryHome(m, s, district, own.total[1]! <= lateBefore ? own.next : ownBest.next)
  return steps
}

/** Lets steps begin in the middle of the district only: its first `core` visits, and what is left out. */
export const beginInMiddle = ({ s }: Pick<District, 's'>, core: number, sisr: Sisr): void => {
  const { movable, at } = sisr
  let count = 0
  for (let i = 0; i < at[9]!; i++) {
    const u = movable[i]!
    // The district's visits are numbered in the order of its days, the middle first.
    if (u < core || s.route[u]! < 0) movable[count++] = u
  }
  at[9] = count
}

const walkWithin = (district: District, core: number, best: Snapshot, visit: Visit): number => {
  const { m, s } = district
  const sisr = { ...sisrFor(m, visit.random, ordinarySisr), temperature: visit.temperature }
  beginInMiddle(district, core, sisr)
  if (sisr.at[9] === 0) return 1
  const most = Math.min(STEPS, visit.stepsMax)
  let steps = 0
  while (steps < most) {
    if (sisrStep(m, s, sisr) && s.total[0]! < best.total[0]!) keep(s, best)
    if (++steps % STRIDE === 0 && visit.isOver(steps)) break
  }
  return steps
}
