/**
 * Writes a plan in the VROOM solution format, with the reasons and the cost in our own words beside it.
 *
 * With an iteration budget nothing in it depends on a clock, so the same seed and iterations give the same bytes.
 */
import type { Plan, PlanRoute, Problem, ProblemActivity, ProblemTechnician } from '../problem.ts'
import type { VroomBreak, VroomInput, VroomJob, VroomPlace, VroomVehicle } from './input.ts'

type Step = Record<string, unknown>

type Totals = {
  cost: number
  setup: number
  service: number
  duration: number
  waiting: number
  priority: number
  distance: number
  delivery: number[]
  pickup: number[]
}

const nothing = (dimensions: number): Totals => ({
  cost: 0,
  setup: 0,
  service: 0,
  duration: 0,
  waiting: 0,
  priority: 0,
  distance: 0,
  delivery: new Array<number>(dimensions).fill(0),
  pickup: new Array<number>(dimensions).fill(0),
})

const placeFields = (place: VroomPlace | null): Step => ({
  ...(place?.coordinates ? { location: place.coordinates } : {}),
  ...(place?.index === null || place?.index === undefined ? {} : { location_index: place.index }),
})

/** Seconds, metres and points of one leg for one technician. */
const legOf = (problem: Problem, technician: ProblemTechnician, from: number | null, to: number | null) => {
  const matrix = problem.travel[technician.profile ?? 0]
  if (matrix === undefined || from === null || to === null) return { seconds: 0, metres: 0, points: 0 }
  const cell = from * matrix.size + to
  const seconds = Math.round((matrix.seconds[cell] ?? 0) / (technician.speedFactor ?? 1))
  const metres = matrix.metres[cell] ?? 0
  const weight = problem.weights?.travel ?? 1
  const priced = matrix.points?.[cell]
  const points = Math.round(
    priced === undefined
      ? (seconds / 3600) * (technician.perHour ?? 3600) * weight +
          (metres / 1000) * (technician.perKm ?? 0) * weight
      : priced * weight,
  )
  return { seconds, metres, points }
}

type Writer = {
  readonly input: VroomInput
  readonly jobs: ReadonlyMap<string, VroomJob>
  readonly activities: ReadonlyMap<string, ProblemActivity>
  readonly technicians: ReadonlyMap<string, ProblemTechnician>
  readonly vehicles: ReadonlyMap<string, VroomVehicle>
  readonly dimensions: number
}

/** Which of the vehicle's breaks a planned pause is: the first one left whose window and length it keeps. */
const breakFor = (left: VroomBreak[], start: number, end: number): VroomBreak | null => {
  const at = left.findIndex(
    (pause) => pause.earliest <= start && start <= pause.latest && pause.service === end - start,
  )
  return at < 0 ? null : (left.splice(at, 1)[0] ?? null)
}

const writeRoute = (writer: Writer, route: PlanRoute): { json: Step; totals: Totals } => {
  const { input, dimensions } = writer
  // The plan is of this problem: its technicians and activities are there.
  const technician = writer.technicians.get(route.technicianId)!
  const vehicle = writer.vehicles.get(route.technicianId)!
  const shift = technician.shifts[route.shift]
  const totals = nothing(dimensions)
  const load = new Array<number>(dimensions).fill(0)
  const visited = route.visits.map((visit) => ({
    visit,
    job: writer.jobs.get(visit.activityId)!,
    activity: writer.activities.get(visit.activityId)!,
  }))
  for (const { job } of visited) for (let d = 0; d < dimensions; d++) load[d]! += job.delivery[d] ?? 0
  const steps: Step[] = []
  const quiet = { setup: 0, service: 0, waiting_time: 0 }
  const at = (time: number): number => time + input.timeBase
  const tail = (arrival: number): Step => ({
    load: [...load],
    arrival: at(arrival),
    duration: totals.duration,
    violations: [],
    ...(input.hasDistances ? { distance: totals.distance } : {}),
  })
  steps.push({ type: 'start', ...placeFields(vehicle.start), ...quiet, ...tail(route.departure) })

  const breaksLeft = [...(vehicle.breaks[route.shift] ?? [])]
  const pauses = route.breaks.map((pause) => ({ ...pause, of: breakFor(breaksLeft, pause.start, pause.end) }))
  const writePauses = (before: number): void => {
    while (pauses[0] !== undefined && pauses[0].start < before) {
      const { start, end, of } = pauses.shift()!
      if (of === null) continue
      totals.service += end - start
      steps.push({
        type: 'break',
        id: of.id,
        ...(of.description === null ? {} : { description: of.description }),
        setup: 0,
        service: end - start,
        waiting_time: 0,
        ...tail(start),
      })
    }
  }

  let place = shift?.startLocation ?? null
  for (const { visit, job, activity } of visited) {
    writePauses(visit.start)
    const leg = legOf(input.problem, technician, place, activity.location)
    place = activity.location
    totals.duration += leg.seconds
    totals.distance += leg.metres
    totals.cost += leg.points
    const setup = visit.end - visit.start - job.service
    // A break between arrival and start is not waiting.
    const paused = route.breaks.reduce(
      (sum, pause) =>
        sum + Math.max(0, Math.min(pause.end, visit.start) - Math.max(pause.start, visit.arrival)),
      0,
    )
    const waiting = visit.start - visit.arrival - paused
    totals.setup += setup
    totals.service += job.service
    totals.waiting += waiting
    totals.priority += job.priority
    for (let d = 0; d < dimensions; d++) {
      load[d]! += (job.pickup[d] ?? 0) - (job.delivery[d] ?? 0)
      totals.delivery[d]! += job.delivery[d] ?? 0
      totals.pickup[d]! += job.pickup[d] ?? 0
    }
    steps.push({
      type: 'job',
      id: job.id,
      job: job.id,
      ...(job.description === null ? {} : { description: job.description }),
      ...placeFields(job.place),
      setup,
      service: job.service,
      waiting_time: waiting,
      ...tail(visit.arrival),
    })
  }
  const home = legOf(input.problem, technician, place, shift?.endLocation ?? null)
  writePauses(Number.POSITIVE_INFINITY)
  totals.duration += home.seconds
  totals.distance += home.metres
  totals.cost += home.points + (technician.fixedCost ?? 0)
  let endsAt = route.endsAt
  for (const pause of breaksLeft) {
    // The day is over, and its last breaks are taken at its end.
    const start = Math.max(endsAt, pause.earliest)
    totals.service += pause.service
    endsAt = start + pause.service
    steps.push({
      type: 'break',
      id: pause.id,
      ...(pause.description === null ? {} : { description: pause.description }),
      setup: 0,
      service: pause.service,
      waiting_time: 0,
      ...tail(start),
    })
  }
  steps.push({ type: 'end', ...placeFields(vehicle.end), ...quiet, ...tail(endsAt) })
  return {
    totals,
    json: {
      vehicle: vehicle.id,
      cost: totals.cost,
      ...(vehicle.description === null ? {} : { description: vehicle.description }),
      ...amountFields(totals),
      ...timeFields(totals),
      ...(input.hasDistances ? { distance: totals.distance } : {}),
      steps,
      violations: [],
    },
  }
}

