/**
 * Pillac's static TRSP files as two sets: the whole question in paid working time, and only its skills in travel.
 *
 * The second is no question of the literature: without tools and parts it is what VROOM's format can say, so that other solvers can
 * be asked. It counts tenths as the VRPTW sets do, each arc floor(10 d), and only travel costs.
 */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Problem } from '../../workers/optimiser/problem.ts'
import { type Adapter, columnOf, filesIn, type Instance, type OrderedRoute, type Score } from './adapter.ts'
import { planned } from './posed.ts'
import { solomonClass } from './solomon.ts'
import { parseTrsp, readTrsp, type Trsp, type TrspRow } from './trsp.ts'

const filesOf = (instances: string): string[] =>
  filesIn(join(instances, 'trsp-pillac'), /\.100_25-\d+-\d+-\d+\.txt$/)

const nameOf = (file: string): string => basename(file, '.txt')

export const readTrspWorkingTime = (
  text: string,
  known: Pick<Instance, 'name' | 'group' | 'references'> & { readonly best?: number | null },
): Instance => {
  const { problem, score } = readTrsp(text)
  return {
    ...known,
    best: known.best ?? null,
    run: planned({
      problem,
      score: (plan) => {
        const { duration, rejected, findings } = score(plan)
        const unserved = rejected === 0 ? [] : [`${rejected} requests are not served`]
        return {
          value: duration,
          parts: { technicians: plan.routes.length },
          findings: [...findings, ...unserved],
        }
      },
    }),
  }
}

export const trsp: Adapter = {
  name: 'trsp',
  convention:
    'paid working time in full precision, every request served; gap to the least published duration',
  files: filesOf,
  read: (file) => {
    const name = nameOf(file)
    const csv = join(dirname(file), 'best-known.csv')
    const thesis = columnOf(csv, 'thesis_duration').get(name)
    return readTrspWorkingTime(readFileSync(file, 'utf8'), {
      name,
      group: solomonClass(name),
      best: columnOf(csv, 'bks_duration').get(name) ?? null,
      references: thesis === undefined ? {} : { thesis },
    })
  },
}

const arc = (a: TrspRow, b: TrspRow): number => Math.floor(10 * Math.hypot(a.x - b.x, a.y - b.y))

const skillsOf = (row: TrspRow): { skill: string; level: number }[] =>
  row.skills.map((skill) => ({ skill: `s${skill}`, level: 1 }))

export const skillsProblem = ({ depot, technicians, requests }: Trsp): Problem => {
  const rows = [...technicians, ...requests]
  const size = rows.length
  const seconds = new Int32Array(size * size)
  rows.forEach((a, i) => {
    rows.forEach((b, j) => {
      seconds[i * size + j] = arc(a, b)
    })
  })
  return {
    horizon: 10 * depot.to,
    activities: requests.map((row, i) => ({
      id: row.id,
      duration: 10 * row.service,
      location: technicians.length + i,
      skills: skillsOf(row),
      windows: [{ from: 10 * row.from, to: 10 * row.to }],
      targets: [],
      priority: 0,
    })),
    technicians: technicians.map((row, i) => ({
      id: row.id,
      skills: skillsOf(row),
      shifts: [{ open: [{ from: 10 * row.from, to: 10 * row.to }], startLocation: i, endLocation: i }],
    })),
    travel: [{ size, seconds, metres: seconds }],
  }
}

/** Drives the routes afresh: every request once, by someone with its skills, in time, and home before the day ends. */
export const scoreSkills = (trsp: Trsp, routes: readonly OrderedRoute[]): Score => {
  const findings: string[] = []
  const requests = new Map(trsp.requests.map((row) => [row.id, row]))
  const technicians = new Map(trsp.technicians.map((row) => [row.id, row]))
  const used = routes.filter(({ activityIds }) => activityIds.length > 0)
  const seen = new Set<string>()
  let travel = 0
  for (const { technicianId, activityIds } of used) {
    const technician = technicians.get(technicianId)
    technicians.delete(technicianId)
    if (technician === undefined) {
      findings.push(`${technicianId} is no technician, or drives twice`)
      continue
    }
    let at = technician
    let time = 10 * technician.from
    for (const id of activityIds) {
      const row = requests.get(id)
      if (row === undefined) {
        findings.push(`${id} is no request`)
        continue
      }
      if (seen.has(id)) findings.push(`${id} is served twice`)
      seen.add(id)
      if (!row.skills.every((skill) => technician.skills.includes(skill)))
        findings.push(`${technicianId} lacks a skill for ${id}`)
      travel += arc(at, row)
      time = Math.max(time + arc(at, row), 10 * row.from)
      if (time > 10 * row.to) findings.push(`${id} is reached at ${time}, after ${10 * row.to}`)
      time += 10 * row.service
      at = row
    }
    travel += arc(at, technician)
    if (time + arc(at, technician) > 10 * technician.to) findings.push(`${technicianId} is back too late`)
  }
  if (seen.size < requests.size) findings.push(`${requests.size - seen.size} requests are not served`)
  return { value: travel / 10, parts: { technicians: used.length }, findings }
}

export const readTrspSkills = (text: string, known: Pick<Instance, 'name' | 'group'>): Instance => {
  const parsed = parseTrsp(text)
  const problem = skillsProblem(parsed)
  const score = (routes: readonly OrderedRoute[]): Score => scoreSkills(parsed, routes)
  return {
    ...known,
    best: null,
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

export const trspSkills: Adapter = {
  name: 'trsp-skills',
  convention:
    'travel only, each arc floor(10 d) / 10, tools and parts left aside; a set of our own, so no best values',
  files: filesOf,
  read: (file) => {
    const name = nameOf(file)
    return readTrspSkills(readFileSync(file, 'utf8'), { name, group: solomonClass(name) })
  },
}
