/**
 * What a likely miss comes from: the one stretch of the day that, were it to go exactly as planned, would take most of
 * the danger away.
 *
 * Asked by walking the day again without the widest uncertainties in turn, so it is asked only about what is shown. Where no
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
/** So many stretches are tried; the steady ones cannot be what a danger comes from. */
const TRIED_MAX = 4

export function driverOf(
  walk: Walk,
  day: Day,
  spreads: Spreads,
  stake: Stake & { readonly plannedAt: number },
): Driver {
  const [chance = 0] = missChances(walk, day, spreads, [stake])
  if (stake.plannedAt > stake.due) return { kind: 'plan', leg: stake.leg, without: chance }
  let best: Driver = { kind: 'late', leg: 0, without: chance }
  for (const { leg, part } of widest(day, spreads, stake)) {
    const without = chanceWithout(walk, day, spreads, stake, { leg, part })
    if (without < best.without) best = { kind: part, leg, without }
  }
  return chance - best.without >= SHARE_MIN * chance ? best : { kind: 'late', leg: 0, without: chance }
}

type Stretch = { readonly leg: number; readonly part: Part; readonly width: number }

/** The stretches up to the promise that are the least certain in minutes: one of them is the answer. */
function widest(day: Day, spreads: Spreads, stake: Stake): readonly Stretch[] {
  const stretches: Stretch[] = []
  for (const [leg, one] of day.legs.slice(0, stake.leg + 1).entries()) {
    if (one.workElapsed === null && one.travelMinutes > 0)
      stretches.push({ leg, part: 'travel', width: one.travelMinutes * spreads.travel.scale })
    // What runs over is as uncertain as it has become long.
    const minutes = Math.max(one.workMinutes, one.workElapsed ?? 0)
    if (leg < stake.leg || stake.target === 'complete')
      stretches.push({ leg, part: 'work', width: minutes * spreads.workOf(one.typeId).scale })
  }
  return stretches.sort((a, b) => b.width - a.width || a.leg - b.leg).slice(0, TRIED_MAX)
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
