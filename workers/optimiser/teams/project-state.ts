/**
 * The state of a project's search: days of teams, when each task starts, and what is outsourced.
 *
 * States share their days until one of them changes a day: `ownDay` copies it first. So trying a change costs what it touches, and
 * going back costs nothing.
 */
import { type Crew, crewFrom } from './crew.ts'
import type { ProjectProblem } from './problem.ts'

/** Tasks in the order in which they are done. */
export type Team = { members: number[]; have: Int16Array; tasks: number[] }

export type Day = { teams: Team[]; free: Uint8Array }

export type Project = {
  readonly problem: ProjectProblem
  readonly crew: Crew
  readonly tasks: number
  readonly dayLength: number
  readonly duration: Int32Array
  readonly priority: Int32Array
  /** The first turn among the task's priority and those of all that waits for it; see `takeTurns`. */
  readonly urgency: Int32Array
  /** Predecessors first. */
  readonly order: readonly number[]
  readonly before: readonly (readonly number[])[]
  readonly after: readonly (readonly number[])[]
  readonly cost: Int32Array
  /** Weight of the latest end by priority; the last one counts the end of everything. */
  readonly weights: Float64Array
  /** Person-minutes that the task takes at least. */
  readonly burden: Float64Array
}

export const UNPLACED = -1
export const OUTSOURCED = -2

export type State = {
  days: Day[]
  /** Which days belong to this state alone. */
  owned: Set<number>
  /** Day of each task, or one of the two above. */
  readonly dayOf: Int32Array
  readonly start: Int32Array
  spent: number
  /** Objective, and with it a pull of every end towards the front that tells apart what the objective does not. */
  value: number
  pulled: number
}

const wholeOr = (value: number, field: string): number => {
  if (!Number.isInteger(value) || value < 0)
    throw new RangeError(`${field}: must be a whole number from 0; got ${value}`)
  return value
}

export const projectFrom = (problem: ProjectProblem): Project => {
  const { tasks, technicians, weights } = problem
  const index = new Map(tasks.map((task, i) => [task.id, i]))
  if (index.size < tasks.length) throw new RangeError('tasks: two of them have the same id')
  const before = tasks.map((task) =>
    task.predecessors.map((id) => {
      const found = index.get(id)
      if (found === undefined) throw new RangeError(`tasks.${task.id}.predecessors: names no task: ${id}`)
      return found
    }),
  )
  const after: number[][] = tasks.map(() => [])
  before.forEach((list, i) => {
    for (const p of list) after[p]?.push(i)
  })
  for (const task of tasks) {
    wholeOr(task.duration, `tasks.${task.id}.duration`)
    wholeOr(task.outsourceCost, `tasks.${task.id}.outsourceCost`)
    if (wholeOr(task.priority, `tasks.${task.id}.priority`) >= weights.length)
      throw new RangeError(`tasks.${task.id}.priority: must be below ${weights.length}`)
    if (task.duration > problem.dayLength)
      throw new RangeError(`tasks.${task.id}.duration: must fit into a day of ${problem.dayLength}`)
  }
  const crew = crewFrom(technicians, tasks)
  const project: Project = {
    problem,
    crew,
    tasks: tasks.length,
    dayLength: problem.dayLength,
    duration: Int32Array.from(tasks, (task) => task.duration),
    priority: Int32Array.from(tasks, (task) => task.priority),
    urgency: new Int32Array(tasks.length),
    order: orderOf(problem, before),
    before,
    after,
    cost: Int32Array.from(tasks, (task) => task.outsourceCost),
    weights: Float64Array.from(weights),
    burden: Float64Array.from(tasks, (task, i) => {
      let people = 1
      for (let k = crew.needFrom[i]!; k < crew.needFrom[i + 1]!; k++)
        people = Math.max(people, crew.needCount[k]!)
      return people * task.duration
    }),
  }
  takeTurns(
    project,
    weights.map((_, k) => k),
  )
  return project
}

