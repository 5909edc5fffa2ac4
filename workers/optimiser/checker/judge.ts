/**
 * What the checker finds, and what every part of it has at hand: the problem by name, and the two lists of findings.
 *
 * The surprising rule: fixed work may break rules that the search did not cause; those are `given`, not violations.
 */
import type { CostSplit, Problem, ProblemActivity, ProblemTechnician } from '../problem.ts'

export type Finding = {
  readonly rule: string
  readonly activityId?: string
  readonly technicianId?: string
  readonly sentence: string
}

export type Verdict = {
  readonly violations: readonly Finding[]
  /** Breaches that fixed work brought with it. */
  readonly given: readonly Finding[]
  readonly cost: CostSplit
  readonly points: number
}

export type Judge = {
  readonly problem: Problem
  readonly activities: ReadonlyMap<string, ProblemActivity>
  readonly technicians: ReadonlyMap<string, ProblemTechnician>
  readonly violations: Finding[]
  readonly given: Finding[]
}
