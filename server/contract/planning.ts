/** Planning over the wire: runs, proposals, candidates and explanations. */
import { type Static, Type } from 'typebox'
import { closed, Id, InstantText, Nullable } from './common.ts'
import { BoardPolicy } from './policy.ts'

export const OptimisationCreate = Type.Object(
  {
    teams: Type.Optional(Type.Array(Id, { maxItems: 200 })),
    from: Type.Optional(InstantText),
    to: Type.Optional(InstantText),
    budgetMs: Type.Optional(Type.Integer({ minimum: 10, maximum: 60_000 })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4294967295 })),
    mode: Type.Optional(Type.Union([Type.Literal('propose'), Type.Literal('apply')])),
  },
  { $id: 'OptimisationCreate', ...closed },
)
export type OptimisationCreate = Static<typeof OptimisationCreate>

/** Who changed something meanwhile, and when. */
export const ChangedBy = Type.Object({ name: Type.String(), at: InstantText }, closed)
export type ChangedBy = Static<typeof ChangedBy>

/** A place on the board: nobody's and at no time while work is undispatched. */
export const Spot = Type.Object(
  { technicianId: Nullable(Id), start: Nullable(InstantText), end: Nullable(InstantText) },
  closed,
)

/** Some of many moves, by their activities; all of them when absent. */
export const someActivities = { activityIds: Type.Optional(Type.Array(Id, { maxItems: 5000 })) }

/** A move that was not made. Where somebody's change stood in the way, who and when; where another move had to come first, which. */
export const DroppedMove = Type.Object(
  {
    activityId: Id,
    reason: Type.String(),
    changedBy: Type.Optional(ChangedBy),
    because: Type.Optional(Id),
  },
  { $id: 'DroppedMove', ...closed },
)
export type DroppedMove = Static<typeof DroppedMove>

/** Money of the search: what a plan or a move costs, term by term. */
export const CostSplit = Type.Object(
  {
    missedTargets: Type.Number(),
    lateMinutes: Type.Number(),
    /** How long work waits from the moment it could begin, all of it together; absent in splits made before it was priced. */
    waitingMinutes: Type.Optional(Type.Number()),
    /** By how much work ends inside the time to be spared before its promise; absent in splits made before it was priced. */
    marginMinutes: Type.Optional(Type.Number()),
    unassigned: Type.Number(),
    preferred: Type.Number(),
    travelMinutes: Type.Number(),
    overtimeMinutes: Type.Number(),
    moved: Type.Number(),
  },
  { $id: 'CostSplit', ...closed },
)
export type CostSplit = Static<typeof CostSplit>

export const OptimisationView = Type.Object(
  {
    id: Id,
    boardId: Id,
    kind: Type.Union([Type.Literal('optimise'), Type.Literal('repair')]),
    mode: Type.Union([Type.Literal('propose'), Type.Literal('apply')]),
    status: Type.Union([
      Type.Literal('queued'),
      Type.Literal('running'),
      Type.Literal('done'),
      Type.Literal('stale'),
      Type.Literal('failed'),
      Type.Literal('poisoned'),
      Type.Literal('cancelled'),
    ]),
    baseSeq: Nullable(Type.Integer()),
    proposalId: Nullable(Id),
    applied: Type.Integer(),
    dropped: Type.Array(DroppedMove),
    createdAt: InstantText,
    finishedAt: Nullable(InstantText),
    error: Nullable(Type.String()),
    summary: Nullable(Type.Unknown()),
  },
  { $id: 'Optimisation', ...closed },
)
export type OptimisationView = Static<typeof OptimisationView>

/** A conditional move: applied only while the activity still has `expectedVersion`. */
export const ProposedMove = Type.Object(
  {
    activityId: Id,
    expectedVersion: Type.Integer({ minimum: 1 }),
    technicianId: Id,
    start: InstantText,
    end: InstantText,
    from: Spot,
    why: Type.String(),
    /** Moves without which this one makes no sense: the other half of a pair, what it comes after. */
    linkedTo: Type.Optional(Type.Array(Id)),
  },
  { $id: 'ProposedMove', ...closed },
)
export type ProposedMove = Static<typeof ProposedMove>

export const UnassignedReason = Type.Object(
  {
    activityId: Id,
    reason: Type.String(),
    /** The one thing that would let it in, beside the plan as proposed; for the first few, where one thing is enough. */
    smallestChange: Type.Optional(Type.String()),
  },
  closed,
)

