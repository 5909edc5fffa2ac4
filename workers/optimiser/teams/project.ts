/**
 * The search for a project's plan: teams for each day, their work, and what is given to others.
 *
 * Ruin and recreate: take some work away, let people go whom the rest does not need, put the work back one by one at the least
 * cost, keep the outcome by simulated annealing. What is outsourced is part of it: a round may take work back and give other
 * work away within the budget. Deterministic by seed and iterations, as the ordinary search is.
 */
import { type Random, randomFrom, unit } from '../random.ts'
import { type Budget, type Stop, startBudget } from '../stop/budget.ts'
import type { ProjectPlan, ProjectProblem } from './problem.ts'
import { insert, type Prices } from './project-insertion.ts'
import { ruin, shuffled } from './project-ruin.ts'
import {
  copyState,
  emptyState,
  endOf,
  latestEnds,
  OUTSOURCED,
  type Project,
  price,
  projectFrom,
  type State,
  takeTurns,
} from './project-state.ts'

export type ProjectOptions = { readonly seed: number; readonly stop: Stop }

/** Share of the objective that the annealing takes at its start and at its end. */
const HOT = 0.01
const COLD = 0.00002
/** Orders of the priorities that are tried by a search of their own, and the share of the budget that these take together. */
const TRIALS = 3
const TRIALS_SHARE = 0.3
/** Share of the budget after which no more first plans are made. */
const FIRST_SHARE = 0.15
/** The budget's clock is read once in so many iterations. */
const CLOCK_EVERY = 8

type Search = {
  readonly p: Project
  readonly random: Random
  readonly budget: Budget
  readonly ends: Float64Array
  iterations: number
  progress: number
}

/** A plan, and the turns of the priorities with which it was found. */
type Found = { readonly state: State; readonly turns: readonly number[] }

export const planProject = (problem: ProjectProblem, options: ProjectOptions): ProjectPlan => {
  const budget = startBudget(options.stop)
  const p = projectFrom(problem)
  const ends = new Float64Array(p.weights.length)
  const search: Search = { p, random: randomFrom(options.seed), budget, ends, iterations: 0, progress: 0 }
  const first = firstPlans(search)
  const tried = first
    .slice(0, TRIALS)
    .map((found, k, all) => anneal(search, found, (TRIALS_SHARE * (k + 1)) / all.length))
  const chosen = tried.reduce((best, found) => (isBetter(found.state, best.state) ? found : best))
  const best = anneal(search, chosen, 1)
  return decode(p, best.state, search.iterations)
}

const isBetter = (a: State, b: State): boolean =>
  a.value < b.value || (a.value === b.value && a.pulled < b.pulled)

/** One annealing from where the budget stands to the share `until`. */
const anneal = (search: Search, from: Found, until: number): Found => {
  const { p, random, budget, ends } = search
  takeTurns(p, from.turns)
  let current = from.state
  let best = current
  search.progress = budget.progress(search.iterations)
  const begun = search.progress
  while (search.iterations < budget.iterationsMax) {
    if (search.iterations % CLOCK_EVERY === 0) search.progress = budget.progress(search.iterations)
    if (search.progress >= until) break
    search.iterations++
    const next = copyState(current)
    if (!step(p, next, current, ends, random)) continue
    const cooled = (search.progress - begun) / (until - begun)
    const temperature = best.value * HOT * (COLD / HOT) ** cooled
    if (next.pulled - current.pulled < -temperature * Math.log(1 - unit(random))) {
      current = next
      if (isBetter(next, best)) best = next
    }
  }
  return { state: best, turns: from.turns }
}

/** For each order of the priorities the better of two plans made from nothing, the best first. */
const firstPlans = ({ p, random, budget, ends }: Search): Found[] => {
  const found: Found[] = []
  for (const turns of turnsTried(p.weights.length)) {
    if (found.length > 0 && budget.timeShare() > FIRST_SHARE) break
    takeTurns(p, turns)
    // The second looks at the ends of the first: what would be over by then anyway may as well be put where it takes few people.
    const one = madeFromNothing(p, null, ends, random)
    const two = madeFromNothing(p, one, ends, random)
    found.push({ state: isBetter(two, one) ? two : one, turns })
  }
  return found.sort((a, b) => a.state.value - b.state.value)
}

const madeFromNothing = (p: Project, before: State | null, ends: Float64Array, random: Random): State => {
  const state = emptyState(p)
  const all = Array.from({ length: p.tasks }, (_, i) => i)
  outsource(p, state, all, random)
  ends.fill(0)
  if (before !== null) raise(p, before, AIM, ends)
  if (!recreate(p, state, all, ends, random, 0))
    throw new RangeError('tasks: some need more people, or more gifted ones, than there are')
  price(p, state, ends)
  return state
}

/** Ends that a plan made from nothing may use up, as a share of those of the plan before it. */
const AIM = 0.85

