/**
 * Reads the VROOM JSON problem format, with fields of our own for what VROOM has no word for.
 *
 * What we do not support is refused by name rather than ignored: a plan that quietly forgot a shipment would be worse than none.
 * Fields of our own (all optional; times are absolute like VROOM's, ids are VROOM's):
 *   weights            the policy: missed, late, unassigned, preferred, travel, overtime, stability (1 is ordinary)
 *   travel             {speed_kmh, road_factor} for straight lines where no matrix is given; 30 and 1.4 when absent
 *   jobs[].targets     [{kind: complete|arrive|respond, due, weight, per_minute}]: soft deadlines
 *   jobs[].skill_levels, vehicles[].skill_levels   {"skill": level}; a plain skill is level 1
 *   jobs[].preferred_vehicles, excluded_vehicles, allowed_vehicles   lists of vehicle ids
 *   jobs[].locked      {vehicle, start}: stays exactly there
 *   jobs[].current     {vehicle, start, weight, tolerance}: where the published plan has it
 *   vehicles[].overtime_max, vehicles[].shifts   seconds; [{time_window, breaks}] instead of one time_window
 * A step of `vehicles[].steps` with `service_at` locks its job there; the other job steps are the plan to start from.
 */
import type { Break, ProblemActivity, ProblemTechnician, Shift, WarmPlan, Weights } from '../problem.ts'
import { straightLine } from '../travel.ts'
import { ordinaryWeights } from '../weights.ts'
import { fieldsOf, listOf, numberIn, refuse, unsupported } from './fields.ts'
import type { VroomBreak, VroomInput } from './input.ts'
import { readJob } from './jobs.ts'
import { matricesOf, Places } from './travel.ts'
import { type ReadBreak, type ReadVehicle, readVehicle } from './vehicles.ts'

/** Without a time window a vehicle's day lasts eight years: longer than any plan, shorter than a small integer. */
const ENDLESS = 1 << 28

const WEEK = 604_800

/** Builds the problem from the parsed JSON; throws `InputError` naming the field. */
export const readVroom = (json: unknown): VroomInput => {
  const root = fieldsOf(json, 'problem')
  unsupported(root, '', ['shipments', 'vehicle_types'])
  const matrices = matricesOf(root)
  const places = new Places(matrices?.travel[0]?.size ?? null)
  const read = listOf(root.jobs, 'jobs').map((job, i) => readJob(job, i, places))
  const vehicles = listOf(root.vehicles, 'vehicles').map((vehicle, i) =>
    readVehicle(vehicle, i, places, matrices),
  )
  if (vehicles.length === 0) refuse('vehicles', 'must hold at least one vehicle')

  const activities = applySteps(
    read.map(({ activity }) => activity),
    vehicles,
  )
  const { base, horizon } = frameOf(activities, vehicles)
  const vehicleBreaks: VroomBreak[][][] = []
  const technicians = vehicles.map((vehicle, v): ProblemTechnician => {
    const breaksOfShifts: VroomBreak[][] = []
    const shifts = vehicle.shifts.map((shift, i): Shift => {
      const from = shift.window === null ? 0 : shift.window[0] - base
      const to = shift.window === null ? ENDLESS : shift.window[1] - base
      if (to <= from) refuse(`vehicles[${v}].time_window`, 'must not be empty')
      const breaks = shift.breaks.map((pause, k) =>
        breakIn(
          pause,
          from,
          to,
          base,
          `vehicles[${v}].${vehicle.shifts.length > 1 ? `shifts[${i}].` : ''}breaks[${k}]`,
        ),
      )
      breaksOfShifts.push(breaks)
      return {
        open: [{ from, to }],
        breaks: breaks.map(
          ({ earliest, latest, service }): Break => ({ earliest, latest, duration: service }),
        ),
        startLocation: vehicle.startRow,
        endLocation: vehicle.endRow,
        overtimeMax: vehicle.overtimeMax,
      }
    })
    vehicleBreaks.push(breaksOfShifts)
    return { ...vehicle.technician, shifts }
  })
  const line = root.travel === undefined ? {} : fieldsOf(root.travel, 'travel')
  const travel = matrices?.travel ?? [
    straightLine(places.points, {
      speedKmh: line.speed_kmh === undefined ? 30 : numberIn(line.speed_kmh, 'travel.speed_kmh', 1, 1000),
      roadFactor:
        line.road_factor === undefined ? 1.4 : numberIn(line.road_factor, 'travel.road_factor', 1, 10),
    }),
  ]
  return {
    problem: {
      horizon,
      activities: activities.map((activity) => rebased(activity, base)),
      technicians,
      travel,
      weights: weightsOfInput(root.weights),
    },
    warm: warmOf(vehicles),
    timeBase: base,
    jobs: read.map(({ job }) => job),
    vehicles: vehicles.map(({ vehicle }, v) => ({ ...vehicle, breaks: vehicleBreaks[v] ?? [] })),
    hasDistances: matrices?.hasDistances ?? true,
  }
}

