/**
 * The days: one route for each shift of each technician, from where it starts to where it ends, with the breaks on the way.
 *
 * The surprising rule: hours in which a shift is closed are breaks with a fixed beginning, so the kernel knows one kind of pause.
 * Fixed work changes days before they are laid out; `fixed-work.ts` does that.
 */
import type { Break, Problem, ProblemTechnician, Shift } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { placeOf } from './places.ts'
import { ANY_TIME, NEVER } from './times.ts'
import { whole, wholeFrom0 } from './whole-numbers.ts'

export type Route = {
  readonly technician: number
  /** -1 for a route made for fixed work, and for a spare one. */
  readonly shift: number
  readonly opensAt: number
  readonly closesAt: number
  readonly closesHardAt: number
  readonly start: number
  readonly end: number
  readonly breaks: Break[]
}

/** The shifts as they were given. */
export const routesFrom = (problem: Problem, size: number): Route[] =>
  problem.technicians.flatMap((technician, t) => routesOfTechnician(technician, t, size))

const breaksOf = (shift: Shift, field: string): Break[] => {
  const breaks: Break[] = []
  shift.open.forEach((interval, i) => {
    if (whole(interval.to, `${field}.open[${i}].to`) <= whole(interval.from, `${field}.open[${i}].from`)) {
      throw new ProblemError(`${field}.open[${i}]`, 'must end after it begins')
    }
    const before = shift.open[i - 1]
    if (before === undefined) return
    if (interval.from < before.to)
      throw new ProblemError(`${field}.open[${i}]`, 'must come after the interval before it')
    if (interval.from > before.to) {
      breaks.push({ earliest: before.to, latest: before.to, duration: interval.from - before.to })
    }
  })
  shift.breaks?.forEach((pause, i) => {
    wholeFrom0(pause.duration, `${field}.breaks[${i}].duration`)
    if (
      whole(pause.latest, `${field}.breaks[${i}].latest`) <
      whole(pause.earliest, `${field}.breaks[${i}].earliest`)
    ) {
      throw new ProblemError(`${field}.breaks[${i}]`, 'must allow a beginning: latest before earliest')
    }
    breaks.push(pause)
  })
  return breaks
}

const routesOfTechnician = (technician: ProblemTechnician, t: number, size: number): Route[] => {
  let before = ANY_TIME
  return technician.shifts.map((shift, i) => {
    const field = `technicians[${t}].shifts[${i}]`
    const first = shift.open[0]
    const last = shift.open.at(-1)
    if (first === undefined || last === undefined)
      throw new ProblemError(`${field}.open`, 'must not be empty')
    const breaks = breaksOf(shift, field)
    if (first.from < before) throw new ProblemError(field, 'must come after the shift before it')
    before = last.to
    return {
      technician: t,
      shift: i,
      opensAt: first.from,
      closesAt: last.to,
      closesHardAt: last.to + wholeFrom0(shift.overtimeMax ?? 0, `${field}.overtimeMax`),
      start: placeOf(shift.startLocation, size, `${field}.startLocation`),
      end: placeOf(shift.endLocation, size, `${field}.endLocation`),
      breaks,
    }
  })
}

/** Named after the first technician only because every route has one. */
export const spareDay = (): Route => ({
  technician: 0,
  shift: -1,
  opensAt: 0,
  closesAt: 0,
  closesHardAt: 0,
  start: 0,
  end: 0,
  breaks: [],
})

/** The days as the kernel reads them. Sorts the breaks of each. */
export const dayColumns = (problem: Problem, routes: readonly Route[]) => {
  for (const route of routes) sortBreaks(route.breaks)
  const breakAt = new Int32Array(routes.length + 1)
  routes.forEach((route, r) => {
    breakAt[r + 1] = breakAt[r]! + route.breaks.length
  })
  const breaks = routes.flatMap((route) => route.breaks)
  // Routes are made from the technicians there are.
  const technicianOf = (route: Route): ProblemTechnician => problem.technicians[route.technician]!
  return {
    opensAt: Int32Array.from(routes, (route) => route.opensAt),
    closesAt: Int32Array.from(routes, (route) => route.closesAt),
    closesHardAt: Int32Array.from(routes, (route) => route.closesHardAt),
    technicianOf: Int32Array.from(routes, (route) => route.technician),
    shiftOf: Int32Array.from(routes, (route) => route.shift),
    routesOf: routesByTechnician(routes, problem.technicians.length),
    breakAt,
    breakEarliest: Int32Array.from(breaks, (pause) => pause.earliest),
    breakLatest: Int32Array.from(breaks, (pause) => pause.latest),
    breakDuration: Int32Array.from(breaks, (pause) => pause.duration),
    fixedCost: Float64Array.from(routes, (route) => technicianOf(route).fixedCost ?? 0),
    tasksMax: Int32Array.from(routes, (route) => technicianOf(route).maxTasks ?? NEVER),
    departed: Uint8Array.from(routes, (route) =>
      technicianOf(route).shifts[route.shift]?.departed === true ? 1 : 0,
    ),
    openSeconds: Float64Array.from(problem.technicians, openSecondsOf),
  }
}

/** In the order in which they must have begun; where two could collide the fixed one counts as the earlier. */
const sortBreaks = (breaks: Break[]): Break[] =>
  breaks.sort((a, b) => a.latest - b.latest || a.earliest - b.earliest)

const routesByTechnician = (routes: readonly Route[], technicians: number): number[][] => {
  const routesOf = Array.from({ length: technicians }, (): number[] => [])
  // Routes are made from the technicians there are.
  routes.forEach((route, r) => {
    routesOf[route.technician]!.push(r)
  })
  return routesOf
}

const openSecondsOf = (technician: ProblemTechnician): number =>
  technician.shifts.reduce(
    (sum, shift) => sum + shift.open.reduce((open, interval) => open + interval.to - interval.from, 0),
    0,
  )
