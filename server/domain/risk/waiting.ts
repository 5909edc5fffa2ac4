/**
 * The danger to work that nobody has been given yet: how long such work has lately waited for its start, or for being
 * sent.
 *
 * Learned like durations, but without a prior: how long people wait is a matter of the house, and a guess would be
 * worse than saying that nothing is known. Work that has waited already counts as waiting on.
 */
import { chanceAbove, type Spread, spreadOf, type Tally } from './spread.ts'

/** Fewer waits than this say nothing about the next one. */
export const WAITS_MIN = 8
const barely = { mean: 0, weight: 0, shape: 3, scale: 0.5 } as const
const POINTS = 48

/** Null while too little is known. The ratio of a wait is to one minute. */
export const waitOf = (tally: Tally | undefined): Spread | null =>
  tally === undefined || tally.count < WAITS_MIN ? null : spreadOf(barely, tally)

type Waiting = {
  /** Minutes it has waited already. */
  readonly waited: number
  /** Minutes from now until it is due. */
  readonly left: number
}

/** The chance that the wait goes on for longer than is left. */
export function waitChance(wait: Spread, { waited, left }: Waiting): number {
  if (left <= 0) return 1
  const still = chanceAbove(wait, Math.max(0, waited))
  return still <= 0 ? 1 : Math.min(1, chanceAbove(wait, Math.max(0, waited) + left) / still)
}

/** The chance that waiting and then working together take longer than is left. */
export function waitAndWorkChance(
  wait: Spread,
  waiting: Waiting,
  work: { readonly spread: Spread; readonly minutes: number },
): number {
  if (waiting.left <= 0) return 1
  const width = waiting.left / POINTS
  let before = 1
  let chance = 0
  for (let i = 0; i < POINTS; i++) {
    const after = waitChance(wait, { waited: waiting.waited, left: (i + 1) * width })
    const room = waiting.left - (i + 0.5) * width
    chance += (before - after) * chanceAbove(work.spread, room / work.minutes)
    before = after
  }
  return Math.min(1, chance + before)
}
