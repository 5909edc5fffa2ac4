/**
 * Tools and parts: work starts only when its tools are on the van and enough of each part is left, unless the technician has
 * called at the depot before it, once in a shift. After that call everything is there.
 *
 * So a route is a stretch served from the van's own stock and, after at most one call, a stretch where nothing can lack. Where
 * the call is made is no part of the plan's order: it belongs to the journey between two visits and is chosen anew whenever
 * the route changes. The surprising rule: work that was fixed without its parts asks for a call where one fits, and is
 * tolerated where none does.
 */
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import type { ProblemActivity, ProblemTechnician } from '../problem.ts'

/** True when `u` has its tools on the van of route `r`, and its parts are left after what `used` says is taken already. */
export const hasOnVan = (m: Model, used: Int32Array, r: number, u: number): boolean => {
  const { tooled, partKinds, needed, stock } = m.vans
  // All tables are laid out by route, activity and part.
  if (tooled[u * m.technicians + m.technicianOf[r]!] === 0) return false
  for (let k = 0; k < partKinds; k++) {
    const amount = needed[u * partKinds + k]!
    if (amount > 0 && used[r * partKinds + k]! + amount > stock[r * partKinds + k]!) return false
  }
  return true
}

/** Counts what `u` takes from the van. */
export const takeParts = (m: Model, used: Int32Array, r: number, u: number): void => {
  const { partKinds, needed } = m.vans
  for (let k = 0; k < partKinds; k++) {
    used[r * partKinds + k] = used[r * partKinds + k]! + needed[u * partKinds + k]!
  }
}

export const emptyVan = (m: Model, used: Int32Array, r: number): void => {
  const { partKinds } = m.vans
  for (let k = 0; k < partKinds; k++) used[r * partKinds + k] = 0
}

/** The first activity of route `r`, as it is linked, that cannot be served from the van's own stock; -1 when all can. */
export const firstLacking = (m: Model, s: PlanState, r: number): number => {
  if (!m.vans.limited) return -1
  const used = s.van.scratch
  emptyVan(m, used, r)
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) {
    if (!hasOnVan(m, used, r, u)) return u
    takeParts(m, used, r, u)
  }
  return -1
}

/** Seconds on the way from `from` to `to` through the depot of route `r`, the loading included. */
export const wayThroughDepot = (m: Model, time: Int32Array, r: number, from: number, to: number): number => {
  const depot = m.vans.depotPlace[r]!
  return (
    time[m.place[from]! * m.places + depot]! +
    m.vans.depotDuration[r]! +
    time[depot * m.places + m.place[to]!]!
  )
}

/** What that journey costs; loading is free but for the time it takes. */
export const costThroughDepot = (m: Model, cost: Int32Array, r: number, from: number, to: number): number => {
  const depot = m.vans.depotPlace[r]!
  return cost[m.place[from]! * m.places + depot]! + cost[depot * m.places + m.place[to]!]!
}

/** Seconds of travel that the plan has from `p` to the node after it on route `r`. */
export const travelOn = (m: Model, s: PlanState, r: number, p: number): number => {
  const { time } = m.classes[m.classOf[r]!]!
  const q = s.next[p]!
  return p === s.van.call[r]
    ? wayThroughDepot(m, time, r, p, q) - m.vans.depotDuration[r]!
    : time[m.place[p]! * m.places + m.place[q]!]!
}

/** What the van does not have when a shift begins, in words; null when it has all that the activity needs. */
export const missingOnVan = (activity: ProblemActivity, technician: ProblemTechnician): string | null => {
  const { tools, parts } = technician
  const tool = tools === undefined ? undefined : activity.tools?.find((wanted) => !tools.includes(wanted))
  if (tool !== undefined) return tool
  if (parts === undefined) return null
  const lacking = activity.parts?.find(
    ({ part, amount }) => amount > (parts.find((own) => own.part === part)?.amount ?? 0),
  )
  return lacking?.part ?? null
}

/** What `u` would lack on route `r` before any call: what the van never had, or what other work uses up. */
export const lackingOnVan = (m: Model, s: PlanState, r: number, u: number): string => {
  const activity = m.problem.activities[u]!
  const technician = m.problem.technicians[m.technicianOf[r]!]!
  const missing = missingOnVan(activity, technician)
  if (missing !== null) return missing
  const left = new Map(technician.parts?.map(({ part, amount }) => [part, amount]))
  for (let v = s.next[m.n + 2 * r]!; v < m.n; v = s.next[v]!) {
    for (const { part, amount } of m.problem.activities[v]!.parts ?? []) {
      left.set(part, (left.get(part) ?? 0) - amount)
    }
    if (v === s.van.call[r]) break
  }
  const { parts } = activity
  return parts?.find(({ part, amount }) => amount > (left.get(part) ?? 0))?.part ?? 'part'
}
