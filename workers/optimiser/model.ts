/**
 * The problem as the kernel reads it: flat typed arrays of whole numbers, made once, never changed by the search.
 *
 * Node ids: activity i is i; the start of route r is n + 2r and its end n + 2r + 1. A *route* is one shift of one technician.
 * The surprising rule: fixed work that lies outside of every shift gets a route of its own with no room for anything else,
 * and fixed work that reaches into a later shift closes that part of it like a break.
 */

import { assertNever } from '../../server/domain/assert-never.ts'
import { compileVans, type Vans, workedRates } from './compile-vans.ts'
import { endsOf, type LinkTable, linkTable, windowsBesideFixed } from './link-table.ts'
import type {
  Break,
  Problem,
  ProblemActivity,
  ProblemTechnician,
  Shift,
  SlaTarget,
  TravelMatrix,
  Weights,
} from './problem.ts'
import { ProblemError } from './problem-error.ts'
import { ANY_TIME, NEVER } from './times.ts'
import { lateBeyondHorizonMax, rates, weightsOf } from './weights.ts'

export { ProblemError } from './problem-error.ts'
export { ANY_TIME, NEVER } from './times.ts'

export const ALLOWED = 1
/** Set where the technician is not among those that the activity prefers. */
export const UNLOVED = 2

export const COMPLETE = 0
export const ARRIVE = 1

/** Travel of one kind of technician: seconds and points, each with its transpose so that both directions read along a row. */
export type TravelClass = {
  readonly time: Int32Array
  readonly timeTo: Int32Array
  readonly cost: Int32Array
  readonly costTo: Int32Array
}

export type Model = {
  readonly problem: Problem
  readonly n: number
  readonly routes: number
  readonly technicians: number
  readonly nodes: number
  /** Places, the last of which may be "nowhere": no journey to or from it. */
  readonly places: number
  readonly place: Int32Array
  readonly classes: readonly TravelClass[]
  readonly classOf: Int32Array

  readonly duration: Int32Array
  readonly setup: Int32Array
  readonly windowAt: Int32Array
  readonly windowFrom: Int32Array
  readonly windowTo: Int32Array
  readonly firstFrom: Int32Array
  readonly lastTo: Int32Array

  readonly opensAt: Int32Array
  readonly closesAt: Int32Array
  /** The end with the overtime that is allowed. */
  readonly closesHardAt: Int32Array
  readonly technicianOf: Int32Array
  /** Index into the technician's shifts, -1 for a route made for fixed work. */
  readonly shiftOf: Int32Array
  readonly routesOf: readonly (readonly number[])[]
  readonly breakAt: Int32Array
  readonly breakEarliest: Int32Array
  readonly breakLatest: Int32Array
  readonly breakDuration: Int32Array
  readonly routeFixedCost: Float64Array
  readonly tasksMax: Int32Array
  /** Empty routes of the same kind are interchangeable, so one of them is enough to try. */
  readonly kindOf: Int32Array
  readonly kinds: number

  readonly dimensions: number
  readonly delivery: Int32Array
  readonly pickup: Int32Array
  readonly capacity: Int32Array
  /** Some work is brought and some collected: the load peaks on the way. */
  readonly mixedLoads: boolean

  /** [activity * technicians + technician]: ALLOWED and UNLOVED bits. */
  readonly fit: Uint8Array
  readonly unlovedCost: Float64Array
  readonly fixedStart: Int32Array
  readonly isFixed: Uint8Array
  readonly fixedRoute: Int32Array
  readonly fixedCount: number

  readonly targetAt: Int32Array
  readonly targetKind: Uint8Array
  readonly targetDue: Int32Array
  readonly targetMiss: Float64Array
  readonly targetPerSecond: Float64Array
  readonly targetLateMax: Int32Array
  /** How many of an activity's targets are promises; they come before its wishes. */
  readonly promises: Int32Array
  /** Cost that the activity has wherever it is placed: `respond` targets that are overdue already. */
  readonly sunkCost: Float64Array
  readonly leftOutCost: Float64Array

  readonly currentTechnician: Int32Array
  readonly currentStart: Int32Array
  /** Where a start is held back to, ANY_TIME when it is not. */
  readonly anchor: Int32Array
  readonly moveTolerance: Int32Array
  readonly moveCost: Float64Array

  readonly overtimePerSecond: number
  readonly links: LinkTable
  /** Points per second of the greatest lateness. */
  readonly worstPerSecond: number
  readonly fairness: number
  /** Seconds in which each technician's days are open. */
  readonly openSeconds: Float64Array
  /** Days hang together, by links or by what the plan costs as a whole: a change to one can change others. */
  readonly joint: boolean
  /** No breaks, no choice of windows, no targets, nothing fixed: earliest and latest starts tell the whole truth. */
  readonly plain: boolean
  readonly symmetric: boolean
  /** Vans are limited, working time is paid, or someone is on the road already. */
  readonly worked: boolean
  /** Earliest and latest times tell the whole truth here too, but vans are limited or working time is paid (`van-route.ts`). */
  readonly van: boolean
  readonly vans: Vans
  /** Points per second at work, for each route. */
  readonly workedRate: Float64Array
  readonly paid: boolean
  /** Routes whose technician is on the road already: paid from the opening, and on the way home even without work. */
  readonly departed: Uint8Array
  readonly technicianIndex: ReadonlyMap<string, number>
  readonly activityIndex: ReadonlyMap<string, number>
}

