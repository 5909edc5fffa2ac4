/**
 * The smallest change that would let left-out work in: one thing, asked of one person, as little of it as will do.
 *
 * What is asked is weighed in minutes, so that unlike things can be compared: moving one other visit counts 10, lifting a lock 15,
 * a start outside of the window a minute each, overtime two each, shorter work three each, a missing level 120, a missing skill 480.
 * The least wins; at the same weight the kind named first above, then the technician named first in the problem. Times go by fives.
 * The surprising rule: nothing is stated that was not done. The change is made to the compiled board, the work is put in, every hard
 * rule is asked, the plan has to be cheaper for it, and all is put back.
 */
import { type OpenPlace, unannounced } from './candidates.ts'
import { mayDo, missingSkill } from './constraints/skills.ts'
import { dayFits } from './construct/warm-start.ts'
import { bestCost, bestPosition, positionOnRoute } from './improve/insertion.ts'
import { ALLOWED, ANY_TIME, UNLOVED } from './model.ts'
import { bareTechnicians, compiledAlone, mayPatch, patchActivity } from './patch-model.ts'
import { leaveOut, linkAfter, takeIn, unlink, updateRoute } from './plan.ts'
import type { Problem, ProblemActivity, ProblemTechnician, SkillLevel } from './problem.ts'

type Spot = { readonly technicianId: string; readonly start: number }

export type Relaxation =
  /** Another visit goes elsewhere. */
  | { readonly kind: 'move'; readonly activityId: string; readonly from: Spot; readonly to: Spot }
  /** Locked work is let go; it then stands at `to`, which may be where it is. */
  | { readonly kind: 'unlock'; readonly activityId: string; readonly from: Spot; readonly to: Spot }
  | { readonly kind: 'window'; readonly opens: 'earlier' | 'later'; readonly minutes: number }
  | { readonly kind: 'overtime'; readonly minutes: number }
  | { readonly kind: 'duration'; readonly minutes: number }
  | { readonly kind: 'skill'; readonly skill: string; readonly needed: number; readonly has: number | null }

export type SmallestChange = {
  readonly change: Relaxation
  /** Where the work would be then. */
  readonly technicianId: string
  readonly shift: number
  readonly start: number
  readonly end: number
  /** What is asked, in the minutes of the header. */
  readonly weight: number
}

export const weights = {
  move: 10,
  unlock: 15,
  windowPerMinute: 1,
  overtimePerMinute: 2,
  durationPerMinute: 3,
  level: 120,
  skill: 480,
} as const

const MINUTE = 60
/** Times are asked for in steps of so many minutes. */
export const STEP = 5
const WINDOW_MOST = 12 * 60
export const OVERTIME_MOST = 3 * 60
/** Visits that are tried elsewhere once the work has taken their place. */
const MOVES_WEIGHED = 8

type Search = OpenPlace & {
  best: SmallestChange | null
  readonly original: ProblemActivity
  readonly bare: readonly ProblemTechnician[]
}

/** Null where nothing so small would do, and where it fits as it is. The activity must not be placed. */
export const smallestChange = (place: OpenPlace): SmallestChange | null => {
  if (!mayPatch(place.m)) return null
  // At its announced start, or else at any other where that asks for less.
  const kept = leastOf(place)
  if (place.m.anchor[place.u] === ANY_TIME) return kept
  const free = unannounced(place, () => leastOf(place))
  return kept === null || (free !== null && free.weight < kept.weight) ? free : kept
}

const leastOf = (place: OpenPlace): SmallestChange | null => {
  const { m, u } = place
  const search: Search = {
    ...place,
    best: null,
    original: m.problem.activities[u]!,
    bare: bareTechnicians(m.problem),
  }
  for (let r = 0; r < m.routes; r++) if (fits(search, r) >= 0) return null
  tryMoves(search)
  tryUnlocking(search)
  tryWindow(search, 'earlier')
  tryWindow(search, 'later')
  tryOvertime(search)
  tryDuration(search)
  trySkills(search)
  return search.best
}

/** Only less than the best so far is worth a try: kinds are tried in the order that breaks ties. */
const isWorth = (search: Search, weight: number): boolean =>
  search.best === null || weight < search.best.weight

