/**
 * A board that stays compiled between events: an event changes the rows it touches, the plan is mended around it, and what came of
 * it is the announced plan of the next event.
 *
 * The answer is the one that compiling afresh would give; events that do not fit into the rows that are there (new overtime work
 * outside of a shift, another number of breaks, no spare row) do compile afresh, a little slower. Nothing here is stored and nothing
 * expires: whoever holds an engine knows from which state of the board it came and passes every event since, in order.
 */
import { mayDo } from './constraints/skills.ts'
import { dayFits, placeVisits, warmVisits } from './construct/warm-start.ts'
import { decode } from './decode.ts'
import { hasMoved, type Mender, mend, menderFor } from './mend.ts'
import { compile, type Model, ProblemError } from './model.ts'
import {
  aloneWith,
  bareTechnicians,
  compiledAlone,
  mayPatch,
  type OwnModel,
  patchActivity,
  patchDays,
  vacancy,
} from './patch-model.ts'
import {
  emptyPlan,
  leaveOut,
  linkAfter,
  type PlanState,
  placeFixedWork,
  takeIn,
  unlink,
  updateRoute,
} from './plan.ts'
import type { Plan, Problem, ProblemActivity, ProblemTechnician, WarmPlan } from './problem.ts'
import { stabilityFor } from './repair.ts'
import { type Stop, startBudget } from './stop/budget.ts'

export type LiveEvent =
  /** New, or changed in any way: other windows, duration, priority, skills; fixed, started, finished, free again. */
  | { readonly kind: 'activity'; readonly activity: ProblemActivity }
  | { readonly kind: 'cancelled'; readonly activityId: string }
  /** Ill (no shifts), other hours, delayed (a later beginning, from where the technician is). */
  | { readonly kind: 'technician'; readonly technician: ProblemTechnician }

export type Place = { readonly technicianId: string; readonly start: number; readonly end: number }

export type Placement = {
  readonly activityId: string
  readonly before: { readonly technicianId: string; readonly start: number } | null
  readonly after: Place | null
}

export type Mended = {
  /** The event's own work, where it is now. */
  readonly opened: readonly Placement[]
  /** Other work that has moved: never more than the churn budget. */
  readonly moved: readonly Placement[]
  readonly points: number
  readonly unassigned: number
  readonly iterations: number
}

export type LiveOptions = { readonly churnBudget: number; readonly seed: number; readonly stop: Stop }

export type LiveEngine = {
  /** Applies events in order and mends the plan. A bad event is refused with `ProblemError` before anything has changed. */
  readonly mend: (events: readonly LiveEvent[], options: LiveOptions) => Mended
  readonly plan: () => Plan
  /** The problem as it is now, every placed activity announced where the plan has it. */
  readonly problem: () => Problem
  /** Times that an event made everything be compiled afresh. */
  readonly compiledAfresh: () => number
  /** The board as the kernel sees it: to be read, or changed and put back within one call. */
  readonly board: () => { readonly m: OwnModel; readonly s: PlanState }
}

/** Rows kept free for new work: a tenth, and some. */
const spareFor = (count: number): number => 32 + Math.ceil(count / 10)

/** Off every route and not waiting for one either. */
const NO_ROW = -2

type Live = {
  m: OwnModel
  s: PlanState
  mender: Mender
  bare: ProblemTechnician[]
  activities: ProblemActivity[]
  technicians: ProblemTechnician[]
  index: Map<string, number>
  vacant: number[]
  problem: Problem
  compiled: number
}

export const liveEngine = (problem: Problem, options: { readonly warm?: WarmPlan } = {}): LiveEngine => {
  const live = compiledLive(withStability(problem), options.warm ?? currentPlan(problem))
  announce(live, allRoutes(live))
  return {
    mend: (events, how) => mendLive(live, events, how),
    plan: () => decode(live.m, live.s, 0),
    problem: () => problemOf(live),
    compiledAfresh: () => live.compiled,
    board: () => ({ m: live.m, s: live.s }),
  }
}

const withStability = (problem: Problem): Problem => ({
  ...problem,
  weights: { ...problem.weights, stability: stabilityFor(problem) },
})

