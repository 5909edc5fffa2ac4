/**
 * What is on the vans and what an hour at work costs, as the model keeps it: checked, counted and laid out once.
 *
 * A part that no activity uses up is not looked at, and neither is any of this where nobody can lack anything (`limited`).
 */
import type { PartAmount, Problem, ProblemTechnician } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { NEVER } from './times.ts'

export type Vans = {
  /** Someone may lack something: where nobody can, none of this is looked at. */
  readonly limited: boolean
  /** [activity * technicians + technician]: all tools are on the van from the start. */
  readonly tooled: Uint8Array
  readonly partKinds: number
  readonly needed: Int32Array
  /** [route * partKinds + part] */
  readonly stock: Int32Array
  /** For each route, -1 where nothing can be fetched. */
  readonly depotPlace: Int32Array
  readonly depotDuration: Int32Array
}

const amountsOf = (list: readonly PartAmount[] | undefined, field: string): Map<string, number> => {
  const amounts = new Map<string, number>()
  list?.forEach(({ part, amount }, i) => {
    if (!Number.isInteger(amount) || amount < 0 || amount >= NEVER) {
      throw new ProblemError(`${field}[${i}].amount`, 'must be a whole number from 0')
    }
    if (amounts.has(part)) throw new ProblemError(`${field}[${i}].part`, `"${part}" is there twice`)
    amounts.set(part, amount)
  })
  return amounts
}

export const compileVans = (
  problem: Problem,
  routes: readonly { readonly technician: number; readonly shift: number }[],
  places: number,
): Vans => {
  const { activities, technicians } = problem
  const kinds = new Map<string, number>()
  const needs = activities.map((activity, i) => {
    const amounts = amountsOf(activity.parts, `activities[${i}].parts`)
    for (const [part, amount] of amounts) if (amount > 0 && !kinds.has(part)) kinds.set(part, kinds.size)
    return amounts
  })
  const stocks = technicians.map((technician, t) => {
    checkDepot(technician, places, `technicians[${t}].depot`)
    return amountsOf(technician.parts, `technicians[${t}].parts`)
  })
  const partKinds = kinds.size
  const needed = new Int32Array(activities.length * partKinds)
  const tooled = new Uint8Array(activities.length * technicians.length).fill(1)
  const toolsOf = technicians.map(({ tools }) => (tools === undefined ? null : new Set(tools)))
  activities.forEach((activity, i) => {
    for (const [part, kind] of kinds) needed[i * partKinds + kind] = needs[i]?.get(part) ?? 0
    if (activity.tools === undefined || activity.tools.length === 0) return
    toolsOf.forEach((own, t) => {
      if (own !== null && activity.tools?.some((tool) => !own.has(tool)))
        tooled[i * technicians.length + t] = 0
    })
  })
  const stock = new Int32Array(routes.length * partKinds).fill(NEVER)
  routes.forEach(({ technician, shift }, r) => {
    // Fixed work outside of all shifts is as it was given; nobody counts what is on the van then.
    if (shift < 0 || technicians[technician]?.parts === undefined) return
    for (const [part, kind] of kinds) stock[r * partKinds + kind] = stocks[technician]?.get(part) ?? 0
  })
  return {
    limited:
      tooled.includes(0) ||
      (partKinds > 0 && technicians.some((technician) => technician.parts !== undefined)),
    tooled,
    partKinds,
    needed,
    stock,
    depotPlace: Int32Array.from(routes, ({ technician }) => technicians[technician]?.depot?.location ?? -1),
    depotDuration: Int32Array.from(routes, ({ technician }) => technicians[technician]?.depot?.duration ?? 0),
  }
}

const checkDepot = ({ depot }: ProblemTechnician, places: number, field: string): void => {
  if (depot === undefined) return
  const { location, duration = 0 } = depot
  if (!Number.isInteger(location) || location < 0 || location >= places) {
    throw new ProblemError(`${field}.location`, `must be a place from 0 to ${places - 1}`)
  }
  if (!Number.isInteger(duration) || duration < 0 || duration >= NEVER) {
    throw new ProblemError(`${field}.duration`, 'must be a whole number of seconds from 0')
  }
}

/** Points per second at work for each route, by the technician's rate and the weight of travel. */
export const workedRates = (
  problem: Problem,
  routes: readonly { readonly technician: number; readonly shift: number }[],
  weight: number,
): Float64Array => {
  problem.technicians.forEach(({ perHourWorked }, t) => {
    if (perHourWorked !== undefined && !(Number.isFinite(perHourWorked) && perHourWorked >= 0)) {
      throw new ProblemError(`technicians[${t}].perHourWorked`, 'must be a number from 0')
    }
  })
  // Routes are made from the technicians there are; fixed work outside of all shifts has no day to be paid for.
  return Float64Array.from(routes, ({ technician, shift }) =>
    shift < 0 ? 0 : ((problem.technicians[technician]!.perHourWorked ?? 0) * weight) / 3600,
  )
}
