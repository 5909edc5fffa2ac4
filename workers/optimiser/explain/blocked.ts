/**
 * Why not: the rule that keeps an activity from a technician, and why work was left out of a plan.
 *
 * Rules are tried from the ones no plan can change (skill, calendar) to the ones that other work causes (capacity, overlap), so the
 * answer is the first thing that would have to change. An overlap is only claimed after every position has been tried.
 */
import { assertNever } from '../../../server/domain/assert-never.ts'
import { hasRoom } from '../constraints/capacity.ts'
import { missingPartner, wrongBeside } from '../constraints/links.ts'
import { arrivalAt, breakAfter, startOn, workAt } from '../constraints/open-hours.ts'
import { lackingOnVan, missingOnVan } from '../constraints/parts.ts'
import { missingSkill } from '../constraints/skills.ts'
import { costOfInserting } from '../improve/exact-insertion.ts'
import {
  bestCost,
  bestPosition,
  type Insertion,
  insertionFor,
  positionOnRoute,
} from '../improve/insertion.ts'
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import type { PlanState } from '../plan/plan-state.ts'
import type { Rule, Unassigned } from '../problem.ts'
import { randomFrom } from '../random.ts'

/** The facts of one refusal, for whoever phrases it in another language. */
export type Refusal = {
  readonly technicianId: string
  readonly rule: Rule
  readonly sentence: string
  readonly skill?: string
  readonly needed?: number
  /** Level that the technician has; null when none. */
  readonly has?: number | null
  /** The linked activity that is in the way. */
  readonly partner?: string
}

/** True when route `r`, were it empty of movable work, could hold `u`. */
export const fitsEmptyDay = (m: Model, r: number, u: number): boolean => {
  if (m.shiftOf[r]! < 0) return false
  const { time } = m.classes[m.classOf[r]!]!
  const first = m.n + 2 * r
  const work = workAt(m, first, u)
  const way = time[m.place[first]! * m.places + m.place[u]!]!
  const start = startOn(m, r, m.opensAt[r]!, way, u, work, m.breakAt[r]!)
  if (start === NEVER) return false
  const back = time[m.place[u]! * m.places + m.place[first + 1]!]!
  return arrivalAt(m, r, start + work, back, breakAfter[0]!) <= m.closesHardAt[r]!
}

const windowMeetsShift = (m: Model, r: number, u: number): boolean => {
  for (let w = m.windowAt[u]!; w < m.windowAt[u + 1]!; w++) {
    if (m.windowFrom[w]! <= m.closesHardAt[r]! && m.windowTo[w]! >= m.opensAt[r]!) return true
  }
  return false
}

/** The rule that blocks `u` from technician `t` in this plan, or null when there is room for it. `u` must not be placed. */
export const blockingRule = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  t: number,
): Refusal | null => {
  const activity = m.problem.activities[u]!
  const technician = m.problem.technicians[t]!
  const refuse = (rule: Rule, sentence: string): Refusal => ({ technicianId: technician.id, rule, sentence })
  if (activity.excluded?.includes(technician.id)) return refuse('excluded', 'is excluded from this work')
  if (activity.only !== undefined && !activity.only.includes(technician.id)) {
    return refuse('excluded', 'is not among those who may do this work')
  }
  const missing = missingSkill(activity, technician)
  if (missing !== null) {
    const { skill, level, has } = missing
    const sentence =
      has === null ? `lacks the skill ${skill}` : `has ${skill} at level ${has}, and ${level} is needed`
    return { ...refuse('skill', sentence), skill, needed: level, has }
  }
  const unfetched = technician.depot === undefined ? missingOnVan(activity, technician) : null
  if (unfetched !== null) return refuse('parts', `has no ${unfetched} on the van and nowhere to fetch it`)
  const days = (m.routesOf[t] ?? []).filter((r) => m.shiftOf[r]! >= 0)
  if (days.length === 0) return refuse('calendar', 'does not work within the horizon')
  // What is claimed below has to be true, so every position is tried before anything is claimed.
  if (days.some((r) => positionOnRoute(m, s, insertion, u, r) >= 0)) return null
  if (!days.some((r) => windowMeetsShift(m, r, u))) {
    return refuse('window', 'does not work at the times when this may start')
  }
  const possible = days.filter((r) => fitsEmptyDay(m, r, u))
  if (possible.length === 0) {
    return refuse('calendar', 'has no open hours long enough for the journey and the work when it may start')
  }
  if (m.joint) {
    const refusal = linkRefusal(m, s, insertion, u, technician.id, possible)
    if (refusal !== null) return refusal
  }
  const withTasks = possible.filter((r) => s.length[r]! < m.tasksMax[r]!)
  if (withTasks.length === 0) return refuse('tasks', 'has as many activities as a day may hold')
  const withRoom = withTasks.filter((r) => hasRoom(m, s.brought, s.collected, r, u))
  if (withRoom.length === 0) return refuse('capacity', 'has no capacity left for it')
  const supplied = { ...insertion, supplied: true }
  const lacking = withRoom.find((r) => positionOnRoute(m, s, supplied, u, r) >= 0)
  if (lacking !== undefined) {
    const item = lackingOnVan(m, s, lacking, u)
    return refuse('parts', `has no ${item} on the van and cannot fetch it in time`)
  }
  return refuse('overlap', 'has no gap that holds the journey and the work without moving other work')
}