/** The plan that the activities' own places describe. */
const currentPlan = (problem: Problem): WarmPlan => ({
  routes: problem.activities.flatMap(({ id, current }) =>
    current === undefined
      ? []
      : [{ technicianId: current.technicianId, visits: [{ activityId: id, start: current.start }] }],
  ),
})

const compiledLive = (problem: Problem, warm: WarmPlan): Live => {
  const count = problem.activities.length
  const size = problem.travel[0]?.size ?? 0
  const hasNowhere = size === 0 || problem.activities.some((activity) => activity.location === null)
  const spare = Array.from({ length: spareFor(count) }, (_, i) => vacancy(count + i, hasNowhere ? null : 0))
  const activities = [...problem.activities, ...spare]
  const technicians = [...problem.technicians]
  const own: Problem = { ...problem, activities, technicians }
  const m: OwnModel = compile(own)
  if (mayPatch(m)) {
    // The exact way is right for every such board, so an event need not find out whether the short one still is.
    m.plain = false
    m.mixedLoads = m.dimensions > 0
  }
  m.kinds = m.routes
  for (let r = 0; r < m.routes; r++) m.kindOf[r] = r
  const s = emptyPlan(m)
  const vacant: number[] = []
  for (let u = activities.length - 1; u >= count; u--) {
    m.isFixed[u] = 1
    takeIn(m, s, u)
    s.route[u] = NO_ROW
    vacant.push(u)
  }
  const index = new Map(problem.activities.map((activity, u) => [activity.id, u]))
  m.activityIndex = index
  placeGiven(m, s)
  placeVisits(m, s, warmVisits(m, warm))
  return {
    m,
    s,
    mender: menderFor(m, s),
    bare: bareTechnicians(own),
    activities,
    technicians,
    index,
    vacant,
    problem: own,
    compiled: 0,
  }
}

/** Vacant rows are fixed, so that nothing moves them, but they have no place to be put. */
const placeGiven = (m: OwnModel, s: PlanState): void => {
  const vacant: number[] = []
  for (let u = 0; u < m.n; u++) if (s.route[u] === NO_ROW) vacant.push(u)
  for (const u of vacant) m.isFixed[u] = 0
  placeFixedWork(m, s)
  for (const u of vacant) m.isFixed[u] = 1
}

const allRoutes = ({ m }: Live): Set<number> => new Set(Array.from({ length: m.routes }, (_, r) => r))

const isVacant = (live: Live, u: number): boolean => live.s.route[u] === NO_ROW

/** What an event did: work to be placed again, days to be looked at. */
type Doing = { readonly opened: Set<string>; readonly roomy: Set<number> }

const mendLive = (live: Live, events: readonly LiveEvent[], options: LiveOptions): Mended => {
  const budget = startBudget(options.stop)
  refuseBad(live, events)
  const before = new Map<number, Placement['before']>()
  const doing: Doing = { opened: new Set(), roomy: new Set() }
  for (const event of events) {
    if (!mayPatch(live.m) || !applyInPlace(live, event, doing)) applyAfresh(live, event, doing)
  }
  const { m, s, mender } = live
  const open = [...doing.opened].flatMap((id) => {
    const u = live.index.get(id)
    return u === undefined || s.route[u] !== -1 ? [] : [u]
  })
  for (const u of open) before.set(u, announcedPlace(live, u))
  const iterations = mend(mender, {
    open,
    roomy: [...doing.roomy],
    churnBudget: options.churnBudget,
    seed: options.seed,
    budget,
  })
  const moved: Placement[] = []
  const touched = new Set(doing.roomy)
  for (let u = 0; u < m.n; u++) {
    if (isVacant(live, u)) continue
    const r = s.route[u]!
    if (r >= 0 && needsAnnouncing(live, u)) touched.add(r)
    if (!hasMoved(mender, u)) continue
    moved.push({ activityId: idOf(live, u), before: announcedPlace(live, u), after: placeOf(live, u) })
  }
  const opened = open.map((u) => ({
    activityId: idOf(live, u),
    before: before.get(u) ?? null,
    after: placeOf(live, u),
  }))
  announce(live, touched)
  return { opened, moved, points: s.total[0]!, unassigned: s.count[0]!, iterations }
}