const amountFields = (totals: Totals): Step => ({
  delivery: totals.delivery,
  amount: totals.delivery,
  pickup: totals.pickup,
})

const timeFields = (totals: Totals): Step => ({
  setup: totals.setup,
  service: totals.service,
  duration: totals.duration,
  waiting_time: totals.waiting,
  priority: totals.priority,
})

export type SolutionExtras = {
  /** Milliseconds for reading and searching; null leaves clocks out of the answer. */
  readonly times: { readonly loading: number; readonly solving: number } | null
}

export const writeVroomSolution = (input: VroomInput, plan: Plan, extras: SolutionExtras): Step => {
  const byId = <T extends { readonly id: number | string }>(items: readonly T[]): Map<string, T> =>
    new Map(items.map((item) => [String(item.id), item]))
  const dimensions = Math.max(
    0,
    ...input.problem.technicians.map((technician) => technician.capacity?.length ?? 0),
    ...input.jobs.map((job) => Math.max(job.delivery.length, job.pickup.length)),
  )
  const writer: Writer = {
    input,
    jobs: byId(input.jobs),
    activities: byId(input.problem.activities),
    technicians: byId(input.problem.technicians),
    vehicles: byId(input.vehicles),
    dimensions,
  }
  const routes = plan.routes.map((route) => writeRoute(writer, route))
  const sum = nothing(dimensions)
  for (const { totals } of routes) {
    sum.cost += totals.cost
    sum.setup += totals.setup
    sum.service += totals.service
    sum.duration += totals.duration
    sum.waiting += totals.waiting
    sum.priority += totals.priority
    sum.distance += totals.distance
    for (let d = 0; d < dimensions; d++) {
      sum.delivery[d]! += totals.delivery[d]!
      sum.pickup[d]! += totals.pickup[d]!
    }
  }
  return {
    code: 0,
    summary: {
      cost: sum.cost,
      routes: routes.length,
      unassigned: plan.unassigned.length,
      ...amountFields(sum),
      ...timeFields(sum),
      ...(input.hasDistances ? { distance: sum.distance } : {}),
      violations: [],
      computing_times:
        extras.times === null
          ? { loading: 0, solving: 0, routing: 0 }
          : {
              loading: Math.round(extras.times.loading),
              solving: Math.round(extras.times.solving),
              routing: 0,
            },
    },
    unassigned: plan.unassigned.map(({ activityId, rule, reason }) => {
      // Work that is left out is work of this problem.
      const job = writer.jobs.get(activityId)!
      return {
        id: job.id,
        type: 'job',
        ...placeFields(job.place),
        ...(job.description === null ? {} : { description: job.description }),
        rule,
        reason,
      }
    }),
    routes: routes.map(({ json }) => json),
    callboard: { points: plan.points, cost: plan.cost, iterations: plan.iterations },
  }
}
