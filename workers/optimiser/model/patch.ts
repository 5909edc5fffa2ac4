/**
 * Changes a compiled model in place: one activity's rows, while everything else stays as it is (a technician's
 * days: `../live/patch-days.ts`).
 *
 * What is written comes from compiling the changed thing alone, so no rule is put into numbers twice. The surprising rule: every
 * member of the model is named in one of the lists below, and the compiler refuses one that is forgotten. A member that ties
 * activities to each other belongs to `boardWide`, and a board that has such ties is compiled anew instead (`mayPatch`).
 */
import type { Problem, ProblemActivity, ProblemTechnician } from '../problem.ts'
import { compile } from './compile.ts'
import type { Model } from './model.ts'

/** The same model, to be written: `compile` hands it over fresh, and only its owner changes it. */
export type OwnModel = { -readonly [Field in keyof Model]: Model[Field] }

/** One number for each activity. */
const activityRows = [
  'firstFrom',
  'lastTo',
  'unlovedCost',
  'fixedStart',
  'fixedRoute',
  'promises',
  'sunkCost',
  'leftOutCost',
  'currentTechnician',
  'currentStart',
  'anchor',
  'moveTolerance',
  'moveCost',
] as const satisfies readonly (keyof Model)[]

/** One number for each node, of which the first are the activities. */
const nodeRows = ['place', 'duration', 'setup', 'isFixed'] as const satisfies readonly (keyof Model)[]

const loadRows = ['delivery', 'pickup'] as const satisfies readonly (keyof Model)[]

/** Lists of lists: the first member says where each activity's own begins. */
const windowLists = ['windowFrom', 'windowTo'] as const satisfies readonly (keyof Model)[]
const targetLists = [
  'targetKind',
  'targetDue',
  'targetMiss',
  'targetPerSecond',
  'targetLateMax',
] as const satisfies readonly (keyof Model)[]

/** One number for each route. */
export const routeRows = [
  'opensAt',
  'closesAt',
  'closesHardAt',
  'shiftOf',
  'routeFixedCost',
  'tasksMax',
] as const satisfies readonly (keyof Model)[]

export const breakLists = [
  'breakEarliest',
  'breakLatest',
  'breakDuration',
] as const satisfies readonly (keyof Model)[]

/** Written by hand below, or the same whatever becomes of one activity or one technician's days. */
const boardWide = [
  'problem',
  'n',
  'routes',
  'technicians',
  'nodes',
  'places',
  'classes',
  'classOf',
  'windowAt',
  'targetAt',
  'breakAt',
  'technicianOf',
  'routesOf',
  'kindOf',
  'kinds',
  'dimensions',
  'capacity',
  'mixedLoads',
  'fit',
  'fixedCount',
  'overtimePerSecond',
  'plain',
  'worked',
  'symmetric',
  'technicianIndex',
  'activityIndex',
  // Days that hang together are compiled from the whole problem too.
  'links',
  'worstPerSecond',
  'fairness',
  'openSeconds',
  'joint',
  // Vans and paid time are compiled from the whole problem; `mayPatch` leaves such boards alone.
  'van',
  'vans',
  'workedRate',
  'paid',
  'departed',
] as const satisfies readonly (keyof Model)[]

type Named = (
  | typeof activityRows
  | typeof nodeRows
  | typeof loadRows
  | typeof windowLists
  | typeof targetLists
  | typeof routeRows
  | typeof breakLists
  | typeof boardWide
)[number]

/** Does not compile while a member of the model is in none of the lists: its name is in the message. */
export const everyMemberIsNamed: Exclude<keyof Model, Named> extends never
  ? true
  : Exclude<keyof Model, Named> = true

/** False where one activity's rows say nothing without the others', or where what is on the vans and paid counts. */
export const mayPatch = ({ joint, vans, paid, departed }: Model): boolean =>
  !joint && !vans.limited && !paid && !departed.includes(1)

/**
 * The activities as the model would hold them, or null where the model as it is cannot. Which route fixed work is on depends on the
 * technician's days and is not told here. Many at once cost hardly more than one: it is the technicians that take the time.
 */
export const compiledRows = (
  m: OwnModel,
  activities: readonly ProblemActivity[],
  bare: readonly ProblemTechnician[],
): Model | null => {
  const alone = compile({ ...m.problem, links: [], technicians: bare, activities: nowhereOf(m, activities) })
  const fits = activities.every((_, i) => alone.place[i]! < m.places)
  return fits && mayPatch(alone) ? alone : null
}

