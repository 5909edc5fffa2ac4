/**
 * Travel between all places of a board, kept from one planning run to the next: one row and one column more for each place
 * that comes, instead of millions of numbers anew for every event.
 *
 * Every number is a straight line until somebody who knows the roads has said better (`answer`), so a table is never
 * half-filled. The numbers lie in shared memory: a search thread reads them without a copy, and therefore numbers that have
 * been handed out never change — a better answer goes into a fresh copy. Whole minutes, rounded up, exactly as the board's
 * own rules count them (`server/domain/plan/travel.ts`); an unreachable place is ten days away.
 */
import type { Place } from '../../../server/domain/activity/activity.ts'
import type { Instant } from '../../../server/domain/instant.ts'
import type { TravelModel } from '../../../server/domain/plan/travel.ts'
import {
  NO_WAY,
  placeKey,
  type TravelBlock,
  type TravelProfile,
  UNKNOWN,
} from '../../../server/ports/travel-times.ts'
import type { TravelMatrix } from '../../optimiser/problem.ts'

const EARTH_METRES = 6_371_008.8
/** No calendar has room for it, and sums of it stay whole numbers that the search can add. */
export const UNREACHABLE_SECONDS = 10 * 86_400
/** Spare rows, so that the next few places need no larger table. */
const SPARE = 32

/** Who does not drive is no faster than this, whatever the board's speed. */
const speedMax: Readonly<Record<TravelProfile, number>> = { car: Number.POSITIVE_INFINITY, bike: 15, foot: 5 }

type Layer = {
  seconds: Int32Array
  metres: Int32Array
  /** Places whose journeys to and from all other such places somebody has answered. */
  readonly answered: Set<number>
  /** Answered places that no road leads to: their journeys stay straight lines. */
  readonly offRoad: Set<number>
  isStraight: boolean
  /** As it was handed out last; the same object again while no number was added, because the search keeps what it derives. */
  matrix: TravelMatrix | null
}

export type Answer = {
  /** Indexes of the places that were asked about, and of those that they were set beside. */
  readonly fresh: readonly number[]
  readonly known: readonly number[]
  /** From each fresh place to all known and then all fresh ones. */
  readonly out: TravelBlock
  /** From each known place to all fresh ones. */
  readonly back: TravelBlock
}

export class PlaceTable {
  readonly places: Place[] = []
  readonly #usedAt: number[] = []
  readonly #pace: TravelModel
  readonly #index = new Map<string, number>()
  readonly #layers = new Map<TravelProfile, Layer>()
  /** Places on the unit sphere: the straight distance between two of them is a chord. */
  #sphere = new Float64Array(0)
  #capacity = 0
  /** Places whose numbers somebody reads. */
  #handedOut = 0

  constructor(pace: TravelModel) {
    this.#pace = pace
  }

  get cells(): number {
    return this.#capacity * this.#capacity * Math.max(1, this.#layers.size)
  }

  use(place: Place, at: Instant): void {
    const index = this.indexOf(place)
    if (index !== undefined) this.#usedAt[index] = at
  }

  usedSince(at: Instant): number[] {
    return this.#usedAt.flatMap((used, i) => (used >= at ? [i] : []))
  }

  indexOf(place: Place): number | undefined {
    return this.#index.get(placeKey(place))
  }

