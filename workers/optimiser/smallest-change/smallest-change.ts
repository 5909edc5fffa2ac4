/**
 * The smallest change that would let left-out work in: one thing, asked of one person, as little of it as will do.
 *
 * What is asked is weighed in minutes, so that unlike things can be compared: moving one other visit counts 10, lifting a lock 15,
 * a start outside of the window a minute each, overtime two each, shorter work three each, a missing level 120, a missing skill 480.
 * The least wins; at the same weight the kind named first above, then the technician named first in the problem. Times go by fives.
 * The surprising rule: nothing is stated that was not done. The change is made to the compiled board, the work is put in, every hard
 * rule is asked, the plan has to be cheaper for it, and all is put back. Where days hang together or vans are loaded the change is made
 * to the problem, compiled anew, and the whole plan is given to the checker.
 */
import { type OpenPlace, unannounced } from '../explain/candidates.ts'
import { bareTechnicians, mayPatch } from '../model/patch.ts'
import { ANY_TIME } from '../model/times.ts'
import { decode } from '../plan/decode.ts'
import { tryDuration, tryWindow } from './ask-less.ts'
import { tryMoves } from './give-way.ts'
import { tryOvertime } from './overtime.ts'
import type { SmallestChange } from './relaxation.ts'
import { fits, type Search } from './search.ts'
import { trySkills } from './skills.ts'
import { tryUnlocking } from './unlock.ts'

/** Null where nothing so small would do, and where it fits as it is. The activity must not be placed. */
export const smallestChange = (place: OpenPlace): SmallestChange | null => {
  // At its announced start, or else at any other where that asks for less.
  const kept = leastOf(place)
  if (place.m.anchor[place.u] === ANY_TIME) return kept
  const free = unannounced(place, () => leastOf(place))
  return kept === null || (free !== null && free.weight < kept.weight) ? free : kept
}

const leastOf = (place: OpenPlace): SmallestChange | null => {
  const { m, s, u } = place
  const search: Search = {
    ...place,
    best: null,
    original: m.problem.activities[u]!,
    bare: bareTechnicians(m.problem),
    without: decode(m, s, 0),
    isPatched: mayPatch(m),
  }
  for (let r = 0; r < m.routes; r++) if (fits(search, r) >= 0) return null
  tryMoves(search)
  tryUnlocking(search)
  tryWindow(search, 'earlier')
  tryWindow(search, 'later')
  tryOvertime(search)
  tryDuration(search)
  trySkills(search)
  return search.best
}
