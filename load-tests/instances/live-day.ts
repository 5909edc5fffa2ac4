/**
 * Lives through a day on which work becomes known bit by bit: the plan is carried out, and made anew at every disclosure.
 *
 * The surprising rule: nothing is known before its time. What is asked of the search at an event holds only work disclosed by
 * then, and technicians as they stand: at home, or free where and when what they have set out for ends. Whoever has set
 * out for a visit makes it; whoever has set out for home gets there, and may be sent out again, the time between being paid.
 * Everybody leaves as late as the plan allows, because who has not left yet can still be sent elsewhere, unless the options say
 * otherwise (`setting-out.ts`). Work once accepted is never given up for other work.
 */
import type {
  PartAmount,
  Plan,
  PlanRoute,
  Problem,
  ProblemActivity,
  ProblemTechnician,
  Visit,
} from '../../workers/optimiser/problem.ts'
import { solve } from '../../workers/optimiser/solve.ts'
import type { Stop } from '../../workers/optimiser/stop/budget.ts'
import { asLateAsPlanned, leavesAt, type SettingOut } from './setting-out.ts'

export type LiveOptions = {
  readonly seed: number
  /** For the plan before the day begins, and for each event. */
  readonly first: Stop
  readonly event: Stop
  /** Whoever is home again may go out a second time. */
  readonly again: boolean
  /** As late as planned when absent. */
  readonly settingOut?: SettingOut
  /** Whoever stands still may be sent out as of when he last moved, before the work was known. No dispatcher can; published runs did. */
  readonly backdated?: boolean
}

/** A visit that was made, a call at the depot, or a stay at home between two rounds. */
export type Stopover = {
  readonly at: 'visit' | 'depot' | 'home'
  /** null but for a visit. */
  readonly activityId: string | null
  readonly leftAt: number
  readonly arrival: number
  readonly start: number
  readonly end: number
}

export type LivedDay = {
  readonly technicianId: string
  readonly stops: readonly Stopover[]
  readonly leftForHomeAt: number
  readonly home: number
}

export type Lived = {
  readonly days: readonly LivedDay[]
  readonly rejected: readonly string[]
  readonly events: number
}

type Standing = {
  readonly technician: ProblemTechnician
  place: number | null
  freeAt: number
  hasLeft: boolean
  isHome: boolean
  called: boolean
  readonly stops: Stopover[]
  leftForHomeAt: number
  home: number
}

/** How a plan is carried out: when it was made, until when, and by which rule people set out. */
type Stretch = { readonly toldAt: number; readonly until: number; readonly settingOut: SettingOut }

/** Leaving accepted work out costs as much as ten that are new. */
const ACCEPTED = 100
const NEW = 9

