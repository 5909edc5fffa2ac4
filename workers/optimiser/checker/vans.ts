/**
 * The checker's own view of tools, parts and the call at the depot: what was on the van when each piece of work began.
 *
 * Like the rest of the checker it shares nothing with the search. A call counts from the visit behind it, and never runs out.
 */
import type { DepotCall, PlanRoute, ProblemActivity, ProblemTechnician, Shift } from '../problem.ts'

export type VanFinding = { readonly activity?: ProblemActivity; readonly sentence: string }

/** What lacked on the van, visit by visit; `activities` are those of the route's visits. */
export const judgeVan = (
  technician: ProblemTechnician,
  shift: Shift | undefined,
  route: PlanRoute,
  activities: readonly ProblemActivity[],
): VanFinding[] => {
  const findings: VanFinding[] = []
  const call = route.depotCall
  if (call !== undefined) {
    if (technician.depot === undefined) findings.push({ sentence: 'calls at a depot that there is not' })
    if (!Number.isInteger(call.after) || call.after < -1 || call.after > route.visits.length - 2) {
      findings.push({ sentence: 'calls at the depot where no visit follows' })
    }
  }
  // Outside of all shifts nobody counts what is on the van.
  if (shift === undefined) return findings
  const left = new Map(technician.parts?.map(({ part, amount }) => [part, amount]))
  for (const [i, activity] of activities.entries()) {
    if (call !== undefined && call.after < i) break
    for (const tool of activity.tools ?? []) {
      if (technician.tools !== undefined && !technician.tools.includes(tool)) {
        findings.push({ activity, sentence: `needs ${tool}, which is not on the van` })
      }
    }
    if (technician.parts === undefined) continue
    for (const { part, amount } of activity.parts ?? []) {
      const has = left.get(part) ?? 0
      if (amount > has)
        findings.push({ activity, sentence: `needs ${amount} of ${part}, and ${has} are left` })
      left.set(part, has - amount)
    }
  }
  return findings
}

/** What is wrong with the times of a call on the way to a visit. */
export const judgeDepotCall = (
  call: DepotCall,
  depot: { readonly duration?: number },
  way: {
    readonly to: number
    readonly from: number
    readonly leftAt: number
    readonly arrival: number
    /** Seconds between two times in which nobody pauses. */
    readonly usable: (from: number, to: number) => number
  },
): string[] => {
  const sentences: string[] = []
  const loading = depot.duration ?? 0
  if (way.usable(way.leftAt, call.start) < way.to) sentences.push('is at the depot before anyone can be')
  if (call.end < call.start || way.usable(call.start, call.end) < loading)
    sentences.push(`leaves the depot in less than ${loading} s`)
  if (way.usable(call.end, way.arrival) < way.from) sentences.push('arrives from the depot too early')
  return sentences
}