const whole = (value: number, field: string): number => {
  if (!Number.isInteger(value) || Math.abs(value) >= NEVER)
    throw new ProblemError(field, 'must be a whole number of seconds')
  return value
}

const wholeFrom0 = (value: number, field: string): number => {
  if (whole(value, field) < 0) throw new ProblemError(field, 'must not be negative')
  return value
}

type Route = {
  readonly technician: number
  readonly shift: number
  readonly opensAt: number
  readonly closesAt: number
  readonly closesHardAt: number
  readonly start: number
  readonly end: number
  readonly breaks: Break[]
}

const indexOf = (items: readonly { readonly id: string }[], field: string): Map<string, number> => {
  const index = new Map<string, number>()
  items.forEach((item, i) => {
    if (index.has(item.id)) throw new ProblemError(`${field}[${i}].id`, `"${item.id}" is there twice`)
    index.set(item.id, i)
  })
  return index
}

const breaksOf = (shift: Shift, field: string): Break[] => {
  const breaks: Break[] = []
  shift.open.forEach((interval, i) => {
    if (whole(interval.to, `${field}.open[${i}].to`) <= whole(interval.from, `${field}.open[${i}].from`)) {
      throw new ProblemError(`${field}.open[${i}]`, 'must end after it begins')
    }
    const before = shift.open[i - 1]
    if (before === undefined) return
    if (interval.from < before.to)
      throw new ProblemError(`${field}.open[${i}]`, 'must come after the interval before it')
    if (interval.from > before.to) {
      breaks.push({ earliest: before.to, latest: before.to, duration: interval.from - before.to })
    }
  })
  shift.breaks?.forEach((pause, i) => {
    wholeFrom0(pause.duration, `${field}.breaks[${i}].duration`)
    if (
      whole(pause.latest, `${field}.breaks[${i}].latest`) <
      whole(pause.earliest, `${field}.breaks[${i}].earliest`)
    ) {
      throw new ProblemError(`${field}.breaks[${i}]`, 'must allow a beginning: latest before earliest')
    }
    breaks.push(pause)
  })
  return breaks
}

/** In the order in which they must have begun; where two could collide the fixed one counts as the earlier. */
const sortBreaks = (breaks: Break[]): Break[] =>
  breaks.sort((a, b) => a.latest - b.latest || a.earliest - b.earliest)

const placeOf = (value: number | null, size: number, field: string): number => {
  if (value === null) return size
  if (!Number.isInteger(value) || value < 0 || value >= size) {
    throw new ProblemError(field, `must be null or a place from 0 to ${size - 1}`)
  }
  return value
}

