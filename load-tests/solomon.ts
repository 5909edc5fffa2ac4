/**
 * Solomon's and Gehring and Homberger's VRPTW files as problems of our own, in the convention of the 12th DIMACS challenge.
 *
 * All distances, windows and service times are in tenths of a unit: each arc is floor(10 d), and a second of travel is a point,
 * so that the plan's points divided by ten are the distance that the best-known values are given in.
 */
import type { Problem, ProblemActivity } from '../workers/optimiser/problem.ts'

type Row = {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly demand: number
  readonly ready: number
  readonly due: number
  readonly service: number
}

export type Solomon = {
  readonly name: string
  readonly vehicles: number
  readonly capacity: number
  readonly rows: readonly Row[]
}

const numbersOf = (line: string): number[] => line.trim().split(/\s+/).map(Number)

export const parseSolomon = (text: string): Solomon => {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const at = (heading: string): number => {
    const found = lines.findIndex((line) => line.startsWith(heading))
    if (found < 0) throw new Error(`no line begins with ${heading}`)
    return found
  }
  const [vehicles, capacity] = numbersOf(lines[at('NUMBER') + 1] ?? '')
  const rows = lines
    .slice(at('CUST NO.') + 1)
    .map(numbersOf)
    .filter((values) => values.length === 7 && values.every(Number.isFinite))
    .map(([id, x, y, demand, ready, due, service]) => ({
      id: String(id),
      // The filter above lets only rows of seven numbers through.
      x: x!,
      y: y!,
      demand: demand!,
      ready: ready!,
      due: due!,
      service: service!,
    }))
  if (vehicles === undefined || capacity === undefined || rows.length < 2)
    throw new Error('not a Solomon file')
  return { name: lines[0] ?? '', vehicles, capacity, rows }
}

export const problemFrom = ({ vehicles, capacity, rows }: Solomon): Problem => {
  const size = rows.length
  const seconds = new Int32Array(size * size)
  rows.forEach((a, i) => {
    rows.forEach((b, j) => {
      seconds[i * size + j] = Math.floor(10 * Math.hypot(a.x - b.x, a.y - b.y))
    })
  })
  // There are at least two rows, and the first is the depot.
  const depot = rows[0]!
  const activities: ProblemActivity[] = rows.slice(1).map((row, i) => ({
    id: row.id,
    duration: 10 * row.service,
    location: i + 1,
    skills: [],
    windows: [{ from: 10 * row.ready, to: 10 * row.due }],
    targets: [],
    priority: 0,
    delivery: [row.demand],
  }))
  const technicians = Array.from({ length: vehicles }, (_, i) => ({
    id: `v${i + 1}`,
    skills: [],
    shifts: [{ open: [{ from: 0, to: 10 * depot.due }], startLocation: 0, endLocation: 0 }],
    capacity: [capacity],
  }))
  return { horizon: 10 * depot.due, activities, technicians, travel: [{ size, seconds, metres: seconds }] }
}
