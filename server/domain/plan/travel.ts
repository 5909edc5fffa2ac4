/** Travel when no road service is asked: straight line × road factor at a given speed. */
import type { Place } from '../activity/activity.ts'

const EARTH_KM = 6371.0088
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Great-circle kilometres (haversine). */
export function kilometresBetween(a: Place, b: Place): number {
  const dLat = radians(b.lat - a.lat)
  const dLon = radians(b.lon - a.lon)
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)))
}

export type TravelModel = { readonly speedKmh: number; readonly roadFactor: number }

/** Whole minutes of travel, rounded up; 0 when a place is unknown. */
export function travelMinutes(from: Place | null, to: Place | null, model: TravelModel): number {
  if (from === null || to === null) return 0
  return Math.max(
    0,
    Math.ceil(((kilometresBetween(from, to) * model.roadFactor) / model.speedKmh) * 60 - 1e-9),
  )
}