/** The most minutes of a kind that could still win, in whole steps. */
const minutesLeft = (search: Search, perMinute: number, most: number): number => {
  if (search.best === null) return most
  return Math.min(most, Math.floor((search.best.weight - 1) / perMinute / STEP) * STEP)
}

/** Where the work would go on route `r` as the board is now, or -1. */
const fits = ({ m, s, insertion, u }: Search, r: number): number => {
  const p = positionOnRoute(m, s, insertion, u, r)
  return p >= 0 && bestCost[0]! < m.leftOutCost[u]! ? p : -1
}

/** Puts the work after `p`, asks every rule, tells where it would be, and takes it out again. */
const placed = (search: Search, p: number): Omit<SmallestChange, 'change' | 'weight'> | null => {
  const { m, s, u } = search
  const r = s.route[p]!
  const before = s.total[0]!
  putIn(search, u, p)
  const holds = s.possible[r] === 1 && s.total[0]! < before
  const found = {
    technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
    shift: m.shiftOf[r]!,
    start: s.start[u]!,
    end: s.free[u]!,
  }
  takeOut(search, u)
  return holds ? found : null
}

const putIn = ({ m, s }: OpenPlace, u: number, p: number): void => {
  takeIn(m, s, u)
  linkAfter(s, u, p)
  updateRoute(m, s, s.route[p]!)
}

const takeOut = ({ m, s }: OpenPlace, u: number): void => {
  const r = s.route[u]!
  unlink(s, u)
  updateRoute(m, s, r)
  leaveOut(m, s, u)
}

const spotOf = ({ m, s }: OpenPlace, v: number): Spot => ({
  technicianId: m.problem.technicians[m.technicianOf[s.route[v]!]!]!.id,
  start: s.start[v]!,
})

const everywhere = new Int32Array(0)

/** With `v` out of its place: the work in, `v` somewhere else. Leaves `v` out and the work out. */
const tryInsteadOf = (search: Search, v: number, r: number, kind: 'move' | 'unlock', from: Spot): number => {
  const { m, s, u, insertion } = search
  const p = s.possible[r] === 1 ? fits(search, r) : -1
  if (p < 0) return Number.POSITIVE_INFINITY
  putIn(search, u, p)
  let total = Number.POSITIVE_INFINITY
  const q = s.possible[r] === 1 ? bestPosition(m, s, insertion, v, everywhere, -1) : -1
  if (q >= 0 && bestCost[0]! < m.leftOutCost[v]!) {
    putIn(search, v, q)
    if (s.possible[s.route[v]!] === 1 && s.possible[r] === 1) {
      total = s.total[0]!
      search.best = {
        change: { kind, activityId: m.problem.activities[v]!.id, from, to: spotOf(search, v) },
        technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
        shift: m.shiftOf[r]!,
        start: s.start[u]!,
        end: s.free[u]!,
        weight: weights[kind],
      }
    }
    takeOut(search, v)
  }
  takeOut(search, u)
  return total
}

/** Among the first few visits that could give way, the one whose move costs the plan least. */
const tryMoves = (search: Search): void => {
  if (!isWorth(search, weights.move)) return
  const { m, s, u } = search
  let least = s.total[0]!
  let weighed = 0
  for (let r = 0; r < m.routes && weighed < MOVES_WEIGHED; r++) {
    if (m.shiftOf[r]! < 0 || (m.fit[u * m.technicians + m.technicianOf[r]!]! & ALLOWED) === 0) continue
    for (let v = s.next[m.n + 2 * r]!; v < m.n && weighed < MOVES_WEIGHED; ) {
      const after = s.next[v]!
      if (m.isFixed[v] === 0 && couldGiveWay(search, v)) {
        const from = spotOf(search, v)
        const q = s.prev[v]!
        const kept = search.best
        takeOut(search, v)
        const total = tryInsteadOf(search, v, r, 'move', from)
        if (total < Number.POSITIVE_INFINITY) weighed++
        if (total < least) least = total
        else search.best = kept
        putIn(search, v, q)
      }
      v = after
    }
  }
}

/** What begins only after the work could be over keeps it from nothing. */
const couldGiveWay = ({ m, s, u }: Search, v: number): boolean =>
  s.start[v]! <= m.lastTo[u]! + m.duration[u]! + m.setup[u]!

