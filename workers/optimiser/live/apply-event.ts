/**
 * Writes an event into the rows that are there, and takes off the plan what no longer stands; mending comes after.
 *
 * The surprising rule: whatever cannot be done in place is found out before the first row is written, so an event is either in
 * completely or not at all, and then the whole board is compiled afresh (`apply-afresh.ts`).
 */
import { mayDo } from '../constraints/skills.ts'
import { dayFits, placeVisits } from '../construct/warm-start.ts'
import type { Model } from '../model/model.ts'
import { compiledRows, patchActivity, vacancy } from '../model/patch.ts'
import { leaveOut, linkAfter, takeIn, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import type { ProblemActivity, ProblemTechnician } from '../problem.ts'
import { forgetNeighbours, forgetPlaces } from './forget.ts'
import { idOf, isVacant, type LiveBoard, makeVacant } from './live-board.ts'
import type { LiveEvent } from './live-event.ts'
import { type DaysToBe, daysToBe, type Given, patchDays } from './patch-days.ts'

/** What an event did: work to be placed again, days to be looked at. */
export type Doing = { readonly opened: Set<string>; readonly roomy: Set<number> }

/** False where the event does not fit into the rows that are there; then nothing has been written. */
export const applyInPlace = (live: LiveBoard, event: LiveEvent, doing: Doing): boolean => {
  switch (event.kind) {
    case 'activity':
      return putInPlace(live, event.activity, doing)
    case 'cancelled':
      return cancel(live, event.activityId, doing)
    case 'technician':
      return changeTechnician(live, event.technician, doing)
  }
}

const putInPlace = (live: LiveBoard, activity: ProblemActivity, doing: Doing): boolean => {
  const { m, s } = live
  const known = live.index.get(activity.id)
  const u = known ?? live.vacant.at(-1)
  if (u === undefined) return false
  const alone = compiledRows(m, [activity], live.bare)
  const days = alone === null ? null : daysAround(live, u, activity)
  if (alone === null || days === null) return false
  const left = known === undefined ? -1 : takeAway(live, u)
  if (known === undefined) {
    live.vacant.pop()
    m.isFixed[u] = 0
  }
  patchRow(live, u, alone)
  live.activities[u] = activity
  live.index.set(activity.id, u)
  s.route[u] = -1
  leaveOut(m, s, u)
  forgetNeighbours(live, u)
  for (const day of days) changeDays(live, day, doing)
  if (left >= 0) settleDay(live, left, doing)
  if (m.isFixed[u] === 0) doing.opened.add(activity.id)
  return true
}

/** What `alone` has as its activity `i` goes into row `u`. */
export const patchRow = (live: LiveBoard, u: number, alone: Model, i = 0): void => {
  patchActivity(live.m, u, alone, i)
  forgetPlaces(live, u)
}

/** Off its route or out of what waits; returns the route it left, or -1. */
const takeAway = (live: LiveBoard, u: number): number => {
  const { m, s } = live
  const r = s.route[u]!
  if (r < 0) {
    takeIn(m, s, u)
    return -1
  }
  unlink(s, u)
  updateRoute(m, s, r)
  return r
}

const cancel = (live: LiveBoard, id: string, doing: Doing): boolean => {
  const { m } = live
  // Events about work that is not there have been refused.
  const u = live.index.get(id)!
  const size = m.problem.travel[0]!.size
  const gone = vacancy(u, m.places > size ? null : 0)
  const alone = compiledRows(m, [gone], live.bare)
  const days = alone === null ? null : daysAround(live, u, gone)
  if (alone === null || days === null) return false
  const left = takeAway(live, u)
  patchRow(live, u, alone)
  live.activities[u] = gone
  live.index.delete(id)
  makeVacant(live, u)
  doing.opened.delete(id)
  for (const day of days) changeDays(live, day, doing)
  if (left >= 0) settleDay(live, left, doing)
  return true
}

/** The days of whoever has `u` fixed before or after it becomes `activity`; null where they do not fit. */
const daysAround = (live: LiveBoard, u: number, activity: ProblemActivity): DaysToBe[] | null => {
  const before = isVacant(live, u) ? undefined : live.activities[u]?.fixed?.technicianId
  const days: DaysToBe[] = []
  let { spare } = live
  for (const id of new Set([before, activity.fixed?.technicianId])) {
    if (id === undefined) continue
    const t = live.m.technicianIndex.get(id)
    const technician = t === undefined ? undefined : live.technicians[t]
    if (technician === undefined) return null
    const given = givenTo(live, id).filter((item) => item.u !== u)
    if (activity.fixed?.technicianId === id) given.push({ u, activity })
    // In the board's order, as compiling afresh has it: it decides between breaks that begin together.
    given.sort((a, b) => a.u - b.u)
    const own = daysToBe(live.m, technician, given, { ...live, spare })
    if (own === null) return null
    days.push(own)
    spare = spare.filter((r) => !own.routes.includes(r))
  }
  return days
}

const givenTo = (live: LiveBoard, technicianId: string): Given[] => {
  const given: Given[] = []
  live.activities.forEach((activity, u) => {
    if (activity.fixed?.technicianId === technicianId) given.push({ u, activity })
  })
  return given
}

const changeTechnician = (live: LiveBoard, technician: ProblemTechnician, doing: Doing): boolean => {
  // Events about technicians who are not there have been refused.
  const before = live.technicians[live.m.technicianIndex.get(technician.id)!]!
  const but = (own: ProblemTechnician): string => JSON.stringify({ ...own, shifts: [] })
  if (but(before) !== but(technician)) return false
  const days = daysToBe(live.m, technician, givenTo(live, technician.id), live)
  if (days === null) return false
  changeDays(live, days, doing)
  return true
}

/** Takes everything off the technician's routes, writes the days, and puts back what they hold: the rest is opened. */
const changeDays = (live: LiveBoard, days: DaysToBe, doing: Doing): void => {
  const { m, s } = live
  const { t } = days
  // Every technician has a list of routes.
  const before = m.routesOf[t]!
  const visits = before.flatMap((r) => emptied(live, r, t))
  const pausesBefore = m.breakAt.slice()
  live.spare = patchDays(m, days, live.spare)
  movePauses(live, pausesBefore)
  live.technicians[t] = days.technician
  // The row of a technician on the board.
  for (const r of new Set([...before, ...days.routes])) updateRoute(m, s, r)
  putFixed(live, days.given)
  placeVisits(m, s, visits)
  for (const { activity } of visits) if (s.route[activity] === -1) doing.opened.add(idOf(live, activity))
  for (const r of days.routes) doing.roomy.add(r)
}

type Visit = { readonly activity: number; readonly technician: number; readonly start: number }

/** Takes all work off a route; what the search had placed there, in its order. */
const emptied = ({ m, s }: LiveBoard, r: number, technician: number): Visit[] => {
  const visits: Visit[] = []
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[m.n + 2 * r]!) {
    if (m.isFixed[u] === 0) visits.push({ activity: u, technician, start: s.start[u]! })
    unlink(s, u)
    leaveOut(m, s, u)
  }
  return visits
}

