/**
 * Fixed work on the days: work that is locked, started or promised to the minute stands before anything is planned.
 *
 * The surprising rule: fixed work that lies outside of every shift gets a route of its own with no room for anything else,
 * and fixed work that reaches into a later shift closes that part of it like a break.
 */
import type { Problem } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import type { Route } from './days.ts'
import { whole } from './whole-numbers.ts'

/** Puts fixed work on the shift it starts in, makes a route where there is none, closes what it covers of later shifts. */
export const settleFixedWork = (
  problem: Problem,
  technicianIndex: ReadonlyMap<string, number>,
  routes: Route[],
  nowhere: number,
) => {
  const routeOf = new Int32Array(problem.activities.length).fill(-1)
  problem.activities.forEach((activity, i) => {
    if (activity.fixed === undefined) return
    const technician = technicianIndex.get(activity.fixed.technicianId)
    if (technician === undefined) {
      throw new ProblemError(
        `activities[${i}].fixed.technicianId`,
        `"${activity.fixed.technicianId}" is no technician`,
      )
    }
    const from = whole(activity.fixed.start, `activities[${i}].fixed.start`)
    const to = from + activity.duration
    let home = routes.findIndex(
      (route) => route.technician === technician && route.opensAt <= from && from < route.closesHardAt,
    )
    if (home < 0) {
      home = routes.length
      routes.push({
        technician,
        shift: -1,
        opensAt: from,
        closesAt: from,
        closesHardAt: from,
        start: nowhere,
        end: nowhere,
        breaks: [],
      })
    }
    routeOf[i] = home
    routes.forEach((route, r) => {
      if (r === home || route.technician !== technician || route.shift < 0) return
      const covered = Math.max(from, route.opensAt)
      if (covered < Math.min(to, route.closesHardAt)) {
        route.breaks.push({
          earliest: covered,
          latest: covered,
          duration: Math.min(to, route.closesHardAt) - covered,
        })
      }
    })
  })
  return routeOf
}