/** Changes one activity of the board for the time of `work`. Nothing happens where the row cannot hold it. */
const changed = (search: Search, v: number, to: ProblemActivity, work: () => void): void => {
  const { m } = search
  const own = m.problem.activities[v]!
  const there = compiledAlone(m, to, search.bare)
  const back = compiledAlone(m, own, search.bare)
  if (there === null || back === null) return
  const anchor = m.anchor[v]!
  patchActivity(m, v, there)
  if (v === search.u && anchor === ANY_TIME) m.anchor[v] = ANY_TIME
  work()
  patchActivity(m, v, back)
  if (v === search.u) m.anchor[v] = anchor
}

/** Locks that a person has set on work that nobody has begun. */
const tryUnlocking = (search: Search): void => {
  if (!isWorth(search, weights.unlock)) return
  const { m, s, u } = search
  m.problem.activities.forEach((activity, v) => {
    if (activity.fixed?.liftable !== true || !isWorth(search, weights.unlock)) return
    const r = s.route[v]!
    if (r < 0 || m.shiftOf[r]! < 0 || (m.fit[u * m.technicians + m.technicianOf[r]!]! & ALLOWED) === 0) return
    const q = s.prev[v]!
    const from = spotOf(search, v)
    takeFixedOut(search, v)
    changed(search, v, unlocked(activity), () => {
      leaveOut(m, s, v)
      if (s.possible[r] === 1) unlockAt(search, v, q, from)
      takeIn(m, s, v)
      s.route[v] = -1
    })
    linkAfter(s, v, q)
    updateRoute(m, s, r)
  })
}

/** First where it is, free to start at another time; then elsewhere. */
const unlockAt = (search: Search, v: number, q: number, from: Spot): void => {
  const { m, s } = search
  const r = s.route[q]!
  putIn(search, v, q)
  const before = s.total[0]!
  const stays = s.possible[r] === 1 && mayDo(m, v, m.technicianOf[r]!)
  const p = stays ? fits(search, r) : -1
  const there = p < 0 ? null : placedBeside(search, p, v)
  takeOut(search, v)
  const kept = search.best
  if (there !== null) {
    const { to, ...found } = there
    const change = { kind: 'unlock', activityId: m.problem.activities[v]!.id, from, to } as const
    search.best = { change, ...found, weight: weights.unlock }
  } else if (tryInsteadOf(search, v, r, 'unlock', from) >= before) search.best = kept
}

/** Out of its route and counted nowhere, not even as left out. */
const takeFixedOut = ({ m, s }: Search, v: number): void => {
  const r = s.route[v]!
  unlink(s, v)
  updateRoute(m, s, r)
}

const placedBeside = (search: Search, p: number, v: number) => {
  const { m, s, u } = search
  const r = s.route[p]!
  const before = s.total[0]!
  putIn(search, u, p)
  // What was given may break a rule; what is let go may not.
  const holds = s.possible[r] === 1 && dayFits(m, s, r) && s.total[0]! < before
  const found = {
    technicianId: m.problem.technicians[m.technicianOf[r]!]!.id,
    shift: m.shiftOf[r]!,
    start: s.start[u]!,
    end: s.free[u]!,
    to: spotOf(search, v),
  }
  takeOut(search, u)
  return holds ? found : null
}

export const unlocked = (activity: ProblemActivity): ProblemActivity => {
  const { fixed, ...free } = activity
  return fixed === undefined
    ? activity
    : { ...free, current: { technicianId: fixed.technicianId, start: fixed.start } }
}

/** The fewest minutes, in steps, at which `probe` finds a place; fewer by one step do not do. */
const fewest = (most: number, probe: (minutes: number) => boolean): number | null => {
  let high = Math.floor(most / STEP)
  if (high < 1 || !probe(high * STEP)) return null
  let low = 0
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (probe(middle * STEP)) high = middle
    else low = middle
  }
  return high * STEP
}