const routesOfTechnician = (technician: ProblemTechnician, t: number, size: number): Route[] => {
  let before = ANY_TIME
  return technician.shifts.map((shift, i) => {
    const field = `technicians[${t}].shifts[${i}]`
    const first = shift.open[0]
    const last = shift.open.at(-1)
    if (first === undefined || last === undefined)
      throw new ProblemError(`${field}.open`, 'must not be empty')
    const breaks = breaksOf(shift, field)
    if (first.from < before) throw new ProblemError(field, 'must come after the shift before it')
    before = last.to
    return {
      technician: t,
      shift: i,
      opensAt: first.from,
      closesAt: last.to,
      closesHardAt: last.to + wholeFrom0(shift.overtimeMax ?? 0, `${field}.overtimeMax`),
      start: placeOf(shift.startLocation, size, `${field}.startLocation`),
      end: placeOf(shift.endLocation, size, `${field}.endLocation`),
      breaks,
    }
  })
}

/** Puts fixed work on the shift it starts in, makes a route where there is none, closes what it covers of later shifts. */
const settleFixedWork = (
  problem: Problem,
  technicianIndex: ReadonlyMap<string, number>,
  routes: Route[],
  nowhere: number,
) => {
  const routeOf = new Int32Array(problem.activities.length).fill(-1)
  problem.activities.forEach((activity, i) => {
    if (activity.fixed === undefined) return
    const technician = technicianIndex.get(activity.fixed.technicianId)
    if (technician === undefined) {
      throw new ProblemError(
        `activities[${i}].fixed.technicianId`,
        `"${activity.fixed.technicianId}" is no technician`,
      )
    }
    const from = whole(activity.fixed.start, `activities[${i}].fixed.start`)
    const to = from + activity.duration
    let home = routes.findIndex(
      (route) => route.technician === technician && route.opensAt <= from && from < route.closesHardAt,
    )
    if (home < 0) {
      home = routes.length
      routes.push({
        technician,
        shift: -1,
        opensAt: from,
        closesAt: from,
        closesHardAt: from,
        start: nowhere,
        end: nowhere,
        breaks: [],
      })
    }
    routeOf[i] = home
    routes.forEach((route, r) => {
      if (r === home || route.technician !== technician || route.shift < 0) return
      const covered = Math.max(from, route.opensAt)
      if (covered < Math.min(to, route.closesHardAt)) {
        route.breaks.push({
          earliest: covered,
          latest: covered,
          duration: Math.min(to, route.closesHardAt) - covered,
        })
      }
    })
  })
  return routeOf
}

/** Named after the first technician only because every route has one. */
const spareDay = (): Route => ({
  technician: 0,
  shift: -1,
  opensAt: 0,
  closesAt: 0,
  closesHardAt: 0,
  start: 0,
  end: 0,
  breaks: [],
})

/** A dearer activity would make totals that are no exact whole numbers any more. */
const LEFT_OUT_MOST = 1e11

/** Side of the squares in which a matrix is compared with its transpose: two of them stay in the cache. */
const TILE = 32

const isSymmetric = (matrix: Int32Array, size: number): boolean => {
  for (let a0 = 0; a0 < size; a0 += TILE) {
    for (let b0 = a0; b0 < size; b0 += TILE) {
      const aTo = Math.min(size, a0 + TILE)
      const bTo = Math.min(size, b0 + TILE)
      for (let a = a0; a < aTo; a++) {
        for (let b = b0; b < bTo; b++) if (matrix[a * size + b] !== matrix[b * size + a]) return false
      }
    }
  }
  return true
}

const transposed = (matrix: Int32Array, size: number, known: boolean | undefined): Int32Array => {
  if (known ?? isSymmetric(matrix, size)) return matrix
  const out = new Int32Array(size * size)
  for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) out[b * size + a] = matrix[a * size + b]!
  return out
}

const travelClass = (
  matrix: TravelMatrix,
  places: number,
  kind: {
    readonly speedFactor: number
    readonly perHour: number
    readonly perKm: number
    readonly weight: number
  },
): TravelClass => {
  const { size } = matrix
  const same = places === size && kind.speedFactor === 1
  const time = same ? matrix.seconds : new Int32Array(places * places)
  if (!same) {
    for (let a = 0; a < size; a++) {
      // Indices below stay inside the matrix.
      for (let b = 0; b < size; b++)
        time[a * places + b] = Math.round(matrix.seconds[a * size + b]! / kind.speedFactor)
    }
  }
  const timeTo = transposed(time, places, matrix.symmetric)
  if (kind.perHour === 3600 && kind.perKm === 0 && matrix.points === undefined) {
    return { time, timeTo, cost: time, costTo: timeTo }
  }
  const cost = new Int32Array(places * places)
  // Lengths may be laid out only now, and are asked for only where they cost something.
  const metres = kind.perKm === 0 ? null : matrix.metres
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      const hours = time[a * places + b]! / 3600
      const kilometres = metres === null ? 0 : metres[a * size + b]! / 1000
      const points = matrix.points?.[a * size + b]
      cost[a * places + b] = Math.round(
        points === undefined ? hours * kind.perHour + kilometres * kind.perKm : points * kind.weight,
      )
    }
  }
  return {
    time,
    timeTo,
    cost,
    costTo: transposed(cost, places, matrix.points === undefined ? matrix.symmetric : undefined),
  }
}