/** The plan remembers which break comes next by its number on the whole board, and other days may have other numbers now. */
const movePauses = ({ m, s }: LiveBoard, before: Int32Array): void => {
  for (let r = 0; r < m.routes; r++) {
    // Both have a member for each route and one more.
    const by = m.breakAt[r]! - before[r]!
    if (by === 0) continue
    const last = m.n + 2 * r + 1
    for (let u = last - 1; u !== last; u = s.next[u]!) s.pause[u] = s.pause[u]! + by
    s.pause[last] = s.pause[last]! + by
  }
}

/** In the order of its starts. */
const putFixed = ({ m, s }: LiveBoard, given: readonly Given[]): void => {
  const inOrder = given.map(({ u }) => u).sort((a, b) => m.fixedStart[a]! - m.fixedStart[b]! || a - b)
  const touched = new Set<number>()
  for (const u of inOrder) {
    const r = m.fixedRoute[u]!
    takeIn(m, s, u)
    // Nothing else is on the route yet.
    linkAfter(s, u, s.prev[m.n + 2 * r + 1]!)
    touched.add(r)
  }
  for (const r of touched) updateRoute(m, s, r)
}

/** Keeps of a day what still fits, in its order; the rest is opened. */
const settleDay = (live: LiveBoard, r: number, doing: Doing): void => {
  const { m, s } = live
  doing.roomy.add(r)
  const t = m.technicianOf[r]!
  const visits: number[] = []
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) if (m.isFixed[u] === 0) visits.push(u)
  const open = m.shiftOf[r]! >= 0
  if (updateRoute(m, s, r) && open && visits.every((u) => mayDo(m, u, t)) && dayFits(m, s, r)) return
  for (const u of visits) {
    unlink(s, u)
    leaveOut(m, s, u)
  }
  updateRoute(m, s, r)
  placeVisits(
    m,
    s,
    visits.map((u) => ({ activity: u, technician: t, start: s.start[u]! })),
  )
  for (const u of visits) if (s.route[u] === -1) doing.opened.add(idOf(live, u))
}