/** Tries a changed form of the work itself, as little changed as will do. */
const tryChanged = (
  search: Search,
  most: number,
  form: (minutes: number) => ProblemActivity,
  tell: (minutes: number) => { readonly change: Relaxation; readonly weight: number },
): void => {
  const { m, u } = search
  const routes = Array.from({ length: m.routes }, (_, r) => r)
  let able = routes
  const probe = (minutes: number): boolean => {
    const fitting: number[] = []
    changed(search, u, form(minutes), () => {
      for (const r of able) if (fits(search, r) >= 0) fitting.push(r)
    })
    // What does not fit at the most will not fit at less, so later probes ask fewer.
    if (fitting.length > 0) able = fitting
    return fitting.length > 0
  }
  const minutes = fewest(most, probe)
  if (minutes === null) return
  changed(search, u, form(minutes), () => {
    for (const r of routes) {
      const p = fits(search, r)
      const found = p < 0 ? null : placed(search, p)
      if (found === null) continue
      search.best = { ...found, ...tell(minutes) }
      return
    }
  })
}

export const openedWindow = (
  activity: ProblemActivity,
  opens: 'earlier' | 'later',
  minutes: number,
): ProblemActivity => ({
  ...activity,
  windows: activity.windows.map(({ from, to }) =>
    opens === 'earlier' ? { from: from - minutes * MINUTE, to } : { from, to: to + minutes * MINUTE },
  ),
})

const tryWindow = (search: Search, opens: 'earlier' | 'later'): void => {
  const { original } = search
  if (original.windows.length === 0) return
  tryChanged(
    search,
    minutesLeft(search, weights.windowPerMinute, WINDOW_MOST),
    (minutes) => openedWindow(original, opens, minutes),
    (minutes) => ({ change: { kind: 'window', opens, minutes }, weight: minutes * weights.windowPerMinute }),
  )
}

export const shortened = (activity: ProblemActivity, minutes: number): ProblemActivity => ({
  ...activity,
  duration: activity.duration - minutes * MINUTE,
})

/** Work can be cut to half of its time at the most. */
const tryDuration = (search: Search): void => {
  const { original } = search
  tryChanged(
    search,
    minutesLeft(search, weights.durationPerMinute, Math.floor(original.duration / 2 / MINUTE)),
    (minutes) => shortened(original, minutes),
    (minutes) => ({ change: { kind: 'duration', minutes }, weight: minutes * weights.durationPerMinute }),
  )
}

const tryOvertime = (search: Search): void => {
  const { m, s, u } = search
  for (let r = 0; r < m.routes; r++) {
    if (m.shiftOf[r]! < 0 || (m.fit[u * m.technicians + m.technicianOf[r]!]! & ALLOWED) === 0) continue
    const most = minutesLeft(
      search,
      weights.overtimePerMinute,
      Math.min(OVERTIME_MOST, minutesFree(search, r)),
    )
    const closes = m.closesHardAt[r]!
    const longer = (minutes: number): void => {
      m.closesHardAt[r] = closes + minutes * MINUTE
      updateRoute(m, s, r)
    }
    const minutes = fewest(most, (tried) => {
      longer(tried)
      return fits(search, r) >= 0
    })
    if (minutes !== null) {
      longer(minutes)
      const p = fits(search, r)
      const found = p < 0 ? null : placed(search, p)
      const weight = minutes * weights.overtimePerMinute
      if (found !== null) search.best = { change: { kind: 'overtime', minutes }, ...found, weight }
    }
    if (m.closesHardAt[r] !== closes) longer(0)
  }
}

/** How long a day could run on before the technician is wanted elsewhere: another day, fixed work outside of this one. */
const minutesFree = ({ m }: Search, r: number): number => {
  const closes = m.closesHardAt[r]!
  let free = Number.POSITIVE_INFINITY
  for (const other of m.routesOf[m.technicianOf[r]!]!) {
    if (other !== r && m.opensAt[other]! >= closes) free = Math.min(free, m.opensAt[other]! - closes)
  }
  m.problem.activities.forEach((_, v) => {
    if (m.isFixed[v] !== 1 || m.technicianOf[m.fixedRoute[v]!] !== m.technicianOf[r]) return
    // It would count as this day's, or cover more of it.
    if (m.fixedStart[v]! + m.duration[v]! > closes && m.fixedStart[v]! < closes + OVERTIME_MOST * MINUTE)
      free = 0
  })
  return Math.floor(free / MINUTE)
}