/**
 * The travel of a matrix, made once for each way of going and kept as long as the matrix itself. At two thousand places this is
 * most of what compiling costs, and a board asks with the same matrix again and again. It holds because nobody writes into a matrix
 * once it is in a problem.
 */
const travelKept = new WeakMap<TravelMatrix, Map<string, TravelClass>>()
const TRAVEL_KEPT_MAX = 16

const keptTravelClass = (
  matrix: TravelMatrix,
  places: number,
  kind: Parameters<typeof travelClass>[2],
): TravelClass => {
  const kept = travelKept.get(matrix) ?? new Map<string, TravelClass>()
  travelKept.set(matrix, kept)
  const key = JSON.stringify([places, kind])
  const known = kept.get(key)
  if (known !== undefined) return known
  const made = travelClass(matrix, places, kind)
  if (kept.size >= TRAVEL_KEPT_MAX) kept.clear()
  kept.set(key, made)
  return made
}

const mergedWindows = (activity: ProblemActivity, field: string): { from: number; to: number }[] => {
  if (activity.windows.length === 0) return [{ from: ANY_TIME, to: NEVER - 1 }]
  const sorted = activity.windows
    .map((window, i) => {
      const from = whole(window.from, `${field}.windows[${i}].from`)
      const to = whole(window.to, `${field}.windows[${i}].to`)
      if (to < from) throw new ProblemError(`${field}.windows[${i}]`, 'must not end before it begins')
      return { from, to }
    })
    .sort((a, b) => a.from - b.from)
  const merged: { from: number; to: number }[] = []
  for (const window of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && window.from <= last.to + 1) last.to = Math.max(last.to, window.to)
    else merged.push({ ...window })
  }
  return merged
}

const skillTable = (problem: Problem) => {
  const index = new Map<string, number>()
  for (const activity of problem.activities) {
    for (const { skill } of activity.skills) if (!index.has(skill)) index.set(skill, index.size)
  }
  const levels = new Int32Array(problem.technicians.length * index.size).fill(-1)
  problem.technicians.forEach((technician, t) => {
    for (const { skill, level } of technician.skills) {
      const s = index.get(skill)
      if (s !== undefined) levels[t * index.size + s] = Math.max(level, levels[t * index.size + s]!)
    }
  })
  return { index, levels }
}

/** A byte for each activity and technician. Most activities ask for what others ask for too, so rows are made once and copied. */
const fitTable = (problem: Problem): Uint8Array => {
  const count = problem.technicians.length
  const skills = skillTable(problem)
  const fit = new Uint8Array(problem.activities.length * count)
  const rows = new Map<string, Uint8Array>()
  problem.activities.forEach((activity, i) => {
    const { excluded, only, preferred } = activity
    const isOrdinary = !excluded?.length && only === undefined && !preferred?.length
    const key = isOrdinary
      ? activity.skills.map(({ skill, level }) => `${skill.length}:${skill}${level}`).join()
      : null
    let row = key === null ? undefined : rows.get(key)
    if (row === undefined) {
      row = fitRow(problem, activity, skills)
      if (key !== null) rows.set(key, row)
    }
    fit.set(row, i * count)
  })
  return fit
}

