/**
 * From a board's facts to the search's numbers: who may do what when, what stays, what is loose.
 *
 * Second zero is the present minute, so nothing can be planned into the past; a shift that has begun starts now, at the
 * place where the technician last was. Travel is in whole minutes, which keeps every planned start on a minute.
 * What a person did lately, what is dispatched, started, locked or about to begin stays where it is.
 */
import type { Activity, Place } from '../../server/domain/activity/activity.ts'
import { instantAt, localOf, timeOfDay } from '../../server/domain/calendar/local-time.ts'
import { openSpans } from '../../server/domain/calendar/open-time.ts'
import { DAY, HOUR, type Instant, MINUTE, overlaps, type Span } from '../../server/domain/instant.ts'
import { conflictsOf } from '../../server/domain/plan/rules.ts'
import type { Technician } from '../../server/domain/plan/technician.ts'
import type { PlanningBoard } from '../../server/ports/planner.ts'
import type {
  Plan,
  Problem,
  ProblemActivity,
  ProblemTechnician,
  Shift,
  SlaTarget,
  TravelMatrix,
  Window,
} from '../optimiser/problem.ts'
import { straightLine } from '../optimiser/travel.ts'

/** A gap in open hours this long ends a working day; a shorter one is a break. */
const SHIFT_GAP_MS = 4 * HOUR
/** A dispatched job whose time has passed is expected to start now, unless it is this long over: then it was forgotten. */
const FORGOTTEN_MS = 2 * HOUR
/** Started work that runs over is expected to take this long yet. */
const OVERRUN_MS = 5 * MINUTE

const priorityFigure = { high: 90, normal: 50, low: 20 } as const
const priorityWeight = { high: 3, normal: 1.5, low: 1 } as const

export type Scope = {
  readonly kind: 'optimise' | 'repair'
  /** Empty = all teams of the board. */
  readonly teams: readonly string[]
  readonly from: Instant | null
  readonly to: Instant | null
  /** Most unplaced activities taken into the search; the most urgent first. */
  readonly openMax: number
  /** Always taken in, whatever else is left out. */
  readonly asked?: string
  /** Repairs look at everybody who could help, however far away. */
  readonly wide?: boolean
}

export type BuiltProblem = {
  readonly problem: Problem
  /** The instant of second zero. */
  readonly zero: Instant
  /** Movable activities that are new, unplaced, or whose place no longer holds. */
  readonly loose: readonly string[]
  /** Open activities that were left out of the search, with the reason. */
  readonly beyond: readonly { activityId: string; reason: string }[]
  readonly byId: ReadonlyMap<string, Activity>
  /** True when people who could help were left out for being far away. */
  readonly isNarrow: boolean
}

type Spot = { technicianId: string; start: Instant; end: Instant }

export function buildProblem(board: PlanningBoard, scope: Scope): BuiltProblem {
  const zero = Math.floor(board.now / MINUTE) * MINUTE
  const until = scope.to ?? zero + board.policy.horizonDays * DAY
  const earliest = Math.max(zero, scope.from ?? zero)
  const technicians = board.technicians.filter(
    (t) => t.active && t.teamId !== null && (scope.teams.length === 0 || scope.teams.includes(t.teamId)),
  )
  const known = new Map(technicians.map((t) => [t.id, t]))
  const seconds = (at: Instant): number => Math.round((at - zero) / 1000)

  const everything = sortActivities(board, scope, { known, zero, until, earliest })
  const focus = focusOf(board, scope, everything, technicians)
  const sorted = within(everything, focus)
  const places = placeIndex()
  const activities = [
    ...sorted.fixed.map(
      ({ activity, spot }): ProblemActivity => ({
        ...common(board, activity, seconds, places.indexOf),
        duration: seconds(spot.end) - seconds(spot.start),
        windows: [],
        fixed: { technicianId: spot.technicianId, start: seconds(spot.start) },
      }),
    ),
    ...sorted.movable.map(
      ({ activity, windows, current }): ProblemActivity => ({
        ...common(board, activity, seconds, places.indexOf),
        duration: activity.durationMinutes * 60,
        windows: windows.map((w): Window => ({ from: seconds(w.from), to: seconds(w.to) })),
        ...(current === null
          ? {}
          : { current: { technicianId: current.technicianId, start: seconds(current.start) } }),
      }),
    ),
  ]
  const people = technicians.map(
    (t): ProblemTechnician => ({
      id: t.id,
      skills: t.skills,
      // Who is out of focus is named, so that a missing skill can be told, but has no day to fill.
      shifts: (focus.ids.has(t.id) ? shiftsOf : noShifts)(board, t, {
        zero,
        until,
        fixed: sorted.fixed.filter((f) => f.spot.technicianId === t.id),
      }).map(
        (shift): Shift => ({
          open: shift.open.map((span) => ({ from: seconds(span.from), to: seconds(span.to) })),
          startLocation: places.indexOf(shift.startPlace),
          endLocation: places.indexOf(t.home),
        }),
      ),
    }),
  )
  return {
    problem: {
      horizon: seconds(until),
      activities,
      technicians: people,
      travel: [wholeMinutes(straightLine(places.list, board.policy))],
      weights: board.policy.weights,
    },
    zero,
    loose: sorted.movable.filter((m) => m.current === null).map((m) => m.activity.id),
    beyond: sorted.beyond,
    byId: new Map(board.activities.map((a) => [a.id, a])),
    isNarrow: focus.isNarrow,
  }
}

