/**
 * From the problem to the model: each question has a file of its own beside this one, and its answer is laid out here.
 *
 * The surprising rule: what makes a board simple is counted here too (`plain`, `van`, `joint`), because the search reads simple
 * boards by shorter ways, and one promise or one break anywhere is enough to close them.
 */
import type { Problem } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { rates, weightsOf } from '../weights.ts'
import { announcedColumns } from './announced.ts'
import { dayColumns, routesFrom, spareDay } from './days.ts'
import { fitTable } from './fit.ts'
import { settleFixedWork } from './fixed-work.ts'
import { kindsOf } from './kinds.ts'
import { endsOf, linkTable } from './link-table.ts'
import { loadColumns } from './loads.ts'
import type { Model } from './model.ts'
import { placeColumns } from './places.ts'
import { targetColumns } from './targets.ts'
import { matrixSize, travelOf } from './travel.ts'
import { compileVans, workedRates } from './vans.ts'
import { wholeFrom0 } from './whole-numbers.ts'
import { windowColumns } from './windows.ts'

/** `spareDays` asks for so many closed routes that belong to nobody yet: the last ones, for a board that is changed in place. */
export const compile = (problem: Problem, spareDays = 0): Model => {
  const size = matrixSize(problem)
  const weights = weightsOf(problem.weights)
  const technicianIndex = indexOf(problem.technicians, 'technicians')
  const activityIndex = indexOf(problem.activities, 'activities')

  const routes = routesFrom(problem, size)
  for (const [i, activity] of problem.activities.entries())
    wholeFrom0(activity.duration, `activities[${i}].duration`)
  const fixedRoute = settleFixedWork(problem, technicianIndex, routes, size)
  if (problem.technicians.length > 0 && size > 0) for (let i = 0; i < spareDays; i++) routes.push(spareDay())

  const days = dayColumns(problem, routes)
  const { place, places } = placeColumns(problem, routes, size)
  const { classes, classOf } = travelOf(problem, routes, places, weights.travel)
  const ends = endsOf(problem, activityIndex)
  const windows = windowColumns(problem, ends)
  const work = workColumns(problem, place.length)
  const loads = loadColumns(problem, routes)
  const targets = targetColumns(problem, weights)
  const announced = announcedColumns(problem, technicianIndex, windows.windows, weights)
  const { kindOf, kinds } = kindsOf(problem, routes)
  const vans = compileVans(problem, routes, size)
  const workedRate = workedRates(problem, routes, weights.travel)

  const joint = ends.length > 0 || targets.worstPerSecond > 0 || weights.fairness > 0
  const paid = workedRate.some((rate) => rate > 0)
  const worked = vans.limited || paid || days.departed.includes(1)
  const hardOnly =
    days.breakEarliest.length === 0 &&
    !windows.isChoice &&
    targets.kind.length === 0 &&
    work.fixedCount === 0 &&
    !work.hasSetup &&
    !announced.isAny &&
    !loads.isMixed &&
    !joint &&
    routes.every((route) => route.closesAt === route.closesHardAt)

  return {
    problem,
    n: problem.activities.length,
    routes: routes.length,
    technicians: problem.technicians.length,
    nodes: place.length,
    places,
    place,
    classes,
    classOf,
    duration: work.duration,
    setup: work.setup,
    windowAt: windows.at,
    windowFrom: windows.from,
    windowTo: windows.to,
    firstFrom: windows.firstFrom,
    lastTo: windows.lastTo,
    opensAt: days.opensAt,
    closesAt: days.closesAt,
    closesHardAt: days.closesHardAt,
    technicianOf: days.technicianOf,
    shiftOf: days.shiftOf,
    routesOf: days.routesOf,
    breakAt: days.breakAt,
    breakEarliest: days.breakEarliest,
    breakLatest: days.breakLatest,
    breakDuration: days.breakDuration,
    routeFixedCost: days.fixedCost,
    tasksMax: days.tasksMax,
    kindOf,
    kinds,
    dimensions: loads.dimensions,
    delivery: loads.delivery,
    pickup: loads.pickup,
    capacity: loads.capacity,
    mixedLoads: loads.isMixed,
    fit: fitTable(problem),
    unlovedCost: new Float64Array(problem.activities.length).fill(
      Math.round(rates.preferred * weights.preferred),
    ),
    fixedStart: work.fixedStart,
    isFixed: work.isFixed,
    fixedRoute,
    fixedCount: work.fixedCount,
    targetAt: targets.at,
    targetKind: targets.kind,
    targetDue: targets.due,
    targetMiss: targets.miss,
    targetPerSecond: targets.perSecond,
    targetLateMax: targets.lateMax,
    promises: targets.promises,
    sunkCost: targets.sunkCost,
    // Work left out has moved too.
    leftOutCost: targets.leftOutCost.map((cost, i) => cost + announced.moveCost[i]!),
    currentTechnician: announced.technicianOf,
    currentStart: announced.start,
    anchor: announced.anchor,
    moveTolerance: announced.tolerance,
    moveCost: announced.moveCost,
    links: linkTable(problem, ends),
    worstPerSecond: targets.worstPerSecond,
    fairness: weights.fairness,
    openSeconds: days.openSeconds,
    joint,
    overtimePerSecond: Math.round(rates.overtimePerSecond * weights.overtime),
    plain: hardOnly && !worked,
    symmetric: classes.every((kind) => kind.cost === kind.costTo && kind.time === kind.timeTo),
    worked,
    van: hardOnly && worked,
    vans,
    workedRate,
    paid,
    departed: days.departed,
    technicianIndex,
    activityIndex,
  }
}

const indexOf = (items: readonly { readonly id: string }[], field: string): Map<string, number> => {
  const index = new Map<string, number>()
  items.forEach((item, i) => {
    if (index.has(item.id)) throw new ProblemError(`${field}[${i}].id`, `"${item.id}" is there twice`)
    index.set(item.id, i)
  })
  return index
}

/** How long work takes, and what of it stands already. */
const workColumns = (problem: Problem, nodes: number) => {
  const n = problem.activities.length
  const duration = new Int32Array(nodes)
  const setup = new Int32Array(nodes)
  const isFixed = new Uint8Array(nodes)
  const fixedStart = new Int32Array(n)
  problem.activities.forEach((activity, i) => {
    duration[i] = activity.duration
    if (activity.fixed === undefined) {
      setup[i] = wholeFrom0(activity.setup ?? 0, `activities[${i}].setup`)
      return
    }
    isFixed[i] = 1
    fixedStart[i] = activity.fixed.start
  })
  const fixedCount = isFixed.reduce((sum, is) => sum + is, 0)
  return { duration, setup, isFixed, fixedStart, fixedCount, hasSetup: setup.some((seconds) => seconds > 0) }
}