const fitRow = (
  problem: Problem,
  activity: ProblemActivity,
  { index, levels }: ReturnType<typeof skillTable>,
): Uint8Array => {
  // Every skill that an activity needs is in the table.
  const needs = activity.skills.map(({ skill, level }) => ({ at: index.get(skill)!, level }))
  const excluded = activity.excluded?.length ? new Set(activity.excluded) : null
  const only = activity.only === undefined ? null : new Set(activity.only)
  const preferred = activity.preferred?.length ? new Set(activity.preferred) : null
  return Uint8Array.from(problem.technicians, ({ id }, t) => {
    const able = needs.every((need) => levels[t * index.size + need.at]! >= need.level)
    if (!able || excluded?.has(id) || (only !== null && !only.has(id))) return 0
    return ALLOWED | (preferred !== null && !preferred.has(id) ? UNLOVED : 0)
  })
}

/** Technicians that some activity names are kinds of their own; the others are alike when all that matters of them is. */
const kindsOf = (problem: Problem, routes: readonly Route[]) => {
  const named = new Set<string>()
  for (const activity of problem.activities) {
    for (const id of activity.preferred ?? []) named.add(id)
    for (const id of activity.excluded ?? []) named.add(id)
    for (const id of activity.only ?? []) named.add(id)
    if (activity.current !== undefined) named.add(activity.current.technicianId)
    if (activity.fixed !== undefined) named.add(activity.fixed.technicianId)
  }
  const kinds = new Map<string, number>()
  const kindOf = new Int32Array(routes.length)
  routes.forEach((route, r) => {
    // Routes are made from the technicians there are.
    const { id, shifts: _, ...technician } = problem.technicians[route.technician]!
    const { shift: __, technician: ___, ...day } = route
    const key = JSON.stringify([named.has(id) ? id : null, technician, day])
    const kind = kinds.get(key) ?? kinds.size
    kinds.set(key, kind)
    kindOf[r] = kind
  })
  return { kindOf, kinds: kinds.size }
}

const matrixOf = (problem: Problem): number => {
  const first = problem.travel[0]
  if (first === undefined) throw new ProblemError('travel', 'must hold at least one matrix')
  problem.travel.forEach((matrix, i) => {
    const cells = matrix.size * matrix.size
    if (matrix.size !== first.size)
      throw new ProblemError(`travel[${i}].size`, 'must be the same for all profiles')
    if (matrix.seconds.length !== cells)
      throw new ProblemError(`travel[${i}].seconds`, `must hold ${cells} numbers`)
    if (matrix.points !== undefined && matrix.points.length !== cells) {
      throw new ProblemError(`travel[${i}].points`, `must hold ${cells} numbers`)
    }
  })
  return first.size
}

const travelOf = (problem: Problem, routes: readonly Route[], places: number, travelWeight: number) => {
  const keys = new Map<string, number>()
  const classes: TravelClass[] = []
  const classOf = new Int32Array(routes.length)
  routes.forEach((route, r) => {
    // Routes are made from the technicians there are.
    const technician = problem.technicians[route.technician]!
    const profile = technician.profile ?? 0
    const matrix = problem.travel[profile]
    if (matrix === undefined)
      throw new ProblemError(`technicians[${route.technician}].profile`, 'names no travel matrix')
    if ((technician.perKm ?? 0) !== 0 && matrix.metres.length !== matrix.size * matrix.size)
      throw new ProblemError(`travel[${profile}].metres`, `must hold ${matrix.size * matrix.size} numbers`)
    const kind = {
      speedFactor: technician.speedFactor ?? 1,
      perHour: (technician.perHour ?? 3600) * travelWeight,
      perKm: (technician.perKm ?? 0) * travelWeight,
      weight: travelWeight,
    }
    if (!(kind.speedFactor > 0))
      throw new ProblemError(`technicians[${route.technician}].speedFactor`, 'must be above 0')
    const key = JSON.stringify([profile, kind])
    let at = keys.get(key)
    if (at === undefined) {
      at = classes.length
      keys.set(key, at)
      classes.push(keptTravelClass(matrix, places, kind))
    }
    classOf[r] = at
  })
  return { classes, classOf }
}

/** What a target costs when the moment it is judged by is `late` seconds after it was due. */
const lateness = (late: number, miss: number, perSecond: number, max: number): number =>
  late <= 0 ? 0 : miss + Math.round(perSecond * Math.min(late, max))

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

