/**
 * Where everything is: a place for each activity, and for the start and the end of each route.
 *
 * The surprising rule: "nowhere" is a place too, the last one, and it is there only where somebody is nowhere.
 */
import type { Problem } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import type { Route } from './days.ts'

export const placeOf = (value: number | null, size: number, field: string): number => {
  if (value === null) return size
  if (!Number.isInteger(value) || value < 0 || value >= size) {
    throw new ProblemError(field, `must be null or a place from 0 to ${size - 1}`)
  }
  return value
}

export const placeColumns = (problem: Problem, routes: readonly Route[], size: number) => {
  const n = problem.activities.length
  const place = new Int32Array(n + 2 * routes.length)
  problem.activities.forEach((activity, i) => {
    place[i] = placeOf(activity.location, size, `activities[${i}].location`)
  })
  routes.forEach((route, r) => {
    place[n + 2 * r] = route.start
    place[n + 2 * r + 1] = route.end
  })
  return { place, places: place.includes(size) ? size + 1 : size }
}
