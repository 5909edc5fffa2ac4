/**
 * A VROOM file once it is read: our problem, and beside it what the answer has to repeat in VROOM's own words.
 */
import type { Problem, WarmPlan } from '../problem.ts'

export type Coordinates = readonly [number, number]

export type VroomPlace = { readonly coordinates: Coordinates | null; readonly index: number | null }

export type VroomJob = {
  readonly id: number | string
  readonly description: string | null
  readonly place: VroomPlace
  readonly priority: number
  readonly setup: number
  readonly service: number
  readonly delivery: readonly number[]
  readonly pickup: readonly number[]
}

export type VroomBreak = {
  readonly id: number | string
  readonly description: string | null
  readonly earliest: number
  readonly latest: number
  readonly service: number
}

export type VroomVehicle = {
  readonly id: number | string
  readonly description: string | null
  readonly start: VroomPlace | null
  readonly end: VroomPlace | null
  /** Per shift, in the problem's time. */
  readonly breaks: readonly (readonly VroomBreak[])[]
}

export type VroomInput = {
  readonly problem: Problem
  readonly warm: WarmPlan | undefined
  /** Added to the problem's seconds to get the file's. */
  readonly timeBase: number
  readonly jobs: readonly VroomJob[]
  readonly vehicles: readonly VroomVehicle[]
  /** Distances are known, so the answer may name them. */
  readonly hasDistances: boolean
}
