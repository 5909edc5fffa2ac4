/**
 * Home health care routing (Mankowska et al.; the Italian cities of the Udine group): patients with one or two services, soft
 * ends of windows, two caregivers at once or one after another.
 *
 * Cost is (distance + total tardiness + greatest tardiness) / 3, each service judged by its own start. All numbers become whole by
 * a power of ten, so nothing is rounded. The surprising rule: the two services of a patient have two caregivers, and the
 * distance between sequential ones is between their starts.
 */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type {
  Link,
  Plan,
  Problem,
  ProblemActivity,
  ProblemTechnician,
} from '../../workers/optimiser/problem.ts'
import { type Adapter, columnOf, filesIn, type Instance, type Posed, type Score } from './adapter.ts'
import { planned } from './posed.ts'

type Patient = {
  readonly id: string
  readonly time_window: readonly [number, number]
  readonly required_caregivers: readonly { readonly service: string; readonly duration?: number }[]
  readonly synchronization?:
    | { readonly type: 'simultaneous' }
    | { readonly type: 'sequential'; readonly distance: readonly [number, number] }
}

type Hhcrsp = {
  readonly patients: readonly Patient[]
  readonly services: readonly { readonly id: string; readonly default_duration: number }[]
  readonly caregivers: readonly { readonly id: string; readonly abilities: readonly string[] }[]
  readonly distances: readonly (readonly number[])[]
}

/** One service at one patient's. */
type Service = {
  readonly id: string
  readonly patient: Patient
  readonly place: number
  readonly service: string
  readonly duration: number
}

const DIGITS_MAX = 9
/** Far beyond every end of a day that these instances can have, in their own units. */
const DAY = 3_000

const servicesOf = (instance: Hhcrsp): Service[] =>
  instance.patients.flatMap((patient, i) =>
    patient.required_caregivers.map(({ service, duration }, k) => ({
      id: `${patient.id}.${k + 1}`,
      patient,
      place: i + 1,
      service,
      duration:
        duration ?? instance.services.find(({ id }) => id === service)?.default_duration ?? Number.NaN,
    })),
  )

/** The least power of ten that makes every number whole. */
const scaleOf = (numbers: readonly number[]): number => {
  for (let digits = 0; digits <= DIGITS_MAX; digits++) {
    const scale = 10 ** digits
    if (numbers.every((number) => Math.abs(number * scale - Math.round(number * scale)) < 1e-6)) return scale
  }
  throw new Error(`some number has more than ${DIGITS_MAX} decimals`)
}

const linksOf = (instance: Hhcrsp, scaled: (value: number) => number): Link[] =>
  instance.patients.flatMap((patient): Link[] => {
    if (patient.required_caregivers.length < 2) return []
    if (patient.required_caregivers.length > 2 || patient.synchronization === undefined)
      throw new Error(`${patient.id}: must have one service, or two and a synchronization`)
    const { synchronization } = patient
    const [from, to] = synchronization.type === 'simultaneous' ? [0, 0] : synchronization.distance
    return [
      {
        first: `${patient.id}.1`,
        second: `${patient.id}.2`,
        from: scaled(from),
        to: scaled(to),
        technicians: 'different',
        together: true,
      },
    ]
  })

const problemOf = (instance: Hhcrsp): Problem => {
  const services = servicesOf(instance)
  const scale = scaleOf([
    ...instance.distances.flat(),
    ...services.map(({ duration }) => duration),
    ...instance.patients.flatMap(({ time_window, synchronization }) => [
      ...time_window,
      ...(synchronization?.type === 'sequential' ? synchronization.distance : []),
    ]),
  ])
  const scaled = (value: number): number => Math.round(value * scale)
  const horizon = DAY * scale
  const size = instance.distances.length
  const seconds = Int32Array.from(instance.distances.flat(), scaled)
  const activities = services.map(
    ({ id, patient, place, service, duration }): ProblemActivity => ({
      id,
      duration: scaled(duration),
      location: place,
      skills: [{ skill: service, level: 1 }],
      windows: [{ from: scaled(patient.time_window[0]), to: horizon }],
      targets: [{ kind: 'arrive', dueAt: scaled(patient.time_window[1]), weight: 1 }],
      priority: 0,
    }),
  )
  const technicians = instance.caregivers.map(
    ({ id, abilities }): ProblemTechnician => ({
      id,
      skills: abilities.map((skill) => ({ skill, level: 1 })),
      shifts: [{ open: [{ from: 0, to: horizon }], startLocation: 0, endLocation: 0 }],
    }),
  )
  return {
    horizon,
    activities,
    technicians,
    travel: [{ size, seconds, metres: seconds }],
    links: linksOf(instance, scaled),
    // A second late costs what a second of travel does, and missing a window costs nothing of its own.
    weights: { missed: 0, late: 1 / 300, unassigned: 1_000 },
    worstLatePerSecond: 1,
  }
}

