/** The live board: its records, its events, and how both are numbered. */
import { type Static, Type } from 'typebox'
import { ActivityView } from './activity.ts'
import { closed, Id, InstantText, Nullable, Place, Skills, TimeText, Version } from './common.ts'
import { OrderView } from './order.ts'
import { BoardPolicyView } from './policy.ts'

export const TechnicianView = Type.Object(
  {
    id: Id,
    version: Version,
    name: Type.String(),
    kind: Type.Union([Type.Literal('employee'), Type.Literal('contractor')]),
    active: Type.Boolean(),
    teamId: Nullable(Id),
    boardId: Nullable(Id),
    calendarId: Nullable(Id),
    skills: Skills,
    home: Nullable(Place),
    absences: Type.Array(Type.Object({ from: InstantText, to: InstantText, reason: Type.String() }, closed)),
  },
  { $id: 'BoardTechnician', ...closed },
)
export type TechnicianView = Static<typeof TechnicianView>

export const OpenHoursView = Type.Object({ from: TimeText, to: TimeText }, closed)
const Day = Type.Array(OpenHoursView, { maxItems: 10 })
export const WeekView = Type.Object(
  { mon: Day, tue: Day, wed: Day, thu: Day, fri: Day, sat: Day, sun: Day },
  closed,
)

/** Who acted: a person, or one of the system's own hands. */
export const Actor = Type.Object(
  {
    id: Nullable(Id),
    name: Type.String(),
    kind: Type.Union([Type.Literal('user'), Type.Literal('system'), Type.Literal('optimiser')]),
  },
  { $id: 'Actor', ...closed },
)
export type Actor = Static<typeof Actor>

/**
 * One numbered fact of a board. Exactly one of `activity`, `technician`, `order`, `board`, `removed` is there: the full new
 * state, put if its version is newer; or the id that left the board.
 */
export const BoardEvent = Type.Object(
  {
    seq: Type.Integer({ minimum: 1 }),
    type: Type.String(),
    at: InstantText,
    actor: Actor,
    commandId: Nullable(Type.String()),
    activity: Type.Optional(ActivityView),
    technician: Type.Optional(TechnicianView),
    order: Type.Optional(OrderView),
    board: Type.Optional(BoardPolicyView),
    removed: Type.Optional(Id),
    entity: Type.Optional(
      Type.Union([
        Type.Literal('activity'),
        Type.Literal('technician'),
        Type.Literal('order'),
        Type.Literal('board'),
      ]),
    ),
  },
  { $id: 'BoardEvent', ...closed },
)
export type BoardEvent = Static<typeof BoardEvent>

/** `orders` are the orders that the board's open activities belong to; fold them like activities. */
export const BoardSnapshot = Type.Object(
  {
    epoch: Type.String(),
    seq: Type.Integer({ minimum: 0 }),
    activities: Type.Array(ActivityView),
    technicians: Type.Array(TechnicianView),
    orders: Type.Array(OrderView),
  },
  { $id: 'BoardSnapshot', ...closed },
)
export type BoardSnapshot = Static<typeof BoardSnapshot>

export const BoardEvents = Type.Object(
  { epoch: Type.String(), head: Type.Integer({ minimum: 0 }), items: Type.Array(BoardEvent) },
  { $id: 'BoardEvents', ...closed },
)

export { activityHash, boardChecksum } from './checksum.ts'
