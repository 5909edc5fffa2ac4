/**
 * Service technicians with skills in several domains (Kovacs, Parragh, Doerner, Hartl 2012), alone or in teams for the day.
 *
 * Cost: travel, a Euclidean distance that nothing rounds, and 200 + (sum of all needs)^1.5 for each task that is left out. No best
 * values are known, so there are no gaps. Alone (`noTeam`) it is an ordinary problem: the search counts hundredths, rounded
 * so that what fits for it fits exactly; the score is in full precision. With teams it is a problem of rounds.
 */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Plan, Problem, ProblemActivity } from '../../workers/optimiser/problem.ts'
import type {
  Need,
  RoundsProblem,
  RoundsTask,
  TeamTechnician,
} from '../../workers/optimiser/teams/problem.ts'
import { planRounds } from '../../workers/optimiser/teams/rounds.ts'
import { checkRounds } from '../../workers/optimiser/teams/rounds-checker.ts'
import { type Adapter, filesIn, type Instance, type Score } from './adapter.ts'
import { planned, stopFor } from './posed.ts'
import { solomonClass } from './solomon.ts'

const numberRows = (text: string): number[][] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/))
    .filter(
      (cells) => cells.length > 1 && cells.every((cell) => cell !== '' && Number.isFinite(Number(cell))),
    )
    .map((cells) => cells.map(Number))

const headed = (text: string, heading: string): number => {
  const found = new RegExp(`^${heading}:\\s*(\\d+)`, 'm').exec(text)?.[1]
  if (found === undefined) throw new Error(`technicians: no line says ${heading}`)
  return Number(found)
}

/** What comes before the needs: number, x, y, demand, ready, due, service, cost. */
const COLUMNS_BEFORE = 8

/** The two files as a problem of rounds, whether or not one person may do a task alone. */
export const parseStrsp = (tasksText: string, techniciansText: string): RoundsProblem => {
  const domains = headed(techniciansText, 'domains')
  const levels = headed(techniciansText, 'proficiency level')
  const technicians: TeamTechnician[] = numberRows(techniciansText)
    .filter((row) => row.length === domains + 1)
    .map(([id = 0, ...own]) => ({ id: String(id), levels: own }))
  const rows = numberRows(tasksText).filter((row) => row.length === COLUMNS_BEFORE + domains * levels)
  const [depot, ...others] = rows
  if (depot === undefined || others.length === 0)
    throw new Error(`tasks: no rows with ${domains} domains of ${levels} levels`)
  const tasks: RoundsTask[] = others.map((row, i) => {
    const [number = 0, , , , from = 0, to = 0, duration = 0] = row
    const counts = row.slice(COLUMNS_BEFORE)
    const sum = counts.reduce((total, count) => total + count, 0)
    return {
      id: String(number),
      duration,
      needs: counts.flatMap((count, column): Need[] =>
        count === 0 ? [] : [{ domain: Math.floor(column / levels), level: (column % levels) + 1, count }],
      ),
      location: i + 1,
      from,
      to,
      leftOut: 200 + sum ** 1.5,
    }
  })
  const size = rows.length
  const times = new Float64Array(size * size)
  rows.forEach(([, ax = 0, ay = 0], i) => {
    rows.forEach(([, bx = 0, by = 0], j) => {
      times[i * size + j] = Math.hypot(ax - bx, ay - by)
    })
  })
  return { horizon: depot[5] ?? 0, technicians, tasks, depot: 0, travel: { size, times } }
}

/** The search counts in hundredths. */
const FINE = 100

/** The same question for technicians who work alone. */
export const aloneProblem = ({ horizon, technicians, tasks, travel }: RoundsProblem): Problem => {
  const { size, times } = travel
  const activities = tasks.map((task): ProblemActivity => {
    if (task.needs.some(({ count }) => count > 1))
      throw new Error(`task ${task.id} needs more than one technician`)
    return {
      id: task.id,
      duration: FINE * task.duration,
      location: task.location,
      skills: task.needs.map(({ domain, level }) => ({ skill: `d${domain + 1}`, level })),
      windows: [{ from: FINE * task.from, to: FINE * task.to }],
      targets: [],
      priority: 0,
      leftOut: Math.round(FINE * task.leftOut),
    }
  })
  return {
    horizon: FINE * horizon,
    activities,
    technicians: technicians.map(({ id, levels }) => ({
      id,
      skills: levels.flatMap((level, d) => (level > 0 ? [{ skill: `d${d + 1}`, level }] : [])),
      shifts: [{ open: [{ from: 0, to: FINE * horizon }], startLocation: 0, endLocation: 0 }],
    })),
    travel: [
      {
        size,
        // Rounded up, so that who arrives in time for the search arrives in time.
        seconds: Int32Array.from(times, (time) => Math.ceil(FINE * time - 1e-9)),
        metres: new Int32Array(size * size),
        points: Int32Array.from(times, (time) => Math.round(FINE * time)),
      },
    ],
  }
}

