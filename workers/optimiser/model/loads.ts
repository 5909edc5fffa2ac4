/**
 * What is carried: what each activity is brought and gives back, and what each van holds, dimension by dimension.
 *
 * The surprising rule: a van without a capacity carries everything.
 */
import type { Problem } from '../problem.ts'
import type { Route } from './days.ts'
import { NEVER } from './times.ts'
import { wholeFrom0 } from './whole-numbers.ts'

export const loadColumns = (problem: Problem, routes: readonly Route[]) => {
  const n = problem.activities.length
  const dimensions = Math.max(0, ...problem.technicians.map((technician) => technician.capacity?.length ?? 0))
  const capacity = new Int32Array(routes.length * dimensions)
  routes.forEach((route, r) => {
    // Routes are made from the technicians there are.
    const own = problem.technicians[route.technician]!.capacity
    for (let d = 0; d < dimensions; d++) {
      capacity[r * dimensions + d] =
        own === undefined ? NEVER : wholeFrom0(own[d] ?? 0, `technicians[${route.technician}].capacity[${d}]`)
    }
  })
  const delivery = new Int32Array(n * dimensions)
  const pickup = new Int32Array(n * dimensions)
  problem.activities.forEach((activity, i) => {
    const field = `activities[${i}]`
    for (let d = 0; d < dimensions; d++) {
      delivery[i * dimensions + d] = wholeFrom0(activity.delivery?.[d] ?? 0, `${field}.delivery[${d}]`)
      pickup[i * dimensions + d] = wholeFrom0(activity.pickup?.[d] ?? 0, `${field}.pickup[${d}]`)
    }
  })
  return { dimensions, delivery, pickup, capacity, isMixed: anyAbove0(delivery) && anyAbove0(pickup) }
}

const anyAbove0 = (amounts: Int32Array): boolean => amounts.some((amount) => amount > 0)
