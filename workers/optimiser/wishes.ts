/**
 * What a living board wishes of open work beside its promises: that nobody waits longer than he has to, and that promises
 * are kept with time to spare.
 *
 * A plan knows nothing of the work that is still to come. Left alone it stacks work on whoever is near, or puts it off until it
 * lies on tomorrow's way, while colleagues idle; and it ends work in the very minute in which the promise falls due, which
 * real durations miss as often as not. Neither wish is ever a reason to break a promise.
 * The surprising rule: the margin rises in two pieces and ends where the promise falls due; from there lateness has its own price.
 */
import type { SlaTarget } from './problem.ts'

export type Wishes = {
  /** How much the work counts: agreement and priority. */
  readonly weight: number
  /** The second from which waiting counts. */
  readonly since: number
  readonly marginSeconds: number
}

/** The half next to the promise is worth so much more than the one before. */
const NEAR = 3

export const wishesFor = (
  promises: readonly SlaTarget[],
  { weight, since, marginSeconds }: Wishes,
): SlaTarget[] => {
  const half = Math.round(marginSeconds / 2)
  const margins = promises.flatMap(({ kind, dueAt, weight: own }): SlaTarget[] =>
    half === 0
      ? []
      : [
          { kind, dueAt: dueAt - 2 * half, weight: own, wish: 'margin', most: half },
          { kind, dueAt: dueAt - half, weight: own, perMinute: NEAR, wish: 'margin', most: half },
        ],
  )
  return [...margins, { kind: 'arrive', dueAt: since, weight, wish: 'waiting' }]
}
