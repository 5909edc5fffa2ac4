/**
 * Travel for planning: a board's table of places, filled by whoever knows the roads and else by straight lines.
 *
 * Planning never waits long and never fails for want of travel times: what the service or the given matrix has not said in
 * time stays a straight line, and the answer says so (`told`), so that the run, the board and the metrics can.
 * Tables are kept from run to run, so that an event costs the places that came with it and not millions of numbers.
 */
import type { Place } from '../../../server/domain/activity/activity.ts'
import { HOUR } from '../../../server/domain/instant.ts'
import type { TravelModel } from '../../../server/domain/plan/travel.ts'
import type { TravelProfile, TravelTimes } from '../../../server/ports/travel-times.ts'
import type { TravelMatrix } from '../../optimiser/problem.ts'
import { PlaceTable } from './place-table.ts'
import { createRoadFilling } from './road-filling.ts'
import type { TravelTold } from './told.ts'

export type TravelWish = {
  readonly companyId: string
  readonly boardId: string
  readonly pace: TravelModel
  /** `straight-line` asks nobody, even where somebody could be asked. */
  readonly source: 'best' | 'straight-line'
  readonly places: readonly Place[]
  /** One matrix for each, in this order. */
  readonly profiles: readonly TravelProfile[]
}

export type TravelNumbers = {
  readonly matrices: readonly TravelMatrix[]
  /** Index into the matrices; every place of the wish has one. */
  readonly indexOf: (place: Place | null) => number | null
  readonly told: TravelTold
}

export interface BoardTravel {
  numbers(wish: TravelWish): Promise<TravelNumbers>
  close(): void
}

export type BoardTravelOptions = {
  readonly times?: TravelTimes | null
  readonly now: () => number
  /** Most numbers kept, of all boards together; each takes eight bytes. */
  readonly cellsMax?: number
  /** How long one planning run waits for answers. */
  readonly patienceMs?: number
  /** How long a source that failed is left alone. */
  readonly pauseMs?: number
}

const CELLS_MAX = 40_000_000
const PATIENCE_MS = 3_000
const PAUSE_MS = 30_000
/** A table of which more than half the places have not been asked for in this time is cut down to the rest. */
const FORGET_MS = 6 * HOUR
/** A problem of less than half a board gets a table of its own, which is cheaper to compile. */
const PART = 0.5

type Kept = { readonly signature: string; table: PlaceTable }

const straight: TravelTold = { source: 'straight-line', fallback: null }

/** Straight lines, made afresh: for pure callers. */
export function straightNumbers(wish: Pick<TravelWish, 'pace' | 'places' | 'profiles'>): TravelNumbers {
  const table = new PlaceTable(wish.pace)
  table.add(wish.places, wish.profiles)
  return numbersOf(table, wish.profiles, straight)
}

export function createBoardTravel(options: BoardTravelOptions): BoardTravel {
  const { times = null, now } = options
  const cellsMax = options.cellsMax ?? CELLS_MAX
  const roads =
    times === null ? null : createRoadFilling(times, { now, pauseMs: options.pauseMs ?? PAUSE_MS })
  /** Oldest use first. */
  const boards = new Map<string, Kept>()

  const tableFor = (wish: TravelWish): PlaceTable => {
    const key = `${wish.companyId} ${wish.boardId}`
    const signature = `${wish.source} ${wish.pace.speedKmh} ${wish.pace.roadFactor}`
    const known = boards.get(key)
    const kept = known?.signature === signature ? known : { signature, table: new PlaceTable(wish.pace) }
    boards.delete(key)
    boards.set(key, kept)
    kept.table = tidied(kept.table, now())
    kept.table.add(wish.places, wish.profiles)
    for (const place of wish.places) kept.table.use(place, now())
    forgetOldest()
    return kept.table
  }

  const forgetOldest = (): void => {
    let cells = 0
    for (const { table } of boards.values()) cells += table.cells
    for (const [key, { table }] of boards) {
      if (cells <= cellsMax) return
      cells -= table.cells
      boards.delete(key)
    }
  }

  return {
    async numbers(wish) {
      const table = tableFor(wish)
      if (roads === null || times === null || wish.source === 'straight-line')
        return numbersOf(partFor(table, wish), wish.profiles, straight)
      await within(options.patienceMs ?? PATIENCE_MS, roads.fill(table, wish.profiles))
      const told = toldOf(table, wish, times, roads.lastFailure())
      return numbersOf(partFor(table, wish), wish.profiles, told)
    },
    close: () => roads?.close(),
  }
}

/** Waits for it, but no longer; it goes on by itself. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([work, patience])
  } finally {
    clearTimeout(timer)
  }
}

function toldOf(table: PlaceTable, wish: TravelWish, times: TravelTimes, failure: string | null): TravelTold {
  const indexes = wish.places.flatMap((place) => table.indexOf(place) ?? [])
  const count = (is: (profile: TravelProfile, i: number) => boolean): number =>
    Math.max(0, ...wish.profiles.map((profile) => indexes.filter((i) => is(profile, i)).length))
  const unanswered = count((profile, i) => !table.isAnswered(profile, i))
  const offRoad = count((profile, i) => table.isOffRoad(profile, i))
  const reason =
    times.source === 'matrix'
      ? 'the given travel matrix does not name them'
      : `the travel service did not answer: ${failure ?? 'it needs more time for so many places'}`
  return {
    source: times.source,
    fallback: unanswered === 0 ? null : { reason, places: unanswered, of: indexes.length },
    ...(offRoad === 0 ? {} : { offRoad }),
  }
}

/** The whole table, or for a small problem a table of its own places. */
function partFor(table: PlaceTable, wish: TravelWish): PlaceTable {
  const indexes = [...new Set(wish.places.flatMap((place) => table.indexOf(place) ?? []))]
  return indexes.length < table.places.length * PART ? table.only(indexes) : table
}

function tidied(table: PlaceTable, now: number): PlaceTable {
  const fresh = table.usedSince(now - FORGET_MS)
  return fresh.length < table.places.length * PART ? table.only(fresh) : table
}

function numbersOf(table: PlaceTable, profiles: readonly TravelProfile[], told: TravelTold): TravelNumbers {
  const matrices = table.matrices(profiles)
  // The table may grow behind the numbers that were handed out: what has come since has no number in them.
  const count = table.places.length
  return {
    matrices,
    indexOf(place) {
      const at = place === null ? undefined : table.indexOf(place)
      return at === undefined || at >= count ? null : at
    },
    told,
  }
}
