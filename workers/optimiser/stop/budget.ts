/**
 * When the search stops: CPU time, wall time, iterations, or a caller that has lost interest. Whichever comes first.
 *
 * The surprising rule: with iterations alone no clock is read that could change the plan, so the same seed and iterations give
 * the same plan byte for byte. CPU time is that of this thread where the system tells it, else of the whole process.
 */
import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

export type Stop = {
  readonly cpuMs?: number
  readonly wallMs?: number
  readonly iterations?: number
  readonly cancelled?: () => boolean
}

export type Budget = {
  /** From 0 at the start to 1 at the end, whichever limit is nearest. */
  readonly progress: (iterations: number) => number
  readonly elapsedMs: () => number
  readonly iterationsMax: number
  /** Share of the time that is gone, however few iterations there were; 1 when the search was called off. */
  readonly timeShare: () => number
}

/** Linux tells a thread's own running time in nanoseconds as the first word of this file. */
const THREAD_TIME = '/proc/thread-self/schedstat'

/** Nothing given at all would run for ever; this bounds it. */
const ITERATIONS_UNLESS_TOLD = 20_000

const threadTimeIsKnown = (): boolean => {
  try {
    return Number(readFileSync(THREAD_TIME, 'latin1').split(' ')[0]) > 0
  } catch {
    // Not Linux, or no such accounting: the caller falls back to the process's time.
    return false
  }
}

/** Milliseconds of CPU used so far by whoever runs this search. */
export const cpuClock = (): (() => number) => {
  // On the main thread the process's time is the honest one: it includes the compiler's and the collector's threads.
  if (!isMainThread && threadTimeIsKnown()) {
    return () => Number(readFileSync(THREAD_TIME, 'latin1').split(' ')[0]) / 1e6
  }
  return () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
}

export const startBudget = (stop: Stop): Budget => {
  const cpu = cpuClock()
  const cpuStart = stop.cpuMs === undefined ? 0 : cpu()
  const wallStart = performance.now()
  const bounded = stop.cpuMs !== undefined || stop.wallMs !== undefined || stop.iterations !== undefined
  const iterationsMax = stop.iterations ?? (bounded ? Number.POSITIVE_INFINITY : ITERATIONS_UNLESS_TOLD)
  const share = (used: number, limit: number): number => (limit <= 0 ? 1 : used / limit)
  const timeShare = (): number => {
    if (stop.cancelled?.()) return 1
    const cpuShare = stop.cpuMs === undefined ? 0 : share(cpu() - cpuStart, stop.cpuMs)
    const wallShare = stop.wallMs === undefined ? 0 : share(performance.now() - wallStart, stop.wallMs)
    return Math.max(cpuShare, wallShare)
  }
  return {
    timeShare,
    elapsedMs: () => performance.now() - wallStart,
    iterationsMax,
    progress: (iterations) => {
      const counted = share(iterations, iterationsMax)
      const timed = timeShare()
      // Where iterations are counted, time may cut the search off but must not bend its cooling.
      if (Number.isFinite(iterationsMax)) return counted >= 1 || timed >= 1 ? 1 : counted
      return Math.min(1, timed)
    },
  }
}
