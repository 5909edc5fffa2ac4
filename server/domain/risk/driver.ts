/**
 * What a likely miss comes from: the one stretch of the day that, were it to go exactly as planned, would take most of
 * the danger away.
 *
 * Asked by walking the day again without each uncertainty in turn, so it is asked only about what is shown. Where no
 * single stretch explains it the delay is there already, or the plan itself is too late.
 */
import { type Day, missChances, type Part, type Stake, type Walk, walkDay } from './day.ts'
import type { Spreads } from './spreads.ts'
import { chanceAfter } from './times.ts'

export type Driver =
  | {
      readonly kind: 'work' | 'travel'
      /** The leg that it is about; the own one, or one before it. */
      readonly leg: number
      /** The chance that would be left if it went as planned. */
      readonly without: number
    }
  /** Even with everything as planned it is missed: `plan` = it was planned so, `late` = the day runs behind. */
  | { readonly kind: 'plan' | 'late'; readonly leg: number; readonly without: number }

/** A stretch that takes away less than this share of the danger does not explain it. */
const SHARE_MIN = 0.1

export function driverOf(
  walk: Walk,
  day: Day,
  spreads: Spreads,
  stake: Stake & { readonly plannedAt: number },
): Driver {
  const [chance = 0] = missChances(walk, day, spreads, [stake])
  if (stake.plannedAt > stake.due) return { kind: 'plan', leg: stake.leg, without: chance }
  let best: Driver = { kind: 'late', leg: 0, without: chance }
  for (let leg = 0; leg <= stake.leg; leg++)
    for (const part of partsOf(day, stake, leg)) {
      const without = chanceWithout(walk, day, spreads, stake, { leg, part })
      if (without < best.without) best = { kind: part, leg, without }
    }
  return chance - best.without >= SHARE_MIN * chance ? best : { kind: 'late', leg: 0, without: chance }
}

function partsOf(day: Day, stake: Stake, leg: number): readonly Part[] {
  const one = day.legs[leg]
  if (!one) return []
  const travels = one.workElapsed === null && one.travelMinutes > 0
  const works = leg < stake.leg || stake.target === 'complete'
  return [...(travels ? (['travel'] as const) : []), ...(works ? (['work'] as const) : [])]
}

function chanceWithout(
  walk: Walk,
  day: Day,
  spreads: Spreads,
  stake: Stake,
  asPlanned: { readonly leg: number; readonly part: Part },
): number {
  let chance = 0
  walkDay(
    walk,
    day,
    spreads,
    (leg, begin, end) => {
      if (leg === stake.leg) chance = chanceAfter(stake.target === 'complete' ? end : begin, stake.due)
      return leg < stake.leg
    },
    asPlanned,
  )
  return chance
}
