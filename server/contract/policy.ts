/**
 * A board's policy: the weights and switches by which it is planned, stored with the board and versioned.
 *
 * Each weight multiplies the price of one kind of trouble: 1 is ordinary, 0 switches it off. The prices themselves lie far
 * apart (a missed promise, then lateness, then work left out, then the rest), so a weight shifts the balance within its band.
 */
import { type Static, Type } from 'typebox'
import { closed, Id, InstantText, Nullable, Version } from './common.ts'

const weight = Type.Optional(Type.Number({ minimum: 0, maximum: 1000 }))

export const PolicyWeights = Type.Object(
  {
    missed: weight,
    late: weight,
    waiting: weight,
    margin: weight,
    unassigned: weight,
    preferred: weight,
    travel: weight,
    overtime: weight,
    fairness: weight,
    stability: weight,
  },
  closed,
)

/** `autoRepair` plans after each event; `autoApply` puts repairs of undispatched work on the board by itself. */
export const BoardPolicy = Type.Object(
  {
    autoRepair: Type.Optional(Type.Boolean()),
    autoApply: Type.Optional(Type.Boolean()),
    /** Most activities that one automatic repair may move beside the ones that caused it. */
    churnBudget: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    /** The optimiser leaves an activity alone for this long after a person edited it. */
    holdMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 10080 })),
    /** Work that starts sooner than this is not moved. */
    freezeMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 10080 })),
    horizonDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 14 })),
    /** Promises are planned to be kept with so many minutes to spare, where that is had cheaply. */
    marginMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 1440 })),
    /** With `autoRepair`: while people are at work the whole board is planned anew this often in the background; 0 is never. */
    backgroundMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 1440 })),
    /** How long such a run in the background may search. */
    backgroundBudgetMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000 })),
    repairBudgetMs: Type.Optional(Type.Integer({ minimum: 10, maximum: 60_000 })),
    speedKmh: Type.Optional(Type.Number({ minimum: 1, maximum: 200 })),
    roadFactor: Type.Optional(Type.Number({ minimum: 1, maximum: 5 })),
    /** `best`: the travel service or the given matrix where there is one, else straight lines. */
    travelSource: Type.Optional(Type.Union([Type.Literal('best'), Type.Literal('straight-line')])),
    travelProfile: Type.Optional(
      Type.Union([Type.Literal('car'), Type.Literal('bike'), Type.Literal('foot')]),
    ),
    /** What a kilometre costs beside the time it takes, in minutes of travel. */
    kilometreMinutes: Type.Optional(Type.Number({ minimum: 0, maximum: 60 })),
    /** What an hour between leaving the start and being back costs, waiting included, in minutes of travel. */
    hourWorkedMinutes: Type.Optional(Type.Number({ minimum: 0, maximum: 60 })),
    /** How long a technician may work beyond the calendar, where the work is worth it. */
    overtimeMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 720 })),
    /** Refuse plan conflicts instead of warning, for every command on this board. */
    strict: Type.Optional(Type.Boolean()),
    weights: Type.Optional(PolicyWeights),
  },
  {
    $id: 'BoardPolicy',
    description:
      'A whole policy: it takes the place of the one before, and what it leaves out is ordinary again.',
    ...closed,
  },
)
export type BoardPolicy = Static<typeof BoardPolicy>

/** The board itself, as an event tells of it. */
export const BoardPolicyView = Type.Object(
  {
    id: Id,
    /** Of the board's record: what the next change has to expect. */
    version: Version,
    policyVersion: Type.Integer({ minimum: 1 }),
    policy: BoardPolicy,
  },
  { $id: 'BoardPolicyView', ...closed },
)
export type BoardPolicyView = Static<typeof BoardPolicyView>

const PolicyValue = Nullable(Type.Union([Type.Number(), Type.Boolean(), Type.String()]))

export const PolicyVersion = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    at: InstantText,
    by: Type.Object({ id: Nullable(Id), name: Nullable(Type.String()) }, closed),
    policy: BoardPolicy,
    /** Against the version before, defaults filled in. */
    changes: Type.Array(Type.Object({ field: Type.String(), from: PolicyValue, to: PolicyValue }, closed)),
  },
  { $id: 'PolicyVersion', ...closed },
)
export type PolicyVersion = Static<typeof PolicyVersion>