/** Raises ends to a share of what another plan has. */
const raise = (p: Project, other: State, share: number, ends: Float64Array): void => {
  const theirs = latestEnds(p, other, new Float64Array(ends.length))
  for (let k = 0; k < ends.length; k++) ends[k] = Math.max(ends[k]!, share * theirs[k]!)
}

/** Beyond this many priorities only their own order is tried. */
const PERMUTED_MOST = 5

const turnsTried = (count: number): number[][] =>
  count > PERMUTED_MOST ? [Array.from({ length: count }, (_, k) => k)] : permutations(count)

const permutations = (count: number): number[][] => {
  if (count === 0) return [[]]
  return permutations(count - 1).flatMap((rest) =>
    // The greatest first: with the weights' own order at the head of the list.
    Array.from({ length: count }, (_, at) => [
      ...rest.slice(0, count - 1 - at),
      count - 1,
      ...rest.slice(count - 1 - at),
    ]),
  )
}

const step = (p: Project, state: State, from: State, ends: Float64Array, random: Random): boolean => {
  const out = ruin(p, state, random)
  latestEnds(p, state, ends)
  // What would end by now anyway costs nothing yet, so that it goes where it takes few people.
  const slack = unit(random) < 0.5 ? 0 : 1 - 0.15 * unit(random)
  if (slack > 0) raise(p, from, slack, ends)
  outsource(p, state, out, random)
  if (!recreate(p, state, out, ends, random, 0.3)) return false
  price(p, state, ends)
  return true
}

/** Gives work away while the budget allows: what burdens people most for its cost, and nothing that others wait for. */
const outsource = (p: Project, state: State, out: number[], random: Random): void => {
  const budget = p.problem.outsourceBudget
  const favour = new Map<number, number>()
  for (;;) {
    let best = -1
    let bestGain = 0
    for (const i of out) {
      if (state.spent + p.cost[i]! > budget) continue
      if (p.after[i]!.some((q) => state.dayOf[q] !== OUTSOURCED)) continue
      let chance = favour.get(i)
      if (chance === undefined) {
        chance = 0.5 + unit(random)
        favour.set(i, chance)
      }
      const gain = (chance * p.burden[i]! * (1 + p.weights[p.urgency[i]!]!)) / (1 + p.cost[i]!)
      if (gain > bestGain) {
        bestGain = gain
        best = i
      }
    }
    if (best < 0) return
    out.splice(out.indexOf(best), 1)
    state.dayOf[best] = OUTSOURCED
    state.spent += p.cost[best]!
  }
}

/** Puts tasks back, urgent and burdensome ones first, and always after what they wait for. */
const recreate = (
  p: Project,
  state: State,
  out: readonly number[],
  ends: Float64Array,
  random: Random,
  disorder: number,
): boolean => {
  const people = Math.max(1, p.problem.technicians.length)
  const total = p.weights.reduce((sum, weight) => sum + weight, 0)
  const prices: Prices = {
    late: 0.02 * 4 ** (2 * unit(random) - 1),
    person: (1.5 * unit(random) * total) / people,
    blink: 0.03,
  }
  const rank = urgencyRanks(p, random, disorder)
  const key = new Map(
    out.map((i) => [i, rank[p.urgency[i]!]! * 1e6 - p.burden[i]! * (0.5 + unit(random))] as const),
  )
  const order = [...out].sort((a, b) => key.get(a)! - key.get(b)! || a - b)
  const waiting = new Set(out)
  const put = (i: number): boolean => {
    if (!waiting.delete(i)) return true
    for (const q of p.before[i]!) if (!put(q)) return false
    return insert(p, state, i, ends, prices, random)
  }
  return order.every(put)
}

/** Mostly in the turns of this search; with chance `disorder` in another order. */
const urgencyRanks = (p: Project, random: Random, disorder: number): number[] => {
  const ranks = Array.from(p.weights, (_, k) => k)
  return unit(random) < disorder ? shuffled(ranks, random) : ranks
}

const decode = (p: Project, state: State, iterations: number): ProjectPlan => {
  const { tasks, technicians } = p.problem
  const days = state.days.map((day) => ({
    teams: day.teams.map((team) => ({
      technicianIds: [...team.members].sort((a, b) => a - b).map((t) => technicians[t]!.id),
      tasks: team.tasks.map((i) => ({
        taskId: tasks[i]!.id,
        start: state.start[i]!,
        end: endOf(p, state, i),
      })),
    })),
  }))
  while (days.at(-1)?.teams.length === 0) days.pop()
  return {
    days,
    outsourced: tasks.filter((_, i) => state.dayOf[i] === OUTSOURCED).map(({ id }) => id),
    ends: Array.from(latestEnds(p, state, new Float64Array(p.weights.length))),
    value: state.value,
    iterations,
  }
}
