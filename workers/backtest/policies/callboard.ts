/**
 * Our engine as a board that runs by itself uses it: a repair after each event that needs one, a longer search in the
 * background every quarter of an hour, and whoever becomes free goes on with what the plan has next.
 *
 * A repair places what is new or was broken, and whatever an idle technician could take, and moves little else. Outside
 * working hours nothing is mended: the next tick before a shift sees to it.
 */
import type { Weights } from '../../optimiser/problem.ts'
import { repair } from '../../optimiser/repair.ts'
import { solve } from '../../optimiser/solve.ts'
import { type BoardRules, boardProblem, type PlannedRoute } from '../board-problem.ts'
import { type Dispatcher, fits, type Happening, isFree, type View } from '../dispatcher.ts'
import { movedBetween, routesOf, sendByPlan } from '../plan-book.ts'
import { plannedTravel } from '../world.ts'
import { type SearchBudget, stopFor } from './search-budget.ts'

export type CallboardOptions = {
  readonly name: string
  readonly horizonSeconds: number
  readonly weights: Partial<Weights>
  readonly churnBudget: number
  readonly wishes: BoardRules['wishes']
  readonly repairBudget: SearchBudget
  readonly backgroundBudget: SearchBudget
  readonly backgroundSeconds: number
  readonly seed: number
}

const OPEN_MAX = { repair: 150, background: 1_500 } as const
/** How many orders near an idle technician a repair offers him. */
const OFFERED = 3

export const callboard = (options: CallboardOptions): Dispatcher => {
  let plan: PlannedRoute[] = []
  /** Pairs that a repair has judged since the last search: it would judge them the same. */
  const declined = new Set<string>()
  const rules = (openMax: number): BoardRules => ({ ...options, openMax })

  const search = (view: View): void => {
    const built = boardProblem(view, plan, rules(OPEN_MAX.background))
    const stop = stopFor(options.backgroundBudget, view.open.size)
    plan = routesOf(solve(built.problem, { seed: options.seed, stop, warm: built.warm }), built)
  }
  const mend = (view: View, offered: readonly string[]): void => {
    const built = boardProblem(view, plan, rules(OPEN_MAX.repair))
    const changed = [...built.loose, ...offered]
    const stop = stopFor(options.repairBudget, view.open.size)
    const { churnBudget, seed } = options
    plan = routesOf(repair(built.problem, { changed, churnBudget, seed, stop, warm: built.warm }), built)
  }
  return {
    name: options.name,
    tickSeconds: options.backgroundSeconds,
    react(view, happenings) {
      const before = plan
      const isTick = happenings.some((happening) => happening.kind === 'tick')
      if (view.open.size > 0 && isTick) search(view)
      else if (view.open.size > 0 && isAtWork(view) && happenings.some(isNews)) mend(view, [])
      let commitments = sendByPlan(view, plan)
      if (isTick) declined.clear()
      const offered = offersFor(view, commitments, declined)
      if (offered.length > 0) {
        mend(view, offered)
        commitments = sendByPlan(view, plan)
      }
      return { commitments, moved: movedBetween(before, plan, view) }
    },
  }
}

const isAtWork = (view: View): boolean => view.technicians.some((person) => person.isOnShift)

/** What changes who can do what; that somebody begins, ends or becomes free is what the plan expects. */
const isNews = (happening: Happening): boolean => happening.kind === 'arrived' || happening.kind === 'absent'

/** Work near each technician who would stay idle although something could be done. What is offered is noted. */
function offersFor(
  view: View,
  commitments: readonly { technicianId: string; orderId: string }[],
  declined: Set<string>,
): string[] {
  const sent = new Set(commitments.map((commitment) => commitment.technicianId))
  const taken = new Set(commitments.map((commitment) => commitment.orderId))
  const offered = new Set<string>()
  for (const person of view.technicians) {
    if (!isFree(person) || sent.has(person.technician.id)) continue
    const near = [...view.open.values()]
      .filter((order) => !taken.has(order.id) && fits(view, person, order))
      .map((order) => ({
        id: order.id,
        seconds: plannedTravel(person.place, order.place, view.travel).seconds,
      }))
      .sort((a, b) => a.seconds - b.seconds || (a.id < b.id ? -1 : 1))
    for (const { id } of near.slice(0, OFFERED)) {
      const pair = `${person.technician.id} ${id}`
      if (declined.has(pair)) continue
      declined.add(pair)
      offered.add(id)
    }
  }
  return [...offered]
}
