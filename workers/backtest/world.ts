/**
 * The world of a backtest, as far as a dispatcher may know it: orders, people, and what travel and work are planned to take.
 *
 * Times are whole seconds from the local midnight on which the replay begins. What work and travel really take is not here
 * but in `truth.ts`, which only the simulator reads.
 */
import type { Place, Priority } from '../../server/domain/activity/activity.ts'
import { kilometresBetween } from '../../server/domain/plan/travel.ts'

export type Order = {
  readonly id: string
  readonly type: string
  readonly skill: string
  readonly priority: Priority
  readonly place: Place
  readonly arrivesAt: number
  readonly plannedSeconds: number
  /** When the promise falls due; null without a promise. */
  readonly dueAt: number | null
}

export type Shift = { readonly from: number; readonly to: number }

export type Technician = {
  readonly id: string
  readonly skills: readonly string[]
  readonly home: Place
  /** In order and apart. A shift includes the way from home and back. */
  readonly shifts: readonly Shift[]
}

/** One department with its own work and people; departments share nothing, so each is replayed by itself. */
export type Crew = {
  readonly name: string
  /** By arrival, then id. */
  readonly orders: readonly Order[]
  readonly technicians: readonly Technician[]
}

export type TravelPlan = { readonly speedKmh: number; readonly roadFactor: number }

/** What a dispatcher expects of a journey. */
export const plannedTravel = (
  from: Place,
  to: Place,
  plan: TravelPlan,
): { readonly seconds: number; readonly metres: number } => {
  const kilometres = kilometresBetween(from, to) * plan.roadFactor
  return {
    seconds: Math.round((kilometres / plan.speedKmh) * 3600),
    metres: Math.round(kilometres * 1000),
  }
}

export const isAble = (technician: Technician, order: Order): boolean =>
  technician.skills.includes(order.skill)
