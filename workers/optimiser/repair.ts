/**
 * A plan mended after an event: what the event touched is placed again, everything else stays where it was announced.
 *
 * At most `churnBudget` other activities get another technician, another start, or no place; a mend that would move more is
 * not made, however cheap. The search afterwards looks only around the changed work and takes only what makes the plan cheaper.
 */

import { hasRoom } from './constraints/capacity.ts'
import { preferenceCost } from './constraints/preferred-technician.ts'
import { mayDo } from './constraints/skills.ts'
import { currentVisits, placeVisits, warmVisits } from './construct/warm-start.ts'
import { decode } from './decode.ts'
import { costOfInserting, insertionFor } from './improve/insertion.ts'
import { ordinarySisr, sisrFor, sisrStepAround } from './improve/sisr.ts'
import { compile, type Model } from './model.ts'
import {
  emptyPlan,
  keep,
  leaveOut,
  linkAfter,
  type PlanState,
  placeFixedWork,
  restore,
  snapshotFor,
  takeIn,
  unlink,
  updateRoute,
} from './plan.ts'
import type { Plan, Problem, ProblemActivity, WarmPlan } from './problem.ts'
import { below, randomFrom } from './random.ts'
import type { Progress } from './solve.ts'
import { type Stop, startBudget } from './stop/budget.ts'

export type RepairOptions = {
  /** New, invalidated or otherwise to be placed again. */
  readonly changed: readonly string[]
  /** Most other activities that may move. */
  readonly churnBudget: number
  readonly seed: number
  readonly stop: Stop
  readonly warm?: WarmPlan
  readonly onImprovement?: (progress: Progress) => void
}

export type Repaired = Plan & {
  /** The other activities that have moved, by id. */
  readonly moved: readonly string[]
}

/** Without some price on moving, starts would slide forward for nothing; a hundredth of the ordinary one is enough. */
const STABILITY_LEAST = 0.01

/** How many of the cheapest places are tried before a changed activity is left to the search. */
const PLACES_TRIED = 200

/** Gives every placed activity its present place as the announced one. */
const announced = (problem: Problem, warm: WarmPlan | undefined, changed: ReadonlySet<string>): Problem => {
  const places = new Map<string, { technicianId: string; start: number }>()
  for (const route of warm?.routes ?? []) {
    for (const visit of route.visits) {
      places.set(visit.activityId, { technicianId: route.technicianId, start: visit.start })
    }
  }
  const stability = Math.max(STABILITY_LEAST, problem.weights?.stability ?? 1)
  return {
    ...problem,
    weights: { ...problem.weights, stability },
    activities: problem.activities.map((activity): ProblemActivity => {
      if (changed.has(activity.id) || activity.fixed !== undefined) return activity
      const place = places.get(activity.id)
      return place === undefined ? activity : { ...activity, current: { ...activity.current, ...place } }
    }),
  }
}

export const repair = (problem: Problem, options: RepairOptions): Repaired => {
  const budget = startBudget(options.stop)
  const changed = new Set(options.changed)
  const m = compile(announced(problem, options.warm, changed))
  const s = emptyPlan(m)
  placeFixedWork(m, s)
  const given = options.warm === undefined ? currentVisits(m) : warmVisits(m, options.warm)
  placeVisits(
    m,
    s,
    // Activities of a plan are those of the problem.
    given.filter((visit) => !changed.has(m.problem.activities[visit.activity]!.id)),
  )
  // What no longer fits where it was is part of the event, not of the churn.
  const open = Array.from(s.absent.subarray(0, s.count[0]!)).sort(
    (a, b) => m.leftOutCost[b]! - m.leftOutCost[a]! || a - b,
  )
  const base = baseline(m, s, open)
  for (const u of open) placeChanged(m, s, u, base, options.churnBudget)
  const iterations = searchAround(m, s, open, base, options, budget)
  return { ...decode(m, s, iterations), moved: movedIds(m, s, base) }
}

type Baseline = { readonly technician: Int32Array; readonly start: Int32Array; readonly counts: Uint8Array }