/** What links have against it, where without them there would be room. */
const linkRefusal = (
  m: Model,
  s: PlanState,
  insertion: Insertion,
  u: number,
  technicianId: string,
  days: readonly number[],
): Refusal | null => {
  const refuse = (sentence: string): Refusal => ({ technicianId, rule: 'link', sentence })
  const absent = missingPartner(m, s, u, -1)
  if (absent >= 0) {
    const partner = m.problem.activities[absent]!.id
    return { ...refuse(`cannot do it without ${partner}, which is not planned`), partner }
  }
  const t = m.technicianIndex.get(technicianId) ?? -1
  const beside = wrongBeside(m, s, u, t)
  if (beside >= 0) {
    const partner = m.problem.activities[beside]!.id
    const isOwn = m.technicianOf[s.route[beside]!] === t
    return {
      ...refuse(
        isOwn
          ? `does ${partner}, which needs somebody else`
          : `does not do ${partner}, and one person has to do both`,
      ),
      partner,
    }
  }
  // A gap in the day itself is claimed only where the day alone has been run through with it.
  for (const r of days) {
    if (s.length[r]! >= m.tasksMax[r]! || !hasRoom(m, s.brought, s.collected, r, u)) continue
    for (let p = m.n + 2 * r; p !== m.n + 2 * r + 1; p = s.next[p]!) {
      if (costOfInserting(m, s, insertion, u, p, r) < Number.POSITIVE_INFINITY)
        return refuse('has a gap for it, but none that keeps the times of linked work')
    }
  }
  return null
}

/** From the rule that is nearest to a fit to the one that is furthest. */
const nearestFirst: readonly Rule[] = [
  'worth',
  'link',
  'overlap',
  'parts',
  'capacity',
  'tasks',
  'calendar',
  'window',
  'skill',
  'excluded',
]

const sentenceFor = (rule: Rule, able: number, refusal: Refusal | undefined): string => {
  switch (rule) {
    case 'worth':
      return 'Doing it would cost more than leaving it out, by the weights of this board.'
    case 'churn':
      return 'It has a place only if more planned work moves than may move at once.'
    case 'time':
      return 'The time for planning was up before it was clear whether somebody could do it.'
    case 'overlap':
      return `The days of all ${able} who could do it have no gap left when it may start.`
    case 'parts':
      return 'Nobody who could do it has what it needs on the van, or time to fetch it.'
    case 'capacity':
      return 'Nobody who could do it has capacity left.'
    case 'tasks':
      return 'Everybody who could do it has as many activities as a day may hold.'
    case 'link':
      return refusal?.partner === undefined
        ? 'Nobody who could do it has a gap that keeps the times of linked work.'
        : `Nobody who could do it can do it beside ${refusal.partner}, to which it is linked.`
    case 'calendar':
      return 'Nobody with the skills has open hours long enough for it when it may start.'
    case 'window':
      return 'Nobody with the skills works at the times when it may start.'
    case 'skill':
      return refusal?.skill === undefined
        ? 'Nobody has the skills for it.'
        : `Nobody has the skills for it; ${refusal.skill} at level ${refusal.needed ?? 1} is needed.`
    case 'excluded':
      return 'Nobody is allowed to do it.'
    default:
      return assertNever(rule)
  }
}

const never = (): boolean => false

const everyRoute = new Int32Array(0)

/** What a plan was made within, as far as it bears on what was left out. */
export type Limits = {
  /** True once there is no time left to ask anybody. */
  readonly isOver?: (() => boolean) | undefined
  /** Announced work could not move freely, so there may be a place that pays and was not to be had. */
  readonly churn?: boolean
}

/** Technicians between two looks at the clock; where days hang together, each of them takes a while. */
const ASKED_AT_ONCE = 16

/** Whether some place costs less than leaving `u` out. */
const wouldPay = (m: Model, s: PlanState, insertion: Insertion, u: number): boolean =>
  bestPosition(m, s, insertion, u, everyRoute, -1) >= 0 && bestCost[0]! < m.leftOutCost[u]!

/** Everything left out, each with the rule that is nearest to letting it in; once `isOver`, that nobody has had the time to ask. */
export const tellUnassigned = (m: Model, s: PlanState, limits: Limits = {}): Unassigned[] => {
  if (s.count[0] === 0) return []
  // No blinks: what is claimed here has to be true.
  const insertion = insertionFor(m, randomFrom(1), 0)
  const isOver = limits.isOver ?? never
  const open = Array.from(s.absent.subarray(0, s.count[0]!)).sort((a, b) => a - b)
  const asked = m.joint ? 1 : ASKED_AT_ONCE
  return open.map((u) => {
    // Activities of a plan are those of the problem.
    const activityId = m.problem.activities[u]!.id
    const refusals: Refusal[] = []
    let fits = false
    for (let t = 0; t < m.technicians && !fits; t++) {
      if (t % asked === 0 && isOver())
        return { activityId, rule: 'time', reason: sentenceFor('time', 0, undefined) }
      const refusal = blockingRule(m, s, insertion, u, t)
      if (refusal === null) fits = true
      else refusals.push(refusal)
    }
    if (fits) {
      const rule = limits.churn === true && wouldPay(m, s, insertion, u) ? 'churn' : 'worth'
      return { activityId, rule, reason: sentenceFor(rule, 0, undefined) }
    }
    const rule =
      nearestFirst.find((candidate) => refusals.some((refusal) => refusal.rule === candidate)) ?? 'calendar'
    const able = refusals.filter((refusal) => refusal.rule === rule)
    return { activityId, rule, reason: sentenceFor(rule, able.length, able[0]) }
  })
}
