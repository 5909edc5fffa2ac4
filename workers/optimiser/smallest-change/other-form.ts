/**
 * The work in another form, or the board with something granted, for as long as it takes to try it.
 *
 * In place where the compiled board can hold another row. Where activities are tied to each other or vans are loaded it cannot, and the
 * board is compiled anew with the plan as it is; that is only done on boards small enough for somebody to wait for it.
 */
import { type OpenPlace, openPlaceFor } from '../explain/candidates.ts'
import { compiledAlone, patchActivity } from '../model/patch.ts'
import { ANY_TIME } from '../model/times.ts'
import type { Problem, ProblemActivity } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { relaxed, type SmallestChange } from './relaxation.ts'
import { type Found, fits, placed, type Search } from './search.ts'

/** Larger boards with ties or vans are only asked what needs no other row. */
const ANEW_MOST = 400

/** Work `v` of the board as `to`, in place. Nothing happens where the row cannot hold it. */
export const inPlace = (search: Search, v: number, to: ProblemActivity, work: () => void): void => {
  const { m } = search
  const there = compiledAlone(m, to, search.bare)
  const back = compiledAlone(m, m.problem.activities[v]!, search.bare)
  if (there === null || back === null) return
  const anchor = m.anchor[v]!
  patchActivity(m, v, there)
  if (v === search.u && anchor === ANY_TIME) m.anchor[v] = ANY_TIME
  work()
  patchActivity(m, v, back)
  if (v === search.u) m.anchor[v] = anchor
}

/** The plan as it is on another board; null where there is no such board. */
export const onAnother = ({ m, u, without }: Search, problem: Problem): OpenPlace | null => {
  if (problem.activities.length > ANEW_MOST) return null
  try {
    const place = openPlaceFor(problem, m.problem.activities[u]!.id, without)
    if (m.anchor[u] === ANY_TIME) place.m.anchor[place.u] = ANY_TIME
    return place
  } catch (error) {
    // What cannot be asked of the board at all would not be asked of anybody.
    if (error instanceof ProblemError) return null
    throw error
  }
}

/** The asked work itself as `to`. */
export const asForm = (search: Search, to: ProblemActivity, work: (place: OpenPlace) => void): void => {
  if (search.isPatched) {
    inPlace(search, search.u, to, () => work(search))
    return
  }
  const activities = search.m.problem.activities.map((own, v) => (v === search.u ? to : own))
  const place = onAnother(search, { ...search.m.problem, activities })
  if (place !== null) work(place)
}

/** What was found by writing into the board: as it was told, or as it turns out on a board on which it is granted. */
export const granted = (search: Search, told: SmallestChange): SmallestChange | null => {
  if (search.isPatched) return told
  const { m, original } = search
  const place = onAnother(search, relaxed(m.problem, original.id, told))
  if (place === null) return null
  const found = onDay(place, told)
  return found && { ...told, ...found }
}

const onDay = (place: OpenPlace, told: SmallestChange): Found | null => {
  const { m } = place
  for (const r of m.routesOf[m.technicianIndex.get(told.technicianId)!]!) {
    if (m.shiftOf[r] !== told.shift) continue
    const p = fits(place, r)
    const found = p < 0 ? null : placed(place, p, false)
    if (found !== null) return found
  }
  return null
}
