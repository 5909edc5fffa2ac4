/**
 * Why an activity is where it is: what it costs there, the next best places, and the rule that blocks everybody else.
 *
 * The cost is the plan's cost with it less the plan's cost without it, so it holds what the activity does to its neighbours too.
 */
import type { CostSplit, Problem, WarmPlan } from '../problem.ts'
import type { SmallestChange } from '../smallest-change/relaxation.ts'
import { smallestChange } from '../smallest-change/smallest-change.ts'
import {
  type Candidate,
  openPlaceFor,
  type Refusal,
  rankedPlaces,
  refusalsFor,
  tryAfter,
} from './candidates.ts'

export type Explanation = {
  readonly placed: { readonly technicianId: string; readonly start: number; readonly end: number } | null
  /** null when the activity is in no plan. */
  readonly cost: CostSplit | null
  /** At most three, cheapest first; `delta` is against the place it has, or against the best when it has none. */
  readonly alternatives: readonly Candidate[]
  readonly blocked: readonly Refusal[]
  /** For work that nobody can do as things stand: the least that would have to change, where one thing is enough. */
  readonly smallestChange: SmallestChange | null
}

const ALTERNATIVES = 3

export const explain = (
  problem: Problem,
  activityId: string,
  options: { readonly warm?: WarmPlan } = {},
): Explanation => {
  const place = openPlaceFor(problem, activityId, options.warm)
  const { before } = place
  const own = before === null ? null : tryAfter(place, before.after)
  const ranked = rankedPlaces(place)
  const base = own?.points ?? ranked[0]?.points ?? 0
  const others = ranked.filter(
    (candidate) => candidate.technicianId !== before?.technicianId || candidate.start !== before.start,
  )
  const able = new Set(ranked.map((candidate) => candidate.technicianId))
  if (before !== null) able.add(before.technicianId)
  return {
    placed:
      before === null ? null : { technicianId: before.technicianId, start: before.start, end: before.end },
    cost: own?.cost ?? null,
    alternatives: others
      .slice(0, ALTERNATIVES)
      .map((candidate) => ({ ...candidate, delta: candidate.points - base })),
    blocked: refusalsFor(place, able),
    smallestChange: before === null && ranked.length === 0 ? smallestChange(place) : null,
  }
}
