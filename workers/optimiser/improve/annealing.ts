/**
 * Simulated annealing: how much worse a plan may be and still be walked on from.
 *
 * Two temperatures, because the upper bands (lateness, work left out) are thousands of times coarser than travel: with one, the
 * search would either never let a job be later for a while or not care about travel at all.
 */
import { type Random, unit } from '../random.ts'

export type Annealing = {
  readonly lateHot: number
  readonly lateCold: number
  readonly hot: number
  readonly cold: number
}

/** Temperatures [travel and below, lateness and above] at `progress` from 0 to 1. */
export const setTemperature = (annealing: Annealing, progress: number, into: Float64Array): void => {
  into[0] = annealing.hot * (annealing.cold / annealing.hot) ** progress
  into[1] = annealing.lateHot * (annealing.lateCold / annealing.lateHot) ** progress
}

/** How much heat a step needs: a step that costs nothing needs none. */
export const heatNeeded = (temperature: Float64Array, growth: number, lateGrowth: number): number =>
  // The temperatures are two.
  (growth - lateGrowth) / temperature[0]! + lateGrowth / temperature[1]!

/** How much heat chance allows; drawn before a step, so that a step that goes wrong can be given up halfway. */
export const heatAllowed = (random: Random): number => -Math.log(1 - unit(random))
