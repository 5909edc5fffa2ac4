/**
 * The days around one visit: which district is searched next.
 *
 * Each time it is another one, so what one district's border keeps apart lies inside the next. Every day has its turn in the middle of
 * one before any has it again. The surprising rule: near is a day that comes near, not one that is near on the whole, because a
 * day that goes far is the one that most needs its neighbours' help.
 */
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { below, type Random } from '../random.ts'

export type Around = {
  readonly random: Random
  /** 1 for each day that is somebody else's at present: no district holds it. */
  readonly closed: Uint8Array
  /** How far each day is away from the visit in the middle. */
  readonly way: Float64Array
  /** The round in which a day was in the middle last. */
  readonly seenIn: Int32Array
  readonly kindSeen: Int32Array
  /** [0] the round, [1] the stamp for kinds, [2] where in `order` to look for the next middle. */
  readonly at: Int32Array
  readonly order: Int32Array
}

export const aroundFor = (m: Model, random: Random, closed: Uint8Array): Around => ({
  random,
  closed,
  way: new Float64Array(m.routes),
  seenIn: new Int32Array(m.routes),
  kindSeen: new Int32Array(Math.max(1, m.kinds)),
  at: Int32Array.of(0, 0, m.routes),
  order: Int32Array.from({ length: m.routes }, (_, r) => r),
})

/** Visits of a district, and those in its middle: only they are taken out first, the others are there to make room. */
const WORK = 400
const CORE = 200
/** A day is as far away as its nearest visit, and a little further for what lies beyond. */
const MEAN_SHARE = 0.25
/** Days without work in a district: at least so many, or this share of those with work. */
const EMPTY_LEAST = 2
const EMPTY_SHARE = 0.25
/** Work left out that is tried in one district. */
const OPEN_MAX = 40

export type DaysAround = {
  /** Nearest first. */
  readonly routes: readonly number[]
  /** Visits of the first of them, which are the middle. */
  readonly core: number
  /** Work left out, nearest first. */
  readonly open: readonly number[]
}

/** The next district; null where no day has work. */
export const nextAround = (m: Model, s: PlanState, around: Around): DaysAround | null => {
  const middle = nextMiddle(m, s, around)
  if (middle < 0) return null
  measureWays(m, s, around, middle)
  return { ...daysAround(m, s, around), open: openAround(m, s, middle) }
}

/** A visit of a day that was not in the middle in this round; when all were, a new round begins in another order. */
const nextMiddle = (m: Model, s: PlanState, { random, closed, seenIn, at, order }: Around): number => {
  for (let round = 0; round < 2; round++) {
    while (at[2]! < m.routes) {
      const r = order[at[2]!]!
      at[2] = at[2]! + 1
      if (seenIn[r] === at[0] || s.length[r] === 0 || closed[r] === 1) continue
      let u = s.next[m.n + 2 * r]!
      for (let i = below(random, s.length[r]!); i > 0; i--) u = s.next[u]!
      return u
    }
    at[0] = at[0]! + 1
    at[2] = 0
    for (let i = m.routes - 1; i > 0; i--) {
      const j = below(random, i + 1)
      const r = order[i]!
      order[i] = order[j]!
      order[j] = r
    }
  }
  return -1
}

const measureWays = (m: Model, s: PlanState, { way, closed }: Around, middle: number): void => {
  // A board with routes has a travel class.
  const { time } = m.classes[0]!
  const row = m.place[middle]! * m.places
  for (let r = 0; r < m.routes; r++) {
    const first = m.n + 2 * r
    // Days made for fixed work take nothing else.
    if (m.shiftOf[r]! < 0 || closed[r] === 1) way[r] = Number.POSITIVE_INFINITY
    else if (s.length[r] === 0) way[r] = time[row + m.place[first]!]!
    else {
      let sum = 0
      let least = Number.POSITIVE_INFINITY
      for (let u = s.next[first]!; u < m.n; u = s.next[u]!) {
        const seconds = time[row + m.place[u]!]!
        sum += seconds
        if (seconds < least) least = seconds
      }
      way[r] = Math.round((1 - MEAN_SHARE) * least + (MEAN_SHARE * sum) / s.length[r]!)
    }
  }
}

const daysAround = (m: Model, s: PlanState, around: Around): { routes: number[]; core: number } => {
  const { way, seenIn, kindSeen, at } = around
  const stamp = at[1]! + 1
  at[1] = stamp
  // One numeric sort orders both; ways of a few days stay far below what a double holds beside the route.
  const nearestFirst = way.map((seconds, r) => seconds * m.routes + r).sort()
  const routes: number[] = []
  let work = 0
  let core = 0
  let used = 0
  let empty = 0
  for (const key of nearestFirst) {
    if (work >= WORK || key === Number.POSITIVE_INFINITY) break
    const r = key % m.routes
    if (s.length[r] === 0) {
      // Of days without work that are alike one is enough.
      if (empty >= Math.max(EMPTY_LEAST, EMPTY_SHARE * used) || kindSeen[m.kindOf[r]!] === stamp) continue
      kindSeen[m.kindOf[r]!] = stamp
      empty++
    } else {
      used++
      work += s.length[r]!
      if (used === 1 || work <= CORE) {
        core = work
        seenIn[r] = at[0]!
      }
    }
    routes.push(r)
  }
  return { routes, core }
}

const openAround = (m: Model, s: PlanState, middle: number): number[] => {
  if (s.count[0] === 0) return []
  const { time } = m.classes[0]!
  const row = m.place[middle]! * m.places
  return Array.from(s.absent.subarray(0, s.count[0]!))
    .sort((a, b) => time[row + m.place[a]!]! - time[row + m.place[b]!]! || a - b)
    .slice(0, OPEN_MAX)
}
