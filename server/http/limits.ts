/**
 * Token buckets: so many at once, so many a second after that, per actor or address.
 *
 * The table of buckets is bounded; a bucket that has filled up again says nothing and is the first to go.
 */
export type Bucket = {
  /** Takes one; answers the seconds to wait when there is none, else 0. */
  take(who: string): number
}

export function createBucket(
  rate: { perSecond: number; burst: number },
  now: () => number = () => performance.now(),
  tableMax = 20_000,
): Bucket {
  const levels = new Map<string, { level: number; at: number }>()
  const refilled = (entry: { level: number; at: number }, at: number): number =>
    Math.min(rate.burst, entry.level + ((at - entry.at) / 1000) * rate.perSecond)

  return {
    take(who) {
      const at = now()
      const entry = levels.get(who)
      const level = entry ? refilled(entry, at) : rate.burst
      if (level < 1) return Math.max(1, Math.ceil((1 - level) / rate.perSecond))
      // Set anew, so that the map's order is the order of last use.
      levels.delete(who)
      levels.set(who, { level: level - 1, at })
      if (levels.size > tableMax) {
        const oldest = levels.keys().next().value
        if (oldest !== undefined) levels.delete(oldest)
      }
      return 0
    },
  }
}
