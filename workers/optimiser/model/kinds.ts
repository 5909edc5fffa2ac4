/** Which days are alike: of several empty routes of one kind it is enough to try one. */
import type { Problem } from '../problem.ts'
import type { Route } from './days.ts'

/** Technicians that some activity names are kinds of their own; the others are alike when all that matters of them is. */
export const kindsOf = (problem: Problem, routes: readonly Route[]) => {
  const named = new Set<string>()
  for (const activity of problem.activities) {
    for (const id of activity.preferred ?? []) named.add(id)
    for (const id of activity.excluded ?? []) named.add(id)
    for (const id of activity.only ?? []) named.add(id)
    if (activity.current !== undefined) named.add(activity.current.technicianId)
    if (activity.fixed !== undefined) named.add(activity.fixed.technicianId)
  }
  const kinds = new Map<string, number>()
  const kindOf = new Int32Array(routes.length)
  routes.forEach((route, r) => {
    // Routes are made from the technicians there are.
    const { id, shifts: _, ...technician } = problem.technicians[route.technician]!
    const { shift: __, technician: ___, ...day } = route
    const key = JSON.stringify([named.has(id) ? id : null, technician, day])
    const kind = kinds.get(key) ?? kinds.size
    kinds.set(key, kind)
    kindOf[r] = kind
  })
  return { kindOf, kinds: kinds.size }
}
