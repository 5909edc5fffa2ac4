/** What is only read: the fate of a command, promises at risk, and how many were kept. */
import { type Static, Type } from 'typebox'
import { closed, Id, InstantText, Nullable } from './common.ts'
import { TargetKind } from './order.ts'

/** `GET /commands/{key}`: what became of a command that committed. */
export const CommandRecord = Type.Object(
  {
    key: Type.String(),
    status: Type.Literal('committed'),
    httpStatus: Type.Integer(),
    boardId: Nullable(Id),
    firstSeq: Nullable(Type.Integer()),
    lastSeq: Nullable(Type.Integer()),
    response: Type.Unknown({ description: 'The answer as it was given' }),
  },
  { $id: 'Command', ...closed },
)
export type CommandRecord = Static<typeof CommandRecord>

/** The stretch of a technician's day that a likely miss comes from. */
export const BreachDriver = Type.Object(
  {
    kind: Type.Union([
      Type.Literal('work', { description: 'The named activity may run over' }),
      Type.Literal('travel', { description: 'The way to the named activity may take longer' }),
      Type.Literal('late', { description: 'The day runs late already, from the named activity on' }),
      Type.Literal('plan', { description: 'It is planned after its deadline' }),
    ]),
    activityId: Id,
    technicianId: Id,
    /** How likely it would be missed were that stretch to go exactly as planned. */
    probabilityWithout: Type.Number({ minimum: 0, maximum: 1 }),
  },
  { $id: 'BreachDriver', ...closed },
)

/** One promise that is broken or may be. */
export const WatchedPromise = Type.Object(
  {
    orderId: Id,
    orderNumber: Type.String(),
    description: Type.String(),
    customerName: Nullable(Type.String()),
    priority: Type.String(),
    agreementGroupId: Nullable(Id),
    slaId: Id,
    teamId: Nullable(Id),
    technicianId: Nullable(Id),
    activityId: Nullable(Id),
    target: TargetKind,
    dueAt: InstantText,
    /** Minutes until it is due; negative = overdue. */
    minutesLeft: Type.Number(),
    /** When the plan fulfils it; null when nothing is planned. */
    plannedAt: Nullable(InstantText),
    why: Type.Union([
      Type.Literal('overdue'),
      Type.Literal('unplanned'),
      Type.Literal('planned-late'),
      Type.Literal('tight'),
      /** The plan leaves room, and it will probably not be enough. */
      Type.Literal('likely'),
    ]),
    /**
     * How likely it is missed: by the spread of durations and ways in the technician's day, or, without a place, by how
     * long such work has lately waited. Null when too little of that is known.
     */
    probability: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
    /** Why there is no probability: `few-waits` = too few starts (for a response: dispatches) are known on this board. */
    probabilityUnknown: Nullable(Type.String()),
    /** What the danger comes from most; null where it is small, unknown or not a matter of anyone's day. */
    driver: Nullable(BreachDriver),
  },
  { $id: 'WatchedPromise', ...closed },
)
export type WatchedPromise = Static<typeof WatchedPromise>

export const SlaWatch = Type.Object(
  {
    at: InstantText,
    open: Type.Integer({ description: 'Promises whose clock runs, on this board' }),
    broken: Type.Array(WatchedPromise),
    atRisk: Type.Array(WatchedPromise),
  },
  { $id: 'SlaWatch', ...closed },
)
export type SlaWatch = Static<typeof SlaWatch>

export const reportGroups = ['agreementGroup', 'sla', 'team', 'technician', 'month'] as const
export const SlaReport = Type.Object(
  {
    from: InstantText,
    to: InstantText,
    groupBy: Type.Array(Type.String()),
    rows: Type.Array(
      Type.Object(
        {
          group: Type.Record(Type.String(), Nullable(Type.String())),
          names: Type.Record(Type.String(), Nullable(Type.String())),
          met: Type.Integer(),
          broken: Type.Integer(),
          open: Type.Integer(),
          excluded: Type.Integer(),
          /** met / (met + broken); null when neither happened. */
          kept: Nullable(Type.Number()),
        },
        closed,
      ),
    ),
  },
  { $id: 'SlaReport', ...closed },
)
export type SlaReport = Static<typeof SlaReport>
