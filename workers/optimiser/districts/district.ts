/**
 * A district: some days and some work of a large board, as a small board of its own.
 *
 * Whatever is searched in it costs what it would on a board of a few hundred activities: lists are short, travel fits into the
 * processor's cache, and everybody can be asked. Nothing is compiled twice; the district's model is cut out of the whole one.
 * The surprising rule: its numbers are the district's own, and only what days cost by themselves is the same as on the whole
 * board, so boards whose days hang together have no districts.
 */
import { linkTable } from '../model/link-table.ts'
import type { Model, TravelClass } from '../model/model.ts'
import type { Vans } from '../model/vans.ts'
import { emptyPlan } from '../plan/new-plan.ts'
import { linkAfter, type PlanState, takeIn } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'

export type District = {
  readonly m: Model
  /** The plan of its days as it was on the whole board when the district was made. */
  readonly s: PlanState
  /** What its activities and routes are on the whole board. */
  readonly activities: Int32Array
  readonly routes: Int32Array
}

/** The days `routes` with all their work, and `open`, which is left out as yet. */
export const districtOf = (
  m: Model,
  s: PlanState,
  routes: readonly number[],
  open: readonly number[],
): District => {
  const work: number[] = []
  for (const r of routes) for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) work.push(u)
  const activities = Int32Array.from([...work, ...open])
  const district = {
    m: cutOut(m, activities, Int32Array.from(routes)),
    activities,
    routes: Int32Array.from(routes),
  }
  return { ...district, s: planOf(district.m, s, m, district.routes) }
}

const planOf = (part: Model, whole: PlanState, m: Model, routes: Int32Array): PlanState => {
  const s = emptyPlan(part)
  let own = 0
  for (let i = 0; i < routes.length; i++) {
    let p = part.n + 2 * i
    // The district's activities are numbered in the order of its days.
    for (let u = whole.next[m.n + 2 * routes[i]!]!; u < m.n; u = whole.next[u]!) {
      takeIn(part, s, own)
      linkAfter(s, own, p)
      p = own++
    }
    if (p < part.n) updateRoute(part, s, i)
  }
  return s
}

const ints = (from: Int32Array, at: Int32Array): Int32Array => {
  const out = new Int32Array(at.length)
  for (let i = 0; i < at.length; i++) out[i] = from[at[i]!]!
  return out
}

const bytes = (from: Uint8Array, at: Int32Array): Uint8Array => {
  const out = new Uint8Array(at.length)
  for (let i = 0; i < at.length; i++) out[i] = from[at[i]!]!
  return out
}

const doubles = (from: Float64Array, at: Int32Array): Float64Array => {
  const out = new Float64Array(at.length)
  for (let i = 0; i < at.length; i++) out[i] = from[at[i]!]!
  return out
}

/** The cells of rows that are `width` long. */
const rows = (at: Int32Array, width: number): Int32Array => {
  const out = new Int32Array(at.length * width)
  for (let i = 0; i < at.length; i++) {
    for (let k = 0; k < width; k++) out[i * width + k] = at[i]! * width + k
  }
  return out
}

/** The cells of a table of activities by technicians. */
const cells = (activities: Int32Array, technicians: Int32Array, width: number): Int32Array => {
  const out = new Int32Array(activities.length * technicians.length)
  let i = 0
  for (const u of activities) for (const t of technicians) out[i++] = u * width + t
  return out
}

/** Lists of different lengths: where each begins, and the cells of all of them. */
const lists = (at: Int32Array, of: Int32Array): { at: Int32Array; cells: Int32Array } => {
  const begins = new Int32Array(of.length + 1)
  const found: number[] = []
  for (let i = 0; i < of.length; i++) {
    for (let k = at[of[i]!]!; k < at[of[i]! + 1]!; k++) found.push(k)
    begins[i + 1] = found.length
  }
  return { at: begins, cells: Int32Array.from(found) }
}

/** Each of `values` once, in order of appearance, and for each value of the whole its number here, -1 for the others. */
const numbered = (values: Int32Array, count: number): { list: Int32Array; number: Int32Array } => {
  const number = new Int32Array(count).fill(-1)
  const list: number[] = []
  for (const value of values) {
    if (value < 0 || number[value]! >= 0) continue
    number[value] = list.length
    list.push(value)
  }
  return { list: Int32Array.from(list), number }
}

/** The table of some places of a larger one; on a large board most of the time goes into waiting for memory here. */
const square = (from: Int32Array, size: number, places: Int32Array): Int32Array => {
  const count = places.length
  const out = new Int32Array(count * count)
  let i = 0
  for (let a = 0; a < count; a++) {
    const row = places[a]! * size
    for (let b = 0; b < count; b++) out[i++] = from[row + places[b]!]!
  }
  return out
}

const mirrored = (from: Int32Array, size: number, places: Int32Array): Int32Array => {
  const count = places.length
  const out = new Int32Array(count * count)
  for (let a = 0; a < count; a++) {
    const row = places[a]! * size
    for (let b = a; b < count; b++) {
      const value = from[row + places[b]!]!
      out[a * count + b] = value
      out[b * count + a] = value
    }
  }
  return out
}

const travelOf = (kind: TravelClass, size: number, places: Int32Array): TravelClass => {
  const sameBothWays = kind.timeTo === kind.time
  const time = (sameBothWays ? mirrored : square)(kind.time, size, places)
  const timeTo = sameBothWays ? time : square(kind.timeTo, size, places)
  if (kind.cost === kind.time) return { time, timeTo, cost: time, costTo: timeTo }
  const costsSame = kind.costTo === kind.cost
  const cost = (costsSame ? mirrored : square)(kind.cost, size, places)
  return { time, timeTo, cost, costTo: costsSame ? cost : square(kind.costTo, size, places) }
}

