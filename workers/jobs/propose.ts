/**
 * From a plan to a proposal: conditional moves with their reasons, and the price of the board before and after.
 *
 * Only what changes is a move. An activity that the plan left out but that has a place keeps it; moves that would need
 * that place are taken out again, because a proposal may not half-empty a day.
 */
import type { CostSplit, ProposalView, ProposedMove } from '../../server/contract/planning.ts'
import type { Activity } from '../../server/domain/activity/activity.ts'
import { DAY, HOUR, MINUTE } from '../../server/domain/instant.ts'
import { namedBy } from '../../server/domain/plan/links.ts'
import type { PlanningBoard } from '../../server/ports/planner.ts'
import { check } from '../optimiser/checker/checker.ts'
import { explain } from '../optimiser/explain/explain.ts'
import type { Plan, CostSplit as PlanCost } from '../optimiser/problem.ts'
import type { BuiltProblem } from './problem/build-problem.ts'
import { presentPlan } from './problem/present-plan.ts'
import { changeSentence } from './told-change.ts'
import { travelSentence } from './travel/told.ts'

/** A person reads this list; a thousand reasons are no reason. */
const UNASSIGNED_SHOWN = 200

/** Looking for the least that would let work in takes a while on a full board; the first few are the most urgent. */
const CHANGES_NAMED = 5

export class BadPlanError extends Error {
  constructor(violations: readonly { rule: string; sentence: string }[]) {
    const first = violations[0]
    super(`the checker found ${violations.length} violations, first: ${first?.rule}: ${first?.sentence}`)
    this.name = 'BadPlanError'
  }
}

export type Proposed = { moves: ProposedMove[]; summary: ProposalView['summary'] }

const never = (): boolean => false

/**
 * The least that would let work in is named for the first few left out, as long as `namesChange`, asked before each, says yes.
 * Throws `BadPlanError` when the plan breaks a hard rule that the search was given.
 */
export function propose(
  board: PlanningBoard,
  built: BuiltProblem,
  plan: Plan,
  { namesChange = never }: { readonly namesChange?: () => boolean } = {},
): Proposed {
  const verdict = check(built.problem, plan)
  if (verdict.violations.length > 0) throw new BadPlanError(verdict.violations)
  const left = new Set(plan.unassigned.map((u) => u.activityId))
  const moves = withoutTakenPlaces(movesOf(board, built, plan), built, left)
  const isPlaced = (a: Activity | undefined): boolean =>
    a !== undefined && a.technicianId !== null && a.start !== null
  const placed = moves.filter((move) => !isPlaced(built.byId.get(move.activityId))).length
  return {
    moves,
    summary: {
      moved: moves.length - placed,
      placed,
      before: costOnly(check(built.problem, presentPlan(built)).cost),
      after: costOnly(verdict.cost),
      travel: travelSentence(built.travel),
      policy: { version: board.policyVersion, values: board.policy },
      unassigned: [
        ...plan.unassigned
          .filter((u) => !isPlaced(built.byId.get(u.activityId)))
          .map(({ activityId, reason }, i) => ({
            activityId,
            reason,
            ...(i < CHANGES_NAMED && namesChange() ? changeFor(board, built, plan, activityId) : {}),
          })),
        ...built.beyond,
      ].slice(0, UNASSIGNED_SHOWN),
    },
  }
}

function changeFor(
  board: PlanningBoard,
  built: BuiltProblem,
  warm: Plan,
  activityId: string,
): { smallestChange?: string } {
  const { smallestChange } = explain(built.problem, activityId, { warm })
  return smallestChange === null ? {} : { smallestChange: changeSentence(smallestChange, built, board) }
}

export const costOnly = (c: PlanCost): CostSplit => ({
  missedTargets: c.missedTargets,
  lateMinutes: c.lateMinutes,
  waitingMinutes: c.waitingMinutes,
  marginMinutes: c.marginMinutes,
  unassigned: c.unassigned,
  preferred: c.preferred,
  travelMinutes: c.travelMinutes,
  overtimeMinutes: c.overtimeMinutes,
  moved: c.moved,
})

