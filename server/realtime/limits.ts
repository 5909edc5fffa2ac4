/** Token buckets: so much per second, with a reserve for bursts. Time is the monotonic clock's, in milliseconds. */

export type Bucket = { take(now: number): boolean }

export function createBucket(rate: { perSecond: number; burst: number }, now: number): Bucket {
  let tokens = rate.burst
  let at = now
  return {
    take(moment) {
      tokens = Math.min(rate.burst, tokens + ((moment - at) / 1000) * rate.perSecond)
      at = moment
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}

/** One bucket per key, the longest unused forgotten first. */
export function createBuckets(
  rate: { perSecond: number; burst: number },
  keysMax: number,
): { take(key: string, now: number): boolean } {
  const buckets = new Map<string, Bucket>()
  return {
    take(key, now) {
      const bucket = buckets.get(key) ?? createBucket(rate, now)
      // Set again, so that the map's order is the order of use.
      buckets.delete(key)
      buckets.set(key, bucket)
      for (const oldest of buckets.keys()) {
        if (buckets.size <= keysMax) break
        buckets.delete(oldest)
      }
      return bucket.take(now)
    },
  }
}
