/**
 * Several islands on one walk: in every round each anneals its own part of the days, then the parts become one plan again.
 *
 * Where there are too few days to share, each island walks the whole board by itself, and late, when it is clear whose plan is the
 * better, all go on from that one: twice the luck in place of twice the steps.
 *
 * What a day costs depends on that day alone here, so changes of different parts simply add up, and two islands do twice the steps
 * on the same plan. The best days of each part make a plan too: the best plan can be better than any that was walked through.
 * The surprising rule: within a round the plan's totals and its list of left-out work are those of the own part; the days of the
 * others stand as they were when it began.
 */
import { DISTRICTS_FROM } from '../districts/walk.ts'
import { reachEverything, type Sisr } from '../improve/sisr-state.ts'
import type { Model } from '../model/model.ts'
import { leaveOut, type PlanState, takeIn } from '../plan/plan-state.ts'
import { keep, restore, type Snapshot, snapshotFor } from '../plan/snapshot.ts'
import { updateRoute } from '../plan/update.ts'
import { draw, randomFrom } from '../random.ts'
import type { Meeting, Slot } from './meeting.ts'
import { type Parts, partsFor, shareOut } from './parts.ts'

/** The share of the budget of a round, and of one in which a large board is searched district by district. */
const ROUND = 0.0031
const ROUND_OF_DISTRICTS = 0.02
/** Between which shares there are rounds; after the last, each island searches on alone. */
const FROM = 0.05
const TO = 0.98
/** Until when islands that have too few days to share go apart. Earlier the heat still hides whose plan will be the better. */
const APART_UNTIL = 0.85

export type Rounds = {
  /** What the walk keeps its best in at present: the best of this round, or the best of all. */
  readonly mark: () => Snapshot
  readonly meetIfDue: (progress: number) => void
}

export type Island = {
  readonly m: Model
  readonly s: PlanState
  readonly sisr: Sisr
  /** The best whole plan. */
  readonly best: Snapshot
  readonly meeting: Meeting
  /** True when there is no time to wait. */
  readonly isOver: () => boolean
  readonly onBetter: () => void
}

/** What the numbers of a slot are: how much the best of the round costs more than what it began with, in all and for being late. */
const BEST_GROWTH = 0
const BEST_LATE_GROWTH = 1

export const roundsFor = (island: Island): Rounds => {
  const { m, s, sisr, best, meeting } = island
  const here = snapshotFor(m)
  // The whole plan's totals at the start of the round, and those of the own part.
  const whole = new Float64Array(2)
  const from = new Float64Array(2)
  const parts = start(island)
  const round = m.n < DISTRICTS_FROM ? ROUND : ROUND_OF_DISTRICTS
  let due = FROM
  let state: 'shared' | 'whole' | 'alone' = 'alone'
  const begin = (together: boolean): void => {
    if (parts === null) return
    whole.set(s.total)
    state = shareOut(m, s, parts) && together ? 'shared' : 'whole'
    if (state === 'shared') keepTo(m, s, sisr, parts, meeting.island)
    else reachEverything(m, sisr)
    from.set(s.total)
    keep(s, here)
  }
  const goAlone = (): void => {
    state = 'alone'
    restore(m, s, here)
    reachEverything(m, sisr)
    if (s.total[0]! < best.total[0]!) keep(s, best)
  }
  const meet = (): void => {
    if (parts === null || state === 'alone') return
    const own = meeting.own()
    own.numbers[BEST_GROWTH] = here.total[0]! - from[0]!
    own.numbers[BEST_LATE_GROWTH] = here.total[1]! - from[1]!
    own.plan.set(s.next)
    own.best.set(here.next)
    const slots = meeting.come(island.isOver)
    if (slots === null) {
      goAlone()
      return
    }
    const isShared = state === 'shared'
    const one = least(slots, BEST_GROWTH)
    const better = isShared ? sum(slots, BEST_GROWTH) : one.numbers[BEST_GROWTH]!
    if (whole[0]! + better < best.total[0]!) {
      keepLinks(m, best, (r) => (isShared ? slots[parts.owner[r]!]! : one).best)
      best.total[0] = whole[0]! + better
      best.total[1] = whole[1]! + (isShared ? sum(slots, BEST_LATE_GROWTH) : one.numbers[BEST_LATE_GROWTH]!)
      island.onBetter()
    }
    take(m, s, (r) => (isShared ? slots[parts.owner[r]!]! : one).plan)
    due += round
    if (due <= TO) {
      begin(true)
      if (state === 'whole') due = Math.max(due, APART_UNTIL)
    } else {
      state = 'alone'
      reachEverything(m, sisr)
    }
  }
  begin(false)
  return {
    mark: () => (state === 'alone' ? best : here),
    meetIfDue: (progress) => {
      while (state !== 'alone' && due <= progress) meet()
    },
  }
}

