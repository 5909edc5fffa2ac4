/**
 * Turns the searched plan into one that people and the checker can read: who, when, from where, with which breaks, at what cost.
 */
import { assertNever } from '../../../server/domain/assert-never.ts'
import { arrivalBy, breakAfter } from '../constraints/open-hours.ts'
import { travelOn, wayThroughDepot } from '../constraints/parts.ts'
import { type Limits, tellUnassigned } from '../explain/blocked.ts'
import { type Model, UNLOVED } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import type { CostSplit, DepotCall, Plan, PlannedBreak, PlanRoute, SlaTarget, Visit } from '../problem.ts'
import type { PlanState } from './plan-state.ts'

export const decode = (m: Model, s: PlanState, iterations: number, limits?: Limits): Plan => {
  const routes: PlanRoute[] = []
  for (let r = 0; r < m.routes; r++) {
    if (s.length[r]! > 0 || m.departed[r] === 1) routes.push(decodeRoute(m, s, r))
  }
  return {
    routes,
    unassigned: tellUnassigned(m, s, limits),
    cost: costOf(m, s),
    points: s.total[0]!,
    iterations,
  }
}

/** When the work starts by the plan: later than the search has it, where leaving later spares paid waiting. */
export const plannedStart = (m: Model, s: PlanState, u: number): number => {
  if (!m.paid) return s.start[u]!
  const { id } = m.problem.activities[u]!
  const visit = decodeRoute(m, s, s.route[u]!).visits.find((item) => item.activityId === id)
  return visit?.start ?? s.start[u]!
}

const hasBreaks = (m: Model): boolean => !m.plain && !m.van

const decodeRoute = (m: Model, s: PlanState, r: number): PlanRoute => {
  const { time } = m.classes[m.classOf[r]!]!
  const first = m.n + 2 * r
  const last = first + 1
  const visits: Visit[] = []
  const breaks: PlannedBreak[] = []
  let depotCall: DepotCall | undefined
  let departure = m.opensAt[r]!
  let freeAt = departure
  let p = first
  for (let u = s.next[first]!; u < m.n; p = u, u = s.next[u]!) {
    const calls = p === s.van.call[r]
    const way = calls ? wayThroughDepot(m, time, r, p, u) : time[m.place[p]! * m.places + m.place[u]!]!
    const pause = hasBreaks(m) ? s.pause[p]! : m.breakAt[r]!
    const taken = breaksBefore(m, s, r, p, u, way)
    // Breaks before a late departure are taken at home.
    let from = pause
    if (p === first) {
      departure = departureOf(m, s, r, s.start[u]! - way, taken === pause)
      freeAt = departure
      if (departure > m.opensAt[r]!) {
        follow(m, m.opensAt[r]!, 0, pause, taken, breaks)
        from = taken
      }
    }
    const isFixed = m.isFixed[u] === 1
    const isHeld = isFixed || taken !== pause
    const start = isHeld ? s.start[u]! : Math.max(s.start[u]!, freeAt + way)
    if (calls) depotCall = depotCallOn(m, r, p, { freeAt, from, taken, after: visits.length - 1 })
    const arrival = follow(m, freeAt, way, from, taken, breaks)
    const end = isFixed ? start + m.duration[u]! : start + s.free[u]! - s.start[u]!
    // Fixed work stays where it was given, even where nobody could have arrived in time.
    visits.push({
      activityId: m.problem.activities[u]!.id,
      arrival: Math.min(arrival, start),
      start,
      end,
      travel: calls ? way - m.vans.depotDuration[r]! : way,
    })
    freeAt = isFixed ? s.free[u]! : end
  }
  const travelHome = time[m.place[p]! * m.places + m.place[last]!]!
  if (hasBreaks(m)) follow(m, freeAt, travelHome, s.pause[p]!, s.pause[last]!, breaks)
  return {
    technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
    shift: m.shiftOf[r]!,
    departure,
    visits,
    breaks,
    ...(depotCall === undefined ? {} : { depotCall }),
    travelHome,
    endsAt: s.start[last]!,
  }
}

/** As late as the first visit allows; where working time is paid, as late as all of them do. */
const departureOf = (m: Model, s: PlanState, r: number, latest: number, isFree: boolean): number => {
  if (m.workedRate[r]! > 0 || m.departed[r] === 1) return s.van.departure[r]!
  return isFree ? latest : m.opensAt[r]!
}

const depotCallOn = (
  m: Model,
  r: number,
  p: number,
  leg: { readonly freeAt: number; readonly from: number; readonly taken: number; readonly after: number },
): DepotCall => {
  const { time } = m.classes[m.classOf[r]!]!
  const way = time[m.place[p]! * m.places + m.vans.depotPlace[r]!]!
  return {
    start: pointOnWay(m, leg.freeAt, way, leg.from, leg.taken),
    end: pointOnWay(m, leg.freeAt, way + m.vans.depotDuration[r]!, leg.from, leg.taken),
    after: leg.after,
  }
}