function movesOf(board: PlanningBoard, built: BuiltProblem, plan: Plan): ProposedMove[] {
  const fixed = new Set(built.problem.activities.filter((a) => a.fixed !== undefined).map((a) => a.id))
  const moves: ProposedMove[] = []
  const together = new Map(
    board.activities.flatMap((a) => (a.startsWith ? [[a.startsWith, a.id] as const] : [])),
  )
  for (const route of plan.routes) {
    for (const visit of route.visits) {
      const activity = built.byId.get(visit.activityId)
      if (!activity || fixed.has(visit.activityId)) continue
      const start = built.zero + visit.start * 1000
      const end = built.zero + visit.end * 1000
      if (activity.technicianId === route.technicianId && activity.start === start && activity.end === end)
        continue
      moves.push({
        activityId: activity.id,
        expectedVersion: activity.version,
        technicianId: route.technicianId,
        start: new Date(start).toISOString(),
        end: new Date(end).toISOString(),
        from: {
          technicianId: activity.technicianId,
          start: activity.start === null ? null : new Date(activity.start).toISOString(),
          end: activity.end === null ? null : new Date(activity.end).toISOString(),
        },
        why: whyOf(board, activity, {
          technicianId: route.technicianId,
          start,
          end,
          travelSeconds: visit.travel,
        }),
        ...linksFor(activity, together),
      })
    }
  }
  return moves
}

/** Of a pair each hangs on the other; of what comes one after another only the later on the earlier. */
function linksFor(activity: Activity, together: ReadonlyMap<string, string>): { linkedTo?: string[] } {
  const half = together.get(activity.id)
  const linkedTo = [...namedBy(activity), ...(half === undefined ? [] : [half])]
  return linkedTo.length === 0 ? {} : { linkedTo }
}

/** True by construction: each part is read from the plan and the order's clock. */
function whyOf(
  board: PlanningBoard,
  activity: Activity,
  place: { technicianId: string; start: number; end: number; travelSeconds: number },
): string {
  const name = nameOf(board, place.technicianId)
  const parts: string[] = []
  const was = activity.technicianId
  if (was === null || activity.start === null) parts.push(`${name} can take it`)
  else if (was === place.technicianId) parts.push(`${name} keeps it, at another time`)
  else parts.push(`${name} instead of ${nameOf(board, was)}`)
  const travel = Math.round(place.travelSeconds / 60)
  parts.push(travel === 0 ? 'without a journey' : `after ${travel} min of travel`)
  const dueAt = board.orders.get(activity.orderId)?.due.complete
  if (dueAt !== undefined) {
    const slack = dueAt - place.end
    parts.push(
      slack >= 0 ? `done ${spanText(slack)} before it is due` : `done ${spanText(-slack)} after it is due`,
    )
  }
  return `${parts.join(', ')}.`
}

const nameOf = (board: PlanningBoard, id: string): string =>
  board.technicians.find((t) => t.id === id)?.name ?? id

function spanText(ms: number): string {
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`
  return ms < 2 * DAY ? `${Math.round(ms / HOUR)} h` : `${Math.round(ms / DAY)} days`
}

function withoutTakenPlaces(
  moves: readonly ProposedMove[],
  built: BuiltProblem,
  left: ReadonlySet<string>,
): ProposedMove[] {
  const taken = [...left].flatMap((id) => {
    const a = built.byId.get(id)
    return a && a.technicianId !== null && a.start !== null && a.end !== null
      ? [{ technicianId: a.technicianId, from: a.start, to: a.end }]
      : []
  })
  if (taken.length === 0) return [...moves]
  return moves.filter(
    (move) =>
      !taken.some(
        (place) =>
          place.technicianId === move.technicianId &&
          Date.parse(move.start) < place.to &&
          place.from < Date.parse(move.end),
      ),
  )
}