  /** Makes room for places and profiles; what is there already stays as it is. */
  add(places: readonly Place[], profiles: readonly TravelProfile[]): void {
    const first = this.places.length
    for (const place of places) {
      const key = placeKey(place)
      if (this.#index.has(key)) continue
      this.#index.set(key, this.places.length)
      this.places.push(place)
      this.#usedAt.push(0)
    }
    if (this.places.length > this.#capacity)
      this.#grow(first === 0 ? this.places.length : this.places.length + SPARE)
    for (let i = first; i < this.places.length; i++) this.#putOnSphere(i)
    for (const [profile, layer] of this.#layers) this.#draw(layer, profile, first)
    for (const profile of profiles) {
      if (this.#layers.has(profile)) continue
      const layer: Layer = {
        ...this.#blank(),
        answered: new Set(),
        offRoad: new Set(),
        isStraight: true,
        matrix: null,
      }
      this.#layers.set(profile, layer)
      this.#draw(layer, profile, 0)
    }
  }

  /** Places of a profile that still are straight lines, in order of coming. */
  unanswered(profile: TravelProfile): number[] {
    const answered = this.#layers.get(profile)?.answered
    return this.places.flatMap((_, i) => (answered?.has(i) ? [] : [i]))
  }

  answered(profile: TravelProfile): number[] {
    return [...(this.#layers.get(profile)?.answered ?? [])]
  }

  isAnswered(profile: TravelProfile, index: number): boolean {
    return this.#layers.get(profile)?.answered.has(index) ?? false
  }

  isOffRoad(profile: TravelProfile, index: number): boolean {
    return this.#layers.get(profile)?.offRoad.has(index) ?? false
  }

  /** Takes over what was answered about new places: from them to `known` and themselves, and from `known` to them. */
  answer(profile: TravelProfile, told: Answer): void {
    const layer = this.#layers.get(profile)
    if (layer === undefined) throw new Error(`no table was made for the profile ${profile}`)
    const { fresh, known, out, back } = told
    if (fresh.some((i) => i < this.#handedOut)) this.#copy()
    const to = [...known, ...fresh]
    for (const i of offRoadOf(told, layer.offRoad)) layer.offRoad.add(i)
    fresh.forEach((a, r) => {
      to.forEach((b, c) => {
        this.#put(layer, a, b, out, r * to.length + c)
      })
    })
    known.forEach((a, r) => {
      fresh.forEach((b, c) => {
        this.#put(layer, a, b, back, r * fresh.length + c)
      })
    })
    for (const i of fresh) layer.answered.add(i)
    layer.isStraight = false
    layer.matrix = null
  }

  #put(layer: Layer, a: number, b: number, block: TravelBlock, cell: number): void {
    const seconds = block.seconds[cell] ?? UNKNOWN
    const metres = block.metres[cell] ?? UNKNOWN
    if (a === b || seconds === UNKNOWN || layer.offRoad.has(a) || layer.offRoad.has(b)) return
    const at = a * this.#capacity + b
    layer.seconds[at] = seconds === NO_WAY ? UNREACHABLE_SECONDS : Math.ceil(seconds / 60) * 60
    if (metres >= 0) layer.metres[at] = metres
  }

  /** As the search wants them. What is handed out is not written to any more, other than for places that came later. */
  matrices(profiles: readonly TravelProfile[]): TravelMatrix[] {
    this.#handedOut = this.places.length
    return profiles.map((profile) => {
      const layer = this.#layers.get(profile)
      if (layer === undefined) throw new Error(`no table was made for the profile ${profile}`)
      const { seconds, metres, isStraight } = layer
      layer.matrix ??= { size: this.#capacity, seconds, metres, ...(isStraight ? { symmetric: true } : {}) }
      return layer.matrix
    })
  }

  /** A table of some of the places, with what is known of them. */
  only(indexes: readonly number[]): PlaceTable {
    const part = new PlaceTable(this.#pace)
    for (const [row, i] of indexes.entries()) {
      // Indexes come from this table.
      const place = this.places[i]!
      part.#index.set(placeKey(place), row)
      part.places.push(place)
      part.#usedAt.push(this.#usedAt[i] ?? 0)
    }
    part.#grow(indexes.length)
    for (let i = 0; i < indexes.length; i++) part.#putOnSphere(i)
    for (const [profile, layer] of this.#layers) {
      const blank = part.#blank()
      for (let r = 0; r < indexes.length; r++) {
        const from = indexes[r]! * this.#capacity
        for (let c = 0; c < indexes.length; c++) {
          const at = r * indexes.length + c
          blank.seconds[at] = layer.seconds[from + indexes[c]!]!
          blank.metres[at] = layer.metres[from + indexes[c]!]!
        }
      }
      const answered = new Set(indexes.flatMap((i, row) => (layer.answered.has(i) ? [row] : [])))
      const offRoad = new Set(indexes.flatMap((i, row) => (layer.offRoad.has(i) ? [row] : [])))
      part.#layers.set(profile, { ...blank, answered, offRoad, isStraight: layer.isStraight, matrix: null })
    }
    return part
  }

  #blank(): { seconds: Int32Array; metres: Int32Array } {
    const bytes = this.#capacity * this.#capacity * Int32Array.BYTES_PER_ELEMENT
    return {
      seconds: new Int32Array(new SharedArrayBuffer(bytes)),
      metres: new Int32Array(new SharedArrayBuffer(bytes)),
    }
  }

  #grow(capacity: number): void {
    const before = this.#capacity
    this.#capacity = capacity
    const sphere = new Float64Array(3 * capacity)
    sphere.set(this.#sphere)
    this.#sphere = sphere
    for (const layer of this.#layers.values()) {
      const { seconds, metres } = this.#blank()
      for (let row = 0; row < before; row++) {
        seconds.set(layer.seconds.subarray(row * before, (row + 1) * before), row * capacity)
        metres.set(layer.metres.subarray(row * before, (row + 1) * before), row * capacity)
      }
      layer.seconds = seconds
      layer.metres = metres
      layer.matrix = null
    }
    this.#handedOut = 0
  }

  #copy(): void {
    for (const layer of this.#layers.values()) {
      const { seconds, metres } = this.#blank()
      seconds.set(layer.seconds)
      metres.set(layer.metres)
      layer.seconds = seconds
      layer.metres = metres
      layer.matrix = null
    }
    this.#handedOut = 0
  }

  #putOnSphere(i: number): void {
    const place = this.places[i]!
    const lat = (place.lat * Math.PI) / 180
    const lon = (place.lon * Math.PI) / 180
    this.#sphere[3 * i] = Math.cos(lat) * Math.cos(lon)
    this.#sphere[3 * i + 1] = Math.cos(lat) * Math.sin(lon)
    this.#sphere[3 * i + 2] = Math.sin(lat)
  }

  /** Straight lines from every place to those from `first` on, and back. */
  #draw(layer: Layer, profile: TravelProfile, first: number): void {
    const count = this.places.length
    const size = this.#capacity
    const sphere = this.#sphere
    if (first === count) return
    layer.matrix = null
    const { seconds, metres } = layer
    const metresPerChord = 2 * EARTH_METRES * this.#pace.roadFactor
    const minutesPerMetre = 0.06 / Math.min(this.#pace.speedKmh, speedMax[profile])
    // Indices below stay inside the arrays.
    for (let a = 0; a < count; a++) {
      const ax = sphere[3 * a]!
      const ay = sphere[3 * a + 1]!
      const az = sphere[3 * a + 2]!
      for (let b = Math.max(first, a + 1); b < count; b++) {
        const dx = sphere[3 * b]! - ax
        const dy = sphere[3 * b + 1]! - ay
        const dz = sphere[3 * b + 2]! - az
        const square = (dx * dx + dy * dy + dz * dz) / 4
        const half = Math.sqrt(square)
        // Within a city the arc is its chord and a correction far below the rounding; the series is exact to a nanometre.
        const arc =
          half < 0.01 ? half * (1 + (square / 6) * (1 + 0.45 * square)) : Math.asin(Math.min(1, half))
        const length = arc * metresPerChord
        const time = Math.max(0, Math.ceil(length * minutesPerMetre - 1e-9)) * 60
        const way = Math.round(length)
        seconds[a * size + b] = time
        seconds[b * size + a] = time
        metres[a * size + b] = way
        metres[b * size + a] = way
      }
    }
  }
}

/** Fresh places without a way to or from any other: a mistake in their coordinates sooner than an island. */
function offRoadOf({ fresh, known, out, back }: Answer, already: ReadonlySet<number>): number[] {
  const to = [...known, ...fresh]
  return fresh.filter((a, r) => {
    let others = 0
    for (const [c, b] of to.entries()) {
      if (b === a || already.has(b)) continue
      others++
      if (out.seconds[r * to.length + c] !== NO_WAY) return false
      const returned =
        c < known.length
          ? back.seconds[c * fresh.length + r]
          : out.seconds[(c - known.length) * to.length + known.length + r]
      if (returned !== NO_WAY) return false
    }
    return others > 0
  })
}