// ---------------------------------------------------------------- which activities, and how free

type Movable = { activity: Activity; windows: Span[]; current: Spot | null }
type Sorted = {
  fixed: { activity: Activity; spot: Spot }[]
  movable: Movable[]
  beyond: { activityId: string; reason: string }[]
}
type Frame = { known: ReadonlyMap<string, Technician>; zero: Instant; until: Instant; earliest: Instant }

const spotOf = (a: Activity): Spot | null =>
  a.technicianId !== null && a.start !== null && a.end !== null
    ? { technicianId: a.technicianId, start: a.start, end: a.end }
    : null

const isStarted = (a: Activity): boolean => a.fieldStatus === 'travelling' || a.fieldStatus === 'onSite'

function sortActivities(board: PlanningBoard, scope: Scope, frame: Frame): Sorted {
  const out: Sorted = { fixed: [], movable: [], beyond: [] }
  const open: Movable[] = []
  for (const activity of board.activities) {
    const spot = spotOf(activity)
    if (spot !== null && stays(board, activity, spot, frame)) {
      const now = presentSpot(activity, spot, frame)
      if (now !== null && frame.known.has(spot.technicianId)) out.fixed.push({ activity, spot: now })
      continue
    }
    // Placed beyond the horizon: it neither moves nor stands in the way.
    if (spot !== null && spot.start >= frame.until) continue
    if (!isOurs(board, activity, scope, frame)) continue
    const windows = windowsOf(board, activity, frame)
    if (windows.length === 0) {
      if (spot === null) {
        const later = activity.earliestStart !== null && activity.earliestStart >= frame.until
        out.beyond.push({
          activityId: activity.id,
          reason: later
            ? 'It may start only after the planned days.'
            : 'The time in which it may be done has passed.',
        })
      }
      continue
    }
    const current = spot !== null && stillHolds(board, activity, spot, frame) ? spot : null
    if (current === null) open.push({ activity, windows, current })
    else out.movable.push({ activity, windows, current })
  }
  open.sort((a, b) => urgency(board, a.activity, frame.zero) - urgency(board, b.activity, frame.zero))
  open.forEach((one, i) => {
    if (i < scope.openMax || one.activity.id === scope.asked) out.movable.push(one)
    else out.beyond.push({ activityId: one.activity.id, reason: 'More urgent work fills the planned days.' })
  })
  return out
}

/** Work that planning does not touch. */
function stays(board: PlanningBoard, a: Activity, spot: Spot, frame: Frame): boolean {
  if (a.state === 'dispatched' || a.locked || isStarted(a)) return true
  const isHeld = a.humanTouchedAt !== null && a.humanTouchedAt > board.now - board.policy.holdMinutes * MINUTE
  if (isHeld && frame.known.has(spot.technicianId)) return true
  const startsSoon = spot.start >= board.now && spot.start < board.now + board.policy.freezeMinutes * MINUTE
  return startsSoon && frame.known.has(spot.technicianId)
}

/** Where work that stays really takes its time; null when it takes none in the horizon. */
function presentSpot(a: Activity, spot: Spot, frame: Frame): Spot | null {
  if (spot.start >= frame.until) return null
  if (isStarted(a)) return spot.end > frame.zero ? spot : { ...spot, end: frame.zero + OVERRUN_MS }
  if (spot.start >= frame.zero) return spot
  if (a.state === 'dispatched' && frame.zero - spot.end < FORGOTTEN_MS) {
    return { ...spot, start: frame.zero, end: frame.zero + (spot.end - spot.start) }
  }
  return spot.end > frame.zero ? spot : null
}

