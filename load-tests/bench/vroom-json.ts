/**
 * A problem in VROOM's words, for solvers that read its format, and their answers back as routes.
 *
 * The surprising rule: a level of a skill becomes several skills, one for each level up to it, because VROOM knows no levels.
 * What VROOM has no word for is refused, so that a peer never answers an easier question than we do.
 */
import type { Problem, ProblemActivity, ProblemTechnician } from '../../workers/optimiser/problem.ts'
import type { OrderedRoute } from '../instances/adapter.ts'

const refuse = (what: string): never => {
  throw new Error(`other solvers cannot be asked about ${what}`)
}

/** Numbers for skill and level pairs, in the order in which they turn up. */
class SkillNumbers {
  readonly #known = new Map<string, number>()
  of(skill: string, level: number): number {
    const key = `${skill} ${level}`
    const number = this.#known.get(key) ?? this.#known.size + 1
    this.#known.set(key, number)
    return number
  }
}

export const vroomInput = (problem: Problem): object => {
  const [matrix, ...others] = problem.travel
  if (matrix === undefined || others.length > 0) refuse('several travel profiles')
  if ((problem.links?.length ?? 0) > 0) refuse('linked activities')
  const skills = new SkillNumbers()
  // Refused above where it is missing.
  const { size, seconds } = matrix!
  const durations = Array.from({ length: size }, (_, row) =>
    Array.from(seconds.subarray(row * size, (row + 1) * size)),
  )
  return {
    jobs: problem.activities.map((activity, i) => jobOf(activity, i, skills)),
    vehicles: problem.technicians.map((technician, i) => vehicleOf(technician, i, skills)),
    matrices: { car: { durations } },
  }
}

const jobOf = (activity: ProblemActivity, i: number, skills: SkillNumbers): object => {
  if (activity.location === null) refuse('work without a place')
  if (activity.targets.length > 0) refuse('targets')
  if (activity.only ?? activity.excluded ?? activity.preferred ?? activity.fixed ?? activity.current)
    refuse('work that is tied to a technician')
  if ((activity.tools ?? activity.parts ?? []).length > 0) refuse('tools and parts')
  return {
    id: i + 1,
    location_index: activity.location,
    service: activity.duration,
    ...(activity.setup === undefined ? {} : { setup: activity.setup }),
    skills: activity.skills.map(({ skill, level }) => skills.of(skill, level)),
    ...(activity.delivery === undefined ? {} : { delivery: activity.delivery }),
    ...(activity.pickup === undefined ? {} : { pickup: activity.pickup }),
    ...(activity.windows.length === 0
      ? {}
      : { time_windows: activity.windows.map(({ from, to }) => [from, to]) }),
  }
}

const vehicleOf = (technician: ProblemTechnician, i: number, skills: SkillNumbers): object => {
  const [shift, ...others] = technician.shifts
  if (shift === undefined || others.length > 0) refuse('technicians with other than one shift')
  // Refused above where it is missing.
  const { open, breaks, startLocation, endLocation } = shift!
  const [interval, ...gaps] = open
  if (interval === undefined || gaps.length > 0 || (breaks ?? []).length > 0) refuse('breaks')
  if (technician.perHourWorked !== undefined || technician.perKm !== undefined)
    refuse('paid time or distance')
  return {
    id: i + 1,
    ...(startLocation === null ? {} : { start_index: startLocation }),
    ...(endLocation === null ? {} : { end_index: endLocation }),
    time_window: [interval!.from, interval!.to],
    skills: technician.skills.flatMap(({ skill, level }) =>
      Array.from({ length: level }, (_, below) => skills.of(skill, below + 1)),
    ),
    ...(technician.capacity === undefined ? {} : { capacity: technician.capacity }),
  }
}

type Fields = Readonly<Record<string, unknown>>

const fields = (value: unknown, what: string): Fields => {
  if (typeof value !== 'object' || value === null) throw new Error(`${what} must be an object`)
  // An object's members are unknown until they are looked at.
  return value as Fields
}

const list = (value: unknown, what: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Error(`${what} must be a list`)
  return value
}

export const routesOfVroom = (
  problem: Problem,
  json: unknown,
): { readonly routes: OrderedRoute[]; readonly solvingMs: number | null } => {
  const root = fields(json, 'the answer')
  const routes = list(root.routes, 'routes').map((item): OrderedRoute => {
    const route = fields(item, 'a route')
    const technician = problem.technicians[Number(route.vehicle) - 1]
    if (technician === undefined) throw new Error(`there is no vehicle ${String(route.vehicle)}`)
    const jobs = list(route.steps, 'steps')
      .map((step) => fields(step, 'a step'))
      .filter((step) => step.type === 'job')
    return {
      technicianId: technician.id,
      activityIds: jobs.map((step) => {
        const activity = problem.activities[Number(step.id) - 1]
        if (activity === undefined) throw new Error(`there is no job ${String(step.id)}`)
        return activity.id
      }),
    }
  })
  const summary = root.summary === undefined ? {} : fields(root.summary, 'summary')
  const times =
    summary.computing_times === undefined ? {} : fields(summary.computing_times, 'computing_times')
  return { routes, solvingMs: typeof times.solving === 'number' ? times.solving : null }
}
