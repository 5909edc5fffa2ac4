/**
 * Changes one technician's days in a compiled model: other hours, more shifts or fewer, and the routes that fixed work outside of
 * every shift has to itself.
 *
 * What is written comes from compiling the technician with all that is fixed there. The surprising rule: which row a day has says
 * nothing. A technician who needs more routes takes spare ones, and gives back what is no longer needed; a spare route is closed.
 */
import { compile } from '../model/compile.ts'
import type { Model } from '../model/model.ts'
import {
  breakLists,
  mayPatch,
  nowhereOf,
  type OwnModel,
  type Row,
  routeRows,
  shift,
  spliced,
} from '../model/patch.ts'
import type { ProblemActivity, ProblemTechnician } from '../problem.ts'

/** Routes kept free: somebody with a full day already fixed who falls ill needs about a dozen. */
export const SPARE_DAYS = 32

/** Fixed work of a technician, by its row. */
export type Given = { readonly u: number; readonly activity: ProblemActivity }

/** A technician's days as they are to be, and the routes they will have. */
export type DaysToBe = {
  readonly t: number
  readonly technician: ProblemTechnician
  readonly given: readonly Given[]
  readonly alone: Model
  readonly routes: readonly number[]
  /** What was the technician's and is no longer needed. */
  readonly givenBack: readonly number[]
  readonly travelClass: number
}

export type Rows = {
  readonly bare: readonly ProblemTechnician[]
  readonly spare: readonly number[]
  /** Travel class of each technician, -1 where no one who travels alike had a route when the board was compiled. */
  readonly classOf: readonly number[]
}

/** Null where the model has no room for them, or not the place at which they begin. Nothing is written. */
export const daysToBe = (
  m: OwnModel,
  technician: ProblemTechnician,
  given: readonly Given[],
  rows: Rows,
): DaysToBe | null => {
  const t = m.technicianIndex.get(technician.id)
  if (t === undefined) return null
  const activities = nowhereOf(
    m,
    given.map(({ activity }) => activity),
  )
  const technicians = rows.bare.map((other, i) => (i === t ? technician : other))
  const alone = compile({ ...m.problem, links: [], technicians, activities })
  // Every technician has a list of routes and a class.
  const own = m.routesOf[t]!
  const travelClass = rows.classOf[t]!
  const taken = Math.max(0, alone.routes - own.length)
  if (!mayPatch(alone) || taken > rows.spare.length || (alone.routes > 0 && travelClass < 0)) return null
  const kept = own.slice(0, alone.routes)
  const more = taken === 0 ? [] : rows.spare.slice(-taken)
  const days: DaysToBe = {
    t,
    technician,
    given,
    alone,
    // Days of a technician come in the order of time.
    routes: [...kept, ...more].sort((a, b) => a - b),
    givenBack: own.slice(alone.routes),
    travelClass,
  }
  return hasPlaces(m, days) ? days : null
}

const hasPlaces = (m: OwnModel, days: DaysToBe): boolean =>
  days.routes.every((_, i) => startOf(m, days, i) >= 0 && endOf(m, days, i) >= 0)

const startOf = (m: OwnModel, days: DaysToBe, i: number): number => placeOfNode(m, days, i, 0)
const endOf = (m: OwnModel, days: DaysToBe, i: number): number => placeOfNode(m, days, i, 1)

/**
 * Where a day begins or ends. Work outside of every shift begins nowhere, so that nobody travels; a model without a nowhere can use
 * the place of the work itself, as long as staying there is no journey. -1 where it cannot.
 */
const placeOfNode = (
  m: OwnModel,
  { alone, given, travelClass }: DaysToBe,
  i: number,
  node: 0 | 1,
): number => {
  // The node is one of the route's two.
  const place = alone.place[alone.n + 2 * i + node]!
  if (place < m.places) return place
  if (alone.shiftOf[i]! >= 0) return -1
  const there = given.find((_, k) => alone.fixedRoute[k] === i)?.activity.location ?? -1
  const travel = m.classes[travelClass]
  if (there < 0 || travel === undefined) return -1
  const stays = there * m.places + there
  return travel.time[stays] === 0 && travel.cost[stays] === 0 ? there : -1
}

/** Writes the days; the spare routes that are left, for the caller to keep. What stood on the routes has to be off them. */
export const patchDays = (m: OwnModel, days: DaysToBe, spare: readonly number[]): number[] => {
  const { t, alone, routes, given, givenBack } = days
  routes.forEach((r, i) => {
    // The rows are the model's, and `alone` has a route for each of them.
    for (const field of routeRows) m[field][r] = alone[field][i]!
    m.technicianOf[r] = t
    m.classOf[r] = days.travelClass
    m.place[m.n + 2 * r] = startOf(m, days, i)
    m.place[m.n + 2 * r + 1] = endOf(m, days, i)
    for (let d = 0; d < m.dimensions; d++)
      m.capacity[r * m.dimensions + d] = alone.capacity[i * m.dimensions + d]!
    patchBreaks(m, r, alone, i)
  })
  for (const r of givenBack) m.shiftOf[r] = -1
  given.forEach(({ u }, k) => {
    m.fixedRoute[u] = routes[alone.fixedRoute[k]!]!
  })
  m.routesOf = m.routesOf.map((list, i) => (i === t ? routes : list))
  return [...spare.filter((r) => !routes.includes(r)), ...givenBack]
}

const patchBreaks = (m: OwnModel, r: number, alone: Model, i: number): void => {
  // The index has one member more than there are routes.
  const from = alone.breakAt[i]!
  const to = alone.breakAt[i + 1]!
  const row: Row = { at: m.breakAt, u: r, count: to - from }
  for (const field of breakLists) m[field] = spliced(m[field], alone[field].subarray(from, to), row)
  shift(row)
}
