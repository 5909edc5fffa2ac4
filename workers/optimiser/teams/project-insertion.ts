/**
 * Puts one task of a project where it costs least: behind or between the work of a team, with people added to it, or with a team
 * of its own.
 *
 * Teams do urgent work first, so a task has at most two places in a team: before all that is less urgent, and at the end. What
 * already waits for the task must not be pushed; a place that would push it does not exist.
 */
import { type Random, unit } from '../random.ts'
import { isAble, join, recruits, skillsOf } from './crew.ts'
import {
  dayAt,
  endOf,
  ownDay,
  type Project,
  readyAt,
  type State,
  type Team,
  wantedBy,
} from './project-state.ts'

/** What an insertion weighs beside the objective; drawn anew for each round, so that the search sees the problem many ways. */
export type Prices = {
  /** For each end that comes a unit of time later, times the weight of the urgency. */
  readonly late: number
  /** For each unit of time that a member of the team spends on the task, needed or not, or would stand by at what came before. */
  readonly person: number
  /** Share of places that are overlooked. */
  readonly blink: number
}

type Place = {
  readonly day: number
  /** Index of the team; -1 is a new one. */
  readonly team: number
  readonly position: number
  readonly recruits: readonly number[]
}

/** Nobody is away for ever, so beyond the last day with work one more full round of days is enough. */
const daysBeyond = (p: Project, state: State): number =>
  Math.max(
    state.days.length,
    ...p.problem.technicians.map(({ daysOff }) => Math.max(0, ...(daysOff ?? []).map((day) => day + 1))),
  ) + 1

/** Where tasks would start once `task` stands at `position`; false where something is pushed too far. */
const shifted = (
  p: Project,
  state: State,
  team: Team,
  task: number,
  position: number,
  ready: number,
  dayEnd: number,
  visit: (task: number, start: number) => void,
): boolean => {
  const before = team.tasks[position - 1]
  let at = Math.max(ready, before === undefined ? 0 : endOf(p, state, before))
  visit(task, at)
  at += p.duration[task]!
  if (at > dayEnd || at > wantedBy(p, state, task)) return false
  for (let k = position; k < team.tasks.length; k++) {
    const next = team.tasks[k]!
    if (state.start[next]! >= at) return true
    visit(next, at)
    at += p.duration[next]!
    if (at > dayEnd || at > wantedBy(p, state, next)) return false
  }
  return true
}

const busyTime = (p: Project, team: Team): number => {
  let time = 0
  for (const task of team.tasks) time += p.duration[task]!
  return time
}

/** First place before less urgent work. */
const urgentPlace = (p: Project, team: Team, task: number): number => {
  let position = team.tasks.length
  while (position > 0 && p.urgency[team.tasks[position - 1]!]! > p.urgency[task]!) position--
  return position
}

/** Places the task and says so; false where there is no place, which happens only when something waits for it. */
export const insert = (
  p: Project,
  state: State,
  task: number,
  ends: Float64Array,
  prices: Prices,
  random: Random,
): boolean => {
  const ready = readyAt(p, state, task)
  const limit = wantedBy(p, state, task)
  const duration = p.duration[task]!
  const last = ends.length - 1
  const lateRate = prices.late * p.weights[p.urgency[task]!]!
  const daysMax = daysBeyond(p, state)
  let best: Place | null = null
  let bestCost = Number.POSITIVE_INFINITY

  let added = 0
  const count = (moved: number, start: number): void => {
    const end = start + p.duration[moved]!
    const k = p.priority[moved]!
    // Two tasks of one priority that are both pushed count twice; that errs to the side of leaving them.
    added += p.weights[k]! * Math.max(0, end - ends[k]!)
    if (k !== last) added += p.weights[last]! * Math.max(0, end - ends[last]!)
    added +=
      prices.late * p.weights[p.urgency[moved]!]! * (end - (moved === task ? 0 : endOf(p, state, moved)))
  }

  for (let d = Math.floor(ready / p.dayLength); d < daysMax; d++) {
    const dayStart = d * p.dayLength
    const from = Math.max(ready, dayStart)
    const dayEnd = dayStart + p.dayLength
    if (from + duration > limit) break
    if (from + duration > dayEnd) continue
    // Nothing on this day or later can be cheaper than the end alone.
    const k = p.priority[task]!
    const least = p.weights[k]! * Math.max(0, from + duration - ends[k]!) + lateRate * (from + duration)
    if (least >= bestCost) break
    const day = dayAt(p, state, d)
    const anyFree = day.free.includes(1)
    for (let g = 0; g < day.teams.length; g++) {
      if (unit(random) < prices.blink) continue
      const team = day.teams[g]!
      const able = isAble(p.crew, team.have, task)
      if (!able && !anyFree) continue
      let people: readonly number[] | null = able ? [] : null
      const busy = busyTime(p, team)
      const end = team.tasks.length
      const urgent = urgentPlace(p, team, task)
      for (let position = urgent; position <= end; position += Math.max(1, end - urgent)) {
        added = 0
        if (!shifted(p, state, team, task, position, from, dayEnd, count)) continue
        if (added >= bestCost) continue
        people ??= recruits(p.crew, team.have, task, day.free, random)
        if (people === null) break
        const cost =
          added + prices.person * (team.members.length * duration + people.length * (duration + busy))
        if (cost < bestCost) {
          bestCost = cost
          best = { day: d, team: g, position, recruits: people }
        }
      }
    }
    if (!anyFree) continue
    added = 0
    count(task, from)
    if (added >= bestCost) continue
    const people = recruits(p.crew, p.crew.nobody, task, day.free, random)
    if (people === null) continue
    // A task that needs no skill still needs someone.
    const members = people.length > 0 ? people : [day.free.indexOf(1)]
    const cost = added + prices.person * members.length * duration
    if (cost < bestCost) {
      bestCost = cost
      best = { day: d, team: -1, position: 0, recruits: members }
    }
  }
  if (best === null) return false
  place(p, state, task, best, ready, ends)
  return true
}

const place = (
  p: Project,
  state: State,
  task: number,
  { day: d, team: g, position, recruits: people }: Place,
  ready: number,
  ends: Float64Array,
): void => {
  const day = ownDay(p, state, d)
  let team = day.teams[g]
  if (team === undefined) {
    team = { members: [...people], have: skillsOf(p.crew, people), tasks: [] }
    day.teams.push(team)
  } else {
    for (const t of people) {
      team.members.push(t)
      join(p.crew, team.have, t, 1)
    }
  }
  for (const t of people) day.free[t] = 0
  const dayStart = d * p.dayLength
  const last = ends.length - 1
  const set = (moved: number, start: number): void => {
    state.start[moved] = start
    const end = start + p.duration[moved]!
    const k = p.priority[moved]!
    ends[k] = Math.max(ends[k]!, end)
    ends[last] = Math.max(ends[last]!, end)
  }
  const from = Math.max(ready, dayStart)
  // The search for a place has found that all of this fits, so only the starts are wanted here.
  const starts: [number, number][] = []
  shifted(p, state, team, task, position, from, dayStart + p.dayLength, (moved, start) => {
    starts.push([moved, start])
  })
  for (const [moved, start] of starts) set(moved, start)
  team.tasks.splice(position, 0, task)
  state.dayOf[task] = d
}
