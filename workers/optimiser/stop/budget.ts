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
  /** Milliseconds until the nearest time limit, below 0 once it has passed; infinite where only iterations are counted. */
  readonly leftMs: () => number
  /** Keeps so much of the time for what comes after the search: `progress` and `timeShare` are 1 so much earlier. */
  readonly reserve: (ms: number) => void
}

/** What the budget reads: milliseconds of CPU, and of the day. Tests give their own. */
export type Clocks = { readonly cpu: () => number; readonly wall: () => number }

/** Most of a budget that can be kept for the end. */
const RESERVED_MOST = 0.5

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

const machineClocks = (): Clocks => ({ cpu: cpuClock(), wall: () => performance.now() })

export const startBudget = (stop: Stop, clocks: Clocks = machineClocks()): Budget => {
  const { cpu, wall } = clocks
  const cpuStart = stop.cpuMs === undefined ? 0 : cpu()
  const wallStart = wall()
  const bounded = stop.cpuMs !== undefined || stop.wallMs !== undefined || stop.iterations !== undefined
  const iterationsMax = stop.iterations ?? (bounded ? Number.POSITIVE_INFINITY : ITERATIONS_UNLESS_TOLD)
  let reserved = 0
  const share = (used: number, limit: number): number => (limit <= 0 ? 1 : used / limit)
  const timed = (used: number, limit: number): number =>
    share(used, limit - Math.min(reserved, RESERVED_MOST * limit))
  const timeShare = (): number => {
    if (stop.cancelled?.()) return 1
    const cpuShare = stop.cpuMs === undefined ? 0 : timed(cpu() - cpuStart, stop.cpuMs)
    const wallShare = stop.wallMs === undefined ? 0 : timed(wall() - wallStart, stop.wallMs)
    return Math.max(cpuShare, wallShare)
  }
  return {
    timeShare,
    leftMs: () => {
      if (stop.cancelled?.()) return Number.NEGATIVE_INFINITY
      const cpuLeft = stop.cpuMs === undefined ? Number.POSITIVE_INFINITY : stop.cpuMs - (cpu() - cpuStart)
      const wallLeft =
        stop.wallMs === undefined ? Number.POSITIVE_INFINITY : stop.wallMs - (wall() - wallStart)
      return Math.min(cpuLeft, wallLeft)
    },
    reserve: (ms) => {
      reserved += ms
    },
    elapsedMs: () => wall() - wallStart,
    iterationsMax,
    progress: (iterations) => {
      const counted = share(iterations, iterationsMax)
      const byTime = timeShare()
      // Where iterations are counted, time may cut the search off but must not bend its cooling.
      if (Number.isFinite(iterationsMax)) return counted >= 1 || byTime >= 1 ? 1 : counted
      return Math.min(1, byTime)
    },
  }
}
