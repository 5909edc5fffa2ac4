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
  hot: number
  readonly cold: number
}

/**
 * The first temperature, beside the average journey. Heat that there is no time to cool down from is harm; where there are
 * thousands of steps for every activity, it is what lets long days be built anew.
 */
export const hotFor = (stepsPerActivity: number): number =>
  Math.max(HOT_LEAST, Math.min(HOT_MOST, HOT_LEAST + Math.log2(stepsPerActivity / STEPS_UNHEATED)))

const HOT_LEAST = 1
const HOT_MOST = 8
const STEPS_UNHEATED = 500

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
