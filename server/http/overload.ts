/**
 * When this process is too busy, and what it refuses then.
 *
 * Two signs: the event loop answers late, or requests wait long for a connection. The later or longer, the more kinds
 * of work are refused, in the order of `shedOrder`; commands come last. Only what lasts two looks counts, so that one
 * long garbage collection refuses nobody.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Shed, shedOrder } from './endpoint.ts'

const LOOK_MS = 500
/** Delay of the event loop (p99) and wait for a connection at which the n-th kind of work is refused. */
const delayLevels = [200, 300, 400, 500, 800, 2_000]
const waitLevels = [1_000, 1_200, 1_400, 1_600, 1_800, Number.POSITIVE_INFINITY]

const levelOf = (value: number, levels: readonly number[]): number =>
  levels.filter((limit) => value > limit).length

/** Pure: the level that lasts is the smaller of two looks in a row. */
export const pressureLevel = (looks: readonly { delayMs: number; waitMs: number }[]): number =>
  looks.length < 2
    ? 0
    : Math.min(
        ...looks
          .slice(-2)
          .map((look) => Math.max(levelOf(look.delayMs, delayLevels), levelOf(look.waitMs, waitLevels))),
      )

export type Overload = {
  level(): number
  sheds(kind: Shed): boolean
  stop(): void
}

export function watchOverload(poolWaiting: () => number): Overload {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  let looks: { delayMs: number; waitMs: number }[] = []
  let lastIdleAt = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    if (poolWaiting() === 0) lastIdleAt = now
    looks = [...looks, { delayMs: delay.percentile(99) / 1e6, waitMs: now - lastIdleAt }].slice(-2)
    delay.reset()
  }, LOOK_MS)
  timer.unref()
  return {
    level: () => pressureLevel(looks),
    sheds: (kind) => pressureLevel(looks) > shedOrder.indexOf(kind),
    stop() {
      clearInterval(timer)
      delay.disable()
    },
  }
}