/** The islands agree on the cheapest of their first plans and on the numbers they will draw; null when somebody is missing. */
const start = ({ m, s, sisr, best, meeting, isOver }: Island): Parts | null => {
  const own = meeting.own()
  own.numbers[0] = best.total[0]!
  own.numbers[1] = draw(sisr.random)
  own.plan.set(best.next)
  const slots = meeting.come(isOver)
  if (slots === null) return null
  const first = least(slots, 0)
  if (first !== own) {
    keepLinks(m, best, () => first.plan)
    restore(m, s, best)
    keep(s, best)
  } else restore(m, s, best)
  // There is at least one island.
  return partsFor(m, meeting.islands, randomFrom(slots[0]!.numbers[1]!), sisr.neighbours)
}

const sum = (slots: readonly Slot[], which: number): number =>
  slots.reduce((total, slot) => total + slot.numbers[which]!, 0)

/** The slot with the least number; the first of equals, so that all islands choose alike. */
const least = (slots: readonly Slot[], which: number): Slot =>
  slots.reduce((a, b) => (b.numbers[which]! < a.numbers[which]! ? b : a))

/** Keeps the walk to the own part: the others' days are closed, and their left-out work is out of sight. */
export const keepTo = (m: Model, s: PlanState, sisr: Sisr, parts: Parts, island: number): void => {
  const { closed } = sisr.insertion
  // Every index below is a route or an activity.
  for (let r = 0; r < m.routes; r++) closed[r] = parts.owner[r] === island ? 0 : 1
  let movable = 0
  let reach = 0
  for (let u = 0; u < m.n; u++) {
    const r = s.route[u]!
    if (r < 0 && parts.absentOwner[u] !== island) takeIn(m, s, u)
    else if (r < 0 || closed[r] === 0) {
      reach++
      if (m.isFixed[u] === 0) sisr.movable[movable++] = u
    }
  }
  sisr.at[9] = movable
  sisr.at[10] = reach
}

/** Makes `s` the whole plan whose routes are linked as `nextOf` says; routes that are so already stay untouched. */
export const take = (m: Model, s: PlanState, nextOf: (route: number) => Int32Array): void => {
  const changed: number[] = []
  for (let r = 0; r < m.routes; r++) {
    if (isLinked(m, s, r, nextOf(r))) continue
    changed.push(r)
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) s.route[u] = -1
  }
  for (const r of changed) {
    link(m, s, r, nextOf(r))
    updateRoute(m, s, r)
  }
  // All of it is listed anew, in the order that everybody has it in.
  while (s.count[0]! > 0) takeIn(m, s, s.absent[s.count[0]! - 1]!)
  for (let u = 0; u < m.n; u++) if (s.route[u] === -1) leaveOut(m, s, u)
}

const isLinked = (m: Model, s: PlanState, r: number, next: Int32Array): boolean => {
  const last = m.n + 2 * r + 1
  let p = last - 1
  while (p !== last && next[p] === s.next[p]) p = s.next[p]!
  return p === last
}

/** The same for a plan that is only kept; its totals are left to the caller. */
const keepLinks = (m: Model, into: Snapshot, nextOf: (route: number) => Int32Array): void => {
  for (let u = 0; u < m.n; u++) into.route[u] = -1
  for (let r = 0; r < m.routes; r++) link(m, into, r, nextOf(r))
}

/** Chains route `r` as `next` has it. */
const link = (
  m: Model,
  into: Pick<Snapshot, 'next' | 'prev' | 'route'>,
  r: number,
  next: Int32Array,
): void => {
  const last = m.n + 2 * r + 1
  for (let p = last - 1; p !== last; p = into.next[p]!) {
    const q = next[p]!
    into.next[p] = q
    into.prev[q] = p
    into.route[q] = r
  }
}
