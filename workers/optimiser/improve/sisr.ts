/**
 * Slack induction by string removals (Christiaens and Vanden Berghe): take short strings of neighbouring visits out of routes
 * that lie near each other, put them back greedily, and walk on by simulated annealing.
 *
 * One step either changes the plan or leaves it exactly as it was. Fixed work is never taken out. Work that finds no place is
 * counted (`misses`), and among plans that leave out equally dear work one that leaves out the seldom missed may cost more travel:
 * that is what empties a day or squeezes the last job in.
 */
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { below, unit } from '../random.ts'
import { heatAllowed, heatNeeded } from './annealing.ts'
import { beginStep } from './known-places.ts'
import { growthHeat, recreate } from './recreate.ts'
import { ruin, swap } from './ruin.ts'
import { listActive, missesOf, type Sisr } from './sisr-state.ts'
import { isPossible, recogniseUnchanged, undo } from './undo.ts'

/**
 * How many times the ordinary heat a step may need that leaves out seldomer missed work. Without a bound a board with more work
 * than people is walked about at random: where another solver left out as much on 36 drawn ones, plans had 14 % more travel than its
 * own, and with this bound 2 %.
 */
export const SELDOMER = 3

/** One ruin and recreate. True when the plan has changed and the change was accepted. */
export const sisrStep = (m: Model, s: PlanState, sisr: Sisr): boolean => {
  begin(m, s, sisr)
  sisr.before[3] = heatAllowed(sisr.random)
  const seed = anySeed(sisr)
  if (m.plain && unit(sisr.random) < sisr.settings.swapRate) swap(m, s, sisr, seed)
  ruin(m, s, sisr, seed)
  if (recreate(m, s, sisr)) return conclude(m, s, sisr)
  undo(m, s, sisr)
  return false
}

/** The same around one activity, kept only when `judge` likes the plan that came of it. */
export const sisrStepAround = (
  m: Model,
  s: PlanState,
  sisr: Sisr,
  seed: number,
  judge: () => boolean,
): boolean => {
  begin(m, s, sisr)
  ruin(m, s, sisr, seed)
  recreate(m, s, sisr)
  const liked = isPossible(s, sisr) && judge()
  if (!liked) undo(m, s, sisr)
  return liked
}

/** The same while a route is being emptied: what counts is that less, or seldomer missed, work is without a place. */
export const sisrStepForFleet = (m: Model, s: PlanState, sisr: Sisr): void => {
  begin(m, s, sisr)
  ruin(m, s, sisr, anySeed(sisr))
  recreate(m, s, sisr)
  const absent = s.count[0]!
  const before = sisr.at[5]!
  const fewerMisses = missesOf(s, sisr) < sisr.before[2]!
  const growth = s.total[0]! - s.total[1]! - (sisr.before[0]! - sisr.before[1]!)
  const accepted =
    isPossible(s, sisr) &&
    (absent < before ||
      fewerMisses ||
      (absent === before && heatNeeded(sisr.temperature, growth, 0) < heatAllowed(sisr.random)))
  for (let i = 0; i < absent; i++) {
    const u = s.absent[i]!
    sisr.misses[u] = sisr.misses[u]! + 1
  }
  if (!accepted) undo(m, s, sisr)
}

const begin = (m: Model, s: PlanState, sisr: Sisr): void => {
  const { at } = sisr
  // The scratch arrays are as long as the problem; `at` has eleven members.
  at[0] = at[0]! + 1
  at[1] = 0
  at[2] = 0
  at[3] = 0
  beginStep(sisr.insertion.known, s)
  const absent = s.count[0]!
  at[5] = absent
  for (let i = 0; i < absent; i++) sisr.undoAbsent[i] = s.absent[i]!
  sisr.before[0] = s.total[0]!
  sisr.before[1] = s.total[1]!
  sisr.before[2] = absent === 0 ? 0 : missesOf(s, sisr)
  sisr.before[3] = Number.POSITIVE_INFINITY
  listActive(m, s, sisr)
}

/** Callers do not search where nothing may move, so there is at least one movable activity. */
const anySeed = (sisr: Sisr): number => sisr.movable[below(sisr.random, sisr.at[9]!)]!

/** Accepts the step or takes it back. */
const conclude = (m: Model, s: PlanState, sisr: Sisr): boolean => {
  if (!isPossible(s, sisr)) {
    undo(m, s, sisr)
    return false
  }
  const absent = s.count[0]!
  // Leaving out what is seldomer missed may cost travel, or nothing new would be squeezed in, but not any amount of it.
  const seldomer =
    absent > 0 && s.total[1]! <= sisr.before[1]! && missesOf(s, sisr) < sisr.before[2]! ? SELDOMER : 1
  const accepted = growthHeat(s, sisr) < seldomer * sisr.before[3]!
  if (absent > 0) {
    for (let i = 0; i < absent; i++) {
      const u = s.absent[i]!
      sisr.misses[u] = sisr.misses[u]! + 1
    }
  }
  if (accepted) recogniseUnchanged(m, s, sisr)
  else undo(m, s, sisr)
  return accepted
}
