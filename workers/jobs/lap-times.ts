/**
 * Where the time of a planning run goes, in whole milliseconds of wall time; stored with the run, so that a slow plan can be
 * explained afterwards. What is done twice (a second, wider search) counts together.
 */
export type Lap = 'read' | 'build' | 'search' | 'judge' | 'store' | 'apply'
export type LapTimes = Partial<Record<Lap, number>>

export type LapTimer = {
  /** What has passed since the lap before was this. */
  readonly lap: (name: Lap) => void
  readonly times: () => LapTimes
}

export function startLaps(now: () => number): LapTimer {
  const times: LapTimes = {}
  let since = now()
  return {
    lap(name) {
      const at = now()
      times[name] = Math.max(0, Math.round((times[name] ?? 0) + at - since))
      since = at
    },
    times: () => ({ ...times }),
  }
}
