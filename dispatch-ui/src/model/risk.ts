/**
 * How a promise stands, from facts alone: the plan, the deadline and the clock on the wall.
 *
 * `broken`: the deadline has passed. `late`: the plan itself ends after it. `risk`: there is little slack — less than a
 * fifth of the work's own length or fifteen minutes, whichever is more — or nobody is planned and time runs out.
 * A response is kept by sending the work: only the time that is left says how it stands, not the place.
 */
import type { Bar, Board, BoardPromise } from './board.ts'

export type Standing = 'none' | 'kept' | 'risk' | 'late' | 'broken'

const MINUTE = 60_000
const SLACK_MIN = 15 * MINUTE

/** The instant at which the plan fulfils the promise; null while nothing is planned. */
export function plannedAt(bar: Bar, target: BoardPromise['target']): number | null {
  if (bar.technicianId === null || bar.startAt === null || bar.endAt === null) return null
  return target === 'complete' ? bar.endAt : bar.startAt
}

export function standingOf(bar: Bar, promise: BoardPromise | undefined, now: number): Standing {
  if (promise === undefined || bar.state === 'closed') return 'none'
  if (promise.dueAt < now) return 'broken'
  const planned = plannedAt(bar, promise.target)
  const work = bar.durationMinutes * MINUTE
  if (planned === null) return promise.dueAt - now < work + 4 * SLACK_MIN ? 'risk' : 'kept'
  if (promise.target === 'respond') return promise.dueAt - now < SLACK_MIN ? 'risk' : 'kept'
  // Work that should have begun and has not can only end later than planned.
  const running = bar.fieldStatus === 'onSite' || bar.fieldStatus === 'done'
  const delay = running || bar.startAt === null ? 0 : Math.max(0, now - bar.startAt)
  const expected = planned + (promise.target === 'complete' ? Math.max(0, delay) : delay)
  if (expected > promise.dueAt) return 'late'
  return promise.dueAt - expected < Math.max(SLACK_MIN, work / 5) ? 'risk' : 'kept'
}

const gravity: Readonly<Record<Standing, number>> = { none: 0, kept: 1, risk: 2, late: 3, broken: 4 }

export type Stake = { readonly promise: BoardPromise | undefined; readonly standing: Standing }
const nothingAtStake: Stake = { promise: undefined, standing: 'none' }

/** Of all that is promised, what stands worst; of what stands equally, what falls due first. */
export function stakeOf(board: Board, bar: Bar, now: number): Stake {
  let worst = nothingAtStake
  for (const promise of board.promisesOf(bar)) {
    if (promise.reachedAt !== null) continue
    const standing = standingOf(bar, promise, now)
    const more = gravity[standing] - gravity[worst.standing]
    if (more > 0 || (more === 0 && promise.dueAt < (worst.promise?.dueAt ?? Number.POSITIVE_INFINITY)))
      worst = { promise, standing }
  }
  return worst
}

export const isAtStake = (standing: Standing): boolean => gravity[standing] >= gravity.risk
