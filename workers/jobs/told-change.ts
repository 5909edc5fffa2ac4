/** A smallest change as people read it: with names, numbers and the board's own time. */
import type { Static } from 'typebox'
import type { SmallestChange as SmallestChangeSchema } from '../../server/contract/planning.ts'
import { localOf } from '../../server/domain/calendar/local-time.ts'
import { DAY, type Instant } from '../../server/domain/instant.ts'
import type { PlanningBoard } from '../../server/ports/planner.ts'
import type { SmallestChange } from '../optimiser/smallest-change/relaxation.ts'
import { sentenceOf } from '../optimiser/smallest-change/sentence.ts'
import type { BuiltProblem } from './problem/build-problem.ts'

type WireChange = Static<typeof SmallestChangeSchema>

export const changeSentence = (told: SmallestChange, built: BuiltProblem, board: PlanningBoard): string =>
  sentenceOf(told, {
    technician: (id) => board.technicians.find((t) => t.id === id)?.name ?? id,
    activity: (id) => built.byId.get(id)?.number ?? id,
    moment: (seconds) => momentText(built.zero + seconds * 1000, board),
  })

export function wireChange(told: SmallestChange, built: BuiltProblem, board: PlanningBoard): WireChange {
  const { change, technicianId } = told
  const instantText = (seconds: number): string => new Date(built.zero + seconds * 1000).toISOString()
  return {
    kind: change.kind,
    sentence: changeSentence(told, built, board),
    technicianId,
    start: instantText(told.start),
    end: instantText(told.end),
    ...('minutes' in change ? { minutes: change.minutes } : {}),
    ...('activityId' in change ? { activityId: change.activityId } : {}),
  }
}

/** Local to the board; with the date where it is not today. */
export function momentText(at: Instant, board: PlanningBoard): string {
  const { day, time } = localOf(at, board.timeZone)
  const text = new Date(day * DAY + time).toISOString()
  const clock = text.slice(11, 16)
  return day === localOf(board.now, board.timeZone).day ? clock : `${clock} on ${text.slice(0, 10)}`
}