const weightsOfInput = (value: unknown): Partial<Weights> => {
  if (value === undefined) return {}
  const given = fieldsOf(value, 'weights')
  return Object.fromEntries(
    Object.entries(given).map(([name, weight]) => {
      if (!Object.hasOwn(ordinaryWeights, name)) refuse(`weights.${name}`, 'is no weight')
      return [name, numberIn(weight, `weights.${name}`, 0, 1000)]
    }),
  )
}

const everyTime = (activities: readonly ProblemActivity[], vehicles: readonly ReadVehicle[]): number[] => [
  ...activities.flatMap((activity) => [
    ...activity.windows.flatMap((window) => [window.from, window.to]),
    ...activity.targets.map((target) => target.dueAt),
    ...(activity.fixed === undefined ? [] : [activity.fixed.start, activity.fixed.start + activity.duration]),
    ...(activity.current === undefined ? [] : [activity.current.start]),
  ]),
  ...vehicles.flatMap(({ shifts }) =>
    shifts.flatMap(({ window, breaks }) => [
      ...(window ?? []),
      ...breaks.flatMap((pause) => pause.window ?? []),
    ]),
  ),
]

/** The problem in our time: near zero, where integers are small. */
const rebased = (activity: ProblemActivity, base: number): ProblemActivity => ({
  ...activity,
  windows: activity.windows.map((window) => ({ from: window.from - base, to: window.to - base })),
  targets: activity.targets.map((target) => ({ ...target, dueAt: target.dueAt - base })),
  ...(activity.fixed === undefined
    ? {}
    : { fixed: { ...activity.fixed, start: activity.fixed.start - base } }),
  ...(activity.current === undefined
    ? {}
    : { current: { ...activity.current, start: activity.current.start - base } }),
})

const breakIn = (pause: ReadBreak, from: number, to: number, base: number, field: string): VroomBreak => {
  const earliest = Math.max(from, pause.window === null ? from : pause.window[0] - base)
  const latest = Math.min(to - pause.service, pause.window === null ? to : pause.window[1] - base)
  if (latest < earliest) refuse(field, 'does not fit into the vehicle’s time window')
  return { id: pause.id, description: pause.description, service: pause.service, earliest, latest }
}

/** Steps with a time lock their jobs. */
const applySteps = (
  activities: readonly ProblemActivity[],
  vehicles: readonly ReadVehicle[],
): ProblemActivity[] => {
  const known = new Set(activities.map((activity) => activity.id))
  const locks = new Map<string, { technicianId: string; start: number }>()
  const seen = new Set<string>()
  vehicles.forEach((vehicle, v) => {
    vehicle.steps.forEach((step, i) => {
      const field = `vehicles[${v}].steps[${i}].id`
      if (!known.has(step.id)) refuse(field, `names no job: ${step.id}`)
      if (seen.has(step.id)) refuse(field, `job ${step.id} is a step already`)
      seen.add(step.id)
      if (step.serviceAt !== null)
        locks.set(step.id, { technicianId: vehicle.technician.id, start: step.serviceAt })
    })
  })
  return activities.map((activity) => {
    const fixed = locks.get(activity.id)
    return fixed === undefined ? activity : { ...activity, fixed }
  })
}

/** The start of our time, and how far plans reach. */
const frameOf = (
  activities: readonly ProblemActivity[],
  vehicles: readonly ReadVehicle[],
): { base: number; horizon: number } => {
  const times = everyTime(activities, vehicles)
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const time of times) {
    first = Math.min(first, time)
    last = Math.max(last, time)
  }
  if (times.length === 0) return { base: 0, horizon: ENDLESS }
  // Times since 1970 are brought near zero, with a week before them for journeys to the first job.
  const base = first > WEEK ? first - WEEK : Math.min(0, first)
  const horizon = last - base
  if (horizon > ENDLESS) refuse('problem', 'its times lie more than eight years apart')
  return { base, horizon }
}

/** The order of the steps is the plan to start from; the starts only say that order. */
const warmOf = (vehicles: readonly ReadVehicle[]): WarmPlan | undefined => {
  if (vehicles.every((vehicle) => vehicle.steps.length === 0)) return undefined
  return {
    routes: vehicles.map((vehicle) => ({
      technicianId: vehicle.technician.id,
      visits: vehicle.steps.map((step, i) => ({ activityId: step.id, start: i })),
    })),
  }
}
