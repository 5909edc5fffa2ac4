/**
 * The plan a planning way of dispatching keeps between events: who does what, in which order, in which shift.
 *
 * It holds no times: whoever becomes free goes on at once with the next order that still fits his shift.
 */
import type { Plan } from '../optimiser/problem.ts'
import type { BoardProblem, PlannedRoute } from './board-problem.ts'
import { type Commitment, fits, isFree, type View } from './dispatcher.ts'

export const routesOf = (plan: Plan, built: BoardProblem): PlannedRoute[] =>
  plan.routes.flatMap(({ technicianId, shift, visits }) =>
    visits.length === 0
      ? []
      : [
          {
            technicianId,
            shiftFrom: built.shiftFrom(technicianId, shift),
            orderIds: visits.map((v) => v.activityId),
          },
        ],
  )

/** How many orders that had a place before have another technician, another day or no place now. */
export function movedBetween(
  before: readonly PlannedRoute[],
  after: readonly PlannedRoute[],
  view: View,
): number {
  const places = new Map<string, string>()
  for (const { technicianId, shiftFrom, orderIds } of after)
    for (const id of orderIds) places.set(id, `${technicianId} ${shiftFrom}`)
  let moved = 0
  for (const { technicianId, shiftFrom, orderIds } of before)
    for (const id of orderIds)
      if (view.open.has(id) && places.get(id) !== `${technicianId} ${shiftFrom}`) moved++
  return moved
}

/** Sends everybody who is free to the first order of the present shift's route that still fits. */
export function sendByPlan(view: View, plan: readonly PlannedRoute[]): Commitment[] {
  const commitments: Commitment[] = []
  for (const person of view.technicians) {
    if (!isFree(person)) continue
    const technicianId = person.technician.id
    const shiftFrom = person.shifts[0]?.from
    const route = plan.find((one) => one.technicianId === technicianId && one.shiftFrom === shiftFrom)
    for (const orderId of route?.orderIds ?? []) {
      const order = view.open.get(orderId)
      if (order === undefined || !fits(view, person, order)) continue
      commitments.push({ technicianId, orderId })
      break
    }
  }
  return commitments
}
