/**
 * One backtest from the text of a file to its report: every way of dispatching meets the same days under the same seeds.
 *
 * Pure but for the clock it is given. Departments are replayed one after another, since they share neither work nor people.
 */
import { cpuClock } from '../optimiser/stop/budget.ts'
import type { Dispatcher } from './dispatcher.ts'
import { crewsOf } from './fleet.ts'
import { type HistoryRequest, readHistory } from './history.ts'
import type { PolicyResult, Report, SeedResult } from './report.ts'
import { type CrewRun, scoreOf, timingOf } from './score.ts'
import { shadowOf } from './shadow.ts'
import { simulate } from './simulator.ts'
import { truthOf } from './truth.ts'
import type { TravelPlan } from './world.ts'

/** Makes a fresh dispatcher for one crew under one seed. */
export type Policy = {
  readonly name: string
  readonly dispatcher: (seed: number) => Dispatcher
}

export type BacktestRequest = HistoryRequest & {
  readonly fileName: string
  readonly policies: readonly Policy[]
  readonly seeds: readonly number[]
  readonly load: number
  readonly technicians: number | null
  readonly drainDays: number
  readonly travel: TravelPlan
  readonly budget: string
  readonly shadow: boolean
  /** False where the report has to be the same in every run. */
  readonly timed: boolean
  readonly say: (text: string) => void
}

/** The same people whatever the seed of the truth. */
const FLEET_SEED = 311

export function backtest(request: BacktestRequest): Report {
  const history = readHistory(request)
  const days = history.days + request.drainDays
  const crews = crewsOf(history, {
    load: request.load,
    technicians: request.technicians,
    seed: FLEET_SEED,
    days,
  })
  const arrivalsUntil = history.wall(history.days, 0)
  const until = history.wall(days, 0)
  const cpu = request.timed ? cpuClock() : () => 0
  const orders = crews.flatMap((crew) => crew.orders)
  const people = crews.reduce((sum, crew) => sum + crew.technicians.length, 0)
  request.say(`${orders.length} visits, ${crews.length} crews, ${people} people, ${days} days`)

  const play = (policy: Policy, seed: number): SeedResult => {
    const runs = crews.map((crew): CrewRun => {
      const dispatcher = policy.dispatcher(seed)
      const { travel } = request
      const truth = truthOf(seed)
      const played = simulate({ crew, truth, dispatcher, travel, until, arrivalsUntil, cpu })
      request.say(`${policy.name}, seed ${seed}: ${crew.name}, ${played.visits.length} done`)
      return { crew, played }
    })
    const score = scoreOf(runs, until, arrivalsUntil)
    const timing = request.timed ? timingOf(runs) : null
    const cost = timing === null ? '' : `, ${timing.totalSeconds.toFixed(1)} s CPU`
    request.say(
      `${policy.name}, seed ${seed}: ${score.judged === 0 ? 'no promise judged' : `${(100 * score.keptShare).toFixed(1)} % kept`}, ${score.travelHours.toFixed(0)} h travel${cost}`,
    )
    return { seed, score, timing, shadow: request.shadow ? shadowOf(runs, history.city, until) : null }
  }

  return {
    file: request.fileName,
    firstDate: history.firstDate,
    lastDate: history.lastDate,
    drainDays: request.drainDays,
    orders: orders.length,
    withPromise: orders.filter((order) => order.dueAt !== null).length,
    withoutPlace: history.withoutPlace,
    leftOut: history.leftOut,
    crews: crews.map((crew) => ({
      name: crew.name,
      orders: crew.orders.length,
      technicians: crew.technicians.length,
    })),
    load: request.technicians === null ? request.load : null,
    budget: request.budget,
    results: request.policies.map(
      (policy): PolicyResult => ({
        policy: policy.name,
        seeds: request.seeds.map((seed) => play(policy, seed)),
      }),
    ),
  }
}