const EPSILON = 1e-6

/** Drives the routes afresh in the instance's own numbers: each service starts as early as all it waits for allows. */
const scoreOf = (instance: Hhcrsp, plan: Plan): Score => {
  const findings: string[] = []
  const services = new Map(servicesOf(instance).map((service) => [service.id, service]))
  const routes = plan.routes.map(({ technicianId, visits }) => ({
    caregiver: instance.caregivers.find(({ id }) => id === technicianId),
    services: visits.flatMap(({ activityId }) => services.get(activityId) ?? []),
  }))
  const start = new Map<string, number>()
  const startOf = (id: string): number => start.get(id) ?? 0
  const distance = (a: number, b: number): number => instance.distances[a]?.[b] ?? Number.NaN
  const raise = (id: string, to: number): boolean => {
    if (to <= (start.get(id) ?? Number.NEGATIVE_INFINITY) + EPSILON) return false
    start.set(id, to)
    return true
  }
  let again = true
  for (let round = 0; again; round++) {
    again = false
    if (round > 4 * services.size)
      return { value: Number.NaN, parts: {}, findings: ['some wait for each other for ever'] }
    for (const route of routes) {
      let at = 0
      let place = 0
      for (const service of route.services) {
        const earliest = Math.max(at + distance(place, service.place), service.patient.time_window[0])
        again = raise(service.id, earliest) || again
        at = startOf(service.id) + service.duration
        place = service.place
      }
    }
    for (const { id, synchronization, required_caregivers } of instance.patients) {
      if (required_caregivers.length < 2 || synchronization === undefined) continue
      const [from, to] = synchronization.type === 'simultaneous' ? [0, 0] : synchronization.distance
      again = raise(`${id}.2`, startOf(`${id}.1`) + from) || again
      again = raise(`${id}.1`, startOf(`${id}.2`) - to) || again
    }
  }
  let travelled = 0
  let total = 0
  let worst = 0
  const doneBy = new Map<string, string>()
  for (const { caregiver, services: list } of routes) {
    let place = 0
    for (const service of list) {
      travelled += distance(place, service.place)
      place = service.place
      const late = Math.max(0, startOf(service.id) - service.patient.time_window[1])
      total += late
      worst = Math.max(worst, late)
      if (doneBy.has(service.id)) findings.push(`${service.id} is there twice`)
      doneBy.set(service.id, caregiver?.id ?? '')
      if (caregiver?.abilities.includes(service.service) !== true)
        findings.push(`${caregiver?.id} cannot do ${service.service} at ${service.id}`)
    }
    travelled += distance(place, 0)
  }
  const missing = services.size - doneBy.size
  if (missing > 0) findings.push(`${missing} services are not done`)
  for (const { id, required_caregivers } of instance.patients) {
    if (required_caregivers.length === 2 && doneBy.get(`${id}.1`) === doneBy.get(`${id}.2`))
      findings.push(`both services of ${id} have one caregiver`)
  }
  return {
    value: (travelled + total + worst) / 3,
    parts: { distance: travelled, tardiness: total, greatest: worst },
    findings,
  }
}

/** The problem that an instance poses, and what a plan for it costs in the set's own convention. */
export const readHhcrsp = (text: string): Posed => {
  // The file's shape is its format's; what is missing shows as a finding or an error of the problem.
  const instance = JSON.parse(text) as Hhcrsp
  return { problem: problemOf(instance), score: (plan) => scoreOf(instance, plan) }
}

const nameOf = (file: string): string => basename(file).replace(/\.json\.gz$/, '')

const set = (name: string, groupOf: (instance: string) => string): Adapter => ({
  name,
  convention: '(distance + total tardiness + greatest tardiness) / 3, windows soft at their ends',
  files: (instances) => filesIn(join(instances, name), /\.json\.gz$/),
  read: (file): Instance => {
    const instance = nameOf(file)
    return {
      name: instance,
      group: groupOf(instance),
      best: columnOf(join(dirname(file), 'best-known.csv'), 'total_cost').get(instance) ?? null,
      run: planned(readHhcrsp(gunzipSync(readFileSync(file)).toString('utf8'))),
    }
  },
})

/** Groups by the number of patients. */
export const hhcrspMankowska: Adapter = set('hhcrsp-mankowska', (name) => /_(\d+)_\d+$/.exec(name)?.[1] ?? '')
export const hhcrspItalian: Adapter = set('hhcrsp-italian', () => 'Italian')
