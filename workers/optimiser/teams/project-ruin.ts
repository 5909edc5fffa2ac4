/**
 * Takes work out of a project's plan, so that it can be put back another way.
 *
 * The objective is held up by the last tasks of each priority alone, so those go often; people are bound by their team for the
 * day, so whole teams go together. Who is left in a team without being needed is let go, and what remains moves to the front.
 */
import { below, type Random, unit } from '../random.ts'
import { release } from './crew.ts'
import {
  endOf,
  OUTSOURCED,
  ownDay,
  type Project,
  readyAt,
  type State,
  type Team,
  UNPLACED,
} from './project-state.ts'

/** Most tasks that one round takes away. */
const RUIN_MOST = 24

/** The tasks that now have no place. */
export const ruin = (p: Project, state: State, random: Random): number[] => {
  const out = new Set<number>()
  const most = 2 + below(random, Math.min(RUIN_MOST, Math.max(1, p.tasks >> 1)))
  const kind = unit(random)
  if (kind < 0.35) takeLast(p, state, out, most, random)
  if (kind < 0.8) takeTeams(p, state, out, most, random)
  else takeSome(p, state, out, most, random)
  if (state.spent > 0 && unit(random) < 0.15) takeBack(p, state, out, random)
  if (unit(random) < 0.5) {
    // What waits for a task stands in its way when it is put back.
    for (const i of [...out]) for (const q of p.after[i]!) if (state.dayOf[q]! >= 0) out.add(q)
  }
  const touched = new Set<number>()
  for (const i of out) if (state.dayOf[i]! >= 0) touched.add(state.dayOf[i]!)
  for (const d of [...touched].sort((a, b) => a - b)) clearDay(p, state, d, out)
  for (const i of out) state.dayOf[i] = UNPLACED
  return [...out]
}

/** Of one priority, the tasks that end last: only they hold the objective up. */
const takeLast = (p: Project, state: State, out: Set<number>, most: number, random: Random): void => {
  const draw = unit(random)
  const k = draw < 0.5 ? 0 : draw < 0.75 ? 1 : draw < 0.9 ? 2 : 3
  const isLast = k >= p.weights.length - 1
  const own: number[] = []
  for (let i = 0; i < p.tasks; i++) {
    if (state.dayOf[i]! >= 0 && (isLast || p.priority[i] === k)) own.push(i)
  }
  own.sort((a, b) => endOf(p, state, b) - endOf(p, state, a) || a - b)
  for (const i of own.slice(0, 1 + below(random, Math.max(1, most >> 1)))) out.add(i)
}

/** Whole teams of one or two days, so that their people can be put together anew. */
const takeTeams = (p: Project, state: State, out: Set<number>, most: number, random: Random): void => {
  let d = below(random, Math.max(1, state.days.length))
  for (let tries = 0; tries < 4 && out.size < most; tries++) {
    const teams = state.days[d]?.teams ?? []
    const order = shuffled(
      teams.map((_, g) => g),
      random,
    )
    for (const g of order.slice(0, 1 + below(random, 3))) {
      if (out.size >= most) break
      for (const i of teams[g]!.tasks) out.add(i)
    }
    d =
      unit(random) < 0.5
        ? Math.max(0, d - 1 - below(random, 2))
        : below(random, Math.max(1, state.days.length))
  }
  if (out.size === 0) takeSome(p, state, out, most, random)
}

const takeSome = (p: Project, state: State, out: Set<number>, most: number, random: Random): void => {
  for (let k = 0; k < most; k++) {
    const i = below(random, p.tasks)
    if (state.dayOf[i]! >= 0) out.add(i)
  }
}

/** Takes outsourced work back, as far as nothing it waits for is outsourced. */
const takeBack = (p: Project, state: State, out: Set<number>, random: Random): void => {
  const own: number[] = []
  for (let i = 0; i < p.tasks; i++) {
    if (state.dayOf[i] === OUTSOURCED && p.before[i]!.every((q) => state.dayOf[q] !== OUTSOURCED)) own.push(i)
  }
  for (const i of shuffled(own, random).slice(0, 1 + below(random, 4))) {
    out.add(i)
    state.spent -= p.cost[i]!
  }
}

/** Takes these tasks out of the day, moves the rest to the front, lets go of people nobody needs. */
const clearDay = (p: Project, state: State, d: number, out: ReadonlySet<number>): void => {
  const day = ownDay(p, state, d)
  for (const team of day.teams) {
    const kept = team.tasks.filter((i) => !out.has(i))
    if (kept.length === team.tasks.length) continue
    team.tasks = kept
    if (kept.length === 0) {
      for (const t of team.members) day.free[t] = 1
      team.members = []
      continue
    }
    release(p.crew, team.members, team.have, kept, day.free)
    if (team.members.length === 0) keepSomeone(p, team, day.free)
    let at = d * p.dayLength
    for (const i of kept) {
      at = Math.max(at, readyWithout(p, state, i, out))
      state.start[i] = Math.min(state.start[i]!, at)
      at = endOf(p, state, i)
    }
  }
  day.teams = day.teams.filter((team) => team.tasks.length > 0)
}

/** Work that needs no skill still needs someone; whoever it is was let go a moment ago. */
const keepSomeone = (p: Project, team: Team, free: Uint8Array): void => {
  const t = free.indexOf(1)
  team.members.push(t)
  free[t] = 0
  for (let s = 0; s < p.crew.skills; s++) team.have[s] = p.crew.able[t * p.crew.skills + s]!
}

/** Tasks whose predecessors are being taken out keep their start: it is the bound for putting those back. */
const readyWithout = (p: Project, state: State, task: number, out: ReadonlySet<number>): number =>
  p.before[task]!.some((q) => out.has(q)) ? state.start[task]! : readyAt(p, state, task)

export const shuffled = (values: readonly number[], random: Random): number[] => {
  const own = [...values]
  for (let i = own.length - 1; i > 0; i--) {
    const j = below(random, i + 1)
    const value = own[i]!
    own[i] = own[j]!
    own[j] = value
  }
  return own
}
