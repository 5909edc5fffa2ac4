/**
 * Travel: a table of seconds and one of points for each way of going, whole and ready to be read along a row.
 *
 * The surprising rule: what costs what it takes is one table, and what is the same in both directions is its own transpose. So
 * the search may compare tables by identity.
 */
import type { Problem, TravelMatrix } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import type { Route } from './days.ts'
import type { TravelClass } from './model.ts'

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

/** How many places the matrices tell of. */
export const matrixSize = (problem: Problem): number => {
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

export const travelOf = (
  problem: Problem,
  routes: readonly Route[],
  places: number,
  travelWeight: number,
) => {
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
