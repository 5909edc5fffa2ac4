/**
 * The vehicles of a VROOM file as technicians, in the times of the file.
 *
 * The surprising rule: a vehicle has one time window and its breaks, or a list of shifts of our own, never both.
 */
import type { ProblemTechnician } from '../problem.ts'
import {
  amountsOf,
  type Fields,
  fieldsOf,
  idOf,
  listOf,
  numberIn,
  refuse,
  skillsOf,
  textOr,
  timeOf,
  unsupported,
  wholeIn,
  wholeOr,
  windowOf,
  windowsOf,
} from './fields.ts'
import type { VroomBreak, VroomPlace, VroomVehicle } from './input.ts'
import type { Matrices, Places } from './travel.ts'

export type ReadVehicle = {
  readonly vehicle: Omit<VroomVehicle, 'breaks'>
  readonly technician: Omit<ProblemTechnician, 'shifts'>
  readonly shifts: readonly ReadShift[]
  readonly startRow: number | null
  readonly endRow: number | null
  readonly overtimeMax: number
  readonly steps: readonly { readonly id: string; readonly serviceAt: number | null }[]
}

type ReadShift = { readonly window: readonly [number, number] | null; readonly breaks: readonly ReadBreak[] }

export type ReadBreak = Omit<VroomBreak, 'earliest' | 'latest'> & {
  readonly window: readonly [number, number] | null
}

export const readVehicle = (
  value: unknown,
  i: number,
  places: Places,
  matrices: Matrices | null,
): ReadVehicle => {
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
