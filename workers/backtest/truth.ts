/**
 * What really happens: how long work and journeys take, and who falls ill. Only the simulator may read this.
 *
 * Every figure is drawn from the seed and a name, so it is the same whoever does the work and whenever; a journey's factor
 * belongs to the order at its end. Figures come to light as they happen and never before.
 */
import { unit } from '../optimiser/random.ts'
import { diceOf, logNormal } from './dice.ts'
import type { Order, Technician } from './world.ts'

/** Spread of the logarithm: a third of all visits are off by more than a third or so. */
const WORK_SPREAD = 0.35
const TRAVEL_SPREAD = 0.25
const WORK_LEAST_SECONDS = 180
/** Shares of shifts that are missed whole, and that are broken off. */
const ILL_SHARE = 0.03
const LEAVING_SHARE = 0.02
/** Whoever is ill says so this long before the shift. */
const NOTICE_SECONDS = 1_800

export type Absence = { readonly from: number; readonly to: number; readonly knownAt: number }

export type Truth = {
  readonly workSeconds: (order: Order) => number
  readonly travelFactor: (order: Order) => number
  readonly absences: (technician: Technician) => readonly Absence[]
}

export const truthOf = (seed: number): Truth => ({
  workSeconds: (order) => {
    const factor = logNormal(diceOf(seed, `work ${order.id}`), WORK_SPREAD)
    return Math.max(WORK_LEAST_SECONDS, Math.round(order.plannedSeconds * factor))
  },
  travelFactor: (order) => logNormal(diceOf(seed, `travel ${order.id}`), TRAVEL_SPREAD),
  absences: (technician) => {
    const dice = diceOf(seed, `absence ${technician.id}`)
    return technician.shifts.flatMap((shift): Absence[] => {
      // Both are drawn for every shift, so that a longer replay begins like a shorter one.
      const lot = unit(dice)
      const leavesAt = Math.round(shift.from + unit(dice) * (shift.to - shift.from))
      if (lot < ILL_SHARE) return [{ ...shift, knownAt: shift.from - NOTICE_SECONDS }]
      if (lot < ILL_SHARE + LEAVING_SHARE) return [{ from: leavesAt, to: shift.to, knownAt: leavesAt }]
      return []
    })
  },
})