// Rows that are not vacant have an activity.
const idOf = (live: Live, u: number): string => live.activities[u]!.id

const announcedPlace = ({ m }: Live, u: number): Placement['before'] => {
  const t = m.currentTechnician[u]!
  return t < 0 ? null : { technicianId: m.problem.technicians[t]!.id, start: m.currentStart[u]! }
}

const placeOf = ({ m, s }: Live, u: number): Place | null => {
  const r = s.route[u]!
  if (r < 0) return null
  return {
    technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
    start: s.start[u]!,
    end: m.isFixed[u] === 1 ? s.start[u]! + m.duration[u]! : s.free[u]!,
  }
}

/** Everything that could be wrong with the events is found before the first of them is applied. */
const refuseBad = (live: Live, events: readonly LiveEvent[]): void => {
  const gone = new Set<string>()
  const come = new Set<string>()
  events.forEach((event, i) => {
    switch (event.kind) {
      case 'activity':
        // Technicians without their days do for judging an activity by itself.
        compile({ ...live.problem, links: [], activities: [event.activity], technicians: live.bare })
        come.add(event.activity.id)
        gone.delete(event.activity.id)
        return
      case 'cancelled': {
        const { activityId } = event
        const isKnown = come.has(activityId) || (live.index.has(activityId) && !gone.has(activityId))
        if (!isKnown) throw new ProblemError(`events[${i}].activityId`, `"${activityId}" is not on the board`)
        gone.add(activityId)
        come.delete(activityId)
        return
      }
      case 'technician': {
        const { technician } = event
        if (!live.m.technicianIndex.has(technician.id)) {
          throw new ProblemError(`events[${i}].technician.id`, `"${technician.id}" is not on the board`)
        }
        compile(aloneWith(live.m, technician, []))
        return
      }
    }
  })
}

/** False where the event does not fit into the rows that are there; then nothing has been written. */
const applyInPlace = (live: Live, event: LiveEvent, doing: Doing): boolean => {
  switch (event.kind) {
    case 'activity':
      return putInPlace(live, event.activity, doing)
    case 'cancelled':
      return cancel(live, event.activityId, doing)
    case 'technician':
      return changeDays(live, event.technician, doing)
  }
}

const putInPlace = (live: Live, activity: ProblemActivity, doing: Doing): boolean => {
  const { m, s } = live
  const known = live.index.get(activity.id)
  const u = known ?? live.vacant.at(-1)
  if (u === undefined) return false
  const alone = compiledAlone(m, activity, live.bare)
  if (alone === null) return false
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
  if (left >= 0) settleDay(live, left, doing)
  if (m.isFixed[u] === 1) {
    putFixed(live, u)
    settleDay(live, m.fixedRoute[u]!, doing)
  } else doing.opened.add(activity.id)
  return true
}

const patchRow = (live: Live, u: number, alone: Model): void => {
  patchActivity(live.m, u, alone)
  forgetPlaces(live, u)
}