/** An ordinary plan told as rounds of one technician each, and judged as those are, in full precision. */
export const scoreAlone = (problem: RoundsProblem, plan: Plan): Score => {
  const { size, times } = problem.travel
  const tasks = new Map(problem.tasks.map((task) => [task.id, task]))
  let travel = 0
  const teams = plan.routes.map(({ technicianId, visits }) => {
    let place = problem.depot
    let free = 0
    const driven = visits.map(({ activityId }) => {
      const task = tasks.get(activityId)
      if (task === undefined) return { taskId: activityId, start: free }
      const leg = times[place * size + task.location] ?? 0
      travel += leg
      const start = Math.max(task.from, free + leg)
      free = start + task.duration
      place = task.location
      return { taskId: activityId, start }
    })
    travel += times[place * size + problem.depot] ?? 0
    return { technicianIds: [technicianId], visits: driven }
  })
  const leftOut = plan.unassigned.map(({ activityId }) => activityId)
  const value = travel + leftOut.reduce((sum, id) => sum + (tasks.get(id)?.leftOut ?? 0), 0)
  const verdict = checkRounds(problem, { teams, leftOut, travel, value, iterations: 0 })
  return {
    value: verdict.value,
    parts: { teams: teams.length, travel: verdict.travel, out: leftOut.length },
    findings: verdict.findings,
  }
}

type Known = Pick<Instance, 'name' | 'group'>

export const readStrspAlone = (tasks: string, technicians: string, known: Known): Instance => {
  const rounds = parseStrsp(tasks, technicians)
  const problem = aloneProblem(rounds)
  return { ...known, best: null, run: planned({ problem, score: (plan) => scoreAlone(rounds, plan) }) }
}

export const readStrspTeams = (tasks: string, technicians: string, known: Known): Instance => {
  const problem = parseStrsp(tasks, technicians)
  return {
    ...known,
    best: null,
    run: (options) => {
      const plan = planRounds(problem, { seed: options.seed, stop: stopFor(options) })
      const { findings, value, travel } = checkRounds(problem, plan)
      return {
        value,
        parts: { teams: plan.teams.length, travel, out: plan.leftOut.length },
        findings,
        iterations: plan.iterations,
      }
    },
  }
}

const convention =
  'travel in full precision + 200 + (sum of needs)^1.5 for each task left out (Kovacs); no best values are known'

const kindOf = (teams: boolean): string => (teams ? 'Team' : 'noTeam')

/** The crew's file for a task file; reduced crews of teams are one for long and one for short days. */
const crewFile = (name: string, teams: boolean, reduced: boolean): string => {
  const [base = '', skills = ''] = name.split('_')
  if (!teams) return `technicians_${base}_${skills}_noTeam.txt`
  if (!reduced) return `technicians_${skills}_Team.txt`
  return `technicians_${skills}_Team_${/^(?:C|R|RC)2/.test(base) ? 'long' : 'short'}.txt`
}

const strsp = (teams: boolean, reduced: boolean): Adapter => ({
  name: `strsp-${teams ? 'team' : 'alone'}${reduced ? '-reduced' : ''}`,
  convention: `${convention}${teams ? '; search for teams on one thread' : ''}`,
  files: (instances) => filesIn(join(instances, 'strsp-kovacs', `tasks_${kindOf(teams)}`), /\.txt$/),
  read: (file) => {
    const name = basename(file, '.txt')
    const crew = join(
      file,
      '..',
      '..',
      `${reduced ? 'techniciansReduced' : 'technicians'}_${kindOf(teams)}`,
      crewFile(name, teams, reduced),
    )
    const read = teams ? readStrspTeams : readStrspAlone
    return read(readFileSync(file, 'utf8'), readFileSync(crew, 'utf8'), { name, group: solomonClass(name) })
  },
})

export const strspSets: readonly Adapter[] = [
  strsp(true, false),
  strsp(true, true),
  strsp(false, false),
  strsp(false, true),
]
