/** Where a run's travel times came from, in words. */

export type TravelTold = {
  readonly source: 'straight-line' | 'service' | 'matrix'
  /** What the source did not say, so that straight lines stand in for it; null when it said everything. */
  readonly fallback: { readonly reason: string; readonly places: number; readonly of: number } | null
  /** Places that no road leads to: straight lines as well, and worth a look at their coordinates. */
  readonly offRoad?: number
}

const names = {
  'straight-line': 'straight line',
  service: 'travel service',
  matrix: 'given matrix',
} as const

export function travelSentence({ source, fallback, offRoad = 0 }: TravelTold): string {
  const from =
    fallback === null
      ? names[source]
      : fallback.places === fallback.of
        ? `straight line because ${fallback.reason}`
        : `${names[source]}; straight line for ${fallback.places} of ${fallback.of} places because ${fallback.reason}`
  return offRoad === 0
    ? from
    : `${from}; ${offRoad === 1 ? '1 place is' : `${offRoad} places are`} off the roads`
}