/** Predecessors first. */
const orderOf = (problem: ProjectProblem, before: readonly (readonly number[])[]): number[] => {
  const state = new Int8Array(problem.tasks.length)
  const order: number[] = []
  const visit = (i: number): void => {
    if (state[i] === 2) return
    if (state[i] === 1)
      throw new RangeError(`tasks.${problem.tasks[i]?.id}.predecessors: lead back to the task itself`)
    state[i] = 1
    // Every task has a list.
    for (const p of before[i]!) visit(p)
    state[i] = 2
    order.push(i)
  }
  problem.tasks.forEach((_, i) => {
    visit(i)
  })
  return order
}

/**
 * Says in which turn each priority is served: `turns[k]` is the turn of priority k. The weights do not say it alone, because few
 * tasks of a lesser priority may be worth doing before many of the greatest.
 */
export const takeTurns = (p: Project, turns: readonly number[]): void => {
  for (let i = 0; i < p.tasks; i++) p.urgency[i] = turns[p.priority[i]!]!
  for (let k = p.order.length - 1; k >= 0; k--) {
    const i = p.order[k]!
    for (const q of p.after[i]!) p.urgency[i] = Math.min(p.urgency[i]!, p.urgency[q]!)
  }
}

export const emptyState = (p: Project): State => ({
  days: [],
  owned: new Set(),
  dayOf: new Int32Array(p.tasks).fill(UNPLACED),
  start: new Int32Array(p.tasks),
  spent: 0,
  value: 0,
  pulled: 0,
})

export const copyState = (from: State): State => ({
  ...from,
  days: from.days.slice(),
  owned: new Set(),
  dayOf: Int32Array.from(from.dayOf),
  start: Int32Array.from(from.start),
})

const newDay = (p: Project, day: number): Day => ({
  teams: [],
  free: Uint8Array.from(p.problem.technicians, ({ daysOff }) => (daysOff?.includes(day) ? 0 : 1)),
})

/** The day, to look at: days come into being when they are first looked at. */
export const dayAt = (p: Project, state: State, day: number): Day => {
  while (state.days.length <= day) {
    state.owned.add(state.days.length)
    state.days.push(newDay(p, state.days.length))
  }
  return state.days[day]!
}

/** The day, to change. */
export const ownDay = (p: Project, state: State, day: number): Day => {
  const shared = dayAt(p, state, day)
  if (state.owned.has(day)) return shared
  const own: Day = {
    teams: shared.teams.map(({ members, have, tasks }) => ({
      members: members.slice(),
      have: Int16Array.from(have),
      tasks: tasks.slice(),
    })),
    free: Uint8Array.from(shared.free),
  }
  state.days[day] = own
  state.owned.add(day)
  return own
}

export const endOf = (p: Project, state: State, task: number): number =>
  state.start[task]! + p.duration[task]!

/** When the task may start at the earliest; its predecessors are placed. */
export const readyAt = (p: Project, state: State, task: number): number => {
  let ready = 0
  for (const q of p.before[task]!) if (state.dayOf[q]! >= 0) ready = Math.max(ready, endOf(p, state, q))
  return ready
}

/** When the task has to have ended, for those that are placed and wait for it. */
export const wantedBy = (p: Project, state: State, task: number): number => {
  let limit = Number.POSITIVE_INFINITY
  for (const q of p.after[task]!) if (state.dayOf[q]! >= 0) limit = Math.min(limit, state.start[q]!)
  return limit
}

/** Latest ends by priority; the last is that of everything. */
export const latestEnds = (p: Project, state: State, into: Float64Array): Float64Array => {
  into.fill(0)
  const last = into.length - 1
  for (let i = 0; i < p.tasks; i++) {
    if (state.dayOf[i]! < 0) continue
    const end = endOf(p, state, i)
    const k = p.priority[i]!
    if (end > into[k]!) into[k] = end
    if (end > into[last]!) into[last] = end
  }
  return into
}

/** How much the mean end weighs beside the latest ones. */
const PULL = 0.5

export const price = (p: Project, state: State, ends: Float64Array): void => {
  latestEnds(p, state, ends)
  let value = 0
  for (let k = 0; k < ends.length; k++) value += p.weights[k]! * ends[k]!
  let pull = 0
  for (let i = 0; i < p.tasks; i++) {
    if (state.dayOf[i]! >= 0) pull += p.weights[p.urgency[i]!]! * endOf(p, state, i)
  }
  state.value = value
  state.pulled = value + (PULL * pull) / Math.max(1, p.tasks)
}