/** One activity with the route that it is fixed on; null too where the technician's days would not be what they are. */
export const compiledAlone = (
  m: OwnModel,
  activity: ProblemActivity,
  bare: readonly ProblemTechnician[],
): Model | null => {
  // Only fixed work needs to know its technician's days; nothing else of an activity depends on them.
  const technicians = activity.fixed === undefined ? bare : withDays(m, bare, activity.fixed.technicianId)
  const alone = compile({ ...m.problem, technicians, activities: nowhereOf(m, [activity]) })
  if (alone.place[0]! >= m.places || !mayPatch(alone)) return null
  if (activity.fixed === undefined) return alone
  const t = m.technicianIndex.get(activity.fixed.technicianId)
  // `compile` has refused technicians that are not there.
  const days = m.routesOf[t!]!
  const at = alone.fixedRoute[0]!
  // Work outside of every shift, or reaching into the next one, changes the days themselves.
  if (at >= days.length || alone.routes !== days.length) return null
  const breaks = days.reduce((sum, r) => sum + m.breakAt[r + 1]! - m.breakAt[r]!, 0)
  if (days.some((r) => m.shiftOf[r]! < 0) || alone.breakEarliest.length !== breaks) return null
  alone.fixedRoute[0] = days[at]!
  return alone
}

const withDays = (m: OwnModel, bare: readonly ProblemTechnician[], id: string): ProblemTechnician[] => {
  const t = m.technicianIndex.get(id) ?? -1
  return bare.map((technician, i) => (i === t ? m.problem.technicians[i]! : technician))
}

/** Technicians without their days: what an activity is compiled against. */
export const bareTechnicians = (problem: Problem): ProblemTechnician[] =>
  problem.technicians.map((technician) => ({ ...technician, shifts: [] }))

/** Writes the rows of `u` from those of activity `i` of `alone`, and nothing else. */
export const patchActivity = (m: OwnModel, u: number, alone: Model, i = 0): void => {
  m.fixedCount += alone.isFixed[i]! - m.isFixed[u]!
  // `u` is one of the model's activities and `i` one of those of `alone`.
  for (const field of activityRows) m[field][u] = alone[field][i]!
  for (const field of nodeRows) m[field][u] = alone[field][i]!
  for (const field of loadRows) {
    for (let d = 0; d < m.dimensions; d++)
      m[field][u * m.dimensions + d] = d < alone.dimensions ? alone[field][i * alone.dimensions + d]! : 0
  }
  m.fit.set(alone.fit.subarray(i * m.technicians, (i + 1) * m.technicians), u * m.technicians)
  const windowsFrom = alone.windowAt[i]!
  const windowsTo = alone.windowAt[i + 1]!
  const windows = { at: m.windowAt, u, count: windowsTo - windowsFrom }
  for (const field of windowLists)
    m[field] = spliced(m[field], alone[field].subarray(windowsFrom, windowsTo), windows)
  shift(windows)
  const from = alone.targetAt[i]!
  const to = alone.targetAt[i + 1]!
  const targets = { at: m.targetAt, u, count: to - from }
  m.targetKind = spliced(m.targetKind, alone.targetKind.subarray(from, to), targets)
  m.targetDue = spliced(m.targetDue, alone.targetDue.subarray(from, to), targets)
  m.targetMiss = spliced(m.targetMiss, alone.targetMiss.subarray(from, to), targets)
  m.targetPerSecond = spliced(m.targetPerSecond, alone.targetPerSecond.subarray(from, to), targets)
  m.targetLateMax = spliced(m.targetLateMax, alone.targetLateMax.subarray(from, to), targets)
  shift(targets)
}

export type Row = { readonly at: Int32Array; readonly u: number; readonly count: number }
type Numbers = Int32Array | Float64Array | Uint8Array

export const spliced = <List extends Numbers>(list: List, own: List, { at, u, count }: Row): List => {
  // The index has one member more than there are rows.
  const from = at[u]!
  const to = at[u + 1]!
  if (count === to - from) {
    list.set(own.subarray(0, count), from)
    return list
  }
  // A typed array's constructor makes one of its own kind, which its type does not say.
  const longer = new (list.constructor as new (length: number) => List)(list.length + count - (to - from))
  longer.set(list.subarray(0, from))
  longer.set(own.subarray(0, count), from)
  longer.set(list.subarray(to), from + count)
  return longer
}

export const shift = ({ at, u, count }: Row): void => {
  const by = count - (at[u + 1]! - at[u]!)
  if (by === 0) return
  for (let i = u + 1; i < at.length; i++) at[i] = at[i]! + by
}

/** One activity without a place among the given ones, where the model has a nowhere: then the travel tables are the same. */
export const nowhereOf = (m: OwnModel, given: readonly ProblemActivity[]): ProblemActivity[] => {
  if (m.places === m.problem.travel[0]!.size) return [...given]
  return [...given, vacancy(-1, null)]
}

/** What stands in a row that no activity has: nobody may do it, and it lies after every time. */
export const vacancy = (u: number, location: number | null): ProblemActivity => ({
  id: `\u0000${u}`,
  duration: 0,
  location,
  skills: [],
  windows: [{ from: AFTER_ALL, to: AFTER_ALL }],
  targets: [],
  priority: 0,
  only: [],
})

const AFTER_ALL = (1 << 29) - 1
