/**
 * Solomon's and Gehring and Homberger's VRPTW files, in the convention of the 12th DIMACS challenge.
 *
 * All distances, windows and service times are in tenths of a unit: each arc is floor(10 d), and only distance counts. Records
 * that use the fewest vehicles first answer another question; they are never read here, so where no distance-only record is
 * known there is no gap.
 */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Problem, ProblemActivity } from '../../workers/optimiser/problem.ts'
import { type Adapter, columnOf, filesIn, type Instance, type OrderedRoute, type Score } from './adapter.ts'
import { planned } from './posed.ts'

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

const arc = (a: Row, b: Row): number => Math.floor(10 * Math.hypot(a.x - b.x, a.y - b.y))

export const problemFrom = ({ vehicles, capacity, rows }: Solomon): Problem => {
  const size = rows.length
  const seconds = new Int32Array(size * size)
  rows.forEach((a, i) => {
    rows.forEach((b, j) => {
      seconds[i * size + j] = arc(a, b)
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

type Driven = {
  readonly distance: number
  readonly unserved: number
  readonly routes: number
  readonly findings: string[]
}

/** Drives the routes afresh: each customer at most once, in time, within the capacity, with the vehicles there are. */
const drive = (solomon: Solomon, routes: readonly OrderedRoute[]): Driven => {
  const findings: string[] = []
  const rows = new Map(solomon.rows.map((row) => [row.id, row]))
  // The first row is the depot; a file without one was refused.
  const depot = solomon.rows[0]!
  const seen = new Set<string>()
  const used = routes.filter(({ activityIds }) => activityIds.length > 0)
  let distance = 0
  for (const { technicianId, activityIds } of used) {
    let at = depot
    let time = 10 * depot.ready
    let load = 0
    for (const id of activityIds) {
      const row = rows.get(id)
      if (row === undefined || row === depot) {
        findings.push(`${technicianId}: ${id} is no customer`)
        continue
      }
      if (seen.has(id)) findings.push(`customer ${id} is served twice`)
      seen.add(id)
      distance += arc(at, row)
      time = Math.max(time + arc(at, row), 10 * row.ready)
      if (time > 10 * row.due) findings.push(`customer ${id} is reached at ${time}, after ${10 * row.due}`)
      time += 10 * row.service
      load += row.demand
      at = row
    }
    distance += arc(at, depot)
    if (time + arc(at, depot) > 10 * depot.due)
      findings.push(`${technicianId}: is back after the depot closes`)
    if (load > solomon.capacity) findings.push(`${technicianId}: carries ${load} of ${solomon.capacity}`)
  }
  if (used.length > solomon.vehicles) findings.push(`uses ${used.length} of ${solomon.vehicles} vehicles`)
  if (new Set(used.map(({ technicianId }) => technicianId)).size < used.length)
    findings.push('one vehicle drives two routes')
  return {
    distance: distance / 10,
    unserved: solomon.rows.length - 1 - seen.size,
    routes: used.length,
    findings,
  }
}

/** Every customer has to be served, and the distance counts. */
export const scoreSolomon = (solomon: Solomon, routes: readonly OrderedRoute[]): Score => {
  const driven = drive(solomon, routes)
  const { distance, unserved } = driven
  return {
    value: distance,
    parts: { routes: driven.routes },
    findings: unserved === 0 ? driven.findings : [...driven.findings, `${unserved} customers are not served`],
  }
}

/** What a customer who is not served counts in the sets with too few vehicles: more than any way there and back. */
const UNSERVED = 1_000

/** As many customers as can be are served, then the distance counts. */
export const scoreShort = (solomon: Solomon, routes: readonly OrderedRoute[]): Score => {
  const { distance, unserved, findings } = drive(solomon, routes)
  return { value: UNSERVED * unserved + distance, parts: { unserved, distance }, findings }
}

export const readSolomon = (text: string, best: number | null, group: string): Instance =>
  posed(parseSolomon(text), scoreSolomon, best, group)

/** The same customers with so few vehicles that some of them cannot be served: the days on which there is too much to do. */
export const readShort = (text: string, group: string): Instance => {
  const solomon = parseSolomon(text)
  return posed({ ...solomon, vehicles: group.endsWith('2') ? 2 : 7 }, scoreShort, null, group)
}

const posed = (
  solomon: Solomon,
  scoreOf: typeof scoreSolomon,
  best: number | null,
  group: string,
): Instance => {
  const problem = problemFrom(solomon)
  const score = (routes: readonly OrderedRoute[]): Score => scoreOf(solomon, routes)
  return {
    name: solomon.name,
    group,
    best,
    run: planned({
      problem,
      score: (plan) =>
        score(
          plan.routes.map(({ technicianId, visits }) => ({
            technicianId,
            activityIds: visits.map(({ activityId }) => activityId),
          })),
        ),
    }),
    forPeers: { problem, score },
  }
}

const convention =
  'distance only, each arc floor(10 d) / 10 (12th DIMACS challenge); gap to the best distance known in that convention'

/** C1, RC2 and so on: the letters and the first digit of a file's name. */
export const solomonClass = (name: string): string => /^(rc|r|c)[12]/i.exec(name)?.[0]?.toUpperCase() ?? ''

const nameOf = (file: string): string => basename(file).replace(/\.txt$/i, '')

const readWith =
  (csvOf: (file: string) => string) =>
  (file: string): Instance => {
    const name = nameOf(file)
    const best = columnOf(csvOf(file), 'dimacs_distance').get(name) ?? null
    return { ...readSolomon(readFileSync(file, 'utf8'), best, solomonClass(name)), name }
  }

export const solomon: Adapter = {
  name: 'solomon',
  convention,
  files: (instances) => filesIn(join(instances, 'solomon'), /\.txt$/i),
  read: readWith((file) => join(dirname(file), 'best-known.csv')),
}

/** Seven vehicles for the classes with short days, two for those with long ones: from a tenth to a half is left out. */
export const solomonShort: Adapter = {
  name: 'solomon-short',
  convention: `${UNSERVED} for each customer who is not served, and the distance, each arc floor(10 d) / 10; 7 or 2 vehicles; no best known`,
  files: solomon.files,
  read: (file) => {
    const name = nameOf(file)
    return { ...readShort(readFileSync(file, 'utf8'), solomonClass(name)), name }
  },
}

/** `gh200` to `gh1000`. */
export const gehringHomberger = (customers: number): Adapter => ({
  name: `gh${customers}`,
  convention,
  files: (instances) => filesIn(join(instances, 'gehring-homberger', String(customers)), /\.txt$/i),
  read: readWith((file) => join(dirname(file), '..', 'best-known.csv')),
})