function isOurs(board: PlanningBoard, a: Activity, scope: Scope, frame: Frame): boolean {
  if (scope.asked === a.id) return true
  if (scope.kind === 'repair' && board.takenOff.has(a.id)) return false
  if (scope.teams.length === 0) return true
  if (a.technicianId !== null) return frame.known.has(a.technicianId)
  return a.teamId === null || scope.teams.includes(a.teamId)
}

function stillHolds(board: PlanningBoard, activity: Activity, spot: Spot, frame: Frame): boolean {
  const technician = frame.known.get(spot.technicianId)
  if (!technician || spot.start < frame.zero) return false
  const conflicts = conflictsOf(
    { activity, technician, start: spot.start, end: spot.end },
    {
      calendar: technician.calendarId === null ? null : (board.calendars.get(technician.calendarId) ?? null),
      neighbours: [],
      promises: [],
      timeZone: board.timeZone,
      travel: board.policy,
    },
  )
  return conflicts.length === 0
}

/** Smaller is sooner: slack to the nearest promise, shortened by priority. What can still be saved goes first. */
function urgency(board: PlanningBoard, a: Activity, zero: Instant): number {
  const due = board.orders.get(a.orderId)?.due ?? {}
  const nearest = Math.min(due.complete ?? Number.POSITIVE_INFINITY, due.arrive ?? Number.POSITIVE_INFINITY)
  const slack = Number.isFinite(nearest) ? nearest - zero : 30 * DAY
  // A broken promise cannot be broken again: it counts like one of half a day.
  return (slack < 0 ? 12 * HOUR : slack) / priorityWeight[a.priority]
}

// ---------------------------------------------------------------- whose days matter

/** People nearest to a loose activity, among those who can do it, that a repair looks at first. */
const NEAREST = 40

type Focus = { ids: ReadonlySet<string>; isNarrow: boolean }

/**
 * A repair, or a question about one activity, concerns the days of those who could do the loose work and of those
 * whose own day is broken. Leaving the others out keeps the answer quick on a board of any size.
 */
function focusOf(
  board: PlanningBoard,
  scope: Scope,
  sorted: Sorted,
  technicians: readonly Technician[],
): Focus {
  const all = new Set(technicians.map((t) => t.id))
  if (scope.kind === 'optimise' && scope.asked === undefined) return { ids: all, isNarrow: false }
  const loose = sorted.movable.filter((m) => m.current === null || m.activity.id === scope.asked)
  const ids = brokenDays(sorted)
  const asked = board.activities.find((a) => a.id === scope.asked)
  if (asked?.technicianId) ids.add(asked.technicianId)
  let isNarrow = false
  const placesOf = lastingPlaces(sorted, technicians)
  for (const { activity } of loose) {
    const able = technicians.filter((t) => hasSkills(t, activity))
    if (scope.asked === undefined && scope.wide !== true && able.length > NEAREST) {
      isNarrow = true
      const here = activity.place ?? board.orders.get(activity.orderId)?.place ?? null
      for (const id of nearest(able, here, placesOf)) ids.add(id)
    } else for (const t of able) ids.add(t.id)
  }
  // Fixed work that is asked about is opened by the engine; whoever could take it matters too.
  if (asked) for (const t of technicians) if (hasSkills(t, asked)) ids.add(t.id)
  return { ids, isNarrow }
}

const hasSkills = (t: Technician, a: Activity): boolean =>
  a.requiredSkills.every((need) =>
    t.skills.some((own) => own.skill === need.skill && own.level >= need.level),
  )

const noShifts = (): OpenShift[] => []

function within(sorted: Sorted, focus: Focus): Sorted {
  const isIn = (technicianId: string | undefined): boolean =>
    technicianId === undefined || focus.ids.has(technicianId)
  return {
    ...sorted,
    fixed: sorted.fixed.filter((f) => isIn(f.spot.technicianId)),
    movable: sorted.movable.filter((m) => isIn(m.current?.technicianId)),
  }
}

/** Technicians of whom two spans overlap: someone dropped one bar on another. */
function brokenDays(sorted: Sorted): Set<string> {
  const spots = [
    ...sorted.fixed.map((f) => f.spot),
    ...sorted.movable.flatMap((m) => (m.current ? [m.current] : [])),
  ]
  spots.sort((a, b) => a.start - b.start)
  const broken = new Set<string>()
  const busyUntil = new Map<string, Instant>()
  for (const { technicianId, start, end } of spots) {
    const before = busyUntil.get(technicianId) ?? Number.NEGATIVE_INFINITY
    if (start < before) broken.add(technicianId)
    busyUntil.set(technicianId, Math.max(before, end))
  }
  return broken
}

