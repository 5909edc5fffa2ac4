/**
 * Turns the searched plan into one that people and the checker can read: who, when, from where, with which breaks, at what cost.
 */
import { tellUnassigned } from './blocked.ts'
import { arrivalBy, breakAfter } from './constraints/open-hours.ts'
import { type Model, NEVER, UNLOVED } from './model.ts'
import type { PlanState } from './plan.ts'
import type { CostSplit, Plan, PlannedBreak, PlanRoute, Visit } from './problem.ts'

export const decode = (m: Model, s: PlanState, iterations: number): Plan => {
  const routes: PlanRoute[] = []
  for (let r = 0; r < m.routes; r++) if (s.length[r]! > 0) routes.push(decodeRoute(m, s, r))
  return {
    routes,
    unassigned: tellUnassigned(m, s),
    cost: costOf(m, s),
    points: s.total[0]!,
    iterations,
  }
}

const decodeRoute = (m: Model, s: PlanState, r: number): PlanRoute => {
  const { time } = m.classes[m.classOf[r]!]!
  const first = m.n + 2 * r
  const visits: Visit[] = []
  const breaks: PlannedBreak[] = []
  let departure = m.opensAt[r]!
  let p = first
  for (let u = s.next[first]!; u < m.n; p = u, u = s.next[u]!) {
    const travel = time[m.place[p]! * m.places + m.place[u]!]!
    const start = s.start[u]!
    const taken = breaksBefore(m, s, r, p, u, travel)
    let arrival = follow(m, s.free[p]!, travel, s.pause[p]!, taken, breaks)
    if (p === first && taken === m.breakAt[r]!) {
      // Nobody sets out to wait at the customer's door: the day begins as late as the first visit allows.
      departure = start - travel
      arrival = start
    }
    const end = m.isFixed[u] === 1 ? start + m.duration[u]! : s.free[u]!
    // Fixed work stays where it was given, even where nobody could have arrived in time.
    visits.push({
      activityId: m.problem.activities[u]!.id,
      arrival: Math.min(arrival, start),
      start,
      end,
      travel,
    })
  }
  const last = first + 1
  const travelHome = time[m.place[p]! * m.places + m.place[last]!]!
  const home = m.plain ? 0 : s.pause[last]!
  follow(m, s.free[p]!, travelHome, m.plain ? 0 : s.pause[p]!, home, breaks)
  return {
    technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
    shift: m.shiftOf[r]!,
    departure,
    visits,
    breaks,
    travelHome,
    endsAt: s.start[last]!,
  }
}

/** The first break that is not taken on the way from `p` to `u`. */
const breaksBefore = (m: Model, s: PlanState, r: number, p: number, u: number, travel: number): number => {
  if (m.plain) return m.breakAt[r]!
  if (m.isFixed[u] === 0) return s.pause[u]!
  const arrived = arrivalBy(m, r, s.free[p]!, travel, m.fixedStart[u]!, s.pause[p]!)
  return arrived === NEVER ? s.pause[p]! : breakAfter[0]!
}

/** Goes `travel` from `leftAt` on, pausing for breaks `from` up to `to`; tells when the journey ends. */
const follow = (
  m: Model,
  leftAt: number,
  travel: number,
  from: number,
  to: number,
  breaks: PlannedBreak[],
): number => {
  let at = leftAt
  let way = travel
  for (let k = from; k < to; k++) {
    const start = Math.max(at, m.breakEarliest[k]!)
    way = Math.max(0, way - (start - at))
    at = start + m.breakDuration[k]!
    if (m.breakDuration[k]! > 0) breaks.push({ start, end: at })
  }
  return at + way
}

/** The plan's cost in a dispatcher's words; without what `except` costs by being left out. */
export const costOf = (m: Model, s: PlanState, except = -1): CostSplit => {
  let missedTargets = 0
  let late = 0
  let preferred = 0
  let travel = 0
  let overtime = 0
  let moved = 0
  for (let u = 0; u < m.n; u++) {
    const activity = m.problem.activities[u]!
    const r = s.route[u]!
    if (r < 0 && u === except) continue
    for (const target of activity.targets) {
      const by =
        r < 0
          ? m.problem.horizon + activity.duration
          : target.kind === 'respond'
            ? 0
            : judgedAt(m, s, u, target.kind)
      if (by <= target.dueAt) continue
      missedTargets++
      if (r >= 0) late += by - target.dueAt
    }
    if (r < 0) continue
    const technician = m.technicianOf[r]!
    if ((m.fit[u * m.technicians + technician]! & UNLOVED) !== 0) preferred++
    if (hasMoved(m, u, technician, s.start[u]!)) moved++
  }
  for (let r = 0; r < m.routes; r++) {
    if (s.length[r] === 0) continue
    const { time } = m.classes[m.classOf[r]!]!
    const first = m.n + 2 * r
    for (let p = first; p !== first + 1; p = s.next[p]!) {
      travel += time[m.place[p]! * m.places + m.place[s.next[p]!]!]!
    }
    overtime += Math.max(0, s.start[first + 1]! - m.closesAt[r]!)
  }
  return {
    missedTargets,
    lateMinutes: late / 60,
    unassigned: s.count[0]! - (except >= 0 && s.absentAt[except]! >= 0 ? 1 : 0),
    preferred,
    travelMinutes: travel / 60,
    overtimeMinutes: overtime / 60,
    moved,
  }
}

const judgedAt = (m: Model, s: PlanState, u: number, kind: 'complete' | 'arrive'): number =>
  s.start[u]! + (kind === 'complete' ? m.duration[u]! : 0)

const hasMoved = (m: Model, u: number, technician: number, start: number): boolean => {
  const current = m.currentTechnician[u]!
  if (current < 0) return false
  return current !== technician || Math.abs(start - m.currentStart[u]!) > m.moveTolerance[u]!
}
