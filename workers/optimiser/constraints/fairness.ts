/**
 * Fairness: work spread evenly over the technicians, by what part of their open hours they spend at work or on the road.
 *
 * Each technician costs `rate * worked * (worked / open)`: a second of work is the dearer the fuller the days already are, so
 * an even share is cheapest, and someone with half the hours gets half the work. Being a sum of squares it grows with every
 * second: unlike a range or a deviation, it never pays to make a short day longer (Matl, Hartl and Vidal, "Workload equity in
 * vehicle routing problems", Transportation Science 2018, show what comes of measures for which it does).
 */
import { rates } from '../weights.ts'

/** Points that someone costs who works `worked` of `open` seconds, at `weight`. */
export const fairnessCost = (weight: number, worked: number, open: number): number =>
  Math.round((weight * rates.fairnessPerSecond * worked * worked) / Math.max(1, open))
