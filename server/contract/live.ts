/**
 * Socket messages of namespace `/live` (consistency.md 2.5 gives the rules).
 *
 * Client to server: `subscribe`, `ack`, `unsubscribe`, `presence`; technicians `inbox`.
 * Server to client: `snapshot`, `events`, `heartbeat`, `reset`, `presence`, `notice`, `position`, `inbox`.
 */
import { type Static, Type } from 'typebox'
import { ActivityView } from './activity.ts'
import type { BoardEvent, TechnicianView } from './board.ts'
import { closed, Id, InstantText, Nullable } from './common.ts'
import { OrderView } from './order.ts'

export const Subscribe = Type.Object(
  {
    board: Id,
    epoch: Type.Optional(Type.String({ maxLength: 60 })),
    seq: Type.Optional(Type.Integer({ minimum: 0 })),
    teams: Type.Optional(Type.Array(Id, { maxItems: 200 })),
    from: Type.Optional(InstantText),
    to: Type.Optional(InstantText),
    /** Said when a snapshot is asked for because the checksum differed, so that it is counted. */
    because: Type.Optional(Type.Literal('checksum')),
  },
  closed,
)
export type Subscribe = Static<typeof Subscribe>
export const Ack = Type.Object({ board: Id, seq: Type.Integer({ minimum: 0 }) }, closed)
export const Unsubscribe = Type.Object({ board: Id }, closed)
export const PresenceMessage = Type.Object(
  { board: Id, holding: Type.Optional(Nullable(Id)), looking: Type.Optional(Nullable(Id)) },
  closed,
)
export const InboxSubscribe = Type.Object(
  {
    epoch: Type.Optional(Type.String({ maxLength: 60 })),
    seq: Type.Optional(Type.Integer({ minimum: 0 })),
    received: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
)

export type SnapshotFrame = {
  board: string
  epoch: string
  seq: number
  part: number
  parts: number
  activities: ActivityView[]
  technicians: TechnicianView[]
  orders: OrderView[]
}
/** `from..to` is contiguous even where items were left out for this viewer. */
export type EventsFrame = { board: string; epoch: string; from: number; to: number; items: BoardEvent[] }
export type HeartbeatFrame = { board: string; epoch: string; head: number; at: string; sum?: number }
/** What a message was refused for; an acknowledgement callback gets the same with `ok: false`. */
export type ErrorFrame = {
  event: string
  code: 'VALIDATION' | 'NOT_FOUND' | 'FORBIDDEN_ROLE' | 'TOO_MANY' | 'BUSY'
  message: string
  board?: string
}
export type ResetFrame = { board: string; reason: string }
export type PresenceFrame = {
  board: string
  people: { userId: string; name: string; holding: string | null; looking: string | null }[]
}

export const NoticeKinds = [
  'sla-warning',
  'sla-breach',
  'optimisation',
  'proposal',
  'import',
  'travel-fallback',
  'fork',
  'duty',
] as const
export type NoticeFrame = {
  board: string
  kind: (typeof NoticeKinds)[number]
  at: string
  orderId?: string
  activityId?: string
  target?: string
  percent?: number
  dueAt?: string | null
  optimisationId?: string
  proposalId?: string
  forkId?: string
  status?: string
  message?: string
}

/** One entry of a technician's inbox: what became of one of his or her activities. */
export const InboxItem = Type.Object(
  {
    seq: Type.Integer({ minimum: 1 }),
    kind: Type.Union([Type.Literal('assigned'), Type.Literal('changed'), Type.Literal('removed')]),
    at: InstantText,
    activityId: Id,
    activityVersion: Type.Integer(),
    activity: Nullable(ActivityView),
    order: Nullable(OrderView),
  },
  { $id: 'InboxItem', ...closed },
)
export type InboxItem = Static<typeof InboxItem>
export type InboxFrame = { epoch: string; from: number; to: number; items: InboxItem[] }

export const SocketTicketAnswer = Type.Object(
  { ticket: Type.String(), expiresAt: InstantText },
  { $id: 'SocketTicket', ...closed },
)
