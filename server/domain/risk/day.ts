/**
 * The rest of a technician's day as a chain: what is going on now, then travel and work, one after the other, each as
 * long as the spread of its kind makes it.
 *
 * What has begun is known not to be over yet, so a job that runs over is expected to take longer still. Nobody begins
 * before the time that was planned, and leaves for it in time; breaks are taken after the work that runs into them; what
 * would begin in a closed time waits for the next opening. All times are minutes from now. Whether a plan keeps skills and
 * windows is not asked here: only when it will come true.
 */
import type { Spreads } from './spreads.ts'
import {
  certain,
  chanceAfter,
  copyTimes,
  follow,
  type Kernel,
  moveOut,
  noTimes,
  setCertain,
  type Times,
  waitUntil,
} from './times.ts'

type Minutes = number
export type Between = { readonly from: Minutes; readonly to: Minutes }

export type Leg = {
  readonly typeId: string | null
  readonly travelMinutes: Minutes
  /** How long the technician has been on the way to it; null = not left yet. */
  readonly travelElapsed: Minutes | null
  readonly workMinutes: Minutes
  /** How long the work has been going on; null = not begun. */
  readonly workElapsed: Minutes | null
  /** The planned start: earlier than this it does not begin. */
  readonly notBefore: Minutes
  /** When it may begin, in order; empty = at any time. After the last it still begins, late. */
  readonly windows: readonly Between[]
  /** Breaks that come before it. */
  readonly pauses: readonly { readonly at: Minutes; readonly minutes: Minutes }[]
}

export type Day = {
  readonly legs: readonly Leg[]
  /** Closed times too long to be breaks: nights, days off. */
  readonly closings: readonly Between[]
}

export type Part = 'travel' | 'work'
/** One stretch of the day taken to go exactly as planned: how the day would be without its uncertainty. */
export type AsPlanned = { readonly leg: number; readonly part: Part }

/** Workspace of one walk; one may serve any number of days, one at a time. */
export type Walk = { at: Times; next: Times; readonly begin: Times }
export const createWalk = (): Walk => ({ at: noTimes(), next: noTimes(), begin: noTimes() })

/**
 * Walks through the day and shows, for every leg, when its work begins and ends. The times shown belong to the walk and
 * change with the next leg. Ends early once `visit` answers false.
 */
export function walkDay(
  walk: Walk,
  day: Day,
  spreads: Spreads,
  visit: (leg: number, begin: Times, end: Times) => boolean,
  asPlanned: AsPlanned | null = null,
): void {
  setCertain(walk.at, 0)
  for (const [index, leg] of day.legs.entries()) {
    const fixed = asPlanned?.leg === index ? asPlanned.part : null
    reach(walk, leg, day, travelKernel(leg, spreads, fixed === 'travel'))
    copyTimes(walk.at, walk.begin)
    add(walk, workKernel(leg, spreads, fixed === 'work'))
    if (!visit(index, walk.begin, walk.at)) return
  }
}

function reach(walk: Walk, leg: Leg, day: Day, travel: Kernel | null): void {
  const isUnderWay = leg.workElapsed !== null || leg.travelElapsed !== null
  if (isUnderWay) setCertain(walk.at, 0)
  if (leg.workElapsed !== null) return
  if (!isUnderWay) {
    for (const pause of leg.pauses) {
      waitUntil(walk.at, pause.at)
      add(walk, certain(pause.minutes))
    }
    // Who has time leaves in time, not at once.
    waitUntil(walk.at, leg.notBefore - leg.travelMinutes)
  }
  if (travel !== null) add(walk, travel)
  waitUntil(walk.at, leg.notBefore)
  let opened = Number.NEGATIVE_INFINITY
  for (const window of leg.windows) {
    moveOut(walk.at, opened, window.from)
    opened = window.to
  }
  // Planned into a closed time, it is meant to be done then.
  for (const { from, to } of day.closings)
    if (leg.notBefore < from || leg.notBefore >= to) moveOut(walk.at, from, to)
}

function add(walk: Walk, kernel: Kernel): void {
  follow(walk.at, kernel, walk.next)
  const { at } = walk
  walk.at = walk.next
  walk.next = at
}

function travelKernel(leg: Leg, spreads: Spreads, isFixed: boolean): Kernel | null {
  const elapsed = leg.travelElapsed ?? 0
  if (leg.travelMinutes <= 0) return null
  return isFixed ? certain(leg.travelMinutes - elapsed) : spreads.travelKernel(leg.travelMinutes, elapsed)
}

function workKernel(leg: Leg, spreads: Spreads, isFixed: boolean): Kernel {
  const elapsed = leg.workElapsed ?? 0
  return isFixed
    ? certain(leg.workMinutes - elapsed)
    : spreads.workKernel(leg.typeId, leg.workMinutes, elapsed)
}

export type Stake = { readonly leg: number; readonly target: 'arrive' | 'complete'; readonly due: Minutes }

/** The chance that each of these is missed, in the order given. */
export function missChances(walk: Walk, day: Day, spreads: Spreads, stakes: readonly Stake[]): number[] {
  const chances = stakes.map(() => 0)
  const last = stakes.reduce((most, stake) => Math.max(most, stake.leg), -1)
  if (last < 0) return chances
  walkDay(walk, day, spreads, (leg, begin, end) => {
    for (const [i, stake] of stakes.entries())
      if (stake.leg === leg) chances[i] = chanceAfter(stake.target === 'complete' ? end : begin, stake.due)
    return leg < last
  })
  return chances
}