export const liveThrough = (
  problem: Problem,
  /** Second of disclosure for each activity; what is not named is known beforehand, and so is what has a negative one. */
  releases: ReadonlyMap<string, number>,
  options: LiveOptions,
): Lived => {
  const activities = new Map(problem.activities.map((activity) => [activity.id, activity]))
  const standings = problem.technicians.map(
    (technician): Standing => ({
      technician,
      place: technician.shifts[0]?.startLocation ?? null,
      freeAt: technician.shifts[0]?.open[0]?.from ?? 0,
      hasLeft: false,
      isHome: false,
      called: false,
      stops: [],
      leftForHomeAt: 0,
      home: 0,
    }),
  )
  const releaseOf = (id: string): number => Math.max(0, releases.get(id) ?? 0)
  const moments = [...new Set([0, ...problem.activities.map(({ id }) => releaseOf(id))])].sort(
    (a, b) => a - b,
  )
  const done = new Set<string>()
  const accepted = new Set<string>()
  let plan: Plan | null = null
  let toldAt = 0
  const settingOut = options.settingOut ?? asLateAsPlanned
  for (const [i, now] of moments.entries()) {
    if (plan !== null)
      carryOut(problem, activities, standings, plan, { toldAt, until: now, settingOut }, done)
    toldAt = options.backdated === true ? 0 : now
    const known = problem.activities.filter(
      ({ id, windows }) =>
        releaseOf(id) <= now &&
        !done.has(id) &&
        (windows.length === 0 || windows.some(({ to }) => to >= now)),
    )
    const question: Problem = {
      ...problem,
      activities: known.map((activity) => ({
        ...activity,
        priority: accepted.has(activity.id) ? ACCEPTED : NEW,
      })),
      technicians: standings.map((standing) => asItStands(standing, activities, toldAt, options.again)),
    }
    plan = replanned(question, plan, accepted, options.seed + i, i === 0 ? options.first : options.event)
    for (const route of plan.routes) for (const { activityId } of route.visits) accepted.add(activityId)
  }
  const toTheEnd = { toldAt, until: Number.POSITIVE_INFINITY, settingOut }
  if (plan !== null) carryOut(problem, activities, standings, plan, toTheEnd, done)
  return {
    days: standings
      .filter(({ stops }) => stops.length > 0)
      .map(({ technician, stops, leftForHomeAt, home }) => ({
        technicianId: technician.id,
        stops,
        leftForHomeAt,
        home,
      })),
    rejected: problem.activities.map(({ id }) => id).filter((id) => !done.has(id)),
    events: moments.length,
  }
}

/** The new plan; where it gives accepted work up, the old one with what finds room in it. */
const replanned = (
  question: Problem,
  old: Plan | null,
  accepted: ReadonlySet<string>,
  seed: number,
  stop: Stop,
): Plan => {
  const warm = old === null ? {} : { warm: old }
  const plan = solve(question, { seed, stop, ...warm })
  const keepsAll = plan.unassigned.every(({ activityId }) => !accepted.has(activityId))
  return keepsAll ? plan : solve(question, { seed, stop: { iterations: 0 }, ...warm })
}

/** What a technician can still be asked for: from where he is free, with what is left on the van. */
const asItStands = (
  standing: Standing,
  activities: ReadonlyMap<string, ProblemActivity>,
  toldAt: number,
  again: boolean,
): ProblemTechnician => {
  const { tools, parts, depot, capacity, shifts, ...rest } = standing.technician
  const [shift] = shifts
  const from = Math.max(standing.freeAt, toldAt)
  const to = shift?.open.at(-1)?.to ?? from
  if (shift === undefined || (standing.isHome && !again) || from >= to) return { ...rest, shifts: [] }
  const served = standing.stops.flatMap(({ activityId }) => activities.get(activityId ?? '') ?? [])
  // Who goes out again is paid for the time at home too.
  const atHome = standing.isHome ? ((rest.perHourWorked ?? 0) / 3600) * (from - standing.home) : 0
  return {
    ...rest,
    ...(atHome > 0 ? { fixedCost: Math.round(atHome) } : {}),
    shifts: [
      {
        ...shift,
        open: [{ from, to }],
        startLocation: standing.place,
        ...(standing.hasLeft ? { departed: true } : {}),
      },
    ],
    ...(capacity === undefined ? {} : { capacity: capacityLeft(capacity, served) }),
    ...(tools === undefined || standing.called ? {} : { tools }),
    ...(parts === undefined || standing.called ? {} : { parts: partsLeft(parts, served) }),
    ...(depot === undefined || standing.called ? {} : { depot }),
  }
}

const capacityLeft = (capacity: readonly number[], served: readonly ProblemActivity[]): number[] =>
  capacity.map((room, d) => served.reduce((left, { delivery }) => left - (delivery?.[d] ?? 0), room))

const partsLeft = (parts: readonly PartAmount[], served: readonly ProblemActivity[]): PartAmount[] =>
  parts.map(({ part, amount }) => ({
    part,
    amount: served.reduce(
      (left, activity) => left - (activity.parts?.find((used) => used.part === part)?.amount ?? 0),
      amount,
    ),
  }))

