/**
 * The search for one day's rounds of teams: who travels together, and which tasks they do on the way.
 *
 * Slack induction by string removals, as the ordinary search does it, with people as well as travel: neighbouring strings of work
 * are taken out, teams let go of whom the rest does not need, and the work goes back where it costs least. Now and then a
 * whole team is dissolved, because people who are hard to get are worth a detour elsewhere.
 */
import { below, type Random, randomFrom, unit } from '../random.ts'
import { type Stop, startBudget } from '../stop/budget.ts'
import { release } from './crew.ts'
import type { RoundsPlan, RoundsProblem } from './problem.ts'
import { insertTask } from './rounds-insertion.ts'
import {
  copyRounds,
  emptyRounds,
  priceRounds,
  type Rounds,
  type RoundsState,
  type Route,
  roundsFrom,
  routeOf,
} from './rounds-state.ts'

export type RoundsOptions = { readonly seed: number; readonly stop: Stop }

/** Temperatures as shares of the mean leg of travel. */
const HOT = 1
const COLD = 0.01
const CLOCK_EVERY = 8
/** Tasks taken out in one round: about so many on average, in strings no longer than this. */
const TAKEN_MEAN = 10
const STRING_MOST = 10
const DISSOLVE = 0.15

export const planRounds = (problem: RoundsProblem, options: RoundsOptions): RoundsPlan => {
  const budget = startBudget(options.stop)
  const p = roundsFrom(problem)
  const random = randomFrom(options.seed)
  let current = emptyRounds(p)
  recreate(p, current, random)
  priceRounds(p, current)
  let best = current
  let iterations = 0
  let progress = 0
  const leg = meanLeg(p)
  while (iterations < budget.iterationsMax && p.tasks > 0) {
    if (iterations % CLOCK_EVERY === 0) {
      progress = budget.progress(iterations)
      if (progress >= 1) break
    }
    iterations++
    const next = copyRounds(current)
    ruin(p, next, random)
    recreate(p, next, random)
    priceRounds(p, next)
    const temperature = leg * HOT * (COLD / HOT) ** progress
    if (next.value - current.value < -temperature * Math.log(1 - unit(random))) {
      current = next
      if (next.value < best.value) best = next
    }
  }
  return decode(p, best, iterations)
}

/** From a task to its tenth neighbour: about what a good plan's legs are apart. */
const meanLeg = (p: Rounds): number => {
  let sum = 0
  for (let i = 0; i < p.tasks; i++) {
    const near = p.near[i]!
    const other = near[Math.min(9, near.length - 1)]
    sum += other === undefined ? 0 : p.times[i * p.width + other]!
  }
  return Math.max(1e-6, sum / Math.max(1, p.tasks))
}

const ruin = (p: Rounds, state: RoundsState, random: Random): void => {
  const routeAt = new Int32Array(p.tasks).fill(-1)
  state.routes.forEach(({ tasks }, r) => {
    for (const i of tasks) routeAt[i] = r
  })
  const mean =
    state.routes.reduce((sum, { tasks }) => sum + tasks.length, 0) / Math.max(1, state.routes.length)
  const longest = Math.max(1, Math.min(STRING_MOST, mean))
  const strings = 1 + below(random, Math.max(1, Math.round((4 * TAKEN_MEAN) / (1 + longest)) - 1))
  const seed = below(random, p.tasks)
  const near = p.near[seed]!
  const done = new Set<number>()
  for (let k = -1; k < near.length && done.size < strings; k++) {
    const i = k < 0 ? seed : near[k]!
    const r = routeAt[i]!
    if (r < 0 || done.has(r)) continue
    done.add(r)
    const route = state.routes[r]!
    const whole = unit(random) < DISSOLVE
    const length = whole
      ? route.tasks.length
      : 1 + below(random, Math.min(route.tasks.length, Math.ceil(longest)))
    const at = route.tasks.indexOf(i)
    const low = Math.max(0, at - length + 1)
    const from = low + below(random, Math.min(at, route.tasks.length - length) - low + 1)
    state.absent.push(...route.tasks.slice(from, from + length))
    state.routes[r] = without(p, state, route, from, length)
  }
  const kept = state.routes.filter(({ tasks }) => tasks.length > 0)
  state.routes.splice(0, state.routes.length, ...kept)
}

const without = (p: Rounds, state: RoundsState, route: Route, from: number, length: number): Route => {
  const tasks = route.tasks.filter((_, k) => k < from || k >= from + length)
  const members = [...route.members]
  const have = Int16Array.from(route.have)
  if (tasks.length === 0) {
    for (const t of members) state.free[t] = 1
    return routeOf(p, [], have, tasks)
  }
  const [someone] = members
  release(p.crew, members, have, tasks, state.free)
  if (members.length === 0 && someone !== undefined) {
    // Work that needs no skill still needs someone.
    members.push(someone)
    state.free[someone] = 0
    for (let s = 0; s < p.crew.skills; s++) have[s] = p.crew.able[someone * p.crew.skills + s]!
  }
  return routeOf(p, members, have, tasks)
}

const recreate = (p: Rounds, state: RoundsState, random: Random): void => {
  const order = state.absent.slice()
  sort(p, order, random)
  const leg = meanLegOf(state)
  const prices = { person: leg * unit(random) ** 2, blink: 0.01 }
  const absent: number[] = []
  for (const i of order) if (!insertTask(p, state, i, prices, random)) absent.push(i)
  state.absent.splice(0, state.absent.length, ...absent)
}

const meanLegOf = (state: RoundsState): number => {
  let travel = 0
  let legs = 0
  for (const route of state.routes) {
    travel += route.travel
    legs += route.tasks.length + 1
  }
  return legs === 0 ? 1 : travel / legs
}

const sort = (p: Rounds, order: number[], random: Random): void => {
  const draw = below(random, 11)
  const depot = p.tasks
  const key = new Map(
    order.map((i) => {
      if (draw < 4) return [i, unit(random)]
      if (draw < 7) return [i, -p.leftOut[i]!]
      if (draw < 9) return [i, -p.times[depot * p.width + i]!]
      if (draw < 10) return [i, p.times[depot * p.width + i]!]
      return [i, p.to[i]! - p.from[i]!]
    }),
  )
  order.sort((a, b) => key.get(a)! - key.get(b)! || a - b)
}

const decode = (p: Rounds, state: RoundsState, iterations: number): RoundsPlan => {
  const { tasks, technicians } = p.problem
  return {
    teams: state.routes.map((route) => ({
      technicianIds: [...route.members].sort((a, b) => a - b).map((t) => technicians[t]!.id),
      visits: route.tasks.map((i, k) => ({ taskId: tasks[i]!.id, start: route.early[k]! })),
    })),
    leftOut: [...state.absent].sort((a, b) => a - b).map((i) => tasks[i]!.id),
    travel: state.routes.reduce((sum, route) => sum + route.travel, 0),
    value: state.value,
    iterations,
  }
}
