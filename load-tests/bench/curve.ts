/**
 * What a board's size costs: generated boards from a hundred activities to ten thousand, one technician for ten activities.
 *
 * The boards are seeded and look like a day of field service in one region: clusters of addresses, half-hour to two-hour work,
 * a third of it in a half-day window, skills that a third of the technicians have, promises of which some are tight.
 * Each budget is a search of its own. Memory is what the process holds beyond what it held before (heap and typed arrays).
 */
import { check } from '../../workers/optimiser/checker/checker.ts'
import type { Plan, Problem, ProblemActivity, ProblemTechnician } from '../../workers/optimiser/problem.ts'
import { below, type Random, randomFrom, unit } from '../../workers/optimiser/random.ts'
import { solve } from '../../workers/optimiser/solve.ts'
import { straightLine } from '../../workers/optimiser/travel.ts'

const HOUR = 3_600
const DAY_FROM = 8 * HOUR
const DAY_TO = 17 * HOUR
const ACTIVITIES_PER_TECHNICIAN = 10
/** Addresses of one town, and how far towns lie apart. */
const TOWN_DEGREES = 0.03
const REGION_DEGREES = 0.6
const SKILLS = ['gas', 'water', 'power', 'fibre'] as const

const addressesOf = (count: number, random: Random): { lat: number; lon: number }[] => {
  const towns = Array.from({ length: Math.max(3, Math.round(Math.sqrt(count) / 2)) }, () => ({
    lat: 48 + unit(random) * REGION_DEGREES,
    lon: 11 + unit(random) * REGION_DEGREES,
  }))
  // Three draws around a town's middle lie dense in it and thin out.
  const spread = (): number => (unit(random) + unit(random) + unit(random) - 1.5) * TOWN_DEGREES
  return Array.from({ length: count }, () => {
    // An index below the length is there.
    const town = towns[below(random, towns.length)]!
    return { lat: town.lat + spread(), lon: town.lon + spread() }
  })
}

export const curveBoard = (count: number, seed: number): Problem => {
  const random = randomFrom(seed)
  const people = Math.max(1, Math.round(count / ACTIVITIES_PER_TECHNICIAN))
  const addresses = addressesOf(count + people, random)
  const activities = Array.from({ length: count }, (_, i): ProblemActivity => {
    const draw = unit(random)
    const half = DAY_FROM + below(random, 2) * 4 * HOUR
    return {
      id: `a${i + 1}`,
      duration: (1 + below(random, 3)) * 1_200,
      location: people + i,
      skills:
        unit(random) < 0.4
          ? [{ skill: SKILLS[below(random, SKILLS.length)]!, level: 1 + below(random, 2) }]
          : [],
      windows: draw < 0.33 ? [{ from: half, to: half + 4 * HOUR }] : [],
      targets:
        unit(random) < 0.5
          ? [
              {
                kind: 'complete',
                dueAt: DAY_FROM + (2 + below(random, 12)) * HOUR,
                weight: 1 + below(random, 3),
              },
            ]
          : [],
      priority: below(random, 101),
    }
  })
  const technicians = Array.from(
    { length: people },
    (_, t): ProblemTechnician => ({
      id: `t${t + 1}`,
      // Every skill is there at its highest level, whatever is drawn.
      skills: SKILLS.flatMap((skill, k) =>
        t % SKILLS.length === k || unit(random) < 0.25
          ? [{ skill, level: t % SKILLS.length === k ? 2 : 1 }]
          : [],
      ),
      shifts: [
        {
          open: [
            { from: DAY_FROM, to: 12 * HOUR },
            { from: 12.5 * HOUR, to: DAY_TO },
          ],
          startLocation: t,
          endLocation: t,
          overtimeMax: HOUR,
        },
      ],
    }),
  )
  const places = [...addresses.slice(count), ...addresses.slice(0, count)]
  return {
    horizon: 24 * HOUR,
    activities,
    technicians,
    travel: [straightLine(places, { speedKmh: 40, roadFactor: 1.3 })],
  }
}

export type CurvePoint = {
  readonly activities: number
  readonly technicians: number
  /** CPU to pose the problem, and to have the first plan. */
  readonly poseSeconds: number
  readonly constructSeconds: number
  readonly memoryMb: number
  readonly runs: readonly CurveRun[]
}

export type CurveRun = {
  readonly budgetMs: number
  readonly cpuSeconds: number
  readonly wallSeconds: number
  readonly iterationsPerSecond: number
  readonly points: number
  readonly unassigned: number
  readonly missed: number
  readonly travelHours: number
  readonly findings: readonly string[]
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const heldMb = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1_048_576
}

export type CurveOptions = {
  readonly seed: number
  readonly budgetsMs: readonly number[]
  /** Takes the place of the budgets where a test wants the same plan each time. */
  readonly iterations?: number
}

export const measureCurve = (count: number, { seed, budgetsMs, iterations }: CurveOptions): CurvePoint => {
  const held = heldMb()
  const posedFrom = cpuSeconds()
  const problem = curveBoard(count, seed)
  const constructedFrom = cpuSeconds()
  solve(problem, { seed, stop: { iterations: 0 } })
  const constructedTo = cpuSeconds()
  const runs = budgetsMs.map((budgetMs): CurveRun => {
    const cpuFrom = cpuSeconds()
    const wallFrom = performance.now()
    const plan = solve(problem, {
      seed,
      stop: iterations === undefined ? { cpuMs: budgetMs } : { iterations },
    })
    const cpu = cpuSeconds() - cpuFrom
    const wall = (performance.now() - wallFrom) / 1000
    return { budgetMs, cpuSeconds: cpu, wallSeconds: wall, ...judged(problem, plan, cpu) }
  })
  return {
    activities: count,
    technicians: problem.technicians.length,
    poseSeconds: constructedFrom - posedFrom,
    constructSeconds: constructedTo - constructedFrom,
    memoryMb: Math.max(0, heldMb() - held),
    runs,
  }
}

const judged = (problem: Problem, plan: Plan, cpu: number) => ({
  iterationsPerSecond: plan.iterations / Math.max(1e-6, cpu),
  points: plan.points,
  unassigned: plan.unassigned.length,
  missed: plan.cost.missedTargets,
  travelHours: plan.cost.travelMinutes / 60,
  findings: check(problem, plan).violations.map(({ rule, sentence }) => `${rule}: ${sentence}`),
})

export const curveColumns = [
  'activities',
  'technicians',
  'pose s',
  'construct s',
  'memory MB',
  'budget s',
  'CPU s',
  'wall s',
  'iterations/s',
  'targets missed',
  'unassigned',
  'travel h',
  'points',
  'checker',
] as const

export const curveCells = (point: CurvePoint): string[][] =>
  point.runs.map((run) => [
    String(point.activities),
    String(point.technicians),
    point.poseSeconds.toFixed(2),
    point.constructSeconds.toFixed(2),
    point.memoryMb.toFixed(0),
    (run.budgetMs / 1000).toFixed(1),
    run.cpuSeconds.toFixed(2),
    run.wallSeconds.toFixed(2),
    run.iterationsPerSecond.toFixed(0),
    String(run.missed),
    String(run.unassigned),
    run.travelHours.toFixed(1),
    run.points.toExponential(6),
    run.findings.length === 0 ? 'accepted' : 'REFUSED',
  ])
