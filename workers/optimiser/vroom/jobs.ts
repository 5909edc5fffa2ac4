/**
 * The jobs of a VROOM file as activities, in the times of the file.
 */
import type { ProblemActivity, SlaTarget } from '../problem.ts'
import {
  amountsOf,
  fieldsOf,
  idOf,
  idsOf,
  listOf,
  numberIn,
  refuse,
  skillsOf,
  textOr,
  timeOf,
  unsupported,
  wholeIn,
  wholeOr,
  windowsOf,
} from './fields.ts'
import type { VroomJob } from './input.ts'
import type { Places } from './travel.ts'

export const readJob = (
  value: unknown,
  i: number,
  places: Places,
): { job: VroomJob; activity: ProblemActivity } => {
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

const placementOf = (value: unknown, field: string): { technicianId: string; start: number } => {
  const fields = fieldsOf(value, field)
  return {
    technicianId: String(idOf(fields.vehicle, `${field}.vehicle`)),
    start: timeOf(fields.start, `${field}.start`),
  }
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