/** Off its route or out of what waits; returns the route it left, or -1. */
const takeAway = (live: Live, u: number): number => {
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

/** In the order of the starts of fixed work; what the search has placed makes room below. */
const putFixed = (live: Live, u: number): void => {
  const { m, s } = live
  const r = m.fixedRoute[u]!
  let p = m.n + 2 * r
  // The list ends at a node that is no activity.
  for (let q = s.next[p]!; q < m.n && s.start[q]! <= m.fixedStart[u]!; q = s.next[q]!) p = q
  takeIn(m, s, u)
  linkAfter(s, u, p)
  updateRoute(m, s, r)
}

const cancel = (live: Live, id: string, doing: Doing): boolean => {
  const { m, s } = live
  // `refuseBad` has asked.
  const u = live.index.get(id)!
  const size = m.problem.travel[0]!.size
  const gone = vacancy(u, m.places > size ? null : 0)
  const alone = compiledAlone(m, gone, live.bare)
  if (alone === null) return false
  const r = takeAway(live, u)
  patchRow(live, u, alone)
  m.isFixed[u] = 1
  live.activities[u] = gone
  live.index.delete(id)
  live.vacant.push(u)
  s.route[u] = NO_ROW
  doing.opened.delete(id)
  if (r >= 0) settleDay(live, r, doing)
  return true
}

const changeDays = (live: Live, technician: ProblemTechnician, doing: Doing): boolean => {
  const { m } = live
  // `refuseBad` has asked.
  const t = m.technicianIndex.get(technician.id)!
  const before = live.technicians[t]!
  const but = (own: ProblemTechnician): string => JSON.stringify({ ...own, shifts: [] })
  if (but(before) !== but(technician)) return false
  const given = live.activities.flatMap((activity, u) =>
    activity.fixed?.technicianId === technician.id ? [{ u, activity }] : [],
  )
  if (!patchDays(m, t, technician, given)) return false
  live.technicians[t] = technician
  for (const r of m.routesOf[t]!) settleDay(live, r, doing)
  return true
}

/** Keeps of a day what still fits, in its order; the rest is opened. */
const settleDay = (live: Live, r: number, doing: Doing): void => {
  const { m, s } = live
  doing.roomy.add(r)
  const t = m.technicianOf[r]!
  const visits: number[] = []
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) if (m.isFixed[u] === 0) visits.push(u)
  const open = m.shiftOf[r]! >= 0
  if (updateRoute(m, s, r) && open && visits.every((u) => mayDo(m, u, t)) && dayFits(m, s, r)) return
  for (const u of visits) unlink(s, u)
  updateRoute(m, s, r)
  let p = m.n + 2 * r
  const passFixed = (until: number): void => {
    for (let q = s.next[p]!; q < m.n && m.fixedStart[q]! <= until; q = s.next[q]!) p = q
  }
  for (const u of visits) {
    if (open && mayDo(m, u, t)) {
      passFixed(m.currentStart[u]!)
      linkAfter(s, u, p)
      if (updateRoute(m, s, r) && dayFits(m, s, r)) {
        p = u
        continue
      }
      unlink(s, u)
      updateRoute(m, s, r)
    }
    leaveOut(m, s, u)
    doing.opened.add(idOf(live, u))
  }
}

/** The slow way: the event goes into the problem, everything is compiled, and the plan is put back. */
const applyAfresh = (live: Live, event: LiveEvent, doing: Doing): void => {
  const { activities, technicians } = problemOf(live)
  const warm = orderOf(live)
  const wasPlaced = new Set(warm.routes.flatMap((route) => route.visits.map((visit) => visit.activityId)))
  const compiled = live.compiled + 1
  const without = (id: string): ProblemActivity[] => activities.filter((activity) => activity.id !== id)
  const next: Partial<Problem> =
    event.kind === 'activity'
      ? { activities: [...without(event.activity.id), event.activity] }
      : event.kind === 'cancelled'
        ? { activities: without(event.activityId) }
        : {
            technicians: technicians.map((technician) =>
              technician.id === event.technician.id ? event.technician : technician,
            ),
          }
  const opened = event.kind === 'activity' && event.activity.fixed === undefined ? event.activity.id : null
  const kept: WarmPlan = {
    routes: warm.routes.map((route) => ({
      ...route,
      visits: route.visits.filter((visit) => visit.activityId !== opened),
    })),
  }
  const problem = { ...live.problem, activities, technicians, ...next }
  Object.assign(live, compiledLive(withLinksLeft(problem), kept), { compiled })
  doing.roomy.clear()
  if (opened !== null) doing.opened.add(opened)
  const { s } = live
  for (const id of wasPlaced) {
    const u = live.index.get(id)
    if (u !== undefined && s.route[u] === -1) doing.opened.add(id)
  }
  const about =
    event.kind === 'technician'
      ? (live.m.routesOf[live.m.technicianIndex.get(event.technician.id) ?? -1] ?? [])
      : event.kind === 'activity' && event.activity.fixed !== undefined
        ? [s.route[live.index.get(event.activity.id)!]!]
        : []
  for (const r of about) if (r >= 0) doing.roomy.add(r)
}