export const ProposalView = Type.Object(
  {
    id: Id,
    boardId: Id,
    optimisationId: Id,
    status: Type.Union([
      Type.Literal('open'),
      Type.Literal('applied'),
      Type.Literal('discarded'),
      Type.Literal('superseded'),
    ]),
    baseSeq: Type.Integer(),
    moves: Type.Array(ProposedMove),
    summary: Type.Object(
      {
        moved: Type.Integer(),
        placed: Type.Integer(),
        before: CostSplit,
        after: CostSplit,
        unassigned: Type.Array(UnassignedReason),
        /** Where the travel times came from, in words; absent in proposals made before they said so. */
        travel: Type.Optional(Type.String()),
        /** The policy that the run went by, defaults filled in; absent in proposals made before it was kept. */
        policy: Type.Optional(Type.Object({ version: Type.Integer(), values: BoardPolicy }, closed)),
      },
      closed,
    ),
    createdAt: InstantText,
  },
  { $id: 'Proposal', ...closed },
)
export type ProposalView = Static<typeof ProposalView>

export const ProposalApply = Type.Object(someActivities, {
  ...closed,
  description: 'All moves, or only those of the named activities',
})

export const Blocked = Type.Object(
  { technicianId: Id, rule: Type.String(), sentence: Type.String() },
  { $id: 'Blocked', ...closed },
)
/** One thing that would let work in that nobody can do as things stand: tried before it is told. */
export const SmallestChange = Type.Object(
  {
    kind: Type.Union([
      Type.Literal('move'),
      Type.Literal('unlock'),
      Type.Literal('window'),
      Type.Literal('overtime'),
      Type.Literal('duration'),
      Type.Literal('skill'),
    ]),
    sentence: Type.String(),
    /** Where the work would be then. */
    technicianId: Id,
    start: InstantText,
    end: InstantText,
    /** For a window, overtime and shorter work: how many. */
    minutes: Type.Optional(Type.Integer()),
    /** The other work that moves or is let go. */
    activityId: Type.Optional(Id),
  },
  { $id: 'SmallestChange', ...closed },
)
export type SmallestChange = Static<typeof SmallestChange>
export const Candidate = Type.Object(
  {
    technicianId: Id,
    start: InstantText,
    end: InstantText,
    travelMinutes: Type.Number(),
    late: Type.Boolean(),
    cost: CostSplit,
    /** How much the whole plan's cost grows, beside the best candidate. */
    delta: Type.Number(),
    /** `deadline`: misses a promise. `overlap`: counts on later work moving on, which it meets when it is placed alone. */
    warnings: Type.Array(Type.String()),
    /** How likely the activity's promises would be missed there; null without any, absent in stored decisions. */
    missProbability: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 1 }))),
  },
  { $id: 'Candidate', ...closed },
)
export const Candidates = Type.Object(
  { activityId: Id, seq: Type.Integer(), candidates: Type.Array(Candidate), refusals: Type.Array(Blocked) },
  { $id: 'Candidates', ...closed },
)
export type Candidates = Static<typeof Candidates>

/** A decision as it was explained when it was made; what the board says now may differ. */
export const StoredDecision = Type.Object(
  {
    activityVersion: Type.Integer(),
    at: InstantText,
    by: Type.Union([Type.Literal('person'), Type.Literal('optimiser'), Type.Literal('system')]),
    /** Who, when it was a person. */
    person: Nullable(Type.String()),
    sentence: Type.String(),
    /** The board's number as of which costs were judged; null while that is still to come. */
    seq: Nullable(Type.Integer()),
    /** It was changed again before it could be judged. */
    overtaken: Type.Boolean(),
    cost: Nullable(CostSplit),
    alternatives: Type.Array(Candidate),
    blocked: Type.Array(Blocked),
  },
  { $id: 'StoredDecision', ...closed },
)
export type StoredDecision = Static<typeof StoredDecision>

export const Explanation = Type.Object(
  {
    activityId: Id,
    activityVersion: Type.Integer(),
    at: InstantText,
    decidedBy: Type.String(),
    sentence: Type.String(),
    cost: Nullable(CostSplit),
    alternatives: Type.Array(Candidate),
    blocked: Type.Array(Blocked),
    /** For work without a place that nobody can do: the least that would have to change; null where no one thing would do. */
    smallestChange: Type.Optional(Nullable(SmallestChange)),
    /** The decision that put it where it is, as explained then; null when it never had a place. */
    decision: Nullable(StoredDecision),
  },
  { $id: 'Explanation', ...closed },
)
export type Explanation = Static<typeof Explanation>
