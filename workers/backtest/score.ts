/**
 * What a replay comes to, in figures a dispatcher knows.
 *
 * Promises are judged on one and the same set of orders for every way of dispatching: those that fall due before the replay
 * ends. An order that is still open then is late by the time since it fell due.
 */
import { priorityWeight } from './board-problem.ts'
import type { Played } from './simulator.ts'
import type { Crew, Order } from './world.ts'

export type TypeScore = { readonly type: string; readonly judged: number; readonly kept: number }

export type Score = {
  readonly orders: number
  readonly done: number
  readonly refused: number
  readonly openAfterArrivals: number
  readonly openAtEnd: number
  readonly judged: number
  readonly kept: number
  readonly keptShare: number
  /** The same with each order counted by the weight of its priority, as the engine counts it. */
  readonly keptWeightedShare: number
  readonly byType: readonly TypeScore[]
  readonly latenessHours: number
  /** From arrival to the end of the work, over all orders; open ones count up to the end of the replay. */
  readonly waitHoursMean: number
  readonly waitHoursP90: number
  readonly travelHours: number
  readonly travelKm: number
  readonly travelMinutesPerOrder: number
  readonly overtimeHours: number
  /** Work and travel as a share of the time people were there, while orders arrived. */
  readonly utilisation: number
  readonly decisions: number
  readonly movedPerDecision: number
}

export type Timing = {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly totalSeconds: number
}

export type CrewRun = { readonly crew: Crew; readonly played: Played }

export function scoreOf(runs: readonly CrewRun[], until: number, arrivalsUntil: number): Score {
  const orders = runs.flatMap(({ crew }) => crew.orders)
  const doneAt = new Map<string, number>()
  for (const { played } of runs) for (const visit of played.visits) doneAt.set(visit.orderId, visit.endsAt)
  const promises = judge(orders, doneAt, until)
  const waits = orders.map((order) => (doneAt.get(order.id) ?? until) - order.arrivesAt).sort((a, b) => a - b)
  const visits = runs.flatMap(({ played }) => played.visits)
  const trips = runs.flatMap(({ played }) => played.homeTrips)
  const decisions = runs.flatMap(({ played }) => played.decisions)
  const travelSeconds = sum(visits, (v) => v.startsAt - v.departsAt) + sum(trips, (trip) => trip.seconds)
  const busy =
    sum(visits, (v) => within(v.departsAt, v.endsAt, arrivalsUntil)) +
    sum(trips, (trip) => within(trip.departsAt, trip.departsAt + trip.seconds, arrivalsUntil))
  const refused = sum(runs, ({ played }) => played.refused.length)
  return {
    orders: orders.length,
    done: doneAt.size,
    refused,
    openAfterArrivals: sum(runs, ({ played }) => played.openAfterArrivals),
    openAtEnd: orders.length - doneAt.size - refused,
    ...promises,
    waitHoursMean: sum(waits, (wait) => wait) / orders.length / 3_600,
    waitHoursP90: quantile(waits, 0.9) / 3_600,
    travelHours: travelSeconds / 3_600,
    travelKm: (sum(visits, (v) => v.metres) + sum(trips, (trip) => trip.metres)) / 1_000,
    travelMinutesPerOrder: doneAt.size === 0 ? 0 : travelSeconds / 60 / doneAt.size,
    overtimeHours: overtimeSeconds(runs) / 3_600,
    utilisation:
      busy /
      Math.max(
        1,
        sum(runs, ({ played }) => played.presentSeconds),
      ),
    decisions: decisions.length,
    movedPerDecision: sum(decisions, (d) => d.moved) / Math.max(1, decisions.length),
  }
}

type Judged = Pick<Score, 'judged' | 'kept' | 'keptShare' | 'keptWeightedShare' | 'byType' | 'latenessHours'>

function judge(orders: readonly Order[], doneAt: ReadonlyMap<string, number>, until: number): Judged {
  const types = new Map<string, { judged: number; kept: number }>()
  let kept = 0
  let keptWeight = 0
  let weight = 0
  let late = 0
  const judged = orders.filter((order) => order.dueAt !== null && order.dueAt <= until)
  for (const order of judged) {
    // Filtered above.
    const dueAt = order.dueAt!
    const endsAt = doneAt.get(order.id) ?? Number.POSITIVE_INFINITY
    const type = types.get(order.type) ?? { judged: 0, kept: 0 }
    types.set(order.type, type)
    type.judged++
    weight += priorityWeight[order.priority]
    if (endsAt <= dueAt) {
      type.kept++
      kept++
      keptWeight += priorityWeight[order.priority]
    } else late += Math.min(endsAt, until) - dueAt
  }
  return {
    judged: judged.length,
    kept,
    keptShare: kept / Math.max(1, judged.length),
    keptWeightedShare: keptWeight / Math.max(1, weight),
    byType: [...types]
      .map(([type, own]) => ({ type, ...own }))
      .sort((a, b) => b.judged - a.judged || (a.type < b.type ? -1 : 1)),
    latenessHours: late / 3_600,
  }
}

/** Each shift once: the journey home says how late it was. */
const overtimeSeconds = (runs: readonly CrewRun[]): number =>
  sum(runs, ({ played }) => sum(played.homeTrips, (trip) => trip.overtimeSeconds))

export function timingOf(runs: readonly CrewRun[]): Timing {
  const costs = runs.flatMap(({ played }) => played.decisions.map((d) => d.cpuMs)).sort((a, b) => a - b)
  return {
    p50: quantile(costs, 0.5),
    p95: quantile(costs, 0.95),
    p99: quantile(costs, 0.99),
    totalSeconds: sum(costs, (cost) => cost) / 1_000,
  }
}

/** Of sorted figures; 0 of none. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0

const within = (from: number, to: number, until: number): number =>
  Math.max(0, Math.min(to, until) - Math.min(from, until))

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