const routesByTechnician = (routes: readonly Route[], technicians: number): number[][] => {
  const routesOf = Array.from({ length: technicians }, (): number[] => [])
  // Routes are made from the technicians there are.
  routes.forEach((route, r) => {
    routesOf[route.technician]!.push(r)
  })
  return routesOf
}

const openSecondsOf = (technician: ProblemTechnician): number =>
  technician.shifts.reduce(
    (sum, shift) => sum + shift.open.reduce((open, interval) => open + interval.to - interval.from, 0),
    0,
  )

/** `spareDays` asks for so many closed routes that belong to nobody yet: the last ones, for a board that is changed in place. */
export const compile = (problem: Problem, spareDays = 0): Model => {
  const n = problem.activities.length
  const technicians = problem.technicians.length
  const size = matrixOf(problem)
  const weights = weightsOf(problem.weights)
  const technicianIndex = indexOf(problem.technicians, 'technicians')
  const activityIndex = indexOf(problem.activities, 'activities')

  const routeList = problem.technicians.flatMap((technician, t) => routesOfTechnician(technician, t, size))
  for (const [i, activity] of problem.activities.entries())
    wholeFrom0(activity.duration, `activities[${i}].duration`)
  const fixedRoute = settleFixedWork(problem, technicianIndex, routeList, size)
  if (technicians > 0 && size > 0) for (let i = 0; i < spareDays; i++) routeList.push(spareDay())
  const routes = routeList.length
  const nodes = n + 2 * routes
  for (const route of routeList) sortBreaks(route.breaks)

  const place = new Int32Array(nodes)
  problem.activities.forEach((activity, i) => {
    place[i] = placeOf(activity.location, size, `activities[${i}].location`)
  })
  routeList.forEach((route, r) => {
    place[n + 2 * r] = route.start
    place[n + 2 * r + 1] = route.end
  })
  const places = place.includes(size) ? size + 1 : size
  const { classes, classOf } = travelOf(problem, routeList, places, weights.travel)

  const duration = new Int32Array(nodes)
  const setup = new Int32Array(nodes)
  const windowAt = new Int32Array(n + 1)
  const ends = endsOf(problem, activityIndex)
  const ownWindows = problem.activities.map((activity, i) =>
    activity.fixed === undefined
      ? mergedWindows(activity, `activities[${i}]`)
      : [{ from: activity.fixed.start, to: activity.fixed.start }],
  )
  const windows = windowsBesideFixed(problem, ends, ownWindows)
  windows.forEach((list, i) => {
    windowAt[i + 1] = windowAt[i]! + list.length
  })
  const flat = windows.flat()
  const firstFrom = new Int32Array(n)
  const lastTo = new Int32Array(n)

  const breakAt = new Int32Array(routes + 1)
  routeList.forEach((route, r) => {
    breakAt[r + 1] = breakAt[r]! + route.breaks.length
  })
  const breakList = routeList.flatMap((route) => route.breaks)

  const dimensions = Math.max(0, ...problem.technicians.map((technician) => technician.capacity?.length ?? 0))
  const delivery = new Int32Array(n * dimensions)
  const pickup = new Int32Array(n * dimensions)
  const capacity = new Int32Array(routes * dimensions)
  routeList.forEach((route, r) => {
    const own = problem.technicians[route.technician]!.capacity
    for (let d = 0; d < dimensions; d++) {
      capacity[r * dimensions + d] =
        own === undefined ? NEVER : wholeFrom0(own[d] ?? 0, `technicians[${route.technician}].capacity[${d}]`)
    }
  })

  const targetAt = new Int32Array(n + 1)
  const targetKind: number[] = []
  const targetDue: number[] = []
  const targetMiss: number[] = []
  const targetPerSecond: number[] = []
  const targetLateMax: number[] = []
  const promises = new Int32Array(n)
  const sunkCost = new Float64Array(n)
  const leftOutCost = new Float64Array(n)
  const unlovedCost = new Float64Array(n)
  const currentTechnician = new Int32Array(n).fill(-1)
  const currentStart = new Int32Array(n)
  const anchor = new Int32Array(n).fill(ANY_TIME)
  const moveTolerance = new Int32Array(n)
  const moveCost = new Float64Array(n)
  const isFixed = new Uint8Array(nodes)
  const fixedStart = new Int32Array(n)
  let fixedCount = 0
  const worstPerSecond = problem.worstLatePerSecond ?? 0
  if (!Number.isSafeInteger(worstPerSecond) || worstPerSecond < 0)
    throw new ProblemError('worstLatePerSecond', 'must be a whole number from 0')
  let brings = false
  let collects = false
  let choosesWindows = false
  let hasSetup = false
  let hasCurrent = false

  problem.activities.forEach((activity, i) => {
    const field = `activities[${i}]`
    duration[i] = activity.duration
    setup[i] = activity.fixed === undefined ? wholeFrom0(activity.setup ?? 0, `${field}.setup`) : 0
    hasSetup ||= setup[i]! > 0
    const own = windows[i]!
    firstFrom[i] = own[0]!.from
    lastTo[i] = own.at(-1)!.to
    choosesWindows ||= own.length > 1
    for (let d = 0; d < dimensions; d++) {
      delivery[i * dimensions + d] = wholeFrom0(activity.delivery?.[d] ?? 0, `${field}.delivery[${d}]`)
      pickup[i * dimensions + d] = wholeFrom0(activity.pickup?.[d] ?? 0, `${field}.pickup[${d}]`)
      brings ||= delivery[i * dimensions + d]! > 0
      collects ||= pickup[i * dimensions + d]! > 0
    }
    if (activity.fixed !== undefined) {
      isFixed[i] = 1
      fixedStart[i] = activity.fixed.start
      fixedCount++
    }
    const priority = activity.priority
    if (!(priority >= 0 && priority <= 100))
      throw new ProblemError(`${field}.priority`, 'must be from 0 to 100')
    if (activity.leftOut !== undefined && !(activity.leftOut >= 0 && activity.leftOut <= LEFT_OUT_MOST))
      throw new ProblemError(`${field}.leftOut`, `must be from 0 to ${LEFT_OUT_MOST}`)
    let leftOut = Math.round((activity.leftOut ?? rates.unassigned * (1 + priority)) * weights.unassigned)
    let latest = 0
    for (const { target, k } of promisesFirst(activity.targets)) {
      const dueAt = whole(target.dueAt, `${field}.targets[${k}].dueAt`)
      if (!(target.weight >= 0 && target.weight <= 1000)) {
        throw new ProblemError(`${field}.targets[${k}].weight`, 'must be from 0 to 1000')
      }
      const miss = target.wish === undefined ? Math.round(rates.missed * target.weight * weights.missed) : 0
      const perSecond = perSecondOf(target, weights)
      const lateMax = Math.min(
        Math.max(0, problem.horizon - dueAt) + lateBeyondHorizonMax,
        target.most === undefined ? NEVER : wholeFrom0(target.most, `${field}.targets[${k}].most`),
      )
      const late = Math.max(0, problem.horizon + activity.duration - dueAt)
      leftOut += lateness(late, miss, perSecond, lateMax)
      if (target.kind !== 'respond' && target.wish === undefined)
        latest = Math.max(latest, Math.min(late, lateMax))
      if (target.kind === 'respond') {
        sunkCost[i] = sunkCost[i]! + lateness(-dueAt, miss, perSecond, lateMax)
        continue
      }
      if (target.wish === undefined) promises[i] = promises[i]! + 1
      targetKind.push(target.kind === 'complete' ? COMPLETE : ARRIVE)
      targetDue.push(dueAt)
      targetMiss.push(miss)
      targetPerSecond.push(perSecond)
      targetLateMax.push(lateMax)
    }
    targetAt[i + 1] = targetKind.length
    unlovedCost[i] = Math.round(rates.preferred * weights.preferred)
    if (activity.current !== undefined && activity.fixed === undefined) {
      const technician = technicianIndex.get(activity.current.technicianId)
      // A technician who has left the problem cannot be kept: the work is moved whatever happens.
      if (technician !== undefined) {
        hasCurrent = true
        currentTechnician[i] = technician
        currentStart[i] = whole(activity.current.start, `${field}.current.start`)
        moveTolerance[i] = wholeFrom0(activity.current.tolerance ?? 0, `${field}.current.tolerance`)
        moveCost[i] = Math.round(rates.moved * (activity.current.weight ?? 1) * weights.stability)
        leftOut += moveCost[i]!
        const start = currentStart[i]!
        const allowed = own.some((window) => window.from <= start && start <= window.to)
        const inTime = activity.targets.every(
          (target) =>
            target.kind === 'respond' ||
            target.wish !== undefined ||
            start + (target.kind === 'complete' ? activity.duration : 0) <= target.dueAt,
        )
        // An announced start is kept by waiting for it, unless waiting is what makes the work late.
        if (allowed && inTime && moveCost[i]! > 0) anchor[i] = start
      }
    }
    // It might have been the latest of all, had it been done at the end.
    leftOutCost[i] = leftOut + latest * worstPerSecond
  })

  const mixedLoads = brings && collects
  const links = linkTable(problem, ends)
  const joint = ends.length > 0 || worstPerSecond > 0 || weights.fairness > 0
  const { kindOf, kinds } = kindsOf(problem, routeList)
  const vans = compileVans(problem, routeList, size)
  const workedRate = workedRates(problem, routeList, weights.travel)
  const departed = Uint8Array.from(routeList, (route) =>
    problem.technicians[route.technician]!.shifts[route.shift]?.departed === true ? 1 : 0,
  )
  const paid = workedRate.some((rate) => rate > 0)
  const isOnTheRoad = departed.includes(1)
  const hardOnly =
    breakList.length === 0 &&
    !choosesWindows &&
    targetKind.length === 0 &&
    fixedCount === 0 &&
    !hasSetup &&
    !hasCurrent &&
    !mixedLoads &&
    !joint &&
    routeList.every((route) => route.closesAt === route.closesHardAt)
  const worked = vans.limited || paid || isOnTheRoad
  const plain = hardOnly && !worked

  return {
    problem,
    n,
    routes,
    technicians,
    nodes,
    places,
    place,
    classes,
    classOf,
    duration,
    setup,
    windowAt,
    windowFrom: Int32Array.from(flat, (window) => window.from),
    windowTo: Int32Array.from(flat, (window) => window.to),
    firstFrom,
    lastTo,
    opensAt: Int32Array.from(routeList, (route) => route.opensAt),
    closesAt: Int32Array.from(routeList, (route) => route.closesAt),
    closesHardAt: Int32Array.from(routeList, (route) => route.closesHardAt),
    technicianOf: Int32Array.from(routeList, (route) => route.technician),
    shiftOf: Int32Array.from(routeList, (route) => route.shift),
    routesOf: routesByTechnician(routeList, technicians),
    breakAt,
    breakEarliest: Int32Array.from(breakList, (pause) => pause.earliest),
    breakLatest: Int32Array.from(breakList, (pause) => pause.latest),
    breakDuration: Int32Array.from(breakList, (pause) => pause.duration),
    routeFixedCost: Float64Array.from(
      routeList,
      (route) => problem.technicians[route.technician]!.fixedCost ?? 0,
    ),
    tasksMax: Int32Array.from(routeList, (route) => problem.technicians[route.technician]!.maxTasks ?? NEVER),
    kindOf,
    kinds,
    dimensions,
    delivery,
    pickup,
    capacity,
    mixedLoads,
    fit: fitTable(problem),
    unlovedCost,
    fixedStart,
    isFixed,
    fixedRoute,
    fixedCount,
    targetAt,
    targetKind: Uint8Array.from(targetKind),
    targetDue: Int32Array.from(targetDue),
    targetMiss: Float64Array.from(targetMiss),
    targetPerSecond: Float64Array.from(targetPerSecond),
    targetLateMax: Int32Array.from(targetLateMax),
    promises,
    sunkCost,
    leftOutCost,
    currentTechnician,
    currentStart,
    anchor,
    moveTolerance,
    moveCost,
    links,
    worstPerSecond,
    fairness: weights.fairness,
    openSeconds: Float64Array.from(problem.technicians, openSecondsOf),
    joint,
    overtimePerSecond: Math.round(rates.overtimePerSecond * weights.overtime),
    plain,
    symmetric: classes.every((kind) => kind.cost === kind.costTo && kind.time === kind.timeTo),
    worked,
    van: hardOnly && worked,
    vans,
    workedRate,
    paid,
    departed,
    technicianIndex,
    activityIndex,
  }
}
