/**
 * The people of the storm city, and the requests that pour in.
 *
 * Seeded: the same seed gives the same city and the same requests. The daily curve follows what real cities show in a storm.
 */
import { type Dice, dice } from '../dice.ts'
import {
  firstNames,
  lastNames,
  type StormTrade,
  stormDistricts,
  stormTeams,
  stormTrades,
  streetKinds,
  streetNames,
} from './storm-city.ts'

/** The city lies nowhere: a point in the open sea, so that no map mistakes it for a real one. */
const CENTRE = { lat: 48.4, lon: -11.2 }
const KM_PER_DEGREE = 111.2

export type StormTechnician = {
  readonly code: string
  readonly name: string
  readonly team: string
  readonly skills: { skill: string; level: number }[]
  readonly home: { lat: number; lon: number }
  readonly shift: 'early' | 'day' | 'late'
}

/** Seventy people: most on the day shift, the others early and late, living all over the city. */
export function stormTechnicians(seed: number): StormTechnician[] {
  const d = dice(seed)
  const made: StormTechnician[] = []
  for (const team of stormTeams) {
    for (let i = 0; i < team.technicians; i++) {
      const n = made.length
      const [first = 'general', ...others] = team.skills
      const second = others.length > 0 ? others[i % others.length] : undefined
      made.push({
        code: `T${String(n + 1).padStart(3, '0')}`,
        name: `${firstNames[n % firstNames.length]} ${lastNames[(n * 7 + Math.floor(n / firstNames.length)) % lastNames.length]}`,
        team: team.code,
        skills: [
          { skill: first, level: 1 + Math.floor(d.next() * 3) },
          ...(second && d.next() < 0.7 ? [{ skill: second, level: 1 }] : []),
        ],
        home: placeIn(
          byShare(stormDistricts, (x) => x.share, d),
          d,
        ),
        shift: i % 5 === 3 ? 'early' : i % 5 === 4 ? 'late' : 'day',
      })
    }
  }
  return made
}

export type StormRequest = {
  readonly trade: StormTrade
  readonly district: string
  readonly place: { lat: number; lon: number }
  readonly street: string
  readonly description: string
  /** Seconds of city time after the request before it. */
  readonly afterSeconds: number
}

/** Requests per hour over the storm: it builds up, rages, and leaves a long tail of reports. */
export function stormRatePerHour(hour: number): { rate: number; storm: number } {
  const storm = hour < 2 ? 0.25 + 0.35 * (hour / 2) : hour < 10 ? 1 : Math.max(0.25, 1 - (hour - 10) / 20)
  return { rate: 10 + 32 * storm, storm }
}

/** The endless stream of requests of a storm. */
export function* stormRequests(seed: number): Generator<StormRequest, never> {
  const d = dice(seed)
  let hours = 0
  for (;;) {
    const { rate, storm } = stormRatePerHour(hours % 48)
    const afterSeconds = Math.max(1, (-Math.log(1 - d.next()) / rate) * 3600)
    hours += afterSeconds / 3600
    const trade = byShare(stormTrades, (t) => t.stormShare * storm + t.calmShare * (1 - storm), d)
    const district = byShare(stormDistricts, (x) => x.share, d)
    const street = `${1 + Math.floor(d.next() * 180)} ${d.pick(streetNames)} ${d.pick(streetKinds)}`
    yield {
      trade,
      district: district.name,
      place: placeIn(district, d),
      street,
      description: d.pick(trade.complaints),
      afterSeconds,
    }
  }
}

function placeIn(district: (typeof stormDistricts)[number], d: Dice): { lat: number; lon: number } {
  const x = district.x + d.bell() * district.spread
  const y = district.y + d.bell() * district.spread
  return {
    lat: round(CENTRE.lat + y / KM_PER_DEGREE),
    lon: round(CENTRE.lon + x / (KM_PER_DEGREE * Math.cos((CENTRE.lat * Math.PI) / 180))),
  }
}

function byShare<T>(items: readonly T[], share: (item: T) => number, d: Dice): T {
  const sum = items.reduce((s, item) => s + share(item), 0)
  let at = d.next() * sum
  for (const item of items) {
    at -= share(item)
    if (at < 0) return item
  }
  return d.pick(items)
}

const round = (value: number): number => Math.round(value * 1e5) / 1e5
