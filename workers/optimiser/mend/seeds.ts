/**
 * Where the steps of mending begin: around the event, wherever a promise is missed that could be kept, and anywhere; and while
 * churn is on loan, at the work that has moved.
 */
import { troubleIn } from '../improve/trouble.ts'
import { below, unit } from '../random.ts'
import { hasMoved } from './churn.ts'
import type { Mender, MendOptions } from './mender.ts'

const SEEDS_MAX = 48
/** Shares of the steps that begin around the event and at work that is late or without a place. */
const AROUND_EVENT = 0.2
const AT_TROUBLE = 0.4
/** Share of the steps that begin at moved work while churn is on loan. */
const AT_MOVED = 0.8
/** Rows asked for one that may move, before the event's own work has to do. */
const ROWS_ASKED = 20

export type Seeds = {
  /** An activity to begin a step at; -1 where nothing may move. */
  readonly next: () => number
  /** To be called when lateness, or what is left out, has changed. */
  readonly lookForTrouble: () => void
}

export const seedsFor = (mender: Mender, options: MendOptions, isOnLoan: () => boolean): Seeds => {
  const { m, s, random } = mender
  const own = seedsOf(mender, options)
  let trouble = troubleIn(m, s)
  return {
    next: () => {
      if (isOnLoan() && unit(random) < AT_MOVED) {
        const u = movedVisit(mender)
        if (u >= 0) return u
      }
      const where = unit(random)
      // The lists are not empty where they are asked.
      if (where < AROUND_EVENT && own.length > 0) return own[below(random, own.length)]!
      if (where < AROUND_EVENT + AT_TROUBLE && trouble.length > 0)
        return trouble[below(random, trouble.length)]!
      for (let i = 0; i < ROWS_ASKED; i++) {
        const u = below(random, m.n)
        if (m.isFixed[u] === 0) return u
      }
      return own[0] ?? trouble[0] ?? -1
    },
    lookForTrouble: () => {
      trouble = troubleIn(m, s)
    },
  }
}

/** A visit by chance that has moved; -1 where none has. */
const movedVisit = (mender: Mender): number => {
  const { m, random, movedOn } = mender
  let moved = 0
  for (let r = 0; r < m.routes; r++) moved += movedOn[r]!
  if (moved === 0) return -1
  let nth = below(random, moved)
  for (let r = 0; r < m.routes; r++) {
    if (nth >= movedOn[r]!) {
      nth -= movedOn[r]!
      continue
    }
    // The end of the route is no activity.
    for (let u = mender.s.next[m.n + 2 * r]!; u < m.n; u = mender.s.next[u]!)
      if (hasMoved(mender, u) && nth-- === 0) return u
  }
  return -1
}

/** The opened work, and what stands on the days that it came to or left. */
const seedsOf = (mender: Mender, { open, roomy, everywhere }: MendOptions): number[] => {
  const { m, s } = mender
  if (everywhere === true) return Array.from({ length: m.n }, (_, u) => u).filter((u) => m.isFixed[u] === 0)
  const seeds = new Set(open.filter((u) => m.isFixed[u] === 0))
  const days = new Set(roomy)
  for (const u of open) if (s.route[u]! >= 0) days.add(s.route[u]!)
  for (const r of days) {
    for (let u = s.next[m.n + 2 * r]!; u < m.n && seeds.size < SEEDS_MAX; u = s.next[u]!) {
      if (m.isFixed[u] === 0) seeds.add(u)
    }
  }
  return [...seeds]
}
