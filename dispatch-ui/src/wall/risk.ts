/**
 * How pressing a promise is, from the plan, the deadline and the clock: the height of its mark on the wall.
 *
 * "At risk" is the board's own rule (model/risk.ts). Urgency puts the standings into bands — on course below a third, tight up to two thirds, late above — and orders them within: the less
 * slack, the higher.
 */
import type { Bar, BoardPromise } from '../model/board.ts'
import { plannedAt, type Standing, standingOf } from '../model/risk.ts'

const MINUTE = 60_000
/** Lateness at which a mark reaches the top of its band, and slack at which it reaches the bottom. */
const LATE_MAX = 90 * MINUTE
const SLACK_MAX = 8 * 60 * MINUTE
const TIGHT_MAX = 60 * MINUTE

export const bands = { risk: 1 / 3, late: 2 / 3 } as const

export type Outlook = {
  readonly standing: Exclude<Standing, 'none'>
  /** Time between plan and promise, negative when late; null when nothing is planned. */
  readonly slack: number | null
  /** 0 calm to 1 lost. */
  readonly urgency: number
}

export function outlookOf(bar: Bar, promise: BoardPromise, now: number): Outlook | null {
  const standing = standingOf(bar, promise, now)
  if (standing === 'none') return null
  const slack = slackOf(bar, promise, now)
  return { standing, slack, urgency: urgencyOf(standing, slack, promise.dueAt - now) }
}

/** Work that should have begun and has not can only come later than planned, by at least as much. */
function slackOf(bar: Bar, promise: BoardPromise, now: number): number | null {
  const planned = plannedAt(bar, promise.target)
  if (planned === null) return null
  if (promise.target === 'respond') return promise.dueAt - now
  const hasBegun = bar.fieldStatus === 'onSite' || bar.fieldStatus === 'done'
  const delay = hasBegun || bar.startAt === null ? 0 : Math.max(0, now - bar.startAt)
  return promise.dueAt - Math.max(planned + delay, now)
}

function urgencyOf(standing: Outlook['standing'], slack: number | null, left: number): number {
  const third = 1 / 3
  switch (standing) {
    case 'broken':
      return 1
    case 'late':
      return bands.late + third * (0.15 + 0.8 * part(-(slack ?? 0), LATE_MAX))
    case 'risk':
      return bands.risk + third * (0.1 + 0.8 * (1 - part(slack ?? left, TIGHT_MAX)))
    case 'kept':
      return third * 0.9 * (1 - part(slack ?? left, SLACK_MAX)) ** 2
  }
}

const part = (value: number, whole: number): number => Math.min(1, Math.max(0, value / whole))
