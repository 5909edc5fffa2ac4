/**
 * Reads a VROOM solution as a plan to start from.
 */
import type { WarmPlan } from '../problem.ts'
import { fieldsOf, idOf, listOf, timeOf, wholeOr } from './fields.ts'

/** A plan to start from out of a VROOM solution. Jobs and vehicles that the problem does not know are passed over later. */
export const readVroomSolution = (json: unknown, timeBase: number): WarmPlan => {
  const root = fieldsOf(json, 'solution')
  return {
    routes: listOf(root.routes, 'routes').map((item, i) => {
      const route = fieldsOf(item, `routes[${i}]`)
      return {
        technicianId: String(idOf(route.vehicle, `routes[${i}].vehicle`)),
        visits: listOf(route.steps, `routes[${i}].steps`).flatMap((entry, k) => {
          const field = `routes[${i}].steps[${k}]`
          const step = fieldsOf(entry, field)
          if (step.type !== 'job') return []
          const waiting = wholeOr(step.waiting_time, `${field}.waiting_time`, 0)
          return [
            {
              activityId: String(idOf(step.id, `${field}.id`)),
              start: timeOf(step.arrival, `${field}.arrival`) + waiting - timeBase,
            },
          ]
        }),
      }
    }),
  }
}
