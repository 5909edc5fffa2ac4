/**
 * Pillac's technician routing and scheduling files: skills, tools, spare parts, one call at the depot, and paid working time.
 *
 * The surprising rule: the search counts in thousandths of the file's unit and rounds every journey up, so what it finds feasible
 * is feasible; the score drives the routes again in the file's own unrounded distances and knows nothing of the search.
 */
import type { Plan, Problem, ProblemActivity, ProblemTechnician } from '../../workers/optimiser/problem.ts'

/** Whole numbers of the search in one unit of the file. */
export const SCALE = 1000

export type TrspRow = {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly from: number
  readonly to: number
  readonly service: number
  readonly skills: readonly number[]
  readonly tools: readonly number[]
  readonly parts: readonly number[]
}

export type Trsp = {
  readonly name: string
  readonly depot: TrspRow
  readonly technicians: readonly TrspRow[]
  readonly requests: readonly TrspRow[]
}

const listOf = (text: string): number[] => (text.trim() === '' ? [] : text.split(',').map(Number))

const rowOf = (line: string): TrspRow | null => {
  const match = /^\s*(\d+)\s+(.+?)\s*\[(.*?)\]\s*\[(.*?)\]\s*\[(.*?)\]\s*$/.exec(line)
  if (match === null) return null
  const [, id = '', head = '', skills = '', tools = '', parts = ''] = match
  const [x, y, from, to, service] = head.split(/\s+/).map(Number)
  if (x === undefined || y === undefined || from === undefined || to === undefined || service === undefined)
    return null
  return { id, x, y, from, to, service, skills: listOf(skills), tools: listOf(tools), parts: listOf(parts) }
}

export const parseTrsp = (text: string): Trsp => {
  const lines = text.split(/\r?\n/)
  const info = lines.findIndex((line) => line.startsWith('CREW COUNT'))
  const crew = Number((lines[info + 1] ?? '').trim().split(/\s+/)[0])
  const rows = lines.flatMap((line) => rowOf(line) ?? [])
  const [depot] = rows
  if (info < 0 || !Number.isInteger(crew) || depot === undefined || rows.length <= crew + 1)
    throw new Error('not a TRSP file: it has no crew count, or fewer rows than that')
  return {
    name: (lines[0] ?? '').trim(),
    depot,
    technicians: rows.slice(1, crew + 1),
    requests: rows.slice(crew + 1),
  }
}

export const distance = (a: { x: number; y: number }, b: { x: number; y: number }): number =>
  Math.hypot(a.x - b.x, a.y - b.y)

/** Up, so that nobody arrives before he can; what is whole already stays so. */
export const scaled = (value: number): number => Math.ceil(value * SCALE - 1e-6)

const partsOf = (amounts: readonly number[]) =>
  amounts.flatMap((amount, part) => (amount > 0 ? [{ part: `p${part}`, amount }] : []))

export const travelOfTrsp = (rows: readonly { x: number; y: number }[]) => {
  const size = rows.length
  const seconds = new Int32Array(size * size)
  rows.forEach((a, i) => {
    rows.forEach((b, j) => {
      seconds[i * size + j] = scaled(distance(a, b))
    })
  })
  return { size, seconds, metres: seconds, symmetric: true }
}

export const requestOf = (row: TrspRow, location: number): ProblemActivity => ({
  id: row.id,
  duration: scaled(row.service),
  location,
  skills: row.skills.map((skill) => ({ skill: `s${skill}`, level: 1 })),
  windows: [{ from: scaled(row.from), to: Math.floor(row.to * SCALE) }],
  targets: [],
  // Serving everything comes first: leaving out costs more than any way to serve.
  priority: 100,
  tools: row.tools.map((tool) => `t${tool}`),
  parts: partsOf(row.parts),
})

export const technicianOf = (row: TrspRow, home: number, depot: number): ProblemTechnician => ({
  id: row.id,
  skills: row.skills.map((skill) => ({ skill: `s${skill}`, level: 1 })),
  shifts: [
    {
      open: [{ from: scaled(row.from), to: Math.floor(row.to * SCALE) }],
      startLocation: home,
      endLocation: home,
    },
  ],
  perHour: 0,
  perHourWorked: 3600,
  tools: row.tools.map((tool) => `t${tool}`),
  parts: partsOf(row.parts),
  depot: { location: depot },
})

export const trspProblem = ({ depot, technicians, requests }: Trsp): Problem => ({
  horizon: Math.floor(depot.to * SCALE),
  activities: requests.map((row, i) => requestOf(row, 1 + technicians.length + i)),
  technicians: technicians.map((row, i) => technicianOf(row, 1 + i, 0)),
  travel: [travelOfTrsp([depot, ...technicians, ...requests])],
})

