/**
 * Places and travel of a VROOM file: matrices by profile, or coordinates that become rows of a straight-line one.
 *
 * The surprising rule: a file with matrices must give an index wherever it names a place; its coordinates are only repeated.
 */
import type { TravelMatrix } from '../problem.ts'
import { type Fields, fieldsOf, listOf, numberIn, refuse, wholeIn } from './fields.ts'
import type { Coordinates, VroomPlace } from './input.ts'

/** Collects places: indices of a given matrix, or coordinates that become rows of a straight-line one. */
export class Places {
  readonly #size: number | null
  readonly points: { lat: number; lon: number }[] = []
  readonly #known = new Map<string, number>()

  constructor(size: number | null) {
    this.#size = size
  }

  read(
    coordinates: unknown,
    index: unknown,
    field: string,
    indexField: string,
  ): VroomPlace & { row: number } {
    const pair = coordinates === undefined ? null : this.#coordinates(coordinates, field)
    if (this.#size !== null) {
      if (index === undefined) refuse(indexField, 'must be given, because the problem has matrices')
      const row = wholeIn(index, indexField, 0, this.#size - 1)
      return { coordinates: pair, index: row, row }
    }
    if (pair === null)
      return refuse(field, 'must be [longitude, latitude], because the problem has no matrices')
    const key = `${pair[0]},${pair[1]}`
    let row = this.#known.get(key)
    if (row === undefined) {
      row = this.points.length
      this.#known.set(key, row)
      this.points.push({ lon: pair[0], lat: pair[1] })
    }
    return { coordinates: pair, index: index === undefined ? null : wholeIn(index, indexField), row }
  }

  #coordinates(value: unknown, field: string): Coordinates {
    const pair = listOf(value, field)
    if (pair.length !== 2) refuse(field, 'must be [longitude, latitude]')
    return [numberIn(pair[0], `${field}[0]`, -180, 180), numberIn(pair[1], `${field}[1]`, -90, 90)]
  }
}

export type Matrices = {
  readonly travel: TravelMatrix[]
  readonly profiles: ReadonlyMap<string, number>
  readonly hasDistances: boolean
}

export const matricesOf = (root: Fields): Matrices | null => {
  const given = root.matrices ?? (root.matrix === undefined ? undefined : { car: { durations: root.matrix } })
  if (given === undefined) return null
  const profiles = new Map<string, number>()
  const travel: TravelMatrix[] = []
  let hasDistances = true
  for (const [profile, value] of Object.entries(fieldsOf(given, 'matrices'))) {
    const field = `matrices.${profile}`
    const tables = fieldsOf(value, field)
    const size = listOf(tables.durations, `${field}.durations`).length
    if (size === 0) refuse(`${field}.durations`, 'must not be empty')
    if (travel[0] !== undefined && travel[0].size !== size)
      refuse(`${field}.durations`, 'must be as large as the others')
    const distances = tables.distances
    const costs = tables.costs
    hasDistances &&= distances !== undefined
    profiles.set(profile, travel.length)
    travel.push({
      size,
      seconds: cellsOf(tables.durations, `${field}.durations`, size),
      metres:
        distances === undefined
          ? new Int32Array(size * size)
          : cellsOf(distances, `${field}.distances`, size),
      ...(costs === undefined ? {} : { points: cellsOf(costs, `${field}.costs`, size) }),
    })
  }
  if (travel.length === 0) refuse('matrices', 'must name at least one profile')
  return { travel, profiles, hasDistances }
}

const cellsOf = (value: unknown, field: string, size: number): Int32Array => {
  const rows = listOf(value, field)
  if (rows.length !== size) refuse(field, `must have ${size} rows`)
  const cells = new Int32Array(size * size)
  rows.forEach((row, i) => {
    const values = listOf(row, `${field}[${i}]`)
    if (values.length !== size) refuse(`${field}[${i}]`, `must have ${size} numbers`)
    for (let j = 0; j < size; j++) cells[i * size + j] = wholeIn(values[j], `${field}[${i}][${j}]`)
  })
  return cells
}
