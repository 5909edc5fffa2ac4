/**
 * Candidates and explanations for the server: the same problem and the same engine as planning, asked about one activity.
 *
 * Nothing is searched, so an answer takes milliseconds; the sentences are made here, from the engine's facts.
 */
import type { Static } from 'typebox'
import type {
  Blocked as BlockedSchema,
  Candidate as CandidateSchema,
} from '../../server/contract/planning.ts'
import type { Planner, PlanningBoard } from '../../server/ports/planner.ts'
import { check } from '../optimiser/checker/checker.ts'
import { type Candidate, candidates, type Refusal } from '../optimiser/explain/candidates.ts'
import { explain } from '../optimiser/explain/explain.ts'
import { type BuiltProblem, buildProblemWith } from './problem/build-problem.ts'
import { presentPlan } from './problem/present-plan.ts'
import { costOnly } from './propose.ts'
import { wireChange } from './told-change.ts'
import type { BoardTravel } from './travel/board-travel.ts'

type WireCandidate = Static<typeof CandidateSchema>
type Blocked = Static<typeof BlockedSchema>

const OPEN_MAX = 0
const EVERYTHING = Number.POSITIVE_INFINITY

export function createPlanner(travel: BoardTravel): Planner {
  return {
    async candidates(board, activityId, limit) {
      const built = await builtFor(travel, board, activityId)
      const blocked = beyondReason(built, activityId)
      if (blocked !== null) {
        return { activityId, seq: board.seq, candidates: [], refusals: everybody(board, 'window', blocked) }
      }
      const found = candidates(built.problem, activityId, { limit })
      return {
        activityId,
        seq: board.seq,
        candidates: found.candidates.map((c) => candidateOf(c, board, { activityId, zero: built.zero })),
        refusals: found.refusals.map((r) => blockedOf(r, board)),
      }
    },

    async price(board) {
      const built = await buildProblemWith(travel, board, {
        kind: 'optimise',
        teams: [],
        from: null,
        to: null,
        openMax: EVERYTHING,
      })
      return costOnly(check(built.problem, presentPlan(built)).cost)
    },

    async explain(board, activityId) {
      const built = await builtFor(travel, board, activityId)
      const activity = built.byId.get(activityId)
      if (!activity) throw new Error(`activity ${activityId} is not on board ${board.boardId}`)
      const about = { activityId, activityVersion: activity.version, at: new Date(board.now).toISOString() }
      const reason = beyondReason(built, activityId)
      if (reason !== null) {
        return {
          ...about,
          sentence: reason,
          cost: null,
          alternatives: [],
          blocked: everybody(board, 'window', reason),
        }
      }
      const told = explain(built.problem, activityId)
      const alternatives = told.alternatives.map((c) =>
        candidateOf(c, board, { activityId, zero: built.zero }),
      )
      return {
        ...about,
        sentence:
          told.placed === null
            ? unplacedSentence(alternatives, board)
            : placedSentence(told.placed, alternatives, board),
        cost: told.cost,
        alternatives,
        blocked: told.blocked.map((r) => blockedOf(r, board)),
        smallestChange: told.smallestChange === null ? null : wireChange(told.smallestChange, built, board),
      }
    },
  }
}

const builtFor = (travel: BoardTravel, board: PlanningBoard, asked: string): Promise<BuiltProblem> =>
  buildProblemWith(travel, board, {
    kind: 'optimise',
    teams: [],
    from: null,
    to: null,
    openMax: OPEN_MAX,
    asked,
  })

/** Why the activity has no place in the planned days at all; null when it can be judged. */
function beyondReason(built: BuiltProblem, activityId: string): string | null {
  if (built.problem.activities.some((a) => a.id === activityId)) return null
  const beyond = built.beyond.find((b) => b.activityId === activityId)
  return beyond?.reason ?? 'It lies outside of the planned days.'
}

const everybody = (board: PlanningBoard, rule: string, sentence: string): Blocked[] =>
  board.technicians.map((t) => ({ technicianId: t.id, rule, sentence }))

const instantText = (zero: number, seconds: number): string => new Date(zero + seconds * 1000).toISOString()

function candidateOf(
  c: Candidate,
  board: PlanningBoard,
  { activityId, zero }: { activityId: string; zero: number },
): WireCandidate {
  const span = { from: zero + c.start * 1000, to: zero + c.end * 1000 }
  return {
    technicianId: c.technicianId,
    start: instantText(zero, c.start),
    end: instantText(zero, c.end),
    travelMinutes: Math.round(c.travelSeconds / 60),
    late: c.late,
    cost: c.cost,
    delta: c.delta,
    warnings: [
      ...(c.late ? ['deadline'] : []),
      ...(meetsWork(board, { activityId, technicianId: c.technicianId, ...span }) ? ['overlap'] : []),
    ],
  }
}

/**
 * A candidate may count on later work moving on; whoever places it alone, by hand, meets that work where the board has it.
 */
const meetsWork = (
  board: PlanningBoard,
  spot: { activityId: string; technicianId: string; from: number; to: number },
): boolean =>
  board.activities.some(
    (a) =>
      a.technicianId === spot.technicianId &&
      a.id !== spot.activityId &&
      a.state !== 'closed' &&
      a.start !== null &&
      a.end !== null &&
      a.start < spot.to &&
      spot.from < a.end,
  )

const nameOf = (board: PlanningBoard, technicianId: string): string =>
  board.technicians.find((t) => t.id === technicianId)?.name ?? technicianId

const blockedOf = (r: Refusal, board: PlanningBoard): Blocked => ({
  technicianId: r.technicianId,
  rule: r.rule,
  sentence: `${nameOf(board, r.technicianId)} ${r.sentence}.`,
})

function placedSentence(
  placed: { technicianId: string },
  alternatives: readonly WireCandidate[],
  board: PlanningBoard,
): string {
  const name = nameOf(board, placed.technicianId)
  const next = alternatives[0]
  if (!next) return `Nobody but ${name} can do it in the planned days.`
  const other =
    next.technicianId === placed.technicianId ? `another time with ${name}` : nameOf(board, next.technicianId)
  const spent = Math.round(next.cost.marginMinutes ?? 0)
  if (next.delta > FAR && !next.late && spent > 0)
    return `${name}'s place costs least; the next best is ${other}, which leaves ${spent} min less to spare before promises.`
  if (next.delta > 0)
    return `${name}'s place costs least; the next best is ${other}, at ${difference(next)} more.`
  return next.delta < 0
    ? `It would cost ${difference(next)} less with ${other}; ${name}'s place was kept or chosen by a person.`
    : `${other} could do it at the same cost.`
}

/** Beyond ten hours of travel nobody counts in minutes of it. */
const FAR = 36_000

/** One point is a second of travel. */
function difference(c: WireCandidate): string {
  const points = Math.abs(c.delta)
  if (c.late && points >= 1e8) return 'a missed promise'
  const minutes = Math.max(1, Math.round(points / 60))
  return points > FAR ? 'far' : `the worth of ${minutes} min of travel`
}

const unplacedSentence = (alternatives: readonly WireCandidate[], board: PlanningBoard): string => {
  const best = alternatives[0]
  return best
    ? `It has no place yet; ${nameOf(board, best.technicianId)} could do it soonest at least cost.`
    : 'Nobody can do it in the planned days as they stand.'
}