const baseline = (m: Model, s: PlanState, open: readonly number[]): Baseline => {
  const base: Baseline = {
    technician: new Int32Array(m.n).fill(-1),
    start: new Int32Array(m.n),
    counts: new Uint8Array(m.n).fill(1),
  }
  for (const u of open) base.counts[u] = 0
  for (let u = 0; u < m.n; u++) {
    const r = s.route[u]!
    if (r < 0) continue
    base.technician[u] = m.technicianOf[r]!
    base.start[u] = s.start[u]!
  }
  return base
}

const hasMoved = (m: Model, s: PlanState, base: Baseline, u: number): boolean => {
  if (base.counts[u] === 0) return false
  const r = s.route[u]!
  return r < 0 || m.technicianOf[r] !== base.technician[u] || s.start[u] !== base.start[u]
}

const movedCount = (m: Model, s: PlanState, base: Baseline): number => {
  let count = 0
  for (let u = 0; u < m.n; u++) if (hasMoved(m, s, base, u)) count++
  return count
}

const movedIds = (m: Model, s: PlanState, base: Baseline): string[] =>
  m.problem.activities.filter((_, u) => hasMoved(m, s, base, u)).map((activity) => activity.id)

/** Puts `u` where it costs least among the places that keep the churn within its budget. */
const placeChanged = (m: Model, s: PlanState, u: number, base: Baseline, churnBudget: number): void => {
  const insertion = insertionFor(m, randomFrom(1), 0)
  const places: { p: number; cost: number }[] = []
  for (let r = 0; r < m.routes; r++) {
    const technician = m.technicianOf[r]!
    if (m.shiftOf[r]! < 0 || !mayDo(m, u, technician) || s.length[r]! >= m.tasksMax[r]!) continue
    if (!hasRoom(m, s.brought, s.collected, r, u)) continue
    const overhead = preferenceCost(m, u, technician) + (s.length[r] === 0 ? m.routeFixedCost[r]! : 0)
    const last = m.n + 2 * r + 1
    for (let p = last - 1; p !== last; p = s.next[p]!) {
      const cost = costOfInserting(m, s, insertion, u, p, r)
      if (cost < m.leftOutCost[u]!) places.push({ p, cost: cost + overhead + detour(m, s, r, p, u) })
    }
  }
  places.sort((a, b) => a.cost - b.cost || a.p - b.p)
  for (const { p, cost } of places.slice(0, PLACES_TRIED)) {
    if (cost >= m.leftOutCost[u]!) return
    const r = s.route[p]!
    takeIn(m, s, u)
    linkAfter(s, u, p)
    if (updateRoute(m, s, r) && movedCount(m, s, base) <= churnBudget) return
    unlink(s, u)
    updateRoute(m, s, r)
    leaveOut(m, s, u)
  }
}

const detour = (m: Model, s: PlanState, r: number, p: number, u: number): number => {
  const { cost } = m.classes[m.classOf[r]!]!
  const into = cost[m.place[p]! * m.places + m.place[u]!]!
  const out = cost[m.place[u]! * m.places + m.place[s.next[p]!]!]!
  return into + out - s.arc[p]!
}

/** Ruin and recreate around the event, downhill only, never beyond the churn budget. */
const searchAround = (
  m: Model,
  s: PlanState,
  open: readonly number[],
  base: Baseline,
  options: RepairOptions,
  budget: ReturnType<typeof startBudget>,
): number => {
  const seeds = open.filter((u) => m.isFixed[u] === 0)
  if (seeds.length === 0) return 0
  const random = randomFrom(options.seed)
  const sisr = sisrFor(m, random, { ...ordinarySisr, removed: 6 })
  const best = snapshotFor(m)
  const report = (iterations: number): void =>
    options.onImprovement?.({
      iterations,
      points: s.total[0]!,
      unassigned: s.count[0]!,
      elapsedMs: budget.elapsedMs(),
    })
  keep(s, best)
  report(0)
  let iterations = 0
  const judge = (): boolean => s.total[0]! < best.total[0]! && movedCount(m, s, base) <= options.churnBudget
  while (budget.progress(iterations) < 1) {
    for (let i = 0; i < 8; i++) {
      // There is at least one seed.
      const seed = seeds[below(random, seeds.length)]!
      iterations++
      if (sisrStepAround(m, s, sisr, seed, judge)) {
        keep(s, best)
        report(iterations)
      }
    }
  }
  restore(m, s, best)
  return iterations
}
