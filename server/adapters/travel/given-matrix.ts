/**
 * Travel times from a matrix that somebody made beforehand, kept in a JSON file.
 *
 * `{"places": [{"lat", "lon"}], "profiles": {"car": {"durations": [[…]], "distances": [[…]]}}}`, seconds and metres, null
 * where there is no way. A profile that the file leaves out, and a place that it does not name, stay unknown; a malformed
 * file stops the start and says where.
 */
import { readFileSync } from 'node:fs'
import type { Place } from '../../domain/activity/activity.ts'
import {
  NO_WAY,
  placeKey,
  type TravelProfile,
  type TravelTimes,
  travelProfiles,
  UNKNOWN,
} from '../../ports/travel-times.ts'

export class TravelMatrixError extends Error {
  override readonly name = 'TravelMatrixError'
}

type Profile = { readonly seconds: Int32Array; readonly metres: Int32Array }

const PLACES_MAX = 10_000

export function readMatrixFile(file: string): TravelTimes {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new TravelMatrixError(`the travel matrix ${file} cannot be read`, { cause })
  }
  return createMatrixTravel(text)
}

export function createMatrixTravel(text: string): TravelTimes {
  const file = objectOf(parsed(text), 'the file')
  const places = placesOf(file.places)
  const index = new Map(places.map((place, i) => [placeKey(place), i]))
  const given = objectOf(file.profiles, 'profiles')
  const profiles = new Map<TravelProfile, Profile>()
  for (const name of Object.keys(given)) {
    const known = travelProfiles.find((profile) => profile === name)
    if (known === undefined)
      throw new TravelMatrixError(`profiles.${name} must be one of ${travelProfiles.join(', ')}`)
    profiles.set(known, profileOf(given[name], `profiles.${name}`, places.length))
  }
  if (profiles.size === 0) throw new TravelMatrixError('profiles must name at least one profile')

  return {
    source: 'matrix',
    knows: (place, profile) => profiles.has(profile) && index.has(placeKey(place)),
    async block({ profile, from, to }) {
      const cells = from.length * to.length
      const seconds = new Int32Array(cells).fill(UNKNOWN)
      const metres = new Int32Array(cells).fill(UNKNOWN)
      const table = profiles.get(profile)
      if (table === undefined) return { seconds, metres, failure: `it has no profile ${profile}` }
      const columns = to.map((place) => index.get(placeKey(place)))
      from.forEach((place, r) => {
        const row = index.get(placeKey(place))
        if (row === undefined) return
        columns.forEach((column, c) => {
          if (column === undefined) return
          const cell = row * places.length + column
          seconds[r * to.length + c] = table.seconds[cell] ?? UNKNOWN
          metres[r * to.length + c] = table.metres[cell] ?? UNKNOWN
        })
      })
      return { seconds, metres, failure: null }
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TravelMatrixError('the travel matrix is not JSON', { cause })
  }
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TravelMatrixError(`${name} must be an object`)
  // An object that is no array has members by name.
  return value as Record<string, unknown>
}

function placesOf(value: unknown): Place[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > PLACES_MAX)
    throw new TravelMatrixError(`places must be a list of 1 to ${PLACES_MAX} places`)
  return value.map((one: unknown, i) => {
    const { lat, lon } = objectOf(one, `places[${i}]`)
    if (typeof lat !== 'number' || typeof lon !== 'number' || Math.abs(lat) > 90 || Math.abs(lon) > 180)
      throw new TravelMatrixError(`places[${i}] must have lat and lon in degrees`)
    return { lat, lon }
  })
}

function profileOf(value: unknown, name: string, size: number): Profile {
  const { durations, distances } = objectOf(value, name)
  const seconds = cellsOf(durations, `${name}.durations`, size, NO_WAY)
  return {
    seconds,
    metres:
      distances === undefined
        ? new Int32Array(size * size).fill(UNKNOWN)
        : cellsOf(distances, `${name}.distances`, size, UNKNOWN),
  }
}

function cellsOf(value: unknown, name: string, size: number, otherwise: number): Int32Array {
  if (!Array.isArray(value) || value.length !== size)
    throw new TravelMatrixError(`${name} must be ${size} rows`)
  const cells = new Int32Array(size * size)
  value.forEach((row: unknown, r) => {
    if (!Array.isArray(row) || row.length !== size)
      throw new TravelMatrixError(`${name}[${r}] must be ${size} numbers`)
    row.forEach((cell: unknown, c) => {
      if (cell !== null && !(typeof cell === 'number' && cell >= 0 && cell < 2 ** 31))
        throw new TravelMatrixError(`${name}[${r}][${c}] must be a number from 0, or null`)
      cells[r * size + c] = cell === null ? otherwise : Math.round(cell)
    })
  })
  return cells
}