/** Lets everybody do what he sets out for before the stretch is over. */
const carryOut = (
  problem: Problem,
  activities: ReadonlyMap<string, ProblemActivity>,
  standings: readonly Standing[],
  plan: Plan,
  stretch: Stretch,
  done: Set<string>,
): void => {
  const routes = new Map(plan.routes.map((route) => [route.technicianId, route]))
  for (const standing of standings) {
    const route = routes.get(standing.technician.id)
    const madeAll = route === undefined || follow(problem, activities, standing, route, stretch, done)
    if (!madeAll || !standing.hasLeft || standing.isHome || standing.freeAt >= stretch.until) continue
    const home = standing.technician.shifts[0]?.endLocation ?? null
    standing.leftForHomeAt = standing.freeAt
    standing.home = standing.freeAt + wayBetween(problem, standing, home)
    standing.isHome = true
    standing.freeAt = standing.home
    standing.place = home
  }
}

/** True when every visit of the route was set out for before the stretch is over. */
const follow = (
  problem: Problem,
  activities: ReadonlyMap<string, ProblemActivity>,
  standing: Standing,
  route: PlanRoute,
  stretch: Stretch,
  done: Set<string>,
): boolean => {
  for (const [i, visit] of route.visits.entries()) {
    // A plan visits what the problem asks for.
    const activity = activities.get(visit.activityId)!
    const opens = activity.windows[0]?.from ?? visit.start
    const depot = route.depotCall?.after === i - 1 ? standing.technician.depot : undefined
    if (depot !== undefined) {
      const through = visit.travel + (depot.duration ?? 0)
      const leg = { visit, way: through, opens, activity: null, place: depot.location }
      if (!setOut(problem, standing, leg, stretch)) return false
      standing.called = true
    }
    const way = wayBetween(problem, standing, activity.location)
    const leg = { visit, way, opens, activity, place: activity.location }
    if (!setOut(problem, standing, leg, stretch)) return false
    done.add(activity.id)
  }
  return true
}

const setOut = (
  problem: Problem,
  standing: Standing,
  leg: {
    readonly visit: Visit
    /** Seconds from here until the visit can begin. */
    readonly way: number
    /** When the visit's window opens, also on the way through the depot. */
    readonly opens: number
    /** null for the depot. */
    readonly activity: ProblemActivity | null
    readonly place: number | null
  },
  { toldAt, until, settingOut }: Stretch,
): boolean => {
  const { visit, way, opens } = leg
  const isOut = standing.hasLeft && !standing.isHome
  const leftAt = leavesAt(
    { toldAt, freeAt: standing.freeAt, isOut, opens, start: visit.start, way },
    settingOut,
  )
  if (leftAt >= until) return false
  if (standing.isHome) {
    const { leftForHomeAt, home } = standing
    standing.stops.push({
      at: 'home',
      activityId: null,
      leftAt: leftForHomeAt,
      arrival: home,
      start: home,
      end: home,
    })
    standing.isHome = false
  }
  const arrival = leftAt + wayBetween(problem, standing, leg.place)
  const { activity } = leg
  const start = activity === null ? arrival : Math.max(arrival, activity.windows[0]?.from ?? arrival)
  const end = start + (activity?.duration ?? standing.technician.depot?.duration ?? 0)
  const at = activity === null ? 'depot' : 'visit'
  standing.stops.push({ at, activityId: activity?.id ?? null, leftAt, arrival, start, end })
  standing.place = leg.place
  standing.freeAt = end
  standing.hasLeft = true
  return true
}

const wayBetween = (problem: Problem, { technician, place }: Standing, to: number | null): number => {
  const matrix = problem.travel[technician.profile ?? 0]
  return place === null || to === null || matrix === undefined
    ? 0
    : (matrix.seconds[place * matrix.size + to] ?? 0)
}
