/**
 * What looking for a place keeps at hand: trial times beside the plan's own, the positions gathered, the best of them.
 *
 * The surprising rule: trial times are never wiped. Each trial has a number, and what bears an older one does not count.
 */
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import { type Random, unit } from '../random.ts'

export type LinkedInsertion = {
  readonly random: Random
  readonly blinkLog: number
  readonly stamp: Int32Array
  readonly seen: Int32Array
  readonly start: Int32Array
  readonly free: Int32Array
  readonly pause: Int32Array
  readonly heldAt: Int32Array
  readonly held: Int32Array
  readonly queue: Int32Array
  readonly queuedAt: Int32Array
  readonly kindSeen: Int32Array
  readonly sequence: Int32Array
  readonly gathered: Int32Array
  readonly gatheredCost: Float64Array
  /** [0] least cost, [1] the least that the position at hand can cost. */
  readonly cost: Float64Array
  /** [0] node to put the first after, [1] the second; [2] positions until one is passed over; [3], [4] stamps. */
  readonly at: Int32Array
  readonly topCost: Float64Array
  readonly topAt: Int32Array
  readonly topStart: Int32Array
}

export const linkedInsertionFor = (m: Model, random: Random, blinkRate: number): LinkedInsertion => {
  const insertion: LinkedInsertion = {
    random,
    blinkLog: blinkRate > 0 ? Math.log(1 - blinkRate) : 0,
    stamp: new Int32Array(2),
    seen: new Int32Array(m.nodes),
    start: new Int32Array(m.nodes),
    free: new Int32Array(m.nodes),
    pause: new Int32Array(m.nodes),
    heldAt: new Int32Array(m.nodes),
    held: new Int32Array(m.nodes),
    queue: new Int32Array(m.nodes + 1),
    queuedAt: new Int32Array(m.nodes),
    kindSeen: new Int32Array(Math.max(1, m.kinds)),
    sequence: new Int32Array(m.n + 2),
    gathered: new Int32Array(m.nodes),
    gatheredCost: new Float64Array(m.nodes),
    cost: new Float64Array(2),
    at: new Int32Array(4),
    topCost: new Float64Array(TRIED),
    topAt: new Int32Array(TRIED),
    topStart: new Int32Array(TRIED),
  }
  insertion.at[2] = untilBlink(insertion)
  return insertion
}

/** True when this position is passed over by chance, so that the search does not always take the same way. */
export const blinks = (insertion: LinkedInsertion): boolean => {
  const left = insertion.at[2]! - 1
  insertion.at[2] = left
  if (left > 0) return false
  insertion.at[2] = untilBlink(insertion)
  return insertion.blinkLog !== 0
}

const untilBlink = (insertion: LinkedInsertion): number =>
  insertion.blinkLog === 0
    ? NEVER
    : Math.min(NEVER, 1 + Math.floor(Math.log(1 - unit(insertion.random)) / insertion.blinkLog))

/** How many of the best places of one are tried with all places of the other. */
export const TRIED = 4
