/**
 * From what a dispatcher sees to the search's numbers, built like the live board's problem: second zero is now, a shift that
 * has begun starts when and where its technician will be free, committed work is out of the search.
 *
 * It is built here and not by the workers' own builder because that one reads a board's rows; the rules are the same ones.
 * The surprising rule: a place in the plan is held by technician and shift, not by its minute. Nobody has been told a time,
 * so work that slides within a shift has not moved.
 */
import type { Place } from '../../server/domain/activity/activity.ts'
import type {
  Problem,
  ProblemActivity,
  ProblemTechnician,
  SlaTarget,
  WarmPlan,
  Weights,
} from '../optimiser/problem.ts'
import { straightLine } from '../optimiser/travel.ts'
import { wishesFor } from '../optimiser/wishes.ts'
import type { View } from './dispatcher.ts'
import { isAble, type Order, type Shift } from './world.ts'

/** One stretch of one technician's work in the plan; the shift is known by the second at which it begins. */
export type PlannedRoute = {
  readonly technicianId: string
  readonly shiftFrom: number
  readonly orderIds: readonly string[]
}

export type BoardRules = {
  readonly horizonSeconds: number
  readonly weights: Partial<Weights>
  /** What a board wishes beside its promises; null is a planner that wishes nothing. */
  readonly wishes: { readonly marginSeconds: number } | null
  /** Most orders taken in beside those that have a place; the most urgent first. */
  readonly openMax: number
}

export type BoardProblem = {
  readonly problem: Problem
  readonly warm: WarmPlan
  /** In the problem and without a place. */
  readonly loose: readonly string[]
  /** The shift that each route of a technician stands for. */
  readonly shiftFrom: (technicianId: string, shift: number) => number
}

const priorityFigure = { high: 90, normal: 50, low: 20 } as const
export const priorityWeight = { high: 3, normal: 1.5, low: 1 } as const

export function boardProblem(view: View, plan: readonly PlannedRoute[], rules: BoardRules): BoardProblem {
  const places = placeIndex()
  const until = view.now + rules.horizonSeconds
  const shifts = new Map<string, readonly Shift[]>()
  const technicians = view.technicians.map((person): ProblemTechnician => {
    const { id, home, skills } = person.technician
    const own = person.shifts.filter(
      (shift) => shift.from < until && shift.to > (person.busyUntil ?? view.now),
    )
    shifts.set(id, own)
    return {
      id,
      skills: skills.map((skill) => ({ skill, level: 1 })),
      shifts: own.map((shift) => {
        const hasBegun = shift.from <= view.now
        const from = Math.max(shift.from, view.now, person.busyUntil ?? 0)
        return {
          open: [{ from: from - view.now, to: shift.to - view.now }],
          startLocation: places.indexOf(hasBegun ? person.place : home),
          endLocation: places.indexOf(home),
        }
      }),
    }
  })
  const held = heldPlaces(view, plan, shifts)
  const loose = mostUrgent(view, held, rules.openMax)
  const activities: ProblemActivity[] = []
  for (const [orderId, { technicianId, shift }] of held) {
    // Held places are those of open orders.
    const order = view.open.get(orderId)!
    const start = Math.max(0, shift.from - view.now)
    activities.push({
      ...plainActivity(order, view, places.indexOf, rules),
      current: { technicianId, start, tolerance: Math.max(0, shift.to - view.now) },
    })
  }
  for (const order of loose) activities.push(plainActivity(order, view, places.indexOf, rules))
  return {
    problem: {
      horizon: rules.horizonSeconds,
      activities,
      technicians,
      travel: [straightLine(places.list, view.travel)],
      weights: rules.weights,
    },
    warm: warmFrom(view, held),
    loose: loose.map((order) => order.id),
    shiftFrom: (technicianId, shift) => shifts.get(technicianId)?.[shift]?.from ?? 0,
  }
}

// ---------------------------------------------------------------- what has a place

type Held = { readonly technicianId: string; readonly shift: Shift }

/** In the order of the plan, as far as the order is still open and the shift still there. */
function heldPlaces(
  view: View,
  plan: readonly PlannedRoute[],
  shifts: ReadonlyMap<string, readonly Shift[]>,
): Map<string, Held> {
  const held = new Map<string, Held>()
  for (const { technicianId, shiftFrom, orderIds } of plan) {
    const shift = shifts.get(technicianId)?.find(({ from }) => from === shiftFrom)
    if (shift === undefined) continue
    for (const orderId of orderIds) if (view.open.has(orderId)) held.set(orderId, { technicianId, shift })
  }
  return held
}

function warmFrom(view: View, held: ReadonlyMap<string, Held>): WarmPlan {
  const routes = new Map<string, { activityId: string; start: number }[]>()
  for (const [activityId, { technicianId, shift }] of held) {
    const visits = routes.get(technicianId) ?? []
    routes.set(technicianId, visits)
    // All of a shift begin alike: what counts is their order, which sorting by start keeps.
    visits.push({ activityId, start: Math.max(0, shift.from - view.now) })
  }
  return { routes: [...routes].map(([technicianId, visits]) => ({ technicianId, visits })) }
}

// ---------------------------------------------------------------- what is taken in

function mostUrgent(view: View, held: ReadonlyMap<string, Held>, most: number): Order[] {
  const waiting = [...view.open.values()].filter(
    (order) => !held.has(order.id) && view.technicians.some(({ technician }) => isAble(technician, order)),
  )
  if (waiting.length <= most) return waiting
  const urgency = new Map(waiting.map((order) => [order.id, slack(order, view.now)]))
  // Every order has its figure.
  return waiting.sort((a, b) => urgency.get(a.id)! - urgency.get(b.id)!).slice(0, most)
}

const HALF_DAY = 43_200
const MONTH = 30 * 86_400

/** As on the live board: time left, shortened by priority; a broken promise counts like one of half a day. */
function slack(order: Order, now: number): number {
  const left = order.dueAt === null ? MONTH : order.dueAt - now
  return (left < 0 ? HALF_DAY : left) / priorityWeight[order.priority]
}

function plainActivity(
  order: Order,
  view: View,
  indexOf: (place: Place) => number,
  rules: BoardRules,
): ProblemActivity {
  const weight = priorityWeight[order.priority]
  const targets: SlaTarget[] = []
  if (order.dueAt !== null) targets.push({ kind: 'complete', dueAt: order.dueAt - view.now, weight })
  if (rules.wishes !== null) targets.push(...wishesFor(targets, { weight, since: 0, ...rules.wishes }))
  return {
    id: order.id,
    duration: order.plannedSeconds,
    location: indexOf(order.place),
    skills: [{ skill: order.skill, level: 1 }],
    windows: [{ from: 0, to: rules.horizonSeconds }],
    targets,
    priority: priorityFigure[order.priority],
  }
}

function placeIndex(): { list: Place[]; indexOf: (place: Place) => number } {
  const list: Place[] = []
  const known = new Map<string, number>()
  return {
    list,
    indexOf(place) {
      const key = `${place.lat} ${place.lon}`
      const at = known.get(key) ?? list.length
      if (at === list.length) {
        known.set(key, at)
        list.push(place)
      }
      return at
    },
  }
}
