/**
 * The state of the search for rounds: who travels together, where to, and when at the earliest and the latest.
 *
 * States share their routes until one of them changes a route: a changed route is a new object, so going back costs nothing.
 */
import { type Crew, crewFrom } from './crew.ts'
import type { RoundsProblem } from './problem.ts'

export type Rounds = {
  readonly problem: RoundsProblem
  readonly crew: Crew
  readonly tasks: number
  readonly technicians: number
  readonly horizon: number
  readonly duration: Float64Array
  readonly from: Float64Array
  readonly to: Float64Array
  readonly leftOut: Float64Array
  /** Between tasks; the depot is index `tasks`. */
  readonly times: Float64Array
  readonly width: number
  /** For each task the others, the nearest first. */
  readonly near: readonly Int32Array[]
}

export type Route = {
  readonly members: readonly number[]
  readonly have: Int16Array
  readonly tasks: readonly number[]
  /** Earliest and latest start of each task. */
  readonly early: Float64Array
  readonly late: Float64Array
  readonly travel: number
}

export type RoundsState = {
  readonly routes: Route[]
  readonly free: Uint8Array
  readonly absent: number[]
  /** Travel and what is left out. */
  value: number
}

export const roundsFrom = (problem: RoundsProblem): Rounds => {
  const { tasks, technicians, travel } = problem
  const width = tasks.length + 1
  const places = [...tasks.map(({ location }) => location), problem.depot]
  const times = new Float64Array(width * width)
  places.forEach((a, i) => {
    places.forEach((b, j) => {
      const time = travel.times[a * travel.size + b]
      if (time === undefined || !(time >= 0))
        throw new RangeError(`travel.times: must be a number from 0 between ${a} and ${b}`)
      times[i * width + j] = time
    })
  })
  for (const task of tasks) {
    if (!(task.leftOut >= 0)) throw new RangeError(`tasks.${task.id}.leftOut: must be a number from 0`)
    if (!(task.duration >= 0)) throw new RangeError(`tasks.${task.id}.duration: must be a number from 0`)
    if (!(task.from <= task.to)) throw new RangeError(`tasks.${task.id}.from: must not lie after to`)
  }
  return {
    problem,
    crew: crewFrom(technicians, tasks),
    tasks: tasks.length,
    technicians: technicians.length,
    horizon: problem.horizon,
    duration: Float64Array.from(tasks, ({ duration }) => duration),
    from: Float64Array.from(tasks, ({ from }) => from),
    to: Float64Array.from(tasks, ({ to }) => to),
    leftOut: Float64Array.from(tasks, ({ leftOut }) => leftOut),
    times,
    width,
    near: tasks.map((_, i) =>
      Int32Array.from(
        tasks
          .map((__, j) => j)
          .filter((j) => j !== i)
          .sort((a, b) => times[i * width + a]! - times[i * width + b]! || a - b),
      ),
    ),
  }
}

export const emptyRounds = (p: Rounds): RoundsState => ({
  routes: [],
  free: new Uint8Array(p.technicians).fill(1),
  absent: Array.from({ length: p.tasks }, (_, i) => i),
  value: 0,
})

export const copyRounds = (from: RoundsState): RoundsState => ({
  routes: from.routes.slice(),
  free: Uint8Array.from(from.free),
  absent: from.absent.slice(),
  value: from.value,
})

/** A route with its times; the order has been found to fit. */
export const routeOf = (
  p: Rounds,
  members: readonly number[],
  have: Int16Array,
  tasks: readonly number[],
): Route => {
  const { times, width, from, to, duration, horizon } = p
  const depot = p.tasks
  const early = new Float64Array(tasks.length)
  const late = new Float64Array(tasks.length)
  let travel = 0
  let place = depot
  let time = 0
  for (let k = 0; k < tasks.length; k++) {
    const i = tasks[k]!
    const leg = times[place * width + i]!
    travel += leg
    early[k] = Math.max(from[i]!, time + leg)
    time = early[k]! + duration[i]!
    place = i
  }
  if (tasks.length > 0) travel += times[place * width + depot]!
  let next = depot
  let latest = horizon
  for (let k = tasks.length - 1; k >= 0; k--) {
    const i = tasks[k]!
    late[k] = Math.min(to[i]!, latest - times[i * width + next]! - duration[i]!)
    latest = late[k]!
    next = i
  }
  return { members, have, tasks, early, late, travel }
}

export const priceRounds = (p: Rounds, state: RoundsState): void => {
  let value = 0
  for (const route of state.routes) value += route.travel
  for (const i of state.absent) value += p.leftOut[i]!
  state.value = value
}
