/**
 * What one finished piece of work teaches, and about what: its own length, the way to it, and how long it was waited for.
 *
 * Whoever finishes without having been on site, or twice, teaches nothing about lengths, nor does a report made after the
 * fact (arrived and done within moments) or one that was forgotten until the next day; the facts that are missing are
 * null and left out. Plans are measured as forecasts use them: the bar's own length, the way from where the technician was.
 */
import type { Priority } from '../activity/activity.ts'
import { type Instant, MINUTE } from '../instant.ts'
import { emptyTally, noted, type Tally, together } from './spread.ts'
import { WAITS_MIN } from './waiting.ts'

export type Subject = 'work' | 'travel' | 'start' | 'dispatch'

export type Finished = {
  readonly boardId: string
  readonly typeId: string | null
  readonly priority: Priority
  readonly plannedMinutes: number
  /** The planned way to it; null or 0 where no place is known. */
  readonly plannedTravelMinutes: number | null
  /** When it could first have been done: asked for, and not before its range opened. */
  readonly askedAt: Instant
  readonly sentAt: Instant | null
  readonly leftAt: Instant | null
  readonly beganAt: Instant | null
  readonly endedAt: Instant
}

/** Tallies by subject and key. */
export type Tallies = ReadonlyMap<Subject, ReadonlyMap<string, Tally>>

export const waitKey = (boardId: string, priority: Priority): string => `${boardId}/${priority}`

/** The tallies that these change, with what they were before added in. */
export function learn(known: Tallies, finished: readonly Finished[]): Tallies {
  const changed = new Map<Subject, Map<string, Tally>>()
  const note = (subject: Subject, key: string, actual: number, expected: number): void => {
    const of = changed.get(subject) ?? new Map<string, Tally>()
    changed.set(subject, of)
    const before = of.get(key) ?? known.get(subject)?.get(key) ?? emptyTally
    of.set(key, noted(before, actual, expected))
  }
  for (const work of finished) {
    const wait = waitKey(work.boardId, work.priority)
    if (work.sentAt !== null) note('dispatch', wait, (work.sentAt - work.askedAt) / MINUTE, 1)
    if (work.beganAt === null) continue
    const length = (work.endedAt - work.beganAt) / MINUTE
    if (isBelievable(length, work.plannedMinutes))
      note('work', work.typeId ?? '', length, work.plannedMinutes)
    note('start', wait, (work.beganAt - work.askedAt) / MINUTE, 1)
    if (work.leftAt === null || work.plannedTravelMinutes === null) continue
    const way = (work.beganAt - work.leftAt) / MINUTE
    if (isBelievable(way, work.plannedTravelMinutes)) note('travel', '', way, work.plannedTravelMinutes)
  }
  return changed
}

/** Within a factor of ten of the plan: what lies beyond says how it was reported, not how long it took. */
const isBelievable = (actual: number, planned: number): boolean =>
  planned > 0 && actual >= planned / 10 && actual <= planned * 10

/** How long this board lets work of this priority wait; of any priority, where too little of this one is known. */
export function waitTally(
  tallies: Tallies,
  subject: 'start' | 'dispatch',
  boardId: string,
  priority: Priority,
): Tally | undefined {
  const of = tallies.get(subject)
  const own = of?.get(waitKey(boardId, priority))
  if (own !== undefined && own.count >= WAITS_MIN) return own
  const all = (['high', 'normal', 'low'] as const).flatMap((each) => of?.get(waitKey(boardId, each)) ?? [])
  return all.length === 0 ? undefined : together(all)
}
