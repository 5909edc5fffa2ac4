/**
 * Fills tables of places with what a source of travel times answers, a few places at a time.
 *
 * A filling goes on behind its board's planning: whoever plans waits for it as long as it likes and takes what is there.
 * A source that failed is left alone for a while, for all boards together; what it answered before is kept.
 */
import type { Place } from '../../../server/domain/activity/activity.ts'
import type { TravelProfile, TravelTimes } from '../../../server/ports/travel-times.ts'
import type { PlaceTable } from './place-table.ts'

/** Places asked for in one step; after each the table is whole and what was answered is kept. */
const STEP = 50
/** A step that takes longer has failed. */
const STEP_MS = 30_000

export type RoadFilling = {
  /** Resolves when nothing more can be had now. Joins the filling of this table that is under way. */
  fill(table: PlaceTable, profiles: readonly TravelProfile[]): Promise<void>
  /** What went wrong when it was asked last; null when it answered. */
  lastFailure(): string | null
  close(): void
}

export function createRoadFilling(
  source: TravelTimes,
  options: { readonly now: () => number; readonly pauseMs: number },
): RoadFilling {
  const underWay = new WeakMap<PlaceTable, Promise<void>>()
  const closing = new AbortController()
  let paused: { until: number; reason: string } | null = null

  const isPaused = (): boolean => paused !== null && options.now() < paused.until

  const step = async (table: PlaceTable, profile: TravelProfile): Promise<boolean> => {
    const fresh = table
      .unanswered(profile)
      .filter((i) => source.knows(placeAt(table, i), profile))
      .slice(0, STEP)
    if (fresh.length === 0) return false
    const known = table.answered(profile)
    const places = (indexes: readonly number[]): Place[] => indexes.map((i) => placeAt(table, i))
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(STEP_MS)])
    const out = await source.block({ profile, from: places(fresh), to: places([...known, ...fresh]), signal })
    const back =
      known.length === 0 || out.failure !== null
        ? out
        : await source.block({ profile, from: places(known), to: places(fresh), signal })
    const reason = out.failure ?? back.failure
    if (reason !== null) {
      paused = { until: options.now() + options.pauseMs, reason }
      return false
    }
    paused = null
    table.answer(profile, { fresh, known, out, back })
    return true
  }

  const run = async (table: PlaceTable, profiles: readonly TravelProfile[]): Promise<void> => {
    for (const profile of profiles) {
      while (!isPaused() && !closing.signal.aborted) if (!(await step(table, profile))) break
    }
  }

  return {
    async fill(table, profiles) {
      // What came to the table after the other filling had passed it is filled in a round of its own.
      for (let other = underWay.get(table); other !== undefined; other = underWay.get(table)) await other
      const mine = run(table, profiles)
      underWay.set(table, mine)
      try {
        await mine
      } finally {
        if (underWay.get(table) === mine) underWay.delete(table)
      }
    },
    lastFailure: () => paused?.reason ?? null,
    close: () => closing.abort(),
  }
}

const placeAt = (table: PlaceTable, index: number): Place => {
  const place = table.places[index]
  if (place === undefined) throw new Error(`the table has no place ${index}`)
  return place
}