/** Links to work that is no longer there bind nobody. */
const withLinksLeft = (problem: Problem): Problem => {
  if (problem.links === undefined) return problem
  const ids = new Set(problem.activities.map(({ id }) => id))
  return { ...problem, links: problem.links.filter(({ first, second }) => ids.has(first) && ids.has(second)) }
}

/** Who does what in which order, by start: enough to put the plan back. */
const orderOf = ({ m, s, activities }: Live): WarmPlan => {
  const routes: { technicianId: string; visits: { activityId: string; start: number }[] }[] = []
  for (let r = 0; r < m.routes; r++) {
    const visits: { activityId: string; start: number }[] = []
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) {
      visits.push({ activityId: activities[u]!.id, start: s.start[u]! })
    }
    if (visits.length > 0)
      routes.push({ technicianId: m.problem.technicians[m.technicianOf[r]!]!.id, visits })
  }
  return { routes }
}

const needsAnnouncing = ({ m, s }: Live, u: number): boolean =>
  m.isFixed[u] === 0 &&
  (m.currentTechnician[u] !== m.technicianOf[s.route[u]!] || m.currentStart[u] !== s.start[u])

/** What the plan has now is what is announced: moving it again costs, staying does not. */
const announce = (live: Live, routes: ReadonlySet<number>): void => {
  const { m, s } = live
  if (m.joint) {
    announceAll(live)
    return
  }
  for (const r of routes) {
    let changed = false
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) {
      if (!needsAnnouncing(live, u)) continue
      changed = true
      const technicianId = m.problem.technicians[m.technicianOf[r]!]!.id
      const activity = live.activities[u]!
      const told = { ...activity, current: { ...activity.current, technicianId, start: s.start[u]! } }
      const alone = compiledAlone(m, told, live.bare)
      // The same activity with another announced place fits where it fitted before.
      if (alone === null)
        throw new ProblemError('activities', `"${activity.id}" does not fit into its own row`)
      patchRow(live, u, alone)
      live.activities[u] = told
    }
    if (changed) updateRoute(m, s, r)
  }
}

/** Where days hang together an announced start can bind others, so all rows are made anew. */
const announceAll = (live: Live): void => {
  const { m, s } = live
  const technicianOf = (u: number): string => m.problem.technicians[m.technicianOf[s.route[u]!]!]!.id
  const activities = live.activities.flatMap((activity, u) => {
    if (isVacant(live, u)) return []
    if (s.route[u]! < 0 || !needsAnnouncing(live, u)) return [activity]
    const current = { ...activity.current, technicianId: technicianOf(u), start: s.start[u]! }
    return [{ ...activity, current }]
  })
  const { problem, compiled } = live
  Object.assign(
    live,
    compiledLive({ ...problem, activities, technicians: live.technicians }, orderOf(live)),
    {
      compiled,
    },
  )
}

/** Places that the search remembers for this row are those of what was in it before. */
const forgetPlaces = ({ mender, m }: Live, u: number): void => {
  const { known } = mender.sisr.insertion
  if (known === null) return
  // Routes begin at version 1, so 0 is none of theirs.
  for (let r = 0; r < m.routes; r++) known.words[4 * (u * m.routes + r)] = 0
}

/** Others found near what was in this row before are looked for again when next asked for. */
const forgetNeighbours = (live: Live, u: number): void => {
  const { mender, m } = live
  const { neighbours } = mender.sisr
  const near = neighbours.list.subarray(u * neighbours.size, (u + 1) * neighbours.size)
  if (neighbours.known[u] === 1) for (const v of near) neighbours.known[v] = 0
  neighbours.known[u] = 0
  for (let v = 0; v < m.n; v++) if (m.place[v] === m.place[u]) neighbours.known[v] = 0
}

const problemOf = ({ problem, activities, technicians, s }: Live): Problem => ({
  ...problem,
  activities: activities.filter((_, u) => s.route[u] !== NO_ROW),
  technicians: [...technicians],
})
