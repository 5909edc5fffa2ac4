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
import type {
  Break,
  Problem,
  ProblemActivity,
  ProblemTechnician,
  Shift,
  SkillLevel,
  SlaTarget,
  TravelMatrix,
  WarmPlan,
  Weights,
} from './problem.ts'
import { straightLine } from './travel.ts'
import { ordinaryWeights } from './weights.ts'

export class InputError extends Error {
  override readonly name = 'InputError'
}

type Fields = Readonly<Record<string, unknown>>
export type Coordinates = readonly [number, number]

export type VroomPlace = { readonly coordinates: Coordinates | null; readonly index: number | null }

export type VroomJob = {
  readonly id: number | string
  readonly description: string | null
  readonly place: VroomPlace
  readonly priority: number
  readonly setup: number
  readonly service: number
  readonly delivery: readonly number[]
  readonly pickup: readonly number[]
}

export type VroomBreak = {
  readonly id: number | string
  readonly description: string | null
  readonly earliest: number
  readonly latest: number
  readonly service: number
}

export type VroomVehicle = {
  readonly id: number | string
  readonly description: string | null
  readonly start: VroomPlace | null
  readonly end: VroomPlace | null
  /** Per shift, in the problem's time. */
  readonly breaks: readonly (readonly VroomBreak[])[]
}

export type VroomInput = {
  readonly problem: Problem
  readonly warm: WarmPlan | undefined
  /** Added to the problem's seconds to get the file's. */
  readonly timeBase: number
  readonly jobs: readonly VroomJob[]
  readonly vehicles: readonly VroomVehicle[]
  /** Distances are known, so the answer may name them. */
  readonly hasDistances: boolean
}

/** Without a time window a vehicle's day lasts eight years: longer than any plan, shorter than a small integer. */
const ENDLESS = 1 << 28
const WEEK = 604_800
const LARGEST = 1 << 28

const refuse = (field: string, wanted: string): never => {
  throw new InputError(`${field}: ${wanted}`)
}

const fieldsOf = (value: unknown, field: string): Fields =>
  // An object that is no array is a record of unknown values.
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : refuse(field, 'must be an object')

const listOf = (value: unknown, field: string): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : refuse(field, 'must be a list')

const numberIn = (value: unknown, field: string, low: number, high: number): number =>
  typeof value === 'number' && Number.isFinite(value) && value >= low && value <= high
    ? value
    : refuse(field, `must be a number from ${low} to ${high}`)

const wholeIn = (value: unknown, field: string, low = 0, high = LARGEST): number =>
  Number.isInteger(value) ? numberIn(value, field, low, high) : refuse(field, 'must be a whole number')

const wholeOr = (value: unknown, field: string, otherwise: number, low = 0, high = LARGEST): number =>
  value === undefined ? otherwise : wholeIn(value, field, low, high)

const textOr = (value: unknown, field: string): string | null =>
  value === undefined || value === null
    ? null
    : typeof value === 'string'
      ? value
      : refuse(field, 'must be a text')

const idOf = (value: unknown, field: string): number | string =>
  (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) || typeof value === 'string'
    ? value
    : refuse(field, 'must be a whole number from 0, or a text')

/** Times may be seconds since 1970 and so larger than our own. */
const timeOf = (value: unknown, field: string): number => wholeIn(value, field, -4e9, 4e10)

const windowOf = (value: unknown, field: string): readonly [number, number] => {
  const pair = listOf(value, field)
  if (pair.length !== 2) refuse(field, 'must be [from, to]')
  const from = timeOf(pair[0], `${field}[0]`)
  const to = timeOf(pair[1], `${field}[1]`)
  if (to < from) refuse(field, 'must not end before it begins')
  return [from, to]
}

const windowsOf = (value: unknown, field: string): (readonly [number, number])[] =>
  listOf(value, field).map((window, i) => windowOf(window, `${field}[${i}]`))

