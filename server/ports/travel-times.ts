/**
 * How long it takes to get from one place to another, asked of somebody who knows the roads.
 *
 * An answer is a block of numbers, row by row, and never an exception: a block that could not be had is full of `UNKNOWN`
 * and says why. Straight line by road factor is not here, because it needs nobody: it is what planning uses for every
 * number that stays unknown (`workers/jobs/travel/`), and it says so.
 */
import type { Place } from '../domain/activity/activity.ts'

export const travelProfiles = ['car', 'bike', 'foot'] as const
export type TravelProfile = (typeof travelProfiles)[number]

/** Nobody could say: not asked, not answered, or answered wrongly. */
export const UNKNOWN = -1
/** It was said that there is no way. */
export const NO_WAY = -2

export type TravelBlock = {
  /** `from.length` rows of `to.length` seconds each; `UNKNOWN` or `NO_WAY` where there are none. */
  readonly seconds: Int32Array
  /** As `seconds`; may be `UNKNOWN` where the seconds are known. */
  readonly metres: Int32Array
  /** What went wrong, in words for a person; null when all was answered. */
  readonly failure: string | null
}

export type TravelAsk = {
  readonly profile: TravelProfile
  readonly from: readonly Place[]
  readonly to: readonly Place[]
  /** Called off: what has not been answered by then stays unknown. */
  readonly signal: AbortSignal
}

export interface TravelTimes {
  readonly source: 'service' | 'matrix'
  /** False: it will never know this place, so there is no use in asking. */
  knows(place: Place, profile: TravelProfile): boolean
  block(ask: TravelAsk): Promise<TravelBlock>
}

/** Places closer than a metre are one place. */
export const placeKey = (place: Place): string => `${place.lat.toFixed(5)} ${place.lon.toFixed(5)}`
