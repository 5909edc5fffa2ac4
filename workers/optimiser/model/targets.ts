/**
 * Promises and wishes with their prices, as rows of numbers; and what it costs to leave work out.
 *
 * The surprising rule: lateness is finite, so work left out pays for its own missed targets and for being as late as the horizon is
 * long. A target for the response that is overdue is paid wherever the work is placed, and is in no row: nothing can change it.
 */
import { assertNever } from '../../../server/domain/assert-never.ts'
import type { Problem, ProblemActivity, SlaTarget, Weights } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { lateBeyondHorizonMax, rates } from '../weights.ts'
import { ARRIVE, COMPLETE } from './model.ts'
import { NEVER } from './times.ts'
import { whole, wholeFrom0 } from './whole-numbers.ts'

/** A dearer activity would make totals that are no exact whole numbers any more. */
const LEFT_OUT_MOST = 1e11

type Price = { readonly miss: number; readonly perSecond: number; readonly lateMax: number }

export const targetColumns = (problem: Problem, weights: Weights) => {
  const n = problem.activities.length
  const at = new Int32Array(n + 1)
  const kind: number[] = []
  const due: number[] = []
  const prices: Price[] = []
  const promises = new Int32Array(n)
  const sunkCost = new Float64Array(n)
  const leftOutCost = new Float64Array(n)
  const worstPerSecond = worstPerSecondOf(problem)
  problem.activities.forEach((activity, i) => {
    const field = `activities[${i}]`
    let leftOut = priceOfLeaving(activity, weights, field)
    let latest = 0
    for (const { target, k } of promisesFirst(activity.targets)) {
      const dueAt = whole(target.dueAt, `${field}.targets[${k}].dueAt`)
      const price = priceOf(target, problem.horizon, weights, `${field}.targets[${k}]`)
      const late = Math.max(0, problem.horizon + activity.duration - dueAt)
      leftOut += lateness(late, price)
      if (target.kind !== 'respond' && target.wish === undefined)
        latest = Math.max(latest, Math.min(late, price.lateMax))
      if (target.kind === 'respond') {
        sunkCost[i] = sunkCost[i]! + lateness(-dueAt, price)
        continue
      }
      if (target.wish === undefined) promises[i] = promises[i]! + 1
      kind.push(target.kind === 'complete' ? COMPLETE : ARRIVE)
      due.push(dueAt)
      prices.push(price)
    }
    at[i + 1] = kind.length
    // It might have been the latest of all, had it been done at the end.
    leftOutCost[i] = leftOut + latest * worstPerSecond
  })
  return {
    at,
    kind: Uint8Array.from(kind),
    due: Int32Array.from(due),
    miss: Float64Array.from(prices, ({ miss }) => miss),
    perSecond: Float64Array.from(prices, ({ perSecond }) => perSecond),
    lateMax: Int32Array.from(prices, ({ lateMax }) => lateMax),
    promises,
    sunkCost,
    leftOutCost,
    worstPerSecond,
  }
}

const worstPerSecondOf = ({ worstLatePerSecond = 0 }: Problem): number => {
  if (!Number.isSafeInteger(worstLatePerSecond) || worstLatePerSecond < 0)
    throw new ProblemError('worstLatePerSecond', 'must be a whole number from 0')
  return worstLatePerSecond
}

const priceOfLeaving = ({ priority, leftOut }: ProblemActivity, weights: Weights, field: string): number => {
  if (!(priority >= 0 && priority <= 100))
    throw new ProblemError(`${field}.priority`, 'must be from 0 to 100')
  if (leftOut !== undefined && !(leftOut >= 0 && leftOut <= LEFT_OUT_MOST))
    throw new ProblemError(`${field}.leftOut`, `must be from 0 to ${LEFT_OUT_MOST}`)
  return Math.round((leftOut ?? rates.unassigned * (1 + priority)) * weights.unassigned)
}

const priceOf = (target: SlaTarget, horizon: number, weights: Weights, field: string): Price => {
  if (!(target.weight >= 0 && target.weight <= 1000))
    throw new ProblemError(`${field}.weight`, 'must be from 0 to 1000')
  return {
    miss: target.wish === undefined ? Math.round(rates.missed * target.weight * weights.missed) : 0,
    perSecond: perSecondOf(target, weights),
    lateMax: Math.min(
      Math.max(0, horizon - target.dueAt) + lateBeyondHorizonMax,
      target.most === undefined ? NEVER : wholeFrom0(target.most, `${field}.most`),
    ),
  }
}

/** What a target costs when the moment it is judged by is `late` seconds after it was due. */
const lateness = (late: number, { miss, perSecond, lateMax }: Price): number =>
  late <= 0 ? 0 : miss + Math.round(perSecond * Math.min(late, lateMax))

const promisesFirst = (targets: readonly SlaTarget[]): { target: SlaTarget; k: number }[] =>
  targets
    .map((target, k) => ({ target, k }))
    .sort((a, b) => Number(a.target.wish !== undefined) - Number(b.target.wish !== undefined))

/** A price of lateness is whole, one of a wish may be broken: a second of it costs less than a second of travel. */
const perSecondOf = (target: SlaTarget, weights: Weights): number => {
  const share = target.weight * (target.perMinute ?? 1)
  switch (target.wish) {
    case undefined:
      return Math.round(rates.latePerSecond * share * weights.late)
    case 'waiting':
      return rates.waitingPerSecond * share * weights.waiting
    case 'margin':
      return rates.marginPerSecond * share * weights.margin
    default:
      return assertNever(target.wish)
  }
}