function lastingPlaces(sorted: Sorted, technicians: readonly Technician[]): Map<string, Place[]> {
  const places = new Map<string, Place[]>(technicians.map((t) => [t.id, t.home ? [t.home] : []]))
  const add = (technicianId: string, place: Place | null): void => {
    if (place) places.get(technicianId)?.push(place)
  }
  for (const { activity, spot } of sorted.fixed) add(spot.technicianId, activity.place)
  for (const { activity, current } of sorted.movable) if (current) add(current.technicianId, activity.place)
  return places
}

function nearest(
  able: readonly Technician[],
  here: Place | null,
  placesOf: ReadonlyMap<string, readonly Place[]>,
): string[] {
  const shrink = here === null ? 1 : Math.cos((here.lat * Math.PI) / 180)
  const away = (t: Technician): number => {
    const places = placesOf.get(t.id) ?? []
    if (here === null || places.length === 0) return 0
    return Math.min(...places.map((p) => (p.lat - here.lat) ** 2 + ((p.lon - here.lon) * shrink) ** 2))
  }
  return able
    .map((t) => ({ id: t.id, away: away(t) }))
    .sort((a, b) => a.away - b.away || (a.id < b.id ? -1 : 1))
    .slice(0, NEAREST)
    .map((t) => t.id)
}

// ---------------------------------------------------------------- times

/** Allowed starts, both ends included. Empty: it may not start within the horizon. */
function windowsOf(board: PlanningBoard, a: Activity, frame: Frame): Span[] {
  const length = a.durationMinutes * MINUTE
  const from = Math.max(
    frame.earliest,
    a.earliestStart === null ? frame.earliest : ceilMinute(a.earliestStart),
  )
  const to = Math.min(frame.until, a.latestEnd ?? frame.until) - length
  if (to < from) return []
  if (a.windows.length === 0) return [{ from, to }]
  const spans: Span[] = []
  const last = localOf(to, board.timeZone).day
  for (let day = localOf(from, board.timeZone).day; day <= last; day++) {
    for (const window of a.windows) {
      const opens = timeOfDay(window.from)
      const closes = timeOfDay(window.to)
      if (opens === undefined || closes === undefined) continue
      const span = {
        from: Math.max(from, instantAt(board.timeZone, day, opens).instant),
        to: Math.min(to, instantAt(board.timeZone, day, closes).instant - length),
      }
      if (span.to >= span.from) spans.push(span)
    }
  }
  return spans.sort((x, y) => x.from - y.from)
}

const ceilMinute = (at: Instant): Instant => Math.ceil(at / MINUTE) * MINUTE

type OpenShift = { open: Span[]; startPlace: Place | null }

function shiftsOf(
  board: PlanningBoard,
  technician: Technician,
  frame: { zero: Instant; until: Instant; fixed: readonly { activity: Activity; spot: Spot }[] },
): OpenShift[] {
  const { zero, until } = frame
  const running = frame.fixed.filter((f) => f.spot.start < zero).map((f) => f.spot.start)
  const from = Math.floor(Math.min(zero, ...running) / MINUTE) * MINUTE
  const calendar = technician.calendarId === null ? null : board.calendars.get(technician.calendarId)
  const whole = calendar ? openSpans(calendar, from, until) : [{ from, to: until }]
  const present = withoutAbsences(whole, technician.absences)
  const shifts: Span[][] = []
  for (const span of present) {
    const last = shifts.at(-1)
    const before = last?.at(-1)
    if (last && before && span.from - before.to < SHIFT_GAP_MS) last.push(span)
    else shifts.push([span])
  }
  const lastPlace = board.lastPlaces.get(technician.id)
  return shifts.map((open, i) => {
    const hasBegun = i === 0 && (open[0]?.from ?? zero) <= zero
    // Whoever is at work already does not start from home again; where running work is, the route itself says.
    const startPlace = hasBegun
      ? running.length > 0
        ? null
        : (lastPlace?.place ?? technician.home)
      : technician.home
    return { open, startPlace }
  })
}

function withoutAbsences(spans: readonly Span[], absences: readonly Span[]): Span[] {
  let left = [...spans]
  for (const absence of absences) {
    left = left.flatMap((span) =>
      overlaps(span, absence)
        ? [
            { from: span.from, to: Math.min(span.to, absence.from) },
            { from: Math.max(span.from, absence.to), to: span.to },
          ].filter((rest) => rest.to > rest.from)
        : [span],
    )
  }
  return left
    .map((span) => ({ from: ceilMinute(span.from), to: span.to }))
    .filter((span) => span.to > span.from)
}