/** Someone who lacks exactly one thing that the work asks for. */
const trySkills = (search: Search): void => {
  const { m, u, original } = search
  if (original.skills.length === 0 || !isWorth(search, weights.level)) return
  m.problem.technicians.forEach((technician, t) => {
    const missing = missingSkill(original, technician)
    if (missing === null || missingSkill(original, qualified(technician, missing)) !== null) return
    if (original.excluded?.includes(technician.id) || original.only?.includes(technician.id) === false) return
    const weight = missing.has === null ? weights.skill : weights.level * (missing.level - missing.has)
    if (!isWorth(search, weight)) return
    const cell = u * m.technicians + t
    const before = m.fit[cell]!
    const isLoved = !original.preferred?.length || original.preferred.includes(technician.id)
    m.fit[cell] = ALLOWED | (isLoved ? 0 : UNLOVED)
    for (const r of m.routesOf[t]!) {
      if (m.shiftOf[r]! < 0) continue
      const p = fits(search, r)
      const found = p < 0 ? null : placed(search, p)
      if (found === null) continue
      const { skill, level: needed, has } = missing
      search.best = { change: { kind: 'skill', skill, needed, has }, ...found, weight }
      break
    }
    m.fit[cell] = before
  })
}

export const qualified = (
  technician: ProblemTechnician,
  { skill, level }: SkillLevel,
): ProblemTechnician => ({
  ...technician,
  skills: [...technician.skills, { skill, level }],
})

/** The problem with the change made, for whoever wants to see for himself. A move changes the plan, not the problem. */
export const relaxed = (
  problem: Problem,
  activityId: string,
  { change, technicianId, shift }: SmallestChange,
): Problem => {
  const asked = (form: (activity: ProblemActivity) => ProblemActivity, id = activityId): Problem => ({
    ...problem,
    activities: problem.activities.map((activity) => (activity.id === id ? form(activity) : activity)),
  })
  const someone = (form: (technician: ProblemTechnician) => ProblemTechnician): Problem => ({
    ...problem,
    technicians: problem.technicians.map((own) => (own.id === technicianId ? form(own) : own)),
  })
  switch (change.kind) {
    case 'move':
      return problem
    case 'unlock':
      return asked(unlocked, change.activityId)
    case 'window':
      return asked((activity) => openedWindow(activity, change.opens, change.minutes))
    case 'duration':
      return asked((activity) => shortened(activity, change.minutes))
    case 'skill':
      return someone((own) => qualified(own, { skill: change.skill, level: change.needed }))
    case 'overtime':
      return someone((own) => ({
        ...own,
        shifts: own.shifts.map((day, i) =>
          i === shift ? { ...day, overtimeMax: (day.overtimeMax ?? 0) + change.minutes * MINUTE } : day,
        ),
      }))
  }
}

/** How people and work are called, and how a moment is told. */
export type Words = {
  readonly technician: (id: string) => string
  readonly activity: (id: string) => string
  readonly moment: (seconds: number) => string
}

/** One plain sentence that says what to change and what comes of it. */
export const sentenceOf = ({ change, technicianId, start }: SmallestChange, words: Words): string => {
  const name = words.technician(technicianId)
  const then = `${name} could then do it at ${words.moment(start)}`
  switch (change.kind) {
    case 'move': {
      const { from, to } = change
      const where =
        from.technicianId === to.technicianId
          ? `to ${words.moment(to.start)}`
          : `to ${words.technician(to.technicianId)} at ${words.moment(to.start)}`
      return `Move ${words.activity(change.activityId)} ${where}: ${then}.`
    }
    case 'unlock':
      return `Unlock ${words.activity(change.activityId)}: ${then}.`
    case 'window':
      return `Let it start ${change.minutes} min ${change.opens} than it may: ${then}.`
    case 'overtime':
      return `Let ${name} work ${change.minutes} min longer: ${then}.`
    case 'duration':
      return `Cut the work by ${change.minutes} min: ${then}.`
    case 'skill':
      return change.has === null
        ? `Let ${name} do it without ${change.skill}: ${then}.`
        : `Let ${name} do it with ${change.skill} at level ${change.has} instead of ${change.needed}: ${then}.`
  }
}
