/** The board's zone: where its days and hours begin. The one door to the date library for everything that draws. */
import { localOf, offsetMinutes } from '../../../server/domain/calendar/local-time.ts'

const MINUTE = 60_000
export const DAY = 86_400_000

export const zoneOffset = (zone: string, at: number): number => offsetMinutes(zone, at) * MINUTE

/** The start of the local day that holds an instant. */
export function dayStart(zone: string, at: number): number {
  const { time } = localOf(at, zone)
  const guess = at - time
  // Where the clock changed since midnight, the wall time is not what has passed.
  return guess + zoneOffset(zone, at) - zoneOffset(zone, guess)
}

/** 0 is Sunday. */
export const weekdayOf = (zone: string, at: number): number => (localOf(at, zone).day + 4) % 7
