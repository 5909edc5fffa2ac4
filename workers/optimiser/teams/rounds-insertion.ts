/**
 * Puts one task into the round where it adds least travel, taking free people along where the team cannot do it, or sends a new team.
 *
 * Adding people costs nothing in the objective, but they are then missing elsewhere; so a person has a price that is drawn anew in
 * each round of the search. Where every place costs more than leaving the task out, it is left out.
 */
import { type Random, unit } from '../random.ts'
import { isAble, join, recruits, skillsOf } from './crew.ts'
import { type Rounds, type RoundsState, routeOf } from './rounds-state.ts'

export type RoundsPrices = { readonly person: number; readonly blink: number }

/** True when the task has a place now. */
export const insertTask = (
  p: Rounds,
  state: RoundsState,
  task: number,
  prices: RoundsPrices,
  random: Random,
): boolean => {
  const { routes } = state
  const anyFree = state.free.includes(1)
  const costs = new Float64Array(routes.length + 1).fill(Number.POSITIVE_INFINITY)
  const positions = new Int32Array(routes.length + 1)
  for (let r = 0; r < routes.length; r++) {
    const able = isAble(p.crew, routes[r]!.have, task)
    if (!able && !anyFree) continue
    costs[r] = cheapest(p, state, r, task, prices, random, positions) + (able ? 0 : prices.person)
  }
  if (anyFree) costs[routes.length] = newRound(p, task) + prices.person
  let bestCost = p.leftOut[task]!
  let best = -1
  let people: readonly number[] = []
  // The people are looked for in order of travel, and only as long as that alone can still be the least.
  for (;;) {
    let r = -1
    for (let k = 0; k < costs.length; k++) if (costs[k]! < bestCost && (r < 0 || costs[k]! < costs[r]!)) r = k
    if (r < 0) break
    const have = routes[r]?.have ?? p.crew.nobody
    const found = recruits(p.crew, have, task, state.free, random)
    // Who needs no skill still needs to be someone.
    const taken = found?.length === 0 && r === routes.length ? [state.free.indexOf(1)] : found
    if (taken !== null) {
      const cost = costs[r]! + prices.person * Math.max(0, taken.length - 1)
      if (cost < bestCost) {
        bestCost = cost
        best = r
        people = taken
      }
    }
    costs[r] = Number.POSITIVE_INFINITY
  }
  if (best < 0) return false
  put(p, state, task, best, positions[best]!, people)
  return true
}

const newRound = (p: Rounds, task: number): number => {
  const { times, width, from, to, duration, horizon } = p
  const depot = p.tasks
  const out = times[depot * width + task]!
  const back = times[task * width + depot]!
  const start = Math.max(out, from[task]!)
  return start > to[task]! || start + duration[task]! + back > horizon ? Number.POSITIVE_INFINITY : out + back
}

const cheapest = (
  p: Rounds,
  state: RoundsState,
  r: number,
  task: number,
  prices: RoundsPrices,
  random: Random,
  positions: Int32Array,
): number => {
  const { times, width, from, to, duration, horizon } = p
  const depot = p.tasks
  const { tasks, early, late } = state.routes[r]!
  const length = duration[task]!
  let least = Number.POSITIVE_INFINITY
  for (let k = 0; k <= tasks.length; k++) {
    const before = k === 0 ? depot : tasks[k - 1]!
    const after = k === tasks.length ? depot : tasks[k]!
    const left = k === 0 ? 0 : early[k - 1]! + duration[before]!
    const start = Math.max(from[task]!, left + times[before * width + task]!)
    // Later places are reached later still.
    if (start > to[task]!) break
    const latest = k === tasks.length ? horizon : late[k]!
    if (start + length + times[task * width + after]! > latest) continue
    const cost = times[before * width + task]! + times[task * width + after]! - times[before * width + after]!
    if (cost < least && unit(random) >= prices.blink) {
      least = cost
      positions[r] = k
    }
  }
  return least
}

const put = (
  p: Rounds,
  state: RoundsState,
  task: number,
  r: number,
  position: number,
  people: readonly number[],
): void => {
  for (const t of people) state.free[t] = 0
  const route = state.routes[r]
  if (route === undefined) {
    state.routes.push(routeOf(p, people, skillsOf(p.crew, people), [task]))
    return
  }
  const have = people.length === 0 ? route.have : Int16Array.from(route.have)
  for (const t of people) join(p.crew, have, t, 1)
  const tasks = [...route.tasks.slice(0, position), task, ...route.tasks.slice(position)]
  state.routes[r] = routeOf(p, [...route.members, ...people], have, tasks)
}
