/**
 * Ruin and recreate where days hang together: by links, by the greatest lateness, by an even spread of work.
 *
 * The walk is that of `../improve/sisr.ts`: strings of neighbouring visits out of routes near each other, put back greedily, accepted
 * by simulated annealing. What differs: work goes out and comes in with the work it cannot be without (`ruin.ts`, `recreate.ts`), each
 * place is priced by the delays it causes anywhere (`price.ts`), and a step that is not kept is taken back by copying the plan.
 */
import { heatAllowed, heatNeeded } from '../improve/annealing.ts'
import { SELDOMER } from '../improve/sisr.ts'
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { updateAlone } from '../plan/update.ts'
import { below } from '../random.ts'
import { placeUnits } from './recreate.ts'
import { ruin } from './ruin.ts'
import { begin, type LinkedSearch, save, takeBack } from './search-state.ts'
import { settleAll } from './times.ts'
import { gatherAbsent, orderUnits } from './units.ts'

/** One ruin and recreate. True when the plan has changed and the change was accepted. */
export const linkedStep = (m: Model, s: PlanState, search: LinkedSearch): boolean => {
  const { random, movable, temperature } = search
  const before = s.total[0]!
  const lateBefore = s.total[1]!
  const missesBefore = missesOf(s, search)
  // Callers do not search where nothing may move.
  if (!remake(m, s, search, movable[below(random, movable.length)]!)) return false
  const absent = s.count[0]!
  const seldomer =
    absent > 0 && s.total[1]! <= lateBefore && missesOf(s, search) < missesBefore ? SELDOMER : 1
  const accepted =
    heatNeeded(temperature, s.total[0]! - before, s.total[1]! - lateBefore) < seldomer * heatAllowed(random)
  if (absent > 0) {
    for (let i = 0; i < absent; i++) {
      const u = s.absent[i]!
      search.misses[u] = search.misses[u]! + 1
    }
  }
  if (!accepted) takeBack(search)
  return accepted
}

/** The same around one activity, kept only when `judge` likes the plan that came of it. */
export const linkedStepAround = (
  m: Model,
  s: PlanState,
  search: LinkedSearch,
  seed: number,
  judge: () => boolean,
): boolean => {
  if (!remake(m, s, search, seed)) return false
  const liked = judge()
  if (!liked) takeBack(search)
  return liked
}

const missesOf = (s: PlanState, search: LinkedSearch): number => {
  let sum = 0
  for (let i = 0; i < s.count[0]!; i++) sum += search.misses[s.absent[i]!]!
  return sum
}

/** Ruins around `seed` and recreates. False when no possible plan came of it and the old one stands again. */
const remake = (m: Model, s: PlanState, search: LinkedSearch, seed: number): boolean => {
  save(search)
  begin(search)
  ruin(m, s, search, seed)
  let possible = settleAll(m, s, search.touched, search.at[1]!, updateAlone)
  if (possible) {
    gatherAbsent(m, s, search)
    orderUnits(m, search)
    placeUnits(m, s, search, never)
    // From scratch once more: work that came in may have spared others a wait.
    possible = settleAll(m, s, search.touched, search.at[1]!, updateAlone)
  }
  if (!possible) takeBack(search)
  return possible
}

const never = (): boolean => false