/** When `way` of a journey is done that pauses for breaks `from` up to `to`, where it gets as far as them. */
const pointOnWay = (m: Model, leftAt: number, way: number, from: number, to: number): number => {
  let at = leftAt
  let left = way
  for (let k = from; k < to; k++) {
    const pauseFrom = Math.max(at, m.breakEarliest[k]!)
    if (pauseFrom - at >= left) break
    left -= pauseFrom - at
    at = pauseFrom + m.breakDuration[k]!
  }
  return at + left
}

/** The first break that is not taken on the way from `p` to `u`. */
const breaksBefore = (m: Model, s: PlanState, r: number, p: number, u: number, way: number): number => {
  if (!hasBreaks(m)) return m.breakAt[r]!
  if (m.isFixed[u] === 0) return s.pause[u]!
  const arrived = arrivalBy(m, r, s.free[p]!, way, m.fixedStart[u]!, s.pause[p]!)
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

/** What a plan, or a part of one, costs in whole numbers: sums of parts are exact, whatever their order. */
export type Tally = {
  missed: number
  lateSeconds: number
  waitingSeconds: number
  marginSeconds: number
  left: number
  preferred: number
  travelSeconds: number
  overtimeSeconds: number
  moved: number
}

const emptyTally = (): Tally => ({
  missed: 0,
  lateSeconds: 0,
  waitingSeconds: 0,
  marginSeconds: 0,
  left: 0,
  preferred: 0,
  travelSeconds: 0,
  overtimeSeconds: 0,
  moved: 0,
})

export const splitOf = (tally: Tally): CostSplit => ({
  missedTargets: tally.missed,
  lateMinutes: tally.lateSeconds / 60,
  waitingMinutes: tally.waitingSeconds / 60,
  marginMinutes: tally.marginSeconds / 60,
  unassigned: tally.left,
  preferred: tally.preferred,
  travelMinutes: tally.travelSeconds / 60,
  overtimeMinutes: tally.overtimeSeconds / 60,
  moved: tally.moved,
})

/** The plan's cost in a dispatcher's words. */
export const costOf = (m: Model, s: PlanState): CostSplit => {
  const tally = emptyTally()
  for (let r = 0; r < m.routes; r++) addRoute(m, s, r, tally)
  for (let i = 0; i < s.count[0]!; i++) addLeftOut(m, s.absent[i]!, tally)
  return splitOf(tally)
}

export const tallyOfRoute = (m: Model, s: PlanState, r: number): Tally => {
  const tally = emptyTally()
  addRoute(m, s, r, tally)
  return tally
}

/** Work left out misses what is due before the horizon ends, and is late for nothing. */
const addLeftOut = (m: Model, u: number, tally: Tally): void => {
  const activity = m.problem.activities[u]!
  tally.left++
  for (const target of activity.targets) {
    if (target.wish === undefined && m.problem.horizon + activity.duration > target.dueAt) tally.missed++
  }
}

const addRoute = (m: Model, s: PlanState, r: number, tally: Tally): void => {
  if (s.length[r] === 0 && m.departed[r] === 0) return
  const technician = m.technicianOf[r]!
  const first = m.n + 2 * r
  // Every index below is a node of this route.
  for (let p = first; p !== first + 1; p = s.next[p]!) {
    tally.travelSeconds += travelOn(m, s, r, p)
    if (p === first) continue
    for (const target of m.problem.activities[p]!.targets) {
      const late = (target.kind === 'respond' ? 0 : judgedAt(m, s, p, target.kind)) - target.dueAt
      if (late > 0) addLate(target, late, tally)
    }
    if ((m.fit[p * m.technicians + technician]! & UNLOVED) !== 0) tally.preferred++
    if (hasMoved(m, p, technician, s.start[p]!)) tally.moved++
  }
  tally.overtimeSeconds += Math.max(0, s.start[first + 1]! - m.closesAt[r]!)
}

const addLate = ({ wish, most }: SlaTarget, beyond: number, tally: Tally): void => {
  const late = Math.min(beyond, most ?? beyond)
  switch (wish) {
    case 'waiting':
      tally.waitingSeconds += late
      return
    case 'margin':
      tally.marginSeconds += late
      return
    case undefined:
      tally.missed++
      tally.lateSeconds += late
      return
    default:
      assertNever(wish)
  }
}

const judgedAt = (m: Model, s: PlanState, u: number, kind: 'complete' | 'arrive'): number =>
  s.start[u]! + (kind === 'complete' ? m.duration[u]! : 0)

const hasMoved = (m: Model, u: number, technician: number, start: number): boolean => {
  const current = m.currentTechnician[u]!
  if (current < 0) return false
  return current !== technician || Math.abs(start - m.currentStart[u]!) > m.moveTolerance[u]!
}