export type TrspScore = {
  readonly duration: number
  readonly rejected: number
  /** What the instance forbids and the plan does. */
  readonly findings: readonly string[]
}

export type DrivenDay = {
  readonly technicianId: string
  readonly activityIds: readonly string[]
  /** The depot is called at after the visit of this index, -1 for before the first; absent when it is not. */
  readonly callAfter?: number | undefined
}

const tolerance = 1e-6

/** Drives the days afresh, leaving each home as late as no later visit minds. */
export const scoreTrsp = (trsp: Trsp, days: readonly DrivenDay[]): TrspScore => {
  const findings: string[] = []
  const requests = new Map(trsp.requests.map((row) => [row.id, row]))
  const technicians = new Map(trsp.technicians.map((row) => [row.id, row]))
  const served = new Set<string>()
  let duration = 0
  for (const day of days) {
    const technician = technicians.get(day.technicianId)
    if (technician === undefined) {
      findings.push(`${day.technicianId} is no technician`)
      continue
    }
    if (technicians.delete(day.technicianId) && day.activityIds.length === 0) continue
    const rows = day.activityIds.flatMap((id) => {
      const row = requests.get(id)
      if (row === undefined) findings.push(`${id} is no request`)
      if (served.has(id)) findings.push(`${id} is served twice`)
      served.add(id)
      return row ?? []
    })
    findings.push(...lackingOf(technician, rows, day.callAfter))
    const driven = drive(trsp, technician, rows, day, findings)
    duration += driven
  }
  return { duration, rejected: trsp.requests.length - served.size, findings }
}

export const lackingOf = (
  technician: TrspRow,
  rows: readonly TrspRow[],
  callAfter: number | undefined,
): string[] => {
  const findings: string[] = []
  const left = [...technician.parts]
  rows.forEach((row, i) => {
    if (!row.skills.every((skill) => technician.skills.includes(skill)))
      findings.push(`${technician.id} lacks a skill for ${row.id}`)
    if (callAfter !== undefined && callAfter < i) return
    if (!row.tools.every((tool) => technician.tools.includes(tool)))
      findings.push(`${technician.id} lacks a tool for ${row.id}`)
    row.parts.forEach((amount, part) => {
      left[part] = (left[part] ?? 0) - amount
      if (amount > 0 && (left[part] ?? 0) < 0) findings.push(`${technician.id} lacks a part for ${row.id}`)
    })
  })
  return findings
}

const drive = (
  trsp: Trsp,
  technician: TrspRow,
  rows: readonly TrspRow[],
  { callAfter }: DrivenDay,
  findings: string[],
): number => {
  let at = technician.from
  let moving = 0
  // The latest departure that keeps every window so far.
  let latest = Number.POSITIVE_INFINITY
  let place: { x: number; y: number } = technician
  const go = (to: { x: number; y: number }): void => {
    const way = distance(place, to)
    at += way
    moving += way
    place = to
  }
  rows.forEach((row, i) => {
    if (callAfter === i - 1) go(trsp.depot)
    go(row)
    latest = Math.min(latest, row.to - moving)
    if (at > row.to + tolerance) findings.push(`${row.id} is reached at ${at}, after ${row.to}`)
    at = Math.max(at, row.from) + row.service
    moving += row.service
  })
  go(technician)
  if (at > technician.to + tolerance)
    findings.push(`${technician.id} is back at ${at}, after ${technician.to}`)
  return at - Math.min(latest, at - moving)
}

export const daysOf = (plan: Plan): DrivenDay[] =>
  plan.routes.map(({ technicianId, visits, depotCall }) => ({
    technicianId,
    activityIds: visits.map(({ activityId }) => activityId),
    callAfter: depotCall?.after,
  }))

export const readTrsp = (
  text: string,
): { readonly problem: Problem; readonly score: (plan: Plan) => TrspScore } => {
  const trsp = parseTrsp(text)
  return { problem: trspProblem(trsp), score: (plan) => scoreTrsp(trsp, daysOf(plan)) }
}

/** When each request becomes known; those known beforehand have -1. */
export const readReleases = (text: string): ReadonlyMap<string, number> => {
  const lines = text.split(/\r?\n/)
  const heading = lines.findIndex((line) => /^\s*ID\s+RD\s*$/.test(line))
  const rows = lines.slice(heading + 1).flatMap((line) => {
    const [id, release] = line.trim().split(/\s+/)
    return id === undefined || id === '' || release === undefined ? [] : [[id, Number(release)] as const]
  })
  if (rows.length === 0 || rows.some(([, release]) => !Number.isFinite(release)))
    throw new Error('not a file of release dates: rows of an id and a date are wanted')
  return new Map(rows)
}
