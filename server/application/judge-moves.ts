/**
 * Whether the moves of a proposal still hold: each against its activity as it is now, then all of them together.
 *
 * A move falls for its own sake (someone changed the activity, it is locked, it has begun, a person holds it) or because it
 * counted on a move that fell; who changed it, or which move it counted on, is named. Nothing is written here.
 */
import type { ChangedBy, DroppedMove, ProposedMove } from '../contract/planning.ts'
import type { Activity } from '../domain/activity/activity.ts'
import { isUnderWay } from '../domain/activity/lifecycle.ts'
import type { Calendar } from '../domain/calendar/calendar.ts'
import { DAY, type Instant, MINUTE } from '../domain/instant.ts'
import { areLinked } from '../domain/plan/links.ts'
import { conflictsOf, type PlanConflict } from '../domain/plan/rules.ts'
import type { Technician } from '../domain/plan/technician.ts'
import type { BoardFacts, Tx } from '../ports/commands.ts'
import { lastChanges, policyOf, travelOf } from './context.ts'
import { linkedTo } from './linked-activities.ts'
import { asOfRun, type ProposalRow } from './request-optimisation.ts'

/** Straight lines are measured twice, by the planner and by the rules; they may differ by a rounding. */
const TRAVEL_SLACK_MINUTES = 1

export type Scene = {
  now: Instant
  board: BoardFacts | undefined
  activities: ReadonlyMap<string, Activity>
  technicians: ReadonlyMap<string, Technician>
  calendars: ReadonlyMap<string, Calendar>
  days: readonly Activity[]
  /** Open activities that a moved one names, or that name it, on whosever day. */
  linked: readonly Activity[]
  isSameEpoch: boolean
  /** Who last changed an activity since the planner read the board. */
  changedBy: ReadonlyMap<string, ChangedBy>
  /** The plan was made with the times of roads; the rules here know straight lines only. */
  hasRoads: boolean
}

export async function sceneFor(
  tx: Tx,
  proposal: ProposalRow,
  moves: readonly ProposedMove[],
): Promise<Scene> {
  const activities = await tx.lockActivities(moves.map((move) => move.activityId).sort())
  const technicianIds = [...new Set(moves.map((move) => move.technicianId))].sort()
  const technicians = await tx.technicians(technicianIds)
  const times = moves.flatMap((move) => [Date.parse(move.start), Date.parse(move.end)])
  const days =
    times.length === 0
      ? []
      : await tx.daysOf(technicianIds, Math.min(...times) - DAY, Math.max(...times) + DAY)
  const calendarIds = [...technicians.values()].flatMap((t) => (t.calendarId === null ? [] : [t.calendarId]))
  const epochs = await tx.query<{ epoch: string }>(
    'SELECT epoch FROM board WHERE company_id = $1 AND id = $2',
    [tx.caller.companyId, proposal.board_id],
  )
  return {
    now: asOfRun(proposal.request, tx.now) ?? tx.now,
    board: (await tx.boards([proposal.board_id])).get(proposal.board_id),
    activities,
    technicians,
    calendars: await tx.calendars([...new Set(calendarIds)]),
    days,
    linked: await linkedTo(tx, [...activities.values()]),
    isSameEpoch: epochs[0]?.epoch === proposal.base_epoch,
    hasRoads: !(proposal.summary.travel ?? 'straight line').startsWith('straight line'),
    changedBy: await lastChanges(tx, [...activities.keys(), ...days.map((activity) => activity.id)], {
      boardId: proposal.board_id,
      seq: proposal.base_seq,
    }),
  }
}

export const isThere = (activity: Activity, move: ProposedMove): boolean =>
  activity.state !== 'closed' &&
  activity.technicianId === move.technicianId &&
  activity.start === Date.parse(move.start) &&
  activity.end === Date.parse(move.end)

/** Why a move is not made. */
export type Fall = Omit<DroppedMove, 'activityId'>

/** Why the activity is no longer as the planner saw it; null when it is. */
export function overtaken(activity: Activity | undefined, move: ProposedMove, scene: Scene): Fall | null {
  const reason = overtakenSentence(activity, move, scene)
  if (reason === null) return null
  const changedBy = scene.changedBy.get(move.activityId)
  return { reason, ...(changedBy === undefined ? {} : { changedBy }) }
}

function overtakenSentence(activity: Activity | undefined, move: ProposedMove, scene: Scene): string | null {
  if (!scene.isSameEpoch) return 'The board was restored from a backup since.'
  if (!activity) return 'It no longer exists.'
  if (activity.state === 'closed') return 'It was closed meanwhile.'
  if (activity.version !== move.expectedVersion) {
    const by = scene.changedBy.get(move.activityId)
    return by === undefined ? 'It was changed meanwhile.' : `${by.name} changed it meanwhile.`
  }
  if (activity.locked) return 'It is locked.'
  if (activity.state === 'dispatched') return 'It is dispatched.'
  if (isUnderWay(activity.fieldStatus)) return 'It has been started.'
  const policy = policyOf(scene.board)
  const isPlaced = activity.technicianId !== null && activity.start !== null
  const heldUntil = (activity.humanTouchedAt ?? 0) + policy.holdMinutes * MINUTE
  if (isPlaced && activity.humanTouchedAt !== null && heldUntil > scene.now)
    return 'A person placed it a short while ago.'
  const frozenUntil = scene.now + policy.freezeMinutes * MINUTE
  if (isPlaced && activity.start !== null && activity.start >= scene.now && activity.start < frozenUntil) {
    return 'It is about to begin.'
  }
  // A proposal may be a few minutes old; what should have begun by now can no longer be promised.
  return Date.parse(move.start) < scene.now - 2 * MINUTE ? 'Its proposed time has passed.' : null
}