// ---------------------------------------------------------------- what both kinds share

function common(
  board: PlanningBoard,
  a: Activity,
  seconds: (at: Instant) => number,
  indexOf: (place: Place | null) => number | null,
): Pick<ProblemActivity, 'id' | 'location' | 'skills' | 'targets' | 'priority' | 'preferred' | 'only'> {
  const order = board.orders.get(a.orderId)
  const weight = (order?.weight ?? 1) * priorityWeight[a.priority]
  // A response is kept by sending the work, whatever its place: it is no reason to plan one way or another.
  const targets = (['arrive', 'complete'] as const).flatMap((kind): SlaTarget[] => {
    const dueAt = order?.due[kind]
    return dueAt === undefined ? [] : [{ kind, dueAt: seconds(dueAt), weight }]
  })
  return {
    id: a.id,
    location: indexOf(a.place ?? order?.place ?? null),
    skills: a.requiredSkills,
    targets,
    priority: priorityFigure[a.priority],
    ...(a.preferredTechnicianId === null ? {} : { preferred: [a.preferredTechnicianId] }),
    // A person chose the technician but no time: only the time is open.
    ...(a.technicianId !== null && a.start === null ? { only: [a.technicianId] } : {}),
  }
}

function placeIndex(): { list: Place[]; indexOf: (place: Place | null) => number | null } {
  const list: Place[] = []
  const known = new Map<string, number>()
  return {
    list,
    indexOf(place) {
      if (place === null) return null
      const key = `${place.lat.toFixed(5)} ${place.lon.toFixed(5)}`
      const at = known.get(key)
      if (at !== undefined) return at
      known.set(key, list.length)
      list.push(place)
      return list.length - 1
    },
  }
}

function wholeMinutes(matrix: TravelMatrix): TravelMatrix {
  const seconds = matrix.seconds.map((s) => Math.ceil(s / 60) * 60)
  return { ...matrix, seconds }
}

/** The board as it stands, written as a plan, so that the checker can price it beside the new one. */
export function presentPlan(built: BuiltProblem): Plan {
  const { problem } = built
  const routes: Plan['routes'][number][] = []
  const placed = new Set<string>()
  const matrix = problem.travel[0]
  for (const technician of problem.technicians) {
    const mine = problem.activities
      .flatMap((a) => {
        const spot = a.fixed ?? a.current
        return spot?.technicianId === technician.id ? [{ a, start: spot.start }] : []
      })
      .sort((x, y) => x.start - y.start)
    for (const [shift, group] of byShift(technician, mine)) {
      let place = shift < 0 ? null : (technician.shifts[shift]?.startLocation ?? null)
      const visits = group.map(({ a, start }) => {
        placed.add(a.id)
        const travel =
          place === null || a.location === null || !matrix
            ? 0
            : (matrix.seconds[place * matrix.size + a.location] ?? 0)
        place = a.location
        return { activityId: a.id, arrival: start, start, end: start + a.duration, travel }
      })
      const last = visits.at(-1)?.end ?? 0
      routes.push({
        technicianId: technician.id,
        shift,
        departure: visits[0]?.start ?? 0,
        visits,
        breaks: [],
        travelHome: 0,
        endsAt: last,
      })
    }
  }
  const unassigned = problem.activities
    .filter((a) => !placed.has(a.id))
    .map((a) => ({ activityId: a.id, rule: 'worth' as const, reason: '' }))
  const cost = {
    missedTargets: 0,
    lateMinutes: 0,
    unassigned: 0,
    preferred: 0,
    travelMinutes: 0,
    overtimeMinutes: 0,
    moved: 0,
  }
  return { routes, unassigned, cost, points: 0, iterations: 0 }
}

type Started = { a: ProblemActivity; start: number }

function byShift(technician: ProblemTechnician, visits: readonly Started[]): Map<number, Started[]> {
  const groups = new Map<number, Started[]>()
  for (const visit of visits) {
    const shift = technician.shifts.findIndex((s) => {
      const opens = s.open[0]?.from ?? Number.POSITIVE_INFINITY
      const closes = s.open.at(-1)?.to ?? Number.NEGATIVE_INFINITY
      return visit.start >= opens && visit.start < closes
    })
    groups.set(shift, [...(groups.get(shift) ?? []), visit])
  }
  return groups
}
