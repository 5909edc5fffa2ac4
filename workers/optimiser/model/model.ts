/**
 * The problem as the kernel reads it: flat typed arrays of whole numbers, made once by `compile.ts`, never changed by the search.
 *
 * Node ids: activity i is i; the start of route r is n + 2r and its end n + 2r + 1. A *route* is one shift of one technician.
 * The surprising rule: a board that is changed in place is the one exception to "never", and `patch.ts` says how each member lies.
 */
import type { Problem } from '../problem.ts'
import type { LinkTable } from './link-table.ts'
import type { Vans } from './vans.ts'

export const ALLOWED = 1
/** Set where the technician is not among those that the activity prefers. */
export const UNLOVED = 2

export const COMPLETE = 0
export const ARRIVE = 1

/** Travel of one kind of technician: seconds and points, each with its transpose so that both directions read along a row. */
export type TravelClass = {
  readonly time: Int32Array
  readonly timeTo: Int32Array
  readonly cost: Int32Array
  readonly costTo: Int32Array
}

export type Model = {
  readonly problem: Problem
  readonly n: number
  readonly routes: number
  readonly technicians: number
  readonly nodes: number
  /** Places, the last of which may be "nowhere": no journey to or from it. */
  readonly places: number
  readonly place: Int32Array
  readonly classes: readonly TravelClass[]
  readonly classOf: Int32Array

  readonly duration: Int32Array
  readonly setup: Int32Array
  readonly windowAt: Int32Array
  readonly windowFrom: Int32Array
  readonly windowTo: Int32Array
  readonly firstFrom: Int32Array
  readonly lastTo: Int32Array

  readonly opensAt: Int32Array
  readonly closesAt: Int32Array
  /** The end with the overtime that is allowed. */
  readonly closesHardAt: Int32Array
  readonly technicianOf: Int32Array
  /** Index into the technician's shifts, -1 for a route made for fixed work. */
  readonly shiftOf: Int32Array
  readonly routesOf: readonly (readonly number[])[]
  readonly breakAt: Int32Array
  readonly breakEarliest: Int32Array
  readonly breakLatest: Int32Array
  readonly breakDuration: Int32Array
  readonly routeFixedCost: Float64Array
  readonly tasksMax: Int32Array
  /** Empty routes of the same kind are interchangeable, so one of them is enough to try. */
  readonly kindOf: Int32Array
  readonly kinds: number

  readonly dimensions: number
  readonly delivery: Int32Array
  readonly pickup: Int32Array
  readonly capacity: Int32Array
  /** Some work is brought and some collected: the load peaks on the way. */
  readonly mixedLoads: boolean

  /** [activity * technicians + technician]: ALLOWED and UNLOVED bits. */
  readonly fit: Uint8Array
  readonly unlovedCost: Float64Array
  readonly fixedStart: Int32Array
  readonly isFixed: Uint8Array
  readonly fixedRoute: Int32Array
  readonly fixedCount: number

  readonly targetAt: Int32Array
  readonly targetKind: Uint8Array
  readonly targetDue: Int32Array
  readonly targetMiss: Float64Array
  readonly targetPerSecond: Float64Array
  readonly targetLateMax: Int32Array
  /** How many of an activity's targets are promises; they come before its wishes. */
  readonly promises: Int32Array
  /** Cost that the activity has wherever it is placed: `respond` targets that are overdue already. */
  readonly sunkCost: Float64Array
  readonly leftOutCost: Float64Array

  readonly currentTechnician: Int32Array
  readonly currentStart: Int32Array
  /** Where a start is held back to, ANY_TIME when it is not. */
  readonly anchor: Int32Array
  readonly moveTolerance: Int32Array
  readonly moveCost: Float64Array

  readonly overtimePerSecond: number
  readonly links: LinkTable
  /** Points per second of the greatest lateness. */
  readonly worstPerSecond: number
  readonly fairness: number
  /** Seconds in which each technician's days are open. */
  readonly openSeconds: Float64Array
  /** Days hang together, by links or by what the plan costs as a whole: a change to one can change others. */
  readonly joint: boolean
  /** No breaks, no choice of windows, no targets, nothing fixed: earliest and latest starts tell the whole truth. */
  readonly plain: boolean
  readonly symmetric: boolean
  /** Vans are limited, working time is paid, or someone is on the road already. */
  readonly worked: boolean
  /** Earliest and latest times tell the whole truth here too, but vans are limited or working time is paid (`../plan/van-route.ts`). */
  readonly van: boolean
  readonly vans: Vans
  /** Points per second at work, for each route. */
  readonly workedRate: Float64Array
  readonly paid: boolean
  /** Routes whose technician is on the road already: paid from the opening, and on the way home even without work. */
  readonly departed: Uint8Array
  readonly technicianIndex: ReadonlyMap<string, number>
  readonly activityIndex: ReadonlyMap<string, number>
}