/** Drops moves that meet work which stays, again and again, until those that are left fit together. */
export function withoutConflicts(
  moves: readonly ProposedMove[],
  scene: Scene,
  dropped: Map<string, Fall>,
): ProposedMove[] {
  let alive = [...moves]
  for (;;) {
    const moving = new Map(alive.map((move) => [move.activityId, move]))
    const target = (activity: Activity, move: ProposedMove): Activity => ({
      ...activity,
      technicianId: move.technicianId,
      start: Date.parse(move.start),
      end: Date.parse(move.end),
    })
    const staying = scene.days.filter((activity) => !moving.has(activity.id))
    const coming = alive.flatMap((move) => {
      const activity = scene.activities.get(move.activityId)
      return activity ? [target(activity, move)] : []
    })
    const after = [...staying, ...coming]
    const bad = alive.flatMap((move) => {
      const conflict = conflictOf(move, after, scene, dropped)
      return conflict === null ? [] : [{ move, conflict }]
    })
    if (bad.length === 0) return alive
    // Those that meet work which stays fall first; moves that only counted on them are judged again without them.
    const stays = new Set(staying.map((activity) => activity.id))
    const hard = bad.filter(({ conflict }) => !('activityId' in conflict) || stays.has(conflict.activityId))
    const falling = hard.length > 0 ? hard : bad.slice(0, 1)
    for (const { move, conflict } of falling) dropped.set(move.activityId, fallFor(conflict, scene, dropped))
    const fallen = new Set(falling.map(({ move }) => move.activityId))
    alive = alive.filter((move) => !fallen.has(move.activityId))
  }
}

function conflictOf(
  move: ProposedMove,
  after: readonly Activity[],
  scene: Scene,
  dropped: ReadonlyMap<string, Fall>,
): PlanConflict | null {
  const activity = scene.activities.get(move.activityId)
  const technician = scene.technicians.get(move.technicianId)
  if (!activity || !technician) return { kind: 'absence', reason: 'gone', from: 0, to: 0 }
  const gone = (move.linkedTo ?? []).find((id) => dropped.has(id))
  if (gone !== undefined) return { kind: 'link', activityId: gone, wanted: 'together', minutes: 0 }
  const conflicts = conflictsOf(
    { activity, technician, start: Date.parse(move.start), end: Date.parse(move.end) },
    {
      calendar: technician.calendarId === null ? null : (scene.calendars.get(technician.calendarId) ?? null),
      neighbours: after.filter((other) => other.technicianId === move.technicianId),
      promises: [],
      linked: linkedAfter(activity, after, scene),
      timeZone: scene.board?.timeZone ?? 'UTC',
      travel: travelOf(scene.board),
    },
  )
  return conflicts.find((conflict) => !isForeseen(conflict, scene, dropped)) ?? null
}

/** The linked work as the moves leave it; what they leave alone, as it stands. */
function linkedAfter(activity: Activity, after: readonly Activity[], scene: Scene): Activity[] {
  const moved = new Set(after.map((other) => other.id))
  return [...after, ...scene.linked.filter((other) => !moved.has(other.id))].filter((other) =>
    areLinked(activity, other),
  )
}

/** What the planner had in view when it made the move, and the rules measure otherwise. */
function isForeseen(conflict: PlanConflict, scene: Scene, dropped: ReadonlyMap<string, Fall>): boolean {
  if (conflict.kind === 'calendar') return conflict.closedMinutes <= policyOf(scene.board).overtimeMinutes
  if (conflict.kind !== 'travel') return false
  if (conflict.minutesShort <= TRAVEL_SLACK_MINUTES) return true
  const { activityId } = conflict
  return scene.hasRoads && !scene.changedBy.has(activityId) && !dropped.has(activityId)
}

/** A move falls with the one whose old place it was to take, and by the hand that put other work there since. */
function fallFor(conflict: PlanConflict, scene: Scene, dropped: ReadonlyMap<string, Fall>): Fall {
  if (!('activityId' in conflict)) return { reason: sentenceFor(conflict) }
  const { activityId } = conflict
  if (conflict.kind === 'link' && dropped.has(activityId))
    return { reason: 'It hangs on another move, which was not made.', because: activityId }
  const changedBy = scene.changedBy.get(activityId)
  if (changedBy !== undefined)
    return { reason: `It would meet work that ${changedBy.name} changed meanwhile.`, changedBy }
  return dropped.has(activityId)
    ? { reason: 'It counted on another move, which was not made.', because: activityId }
    : { reason: sentenceFor(conflict) }
}

function sentenceFor(conflict: PlanConflict): string {
  switch (conflict.kind) {
    case 'overlap':
      return 'It would overlap work that stays.'
    case 'travel':
      return 'There is no longer time for the journey.'
    case 'calendar':
      return 'The technician is not at work then.'
    case 'absence':
      return 'The technician is away.'
    case 'excluded':
      return 'The technician must not be sent there.'
    case 'skill':
      return `The technician lacks the skill ${conflict.skill}.`
    case 'window':
    case 'range':
      return 'It may not be done at that time.'
    case 'deadline':
      return 'It would be late.'
    case 'link':
      return 'It would no longer fit the work that it is linked to.'
  }
}