const amountsOf = (value: unknown, field: string): number[] =>
  listOf(value, field).map((amount, i) => wholeIn(amount, `${field}[${i}]`))

const unsupported = (fields: Fields, at: string, names: readonly string[]): void => {
  for (const name of names) {
    const value = fields[name]
    const isNothing = value === undefined || value === null || (Array.isArray(value) && value.length === 0)
    if (!isNothing) refuse(`${at}${name}`, 'is not supported')
  }
}

const skillsOf = (fields: Fields, field: string): SkillLevel[] => {
  const levels = new Map<string, number>()
  listOf(fields.skills, `${field}.skills`).forEach((skill, i) => {
    levels.set(String(idOf(skill, `${field}.skills[${i}]`)), 1)
  })
  if (fields.skill_levels !== undefined) {
    const given = fieldsOf(fields.skill_levels, `${field}.skill_levels`)
    for (const [skill, level] of Object.entries(given)) {
      levels.set(skill, wholeIn(level, `${field}.skill_levels.${skill}`, 0, 1000))
    }
  }
  return [...levels].map(([skill, level]) => ({ skill, level }))
}

/** Collects places: indices of a given matrix, or coordinates that become rows of a straight-line one. */
class Places {
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

type Matrices = {
  readonly travel: TravelMatrix[]
  readonly profiles: ReadonlyMap<string, number>
  readonly hasDistances: boolean
}

const matricesOf = (root: Fields): Matrices | null => {
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

const targetsOf = (value: unknown, field: string): SlaTarget[] =>
  listOf(value, field).map((item, i) => {
    const at = `${field}[${i}]`
    const target = fieldsOf(item, at)
    const kind = target.kind ?? 'complete'
    if (kind !== 'complete' && kind !== 'arrive' && kind !== 'respond') {
      return refuse(`${at}.kind`, 'must be complete, arrive or respond')
    }
    return {
      kind,
      dueAt: timeOf(target.due, `${at}.due`),
      weight: target.weight === undefined ? 1 : numberIn(target.weight, `${at}.weight`, 0, 1000),
      perMinute:
        target.per_minute === undefined ? 1 : numberIn(target.per_minute, `${at}.per_minute`, 0, 1000),
    }
  })

const idsOf = (value: unknown, field: string): string[] | undefined =>
  value === undefined ? undefined : listOf(value, field).map((id, i) => String(idOf(id, `${field}[${i}]`)))

const placementOf = (value: unknown, field: string): { technicianId: string; start: number } => {
  const fields = fieldsOf(value, field)
  return {
    technicianId: String(idOf(fields.vehicle, `${field}.vehicle`)),
    start: timeOf(fields.start, `${field}.start`),
  }
}

const readJob = (value: unknown, i: number, places: Places): { job: VroomJob; activity: ProblemActivity } => {
  const field = `jobs[${i}]`
  const fields = fieldsOf(value, field)
  unsupported(fields, `${field}.`, ['setup_per_type', 'service_per_type'])
  if (fields.amount !== undefined) refuse(`${field}.amount`, 'is no longer VROOM; say delivery or pickup')
  const place = places.read(
    fields.location,
    fields.location_index,
    `${field}.location`,
    `${field}.location_index`,
  )
  const job: VroomJob = {
    id: idOf(fields.id, `${field}.id`),
    description: textOr(fields.description, `${field}.description`),
    place,
    priority: wholeOr(fields.priority, `${field}.priority`, 0, 0, 100),
    setup: wholeOr(fields.setup, `${field}.setup`, 0),
    service: wholeOr(fields.service, `${field}.service`, 0),
    delivery: amountsOf(fields.delivery, `${field}.delivery`),
    pickup: amountsOf(fields.pickup, `${field}.pickup`),
  }
  const preferred = idsOf(fields.preferred_vehicles, `${field}.preferred_vehicles`)
  const excluded = idsOf(fields.excluded_vehicles, `${field}.excluded_vehicles`)
  const only = idsOf(fields.allowed_vehicles, `${field}.allowed_vehicles`)
  const fixed = fields.locked === undefined ? undefined : placementOf(fields.locked, `${field}.locked`)
  const current = fields.current === undefined ? undefined : currentOf(fields.current, `${field}.current`)
  const activity: ProblemActivity = {
    id: String(job.id),
    duration: job.service,
    setup: job.setup,
    location: place.row,
    skills: skillsOf(fields, field),
    windows: windowsOf(fields.time_windows, `${field}.time_windows`).map(([from, to]) => ({ from, to })),
    targets: targetsOf(fields.targets, `${field}.targets`),
    priority: job.priority,
    delivery: job.delivery,
    pickup: job.pickup,
    ...(preferred === undefined ? {} : { preferred }),
    ...(excluded === undefined ? {} : { excluded }),
    ...(only === undefined ? {} : { only }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(current === undefined ? {} : { current }),
  }
  return { job, activity }
}

const currentOf = (value: unknown, field: string): NonNullable<ProblemActivity['current']> => {
  const fields = fieldsOf(value, field)
  return {
    ...placementOf(value, field),
    ...(fields.weight === undefined ? {} : { weight: numberIn(fields.weight, `${field}.weight`, 0, 1000) }),
    ...(fields.tolerance === undefined ? {} : { tolerance: wholeIn(fields.tolerance, `${field}.tolerance`) }),
  }
}

type ReadBreak = Omit<VroomBreak, 'earliest' | 'latest'> & {
  readonly window: readonly [number, number] | null
}

const readBreaks = (value: unknown, field: string): ReadBreak[] =>
  listOf(value, field).map((item, i) => {
    const at = `${field}[${i}]`
    const fields = fieldsOf(item, at)
    unsupported(fields, `${at}.`, ['max_load'])
    const windows = windowsOf(fields.time_windows, `${at}.time_windows`)
    if (windows.length > 1)
      refuse(`${at}.time_windows`, 'may hold one window; a choice of windows is not supported')
    return {
      id: idOf(fields.id, `${at}.id`),
      description: textOr(fields.description, `${at}.description`),
      service: wholeOr(fields.service, `${at}.service`, 0),
      window: windows[0] ?? null,
    }
  })

type ReadShift = { readonly window: readonly [number, number] | null; readonly breaks: readonly ReadBreak[] }

type ReadVehicle = {
  readonly vehicle: Omit<VroomVehicle, 'breaks'>
  readonly technician: Omit<ProblemTechnician, 'shifts'>
  readonly shifts: readonly ReadShift[]
  readonly startRow: number | null
  readonly endRow: number | null
  readonly overtimeMax: number
  readonly steps: readonly { readonly id: string; readonly serviceAt: number | null }[]
}

const shiftsOf = (fields: Fields, field: string): ReadShift[] => {
  if (fields.shifts === undefined) {
    return [
      {
        window:
          fields.time_window === undefined ? null : windowOf(fields.time_window, `${field}.time_window`),
        breaks: readBreaks(fields.breaks, `${field}.breaks`),
      },
    ]
  }
  if (fields.time_window !== undefined || fields.breaks !== undefined) {
    refuse(`${field}.shifts`, 'takes the place of time_window and breaks; give one or the other')
  }
  return listOf(fields.shifts, `${field}.shifts`).map((item, i) => {
    const shift = fieldsOf(item, `${field}.shifts[${i}]`)
    return {
      window: windowOf(shift.time_window, `${field}.shifts[${i}].time_window`),
      breaks: readBreaks(shift.breaks, `${field}.shifts[${i}].breaks`),
    }
  })
}

const stepsOf = (value: unknown, field: string): ReadVehicle['steps'] =>
  listOf(value, field).flatMap((item, i) => {
    const at = `${field}[${i}]`
    const fields = fieldsOf(item, at)
    unsupported(fields, `${at}.`, ['service_after', 'service_before'])
    const type = fields.type
    if (type === 'start' || type === 'end' || type === 'break') return []
    if (type !== 'job') return refuse(`${at}.type`, 'must be start, job, break or end')
    const serviceAt = fields.service_at === undefined ? null : timeOf(fields.service_at, `${at}.service_at`)
    return [{ id: String(idOf(fields.id, `${at}.id`)), serviceAt }]
  })

const readVehicle = (value: unknown, i: number, places: Places, matrices: Matrices | null): ReadVehicle => {
  const field = `vehicles[${i}]`
  const fields = fieldsOf(value, field)
  unsupported(fields, `${field}.`, ['max_travel_time', 'max_distance', 'type'])
  const costs = fields.costs === undefined ? {} : fieldsOf(fields.costs, `${field}.costs`)
  if (wholeOr(costs.per_task_hour, `${field}.costs.per_task_hour`, 0) !== 0) {
    refuse(`${field}.costs.per_task_hour`, 'is not supported')
  }
  const end = (side: 'start' | 'end'): (VroomPlace & { row: number }) | null =>
    fields[side] === undefined && fields[`${side}_index`] === undefined
      ? null
      : places.read(fields[side], fields[`${side}_index`], `${field}.${side}`, `${field}.${side}_index`)
  const start = end('start')
  const finish = end('end')
  if (start === null && finish === null) refuse(`${field}.start`, 'or end must be given')
  const profile = textOr(fields.profile, `${field}.profile`) ?? 'car'
  const profileAt = matrices === null ? 0 : matrices.profiles.get(profile)
  if (profileAt === undefined) return refuse(`${field}.profile`, `"${profile}" has no matrix`)
  const capacity = fields.capacity === undefined ? undefined : amountsOf(fields.capacity, `${field}.capacity`)
  const id = idOf(fields.id, `${field}.id`)
  return {
    vehicle: { id, description: textOr(fields.description, `${field}.description`), start, end: finish },
    technician: {
      id: String(id),
      skills: skillsOf(fields, field),
      profile: profileAt,
      speedFactor:
        fields.speed_factor === undefined
          ? 1
          : numberIn(fields.speed_factor, `${field}.speed_factor`, 0.01, 5),
      perHour: wholeOr(costs.per_hour, `${field}.costs.per_hour`, 3600),
      perKm: wholeOr(costs.per_km, `${field}.costs.per_km`, 0),
      fixedCost: wholeOr(costs.fixed, `${field}.costs.fixed`, 0),
      ...(capacity === undefined ? {} : { capacity }),
      ...(fields.max_tasks === undefined
        ? {}
        : { maxTasks: wholeIn(fields.max_tasks, `${field}.max_tasks`) }),
    },
    shifts: shiftsOf(fields, field),
    startRow: start?.row ?? null,
    endRow: finish?.row ?? null,
    overtimeMax: wholeOr(fields.overtime_max, `${field}.overtime_max`, 0),
    steps: stepsOf(fields.steps, `${field}.steps`),
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

/** A plan to start from out of a VROOM solution. Jobs and vehicles that the problem does not know are passed over later. */
export const readVroomSolution = (json: unknown, timeBase: number): WarmPlan => {
  const root = fieldsOf(json, 'solution')
  return {
    routes: listOf(root.routes, 'routes').map((item, i) => {
      const route = fieldsOf(item, `routes[${i}]`)
      return {
        technicianId: String(idOf(route.vehicle, `routes[${i}].vehicle`)),
        visits: listOf(route.steps, `routes[${i}].steps`).flatMap((entry, k) => {
          const field = `routes[${i}].steps[${k}]`
          const step = fieldsOf(entry, field)
          if (step.type !== 'job') return []
          const waiting = wholeOr(step.waiting_time, `${field}.waiting_time`, 0)
          return [
            {
              activityId: String(idOf(step.id, `${field}.id`)),
              start: timeOf(step.arrival, `${field}.arrival`) + waiting - timeBase,
            },
          ]
        }),
      }
    }),
  }
}
