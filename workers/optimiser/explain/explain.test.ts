/**
 * What is said of a board is true: ten thousand boards by chance, each statement held against the checker, which shares nothing with
 * the search, or against a day made by hand.
 */
import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import type { Verdict } from '../checker/judge.ts'
import { dayFits } from '../construct/warm-start.ts'
import { decode } from '../plan/decode.ts'
import { leaveOut, linkAfter, takeIn, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import type { CostSplit, Plan, Problem } from '../problem.ts'
import { relaxed, type SmallestChange } from '../smallest-change/relaxation.ts'
import { STEP } from '../smallest-change/search.ts'
import { sentenceOf } from '../smallest-change/sentence.ts'
import { solve } from '../solve.ts'
import { insertedByHand } from '../testing/by-hand.ts'
import { clock, drawn } from '../testing/drawn-board.ts'
import { withRandomLinks } from '../testing/random-links.ts'
import { randomProblem, randomVanProblem } from '../testing/random-problems.ts'
import { type OpenPlace, openPlaceFor, unannounced } from './candidates.ts'
import { type Explanation, explain } from './explain.ts'

const BOARDS = 10_000
/** Each of these is compiled anew for most of what is tried. */
const TIED_BOARDS = 1_500

describe('what is said of an activity', () => {
  it('is never false, on ten thousand boards by chance', { timeout: 300_000 }, () => {
    const said = new Map<string, number>()
    const count = (what: string): void => {
      said.set(what, (said.get(what) ?? 0) + 1)
    }
    for (let seed = 1; seed <= BOARDS; seed++) {
      const problem = boardBySeed(seed)
      const warm = solve(problem, { seed, stop: { iterations: 5 } })
      const left = warm.unassigned[seed % Math.max(1, warm.unassigned.length)]
      // There is at least one activity.
      const asked = left?.activityId ?? problem.activities[seed % problem.activities.length]!.id
      try {
        judge(problem, warm, asked, count)
      } catch (error) {
        throw new Error(`board ${seed}, activity ${asked}`, { cause: error })
      }
    }
    // Each kind of statement has been made, or nothing was shown of it.
    for (const what of [...rules, ...kinds, 'cost', 'alternative']) expect(said.has(what), what).toBe(true)
  })

  it('is never a false change, on boards whose work hangs together and whose vans are loaded', {
    timeout: 300_000,
  }, () => {
    const said = new Map<string, number>()
    for (let seed = 1; seed <= TIED_BOARDS; seed++) {
      const problem = tiedBoardBySeed(seed)
      const warm = solve(problem, { seed, stop: { iterations: 5 } })
      for (const { activityId } of warm.unassigned.slice(0, 2)) {
        try {
          const kind = judgeTied(problem, warm, activityId)
          if (kind !== null) said.set(kind, (said.get(kind) ?? 0) + 1)
        } catch (error) {
          throw new Error(`tied board ${seed}, activity ${activityId}`, { cause: error })
        }
      }
    }
    for (const what of changeKinds) expect(said.has(what), what).toBe(true)
  })
})

const rules = ['excluded', 'skill', 'window', 'calendar', 'capacity', 'tasks', 'overlap'] as const
const changeKinds = ['move', 'unlock', 'window', 'overtime', 'duration', 'skill'] as const
const kinds = ['move', 'unlock', 'window opened', 'overtime', 'duration', 'skill waived'] as const

/** Some locks may be let go; every seventh board has so much to do, at any time, that only longer days would help. */
const boardBySeed = (seed: number): Problem =>
  busy(randomProblem(seed, { activities: 8, technicians: 3 }), seed)

/** Linked work, loaded vans and paid time, or all of them. */
const tiedBoardBySeed = (seed: number): Problem => {
  const size = { activities: 8, technicians: 3 }
  const problem = busy(seed % 3 === 0 ? randomProblem(seed, size) : randomVanProblem(seed, size), seed)
  return seed % 3 === 1 ? problem : withRandomLinks(problem, seed)
}

const busy = (problem: Problem, seed: number): Problem => {
  return {
    ...problem,
    activities: problem.activities.map((activity, i) => {
      const { fixed, duration } = activity
      const more = seed % 7 === 0 ? { windows: [], duration: duration * 4 } : {}
      return fixed !== undefined && (seed + i) % 3 > 0
        ? { ...activity, ...more, fixed: { ...fixed, liftable: true } }
        : { ...activity, ...more }
    }),
  }
}

/** Half a million of these are asked: `expect` would take longer than what it is about. */
const same = (found: unknown, wanted: unknown, what: string): void => {
  if (!Object.is(found, wanted)) throw new Error(`${what}: ${String(found)} instead of ${String(wanted)}`)
}

const none = (findings: Verdict['violations'], what: string): void => {
  const [first] = findings
  if (first !== undefined) throw new Error(`${what}: ${first.rule}: ${first.sentence}`)
}

const judge = (problem: Problem, warm: Plan, id: string, count: (what: string) => void): void => {
  const told = explain(problem, id, { warm })
  const place = openPlaceFor(problem, id, warm)
  const without = decode(place.m, place.s, 0)
  const holdsWithout = place.left < 0 || place.s.possible[place.left] === 1
  if (holdsWithout) none(check(place.m.problem, without).violations, 'the plan without it')
  judgeAlternatives(place, told, count)
  for (const refusal of told.blocked) {
    count(refusal.rule)
    judgeRefusal(place.m.problem, without, id, refusal)
  }
  const named = [...told.blocked.map(({ technicianId }) => technicianId)]
  same(new Set(named).size, named.length, 'technicians named')
  if (told.smallestChange !== null) {
    same(told.alternatives.length, 0, 'alternatives beside a smallest change')
    judgeChange(place.m.problem, without, id, told.smallestChange, count)
  }
}

/** The plan with the activity where it was said to be, as the checker judges it. */
const judgedAt = (
  place: OpenPlace,
  technicianId: string,
  start: number,
  points?: number,
  after?: number,
): Verdict => {
  const found = planAt(place, technicianId, start, points, after)
  if (found === null) throw new Error(`nowhere on a day of ${technicianId} does it start at ${start}`)
  const verdict = check(place.m.problem, found)
  // Where it was locked it may have broken rules all along: that is no place that was offered.
  if (after === undefined) none(verdict.violations, 'the plan with it')
  return verdict
}

/** Tried after every node of every day: the cheapest plan in which it starts there then. */
const planAt = (
  place: OpenPlace,
  technicianId: string,
  start: number,
  points?: number,
  after?: number,
): Plan | null =>
  planFound(place, technicianId, start, points, after) ??
  unannounced(place, () => planFound(place, technicianId, start, points, after))

const planFound = (
  place: OpenPlace,
  technicianId: string,
  start: number,
  points?: number,
  after?: number,
): Plan | null => {
  const { m, s, u } = place
  let found: Plan | null = null
  let least = Number.POSITIVE_INFINITY
  for (const r of m.routesOf[m.technicianIndex.get(technicianId)!]!) {
    const last = m.n + 2 * r + 1
    for (let p = last - 1; p !== last; p = s.next[p]!) {
      if (after !== undefined && p !== after) continue
      takeIn(m, s, u)
      linkAfter(s, u, p)
      const holds = updateRoute(m, s, r) && s.start[u] === start && (after !== undefined || dayFits(m, s, r))
      if (holds && s.total[0]! < least && (points === undefined || s.total[0]! - place.points === points)) {
        least = s.total[0]!
        found = decode(m, s, 0)
      }
      unlink(s, u)
      updateRoute(m, s, r)
      s.absent[s.count[0]!] = u
      s.absentAt[u] = s.count[0]!
      s.count[0] = s.count[0]! + 1
      s.total[0] = s.total[0]! + m.leftOutCost[u]!
      s.total[1] = s.total[1]! + m.leftOutCost[u]!
    }
  }
  return found
}

const less = (a: CostSplit, b: CostSplit): string =>
  // Both have the same members, in no order that matters.
  (Object.keys(a).sort() as (keyof CostSplit)[]).map((term) => `${term} ${rounded(a[term] - b[term])}`).join()

/** Minutes are seconds divided by sixty: equal to the millionth is equal. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6 + 0

const judgeAlternatives = (place: OpenPlace, told: Explanation, count: (what: string) => void): void => {
  const { placed, cost, alternatives } = told
  let base: Verdict | null = null
  let baseCost: CostSplit | null = null
  if (placed !== null && cost !== null) {
    count('cost')
    base = judgedAt(place, placed.technicianId, placed.start, undefined, place.before?.after)
    baseCost = cost
  }
  for (const alternative of alternatives) {
    count('alternative')
    const verdict = judgedAt(place, alternative.technicianId, alternative.start, alternative.points)
    base ??= verdict
    baseCost ??= alternative.cost
    same(verdict.points - base.points, alternative.delta, 'delta')
    same(less(verdict.cost, base.cost), less(alternative.cost, baseCost), 'difference of costs')
  }
}

const judgeRefusal = (
  problem: Problem,
  without: Plan,
  id: string,
  { technicianId, rule, skill, needed, has }: Explanation['blocked'][number],
): void => {
  // Both are of the problem.
  const activity = problem.activities.find((own) => own.id === id)!
  const technician = problem.technicians.find((own) => own.id === technicianId)!
  if (rule === 'excluded') {
    const isOut = activity.excluded?.includes(technicianId) || activity.only?.includes(technicianId) === false
    same(isOut, true, 'excluded')
  }
  if (rule === 'skill') {
    same(
      activity.skills.some((own) => own.skill === skill && own.level === needed),
      true,
      'needed skill',
    )
    const levels = technician.skills.filter((own) => own.skill === skill).map(({ level }) => level)
    same(has, levels.length === 0 ? null : Math.max(...levels), 'level that there is')
    same((has ?? -1) < (needed ?? 0), true, 'level too low')
  }
  for (const plan of insertedByHand(problem, without, id, technicianId)) {
    const { violations } = check(problem, plan)
    // Points and costs were not written by hand; only the rules are asked.
    const isRefused = violations.some((own) => own.rule !== 'cost')
    same(isRefused, true, `${rule}, though ${technicianId} could: ${JSON.stringify(plan.routes.at(-1))}`)
  }
}

const judgeChange = (
  problem: Problem,
  without: Plan,
  id: string,
  told: SmallestChange,
  count: (what: string) => void,
): void => {
  const { change, technicianId, start } = told
  count(change.kind === 'window' ? 'window opened' : change.kind === 'skill' ? 'skill waived' : change.kind)
  const easier = relaxed(problem, id, told)
  if (change.kind === 'move' || change.kind === 'unlock') {
    // Where it was announced, or at any other time: either is what was said.
    const anyTime = withoutCurrent(easier, id)
    const kept = swapped(easier, without, id, told)
    const good = kept.length > 0 ? kept : swapped(anyTime, without, id, told)
    same(good.length > 0, true, 'the other goes where it was said')
    const judged = kept.length > 0 ? easier : anyTime
    for (const plan of good) none(check(judged, plan).violations, change.kind)
    const asItWas = kept.length > 0 ? problem : withoutCurrent(problem, id)
    same(check(judged, good[0]!).points < check(asItWas, without).points, true, 'is worth it')
    return
  }
  const verdict = judgedAt(openPlaceFor(easier, id, without), technicianId, start)
  same(verdict.points < check(problem, without).points, true, 'is worth it')
  if (!('minutes' in change)) return
  // Five minutes less are not enough for anybody, or for this day.
  const less = change.minutes - STEP
  const nearly =
    less === 0 ? problem : relaxed(problem, id, { ...told, change: { ...change, minutes: less } })
  const { alternatives } = explain(nearly, id, { warm: without })
  const fits = alternatives.filter((own) => change.kind !== 'overtime' || own.technicianId === technicianId)
  // What fits but is not worth its cost was not what was asked for.
  same(fits.filter((own) => own.points < 0).length, 0, 'less would do')
}

/**
 * A change that was named on a board whose days hang together: with it granted there is a sound plan in which the work is where it was
 * said to be, and that plan is cheaper. Answers the kind of change; null where none was named.
 */
const judgeTied = (problem: Problem, warm: Plan, id: string): SmallestChange['change']['kind'] | null => {
  const told = explain(problem, id, { warm }).smallestChange
  if (told === null) return null
  const place = openPlaceFor(problem, id, warm)
  const without = decode(place.m, place.s, 0)
  const granted = relaxed(place.m.problem, id, told)
  // Where it was announced, or at any other time: either is what was said.
  const ways = [granted, withoutCurrent(granted, id)].filter((board) => soundPlans(board, without, id, told))
  same(ways.length > 0, true, `${told.change.kind}: ${JSON.stringify(told)}`)
  return told.change.kind
}

const soundPlans = (board: Problem, without: Plan, id: string, told: SmallestChange): boolean => {
  const { change, technicianId, start } = told
  const before = check(board, without).points
  const isGood = (plan: Plan): boolean => {
    const { violations, points } = check(board, plan)
    return violations.length === 0 && points < before
  }
  const stays = everyPlan(openPlaceFor(board, id, without), technicianId, start)
  if (change.kind !== 'move' && stays.some(isGood)) return true
  if (change.kind !== 'move' && change.kind !== 'unlock') return false
  const first = openPlaceFor(board, change.activityId, without)
  const work = (plan: Plan): Plan[] => everyPlan(openPlaceFor(board, id, plan), technicianId, start)
  const { to } = change
  return work(decode(first.m, first.s, 0)).some((plan) =>
    everyPlan(openPlaceFor(board, change.activityId, plan), to.technicianId, to.start).some(isGood),
  )
}

/** All plans in which it starts there then, sound or not. */
const everyPlan = (place: OpenPlace, technicianId: string, start: number): Plan[] => {
  const { m, s, u } = place
  const plans: Plan[] = []
  for (const r of m.routesOf[m.technicianIndex.get(technicianId)!]!) {
    const last = m.n + 2 * r + 1
    for (let p = last - 1; p !== last; p = s.next[p]!) {
      takeIn(m, s, u)
      linkAfter(s, u, p)
      if (updateRoute(m, s, r)) {
        const plan = decode(m, s, 0)
        const visits = plan.routes
          .filter((route) => route.technicianId === technicianId)
          .flatMap((own) => own.visits)
        if (
          visits.some(
            (visit) => visit.activityId === place.m.problem.activities[u]!.id && visit.start === start,
          )
        )
          plans.push(plan)
      }
      unlink(s, u)
      updateRoute(m, s, r)
      leaveOut(m, s, u)
    }
  }
  return plans
}

const withoutCurrent = (problem: Problem, id: string): Problem => ({
  ...problem,
  activities: problem.activities.map((activity) => {
    if (activity.id !== id) return activity
    const { current: _, ...rest } = activity
    return rest
  }),
})

/** The other one out of the way, the work in, the other one where it was said to go: the plans in which both are so. */
const swapped = (problem: Problem, without: Plan, id: string, told: SmallestChange): Plan[] => {
  const { change, technicianId, start } = told
  if (change.kind !== 'move' && change.kind !== 'unlock') return []
  const first = openPlaceFor(problem, change.activityId, without)
  const gone = decode(first.m, first.s, 0)
  const work = (plan: Plan): Plan[] => plansWith(openPlaceFor(problem, id, plan), technicianId, start)
  const other = (plan: Plan): Plan[] =>
    plansWith(openPlaceFor(problem, change.activityId, plan), change.to.technicianId, change.to.start)
  // On one day either may be what the other has to wait for.
  const both = [...work(gone).flatMap(other), ...other(gone).flatMap(work)]
  return both.filter(
    (plan) =>
      plan.routes.some(
        (route) =>
          route.technicianId === technicianId &&
          route.visits.some((visit) => visit.activityId === id && visit.start === start),
      ) &&
      plan.routes.some((route) =>
        route.visits.some(
          (visit) => visit.activityId === change.activityId && visit.start === change.to.start,
        ),
      ),
  )
}

/** All plans in which the activity starts there then. */
const plansWith = (place: OpenPlace, technicianId: string, start: number): Plan[] => {
  const plan = planAt(place, technicianId, start)
  return plan === null ? [] : [plan]
}

describe('the smallest change', () => {
  const told = (board: Problem, id: string): string | null => {
    const { smallestChange } = explain(board, id)
    const words = {
      technician: (name: string) => name,
      activity: (name: string) => name,
      moment: (seconds: number) =>
        `${Math.floor(seconds / 3600)}:${String((seconds / 60) % 60).padStart(2, '0')}`,
    }
    return smallestChange === null ? null : sentenceOf(smallestChange, words)
  }

  it('is a window opened by as little as will do', () => {
    const board = drawn(`
      Ann | 08:00-12:00 | home 0
      A1  | 60m | at 20 | from 07:00 to 08:00
    `)
    expect(told(board, 'A1')).toBe('Let it start 20 min later than it may: Ann could then do it at 8:20.')
  })

  it('is overtime where the work is long and its time is short', () => {
    const board = drawn(`
      Ann | 08:00-12:00 | home 0
      A1  | 250m | at 0
    `)
    expect(told(board, 'A1')).toBe('Let Ann work 10 min longer: Ann could then do it at 8:00.')
  })

  it('is another visit that goes elsewhere, before anybody is asked for more', () => {
    const board = drawn(`
      Ann | 08:00-12:00 | home 0 | has gas
      Bo  | 08:00-12:00 | home 0
      A1  | 240m | at 0 | now Ann 08:00
      A2  | 240m | at 0 | needs gas
    `)
    expect(told(board, 'A2')).toBe('Move A1 to Bo at 8:00: Ann could then do it at 8:00.')
  })

  it('is a lock let go, when only a lock is in the way', () => {
    const board = drawn(`
      Ann | 08:00-12:00 | home 0 | has gas
      Bo  | 08:00-12:00 | home 0
      A1  | 240m | at 0 | fixed Ann 08:00
      A2  | 240m | at 0 | needs gas
    `)
    expect(told(board, 'A2')).not.toContain('Unlock')
    const locked = {
      ...board,
      activities: board.activities.map((activity) =>
        activity.fixed === undefined
          ? activity
          : { ...activity, fixed: { ...activity.fixed, liftable: true } },
      ),
    }
    expect(told(locked, 'A2')).toBe('Unlock A1: Ann could then do it at 8:00.')
  })

  it('is a skill that somebody nearly has, when nothing else would do', () => {
    const board = drawn(`
      Ann | 08:00-12:00 | home 0 | has gas:1
      A1  | 60m | at 0 | needs gas:2
    `)
    expect(told(board, 'A1')).toBe(
      'Let Ann do it with gas at level 1 instead of 2: Ann could then do it at 8:00.',
    )
    expect(explain(board, 'A1').smallestChange?.start).toBe(clock('08:00'))
  })

  it('is nothing where the work fits as it is', () => {
    const board = drawn(`
      Ann | 08:00-12:00 | home 0
      A1  | 60m | at 0
    `)
    expect(told(board, 'A1')).toBe(null)
  })
})
