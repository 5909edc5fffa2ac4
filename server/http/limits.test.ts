import { expect, it } from 'vitest'
import { createBucket } from './limits.ts'
import { pressureLevel } from './overload.ts'

it('lets a burst through, then the rate, per person', () => {
  let now = 0
  const bucket = createBucket({ perSecond: 10, burst: 30 }, () => now)
  const accepted = (who: string, tries: number): number =>
    Array.from({ length: tries }, () => bucket.take(who)).filter((wait) => wait === 0).length
  expect(accepted('ann', 50)).toBe(30)
  expect(accepted('bo', 5)).toBe(5)
  now = 1_000
  expect(accepted('ann', 50)).toBe(10)
  now = 60_000
  expect(accepted('ann', 50)).toBe(30)
  expect(bucket.take('ann')).toBeGreaterThanOrEqual(1)
})

it('holds no more buckets than its bound, and forgets the longest unused', () => {
  const bucket = createBucket({ perSecond: 1, burst: 1 }, () => 0, 3)
  for (const who of ['a', 'b', 'c', 'd']) bucket.take(who)
  expect(bucket.take('a')).toBe(0)
  expect(bucket.take('d')).toBeGreaterThan(0)
})

it('sheds more kinds of work the later the event loop answers, and only when it lasts', () => {
  const late = (delayMs: number, waitMs = 0) => ({ delayMs, waitMs })
  expect(pressureLevel([])).toBe(0)
  expect(pressureLevel([late(5_000)])).toBe(0)
  expect(pressureLevel([late(10), late(5_000)])).toBe(0)
  expect(pressureLevel([late(250), late(250)])).toBe(1)
  expect(pressureLevel([late(600), late(5_000)])).toBe(4)
  expect(pressureLevel([late(5_000), late(5_000)])).toBe(6)
  // Waiting for connections refuses reads before it refuses a single command.
  expect(pressureLevel([late(0, 1_100), late(0, 1_100)])).toBe(1)
  expect(pressureLevel([late(0, 60_000), late(0, 60_000)])).toBe(5)
})