const vansOf = (
  m: Model,
  activities: Int32Array,
  fitCells: Int32Array,
  routes: Int32Array,
  place: Int32Array,
) => {
  const { vans } = m
  return {
    limited: vans.limited,
    tooled: bytes(vans.tooled, fitCells),
    partKinds: vans.partKinds,
    needed: ints(vans.needed, rows(activities, vans.partKinds)),
    stock: ints(vans.stock, rows(routes, vans.partKinds)),
    depotPlace: ints(vans.depotPlace, routes).map((at) => (at < 0 ? -1 : place[at]!)),
    depotDuration: ints(vans.depotDuration, routes),
  } satisfies Vans
}

const cutOut = (m: Model, activities: Int32Array, routes: Int32Array): Model => {
  const n = activities.length
  const nodes = n + 2 * routes.length
  // The nodes of the whole board in the order of the district's own.
  const node = new Int32Array(nodes)
  node.set(activities)
  routes.forEach((r, i) => {
    node[n + 2 * i] = m.n + 2 * r
    node[n + 2 * i + 1] = m.n + 2 * r + 1
  })
  const people = numbered(ints(m.technicianOf, routes), m.technicians)
  const depots = ints(m.vans.depotPlace, routes)
  const spots = numbered(Int32Array.from([...ints(m.place, node), ...depots]), m.places)
  const kinds = numbered(ints(m.classOf, routes), m.classes.length)
  const fitCells = cells(activities, people.list, m.technicians)
  const windows = lists(m.windowAt, activities)
  const breaks = lists(m.breakAt, routes)
  const targets = lists(m.targetAt, activities)
  const isFixed = bytes(m.isFixed, node)
  const routeHere = numbered(routes, m.routes).number
  const routesOf = Array.from(people.list, (): number[] => [])
  const technicianOf = ints(m.technicianOf, routes).map((t) => people.number[t]!)
  technicianOf.forEach((t, i) => {
    routesOf[t]!.push(i)
  })
  const problem = {
    ...m.problem,
    activities: Array.from(activities, (u) => m.problem.activities[u]!),
    technicians: Array.from(people.list, (t) => m.problem.technicians[t]!),
  }
  return {
    ...m,
    problem,
    n,
    routes: routes.length,
    technicians: people.list.length,
    nodes,
    places: spots.list.length,
    place: ints(m.place, node).map((at) => spots.number[at]!),
    classes: Array.from(kinds.list, (k) => travelOf(m.classes[k]!, m.places, spots.list)),
    classOf: ints(m.classOf, routes).map((k) => kinds.number[k]!),
    duration: ints(m.duration, node),
    setup: ints(m.setup, node),
    windowAt: windows.at,
    windowFrom: ints(m.windowFrom, windows.cells),
    windowTo: ints(m.windowTo, windows.cells),
    firstFrom: ints(m.firstFrom, activities),
    lastTo: ints(m.lastTo, activities),
    opensAt: ints(m.opensAt, routes),
    closesAt: ints(m.closesAt, routes),
    closesHardAt: ints(m.closesHardAt, routes),
    technicianOf,
    shiftOf: ints(m.shiftOf, routes),
    routesOf,
    breakAt: breaks.at,
    breakEarliest: ints(m.breakEarliest, breaks.cells),
    breakLatest: ints(m.breakLatest, breaks.cells),
    breakDuration: ints(m.breakDuration, breaks.cells),
    routeFixedCost: doubles(m.routeFixedCost, routes),
    tasksMax: ints(m.tasksMax, routes),
    kindOf: ints(m.kindOf, routes),
    delivery: ints(m.delivery, rows(activities, m.dimensions)),
    pickup: ints(m.pickup, rows(activities, m.dimensions)),
    capacity: ints(m.capacity, rows(routes, m.dimensions)),
    fit: bytes(m.fit, fitCells),
    unlovedCost: doubles(m.unlovedCost, activities),
    fixedStart: ints(m.fixedStart, activities),
    isFixed,
    fixedRoute: ints(m.fixedRoute, activities).map((r) => (r < 0 ? -1 : routeHere[r]!)),
    fixedCount: isFixed.reduce((sum, fixed) => sum + fixed, 0),
    targetAt: targets.at,
    targetKind: bytes(m.targetKind, targets.cells),
    targetDue: ints(m.targetDue, targets.cells),
    targetMiss: doubles(m.targetMiss, targets.cells),
    targetPerSecond: doubles(m.targetPerSecond, targets.cells),
    targetLateMax: ints(m.targetLateMax, targets.cells),
    sunkCost: doubles(m.sunkCost, activities),
    leftOutCost: doubles(m.leftOutCost, activities),
    // Who is announced but lives elsewhere is nobody here: the work has moved whoever does it.
    currentTechnician: ints(m.currentTechnician, activities).map((t) =>
      t < 0 || people.number[t]! >= 0 ? (t < 0 ? -1 : people.number[t]!) : people.list.length,
    ),
    currentStart: ints(m.currentStart, activities),
    anchor: ints(m.anchor, activities),
    moveTolerance: ints(m.moveTolerance, activities),
    moveCost: doubles(m.moveCost, activities),
    links: linkTable(problem, []),
    openSeconds: doubles(m.openSeconds, people.list),
    vans: vansOf(m, activities, fitCells, routes, spots.number),
    workedRate: doubles(m.workedRate, routes),
    departed: bytes(m.departed, routes),
    technicianIndex: new Map(problem.technicians.map(({ id }, i) => [id, i])),
    activityIndex: new Map(problem.activities.map(({ id }, i) => [id, i])),
  }
}
