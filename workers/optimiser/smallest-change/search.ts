/** The least so far, and how work is put in and taken out again while something is asked. */
import { check } from '../checker/checker.ts'
import type { OpenPlace } from '../explain/candidates.ts'
import { bestCost, positionOnRoute } from '../improve/insertion.ts'
import { decode, plannedStart } from '../plan/decode.ts'
import { leaveOut, linkAfter, takeIn, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import type { Plan, ProblemActivity, ProblemTechnician } from '../problem.ts'
import type { SmallestChange, Spot } from './relaxation.ts'

/** Times are asked for in steps of so many minutes. */
export const STEP = 5
export const MINUTE = 60

export type Search = OpenPlace & {
  best: SmallestChange | null
  readonly original: ProblemActivity
  readonly bare: readonly ProblemTechnician[]
  /** The plan as it is, without the work. */
  readonly without: Plan
  /** The compiled board holds another row in place; else it is compiled anew to try one. */
  readonly isPatched: boolean
}

/** Only less than the best so far is worth a try: kinds are tried in the order that breaks ties. */
export const isWorth = (search: Search, weight: number): boolean =>
  search.best === null || weight < search.best.weight

/** The most minutes of a kind that could still win, in whole steps. */
export const minutesLeft = (search: Search, perMinute: number, most: number): number => {
  if (search.best === null) return most
  return Math.min(most, Math.floor((search.best.weight - 1) / perMinute / STEP) * STEP)
}

/** Where the work would go on route `r` as the board is now, or -1. */
export const fits = ({ m, s, insertion, u }: OpenPlace, r: number): number => {
  const p = positionOnRoute(m, s, insertion, u, r)
  return p >= 0 && bestCost[0]! < m.leftOutCost[u]! ? p : -1
}

/** Puts the work after `p`, asks every rule, tells where it would be, and takes it out again. */
export const placed = (place: OpenPlace, p: number, isPatched: boolean): Found | null => {
  const { s, u } = place
  const r = s.route[p]!
  const before = s.total[0]!
  putIn(place, u, p)
  const holds = s.possible[r] === 1 && s.total[0]! < before && (isPatched || isSound(place))
  const found = foundAt(place)
  takeOut(place, u)
  return holds ? found : null
}

export type Found = Omit<SmallestChange, 'change' | 'weight'>

/** Where the work is now that it is in. */
export const foundAt = ({ m, s, u }: OpenPlace): Found => {
  const r = s.route[u]!
  const start = plannedStart(m, s, u)
  return {
    technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
    shift: m.shiftOf[r]!,
    start,
    end: start + s.free[u]! - s.start[u]!,
  }
}

/** Where days hang together, a change to one can break another: the whole plan is given to the checker. */
export const isSound = ({ m, s }: OpenPlace): boolean =>
  check(m.problem, decode(m, s, 0)).violations.length === 0

export const putIn = ({ m, s }: OpenPlace, u: number, p: number): void => {
  takeIn(m, s, u)
  linkAfter(s, u, p)
  updateRoute(m, s, s.route[p]!)
}

export const takeOut = ({ m, s }: OpenPlace, u: number): void => {
  const r = s.route[u]!
  unlink(s, u)
  updateRoute(m, s, r)
  leaveOut(m, s, u)
}

export const spotOf = ({ m, s }: OpenPlace, v: number): Spot => ({
  technicianId: m.problem.technicians[m.technicianOf[s.route[v]!]!]!.id,
  start: plannedStart(m, s, v),
})
