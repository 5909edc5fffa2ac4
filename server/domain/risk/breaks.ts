/**
 * Closed times of a technician's calendar as the forecast sees them: short ones are breaks, taken when the work at hand
 * allows; long ones are closings, in which nothing begins.
 */
import type { Between, Leg } from './day.ts'

/** A longer closed time is an evening or a day off, not a pause. */
export const BREAK_MAX = 180

export const isBreak = ({ from, to }: Between): boolean => to - from <= BREAK_MAX

/**
 * Which breaks come before which leg, by the planned order. A break is over once its time has passed, except for one
 * that the present work ran into: that one is taken when the work ends.
 */
export function pausesOf(
  breaks: readonly Between[],
  starts: readonly number[],
  presentBegan: number | null,
): Leg['pauses'][] {
  const pauses: { at: number; minutes: number }[][] = starts.map(() => [])
  for (const { from, to } of breaks) {
    const isDue = to > 0 || (presentBegan !== null && presentBegan < from)
    if (!isDue) continue
    const isRunInto = presentBegan !== null && presentBegan < from
    const at = isRunInto ? from : Math.max(0, from)
    const next = starts.findIndex((start, i) => start > from && !(i === 0 && presentBegan !== null))
    // A break after the last planned work delays nothing.
    if (next >= 0) pauses[next]?.push({ at, minutes: isRunInto ? to - from : to - at })
  }
  return pauses
}
