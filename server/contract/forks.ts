/** What-if forks over the wire: a board with differences that are nobody's plan yet. */
import { type Static, Type } from 'typebox'
import { ActivityView } from './activity.ts'
import { TechnicianView } from './board.ts'
import { closed, Id, InstantText, Version } from './common.ts'
import { ChangedBy, CostSplit, DroppedMove, Spot, someActivities } from './planning.ts'
import { BoardPolicy } from './policy.ts'

export const ForkAbsence = Type.Object(
  { technicianId: Id, from: InstantText, to: InstantText },
  { $id: 'ForkAbsence', ...closed },
)
export type ForkAbsence = Static<typeof ForkAbsence>

const absences = Type.Array(ForkAbsence, { maxItems: 200 })

/** What a fork is asked to be, all of it at will. */
const wishes = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  absences: Type.Optional(absences),
  /** Only the members that differ from the board's. */
  policy: Type.Optional(BoardPolicy),
}

export const ForkCreate = Type.Object(wishes, { $id: 'ForkCreate', ...closed })
export type ForkCreate = Static<typeof ForkCreate>

export const ForkChange = Type.Object(
  { ...wishes, expectedVersion: Type.Optional(Version) },
  { $id: 'ForkChange', ...closed },
)
export type ForkChange = Static<typeof ForkChange>

export const ForkView = Type.Object(
  {
    id: Id,
    version: Version,
    boardId: Id,
    name: Type.String(),
    status: Type.Union([Type.Literal('open'), Type.Literal('merged'), Type.Literal('discarded')]),
    absences,
    policy: BoardPolicy,
    createdAt: InstantText,
    createdBy: Type.String(),
    /** How many activities differ from the board. */
    changed: Type.Integer(),
  },
  { $id: 'Fork', ...closed },
)
export type ForkView = Static<typeof ForkView>

/** The fork as a board: `seq` and `epoch` are those of the board that it follows. */
export const ForkSnapshot = Type.Object(
  {
    fork: ForkView,
    epoch: Type.String(),
    seq: Type.Integer({ minimum: 0 }),
    activities: Type.Array(ActivityView),
    technicians: Type.Array(TechnicianView),
  },
  { $id: 'ForkSnapshot', ...closed },
)

export const ForkDifference = Type.Object(
  {
    activityId: Id,
    from: Spot,
    to: Spot,
    /** False once somebody changed the activity on the board: a merge would leave it alone. */
    holds: Type.Boolean(),
    changedBy: Type.Optional(ChangedBy),
  },
  { $id: 'ForkDifference', ...closed },
)
export type ForkDifference = Static<typeof ForkDifference>

/** Prices are of the same work under the fork's own conditions: `before` where the board has it, `after` where the fork has it. */
export const ForkDiff = Type.Object(
  {
    forkId: Id,
    version: Version,
    seq: Type.Integer(),
    moves: Type.Array(ForkDifference),
    before: CostSplit,
    after: CostSplit,
  },
  { $id: 'ForkDiff', ...closed },
)
export type ForkDiff = Static<typeof ForkDiff>

export const ForkMerge = Type.Object(
  {
    ...someActivities,
    /** Also puts who was assumed away into the technicians' own records, with this reason. */
    recordAbsences: Type.Optional(Type.Object({ reason: Type.String({ maxLength: 200 }) }, closed)),
  },
  { ...closed, description: 'All differences, or only those of the named activities' },
)
export type ForkMerge = Static<typeof ForkMerge>

/** An assumed absence that was not recorded, and why. */
export const DroppedAbsence = Type.Object(
  {
    technicianId: Id,
    from: InstantText,
    to: InstantText,
    reason: Type.String(),
    changedBy: Type.Optional(ChangedBy),
  },
  { $id: 'DroppedAbsence', ...closed },
)
export type DroppedAbsence = Static<typeof DroppedAbsence>

export const ForkMerged = Type.Object(
  {
    forkId: Id,
    applied: Type.Integer(),
    merged: Type.Array(Id),
    dropped: Type.Array(DroppedMove),
    /** What became of the assumed absences, where they were to be recorded. */
    absences: Type.Optional(
      Type.Object({ recorded: Type.Array(ForkAbsence), dropped: Type.Array(DroppedAbsence) }, closed),
    ),
  },
  { $id: 'ForkMerged', ...closed },
)
export type ForkMerged = Static<typeof ForkMerged>
