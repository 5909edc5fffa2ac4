/** What the search is told of an activity, whether it stays or moves: place, skills, promises, wishes. */
import type { Activity, Place } from '../../../server/domain/activity/activity.ts'
import { DAY, type Instant } from '../../../server/domain/instant.ts'
import type { PlanningBoard } from '../../../server/ports/planner.ts'
import type { ProblemActivity, SlaTarget } from '../../optimiser/problem.ts'
import { wishesFor } from '../../optimiser/wishes.ts'

const priorityFigure = { high: 90, normal: 50, low: 20 } as const
export const priorityWeight = { high: 3, normal: 1.5, low: 1 } as const

export function describeActivity(
  board: PlanningBoard,
  a: Activity,
  seconds: (at: Instant) => number,
  indexOf: (place: Place | null) => number | null,
): Pick<
  ProblemActivity,
  'id' | 'location' | 'skills' | 'targets' | 'priority' | 'preferred' | 'excluded' | 'only'
> {
  const order = board.orders.get(a.orderId)
  const weight = (order?.weight ?? 1) * priorityWeight[a.priority]
  // A response is kept by sending the work, whatever its place: it is no reason to plan one way or another.
  const targets = (['arrive', 'complete'] as const).flatMap((kind): SlaTarget[] => {
    const dueAt = order?.due[kind]
    return dueAt === undefined ? [] : [{ kind, dueAt: seconds(dueAt), weight }]
  })
  const last = board.now + board.policy.horizonDays * DAY
  const soonest = Math.min(last, Math.max(board.now, a.earliestStart ?? board.now))
  const wishes = wishesFor(targets, {
    weight,
    since: Math.max(0, seconds(soonest)),
    marginSeconds: board.policy.marginMinutes * 60,
  })
  return {
    id: a.id,
    location: indexOf(placeOf(board, a)),
    skills: a.requiredSkills,
    targets: [...targets, ...wishes],
    priority: priorityFigure[a.priority],
    ...(a.preferredTechnicianId === null ? {} : { preferred: [a.preferredTechnicianId] }),
    ...(a.excludedTechnicianIds?.length ? { excluded: a.excludedTechnicianIds } : {}),
    // A person chose the technician but no time: only the time is open.
    ...(a.technicianId !== null && a.start === null ? { only: [a.technicianId] } : {}),
  }
}

/** Where the work is: its own place, else its order's. */
export const placeOf = (board: PlanningBoard, a: Activity): Place | null =>
  a.place ?? board.orders.get(a.orderId)?.place ?? null
