/**
 * The AsyncAPI 3.0 document of namespace `/live`, made of the same schemas that check what clients say.
 *
 * Frames that only the server sends have their types in live.ts; their schemas are written here, beside their words.
 */
import { type TSchema, Type } from 'typebox'
import { ActivityView } from './activity.ts'
import { BoardEvent, TechnicianView } from './board.ts'
import { Id, InstantText, Nullable } from './common.ts'
import {
  Ack,
  InboxItem,
  InboxSubscribe,
  NoticeKinds,
  PresenceMessage,
  Subscribe,
  Unsubscribe,
} from './live.ts'
import { OrderView } from './order.ts'

type Message = { readonly name: string; readonly summary: string; readonly payload: TSchema }

const Epoch = Type.String({ description: 'Changes only when history may have been rewound' })
const Seq = Type.Integer({ minimum: 0 })
const Words = (words: readonly string[]) => Type.Union(words.map((word) => Type.Literal(word)))

const fromClient: readonly Message[] = [
  {
    name: 'subscribe',
    summary:
      'Watch a board, whole or cut, or a fork by its id. With `epoch` and `seq` it goes on after that number, on any server; without, or when that is not possible, a snapshot comes first. A position belongs to one cut: leave it out when the cut changes.',
    payload: Subscribe,
  },
  {
    name: 'ack',
    summary:
      'Everything up to `seq` has arrived. Cumulative, a few times a second at most; the server stops after 500 unacknowledged events or 256 KiB. Acknowledging more than was sent ends the connection.',
    payload: Ack,
  },
  { name: 'unsubscribe', summary: 'Stop watching a board.', payload: Unsubscribe },
  { name: 'presence', summary: 'What I hold or look at on a board that I watch.', payload: PresenceMessage },
  {
    name: 'inbox',
    summary:
      'Technicians: follow the own inbox. `seq` is the last entry this device has, `received` confirms entries for good. What is not confirmed is sent again.',
    payload: InboxSubscribe,
  },
]

const fromServer: readonly Message[] = [
  {
    name: 'snapshot',
    summary:
      'The board at `seq`, in `parts`; events from `seq + 1` follow the last part. Refuse one that is older than the own position in the same epoch, unless a `reset` came before it.',
    payload: Type.Object({
      board: Id,
      epoch: Epoch,
      seq: Seq,
      part: Type.Integer({ minimum: 1 }),
      parts: Type.Integer({ minimum: 1 }),
      activities: Type.Array(ActivityView),
      technicians: Type.Array(TechnicianView),
      orders: Type.Array(OrderView),
    }),
  },
  {
    name: 'events',
    summary:
      'What happened in `from..to`. The range has no hole even where items were left out for this viewer. Ends at or before the own position: drop. Begins later than the own position + 1: subscribe again with the own position.',
    payload: Type.Object({ board: Id, epoch: Epoch, from: Seq, to: Seq, items: Type.Array(BoardEvent) }),
  },
  {
    name: 'heartbeat',
    summary:
      'Every two seconds: the head of the board and, for the whole board, the checksum of its open activities at `head`. After six silent seconds show the board as stale and reconnect.',
    payload: Type.Object({
      board: Id,
      epoch: Epoch,
      head: Seq,
      at: InstantText,
      sum: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    }),
  },
  {
    name: 'reset',
    summary: 'What you have of this board is void: forget your position. A snapshot follows by itself.',
    payload: Type.Object({ board: Id, reason: Words(['epoch', 'ahead', 'behind', 'rights', 'retry']) }),
  },
  {
    name: 'presence',
    summary: 'Who is on the board and what they hold. A courtesy, never a lock.',
    payload: Type.Object({
      board: Id,
      people: Type.Array(
        Type.Object({ userId: Id, name: Type.String(), holding: Nullable(Id), looking: Nullable(Id) }),
      ),
    }),
  },
  {
    name: 'notice',
    summary: 'A nudge about something that can be read over HTTP; delivered at most once.',
    payload: Type.Object({
      board: Id,
      kind: Words(NoticeKinds),
      at: InstantText,
      orderId: Type.Optional(Id),
      activityId: Type.Optional(Id),
      target: Type.Optional(Type.String()),
      percent: Type.Optional(Type.Number()),
      dueAt: Type.Optional(Nullable(InstantText)),
      optimisationId: Type.Optional(Id),
      proposalId: Type.Optional(Id),
      forkId: Type.Optional(Id),
      status: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
    }),
  },
  {
    name: 'inbox',
    summary:
      'Entries `from..to` of the own inbox, without a hole. Sent again until confirmed: tell repeats by number. Another epoch: begin anew.',
    payload: Type.Object({ epoch: Epoch, from: Seq, to: Seq, items: Type.Array(InboxItem) }),
  },
  {
    name: 'error',
    summary: 'A message was refused. An acknowledgement callback gets the same with `ok: false`.',
    payload: Type.Object({
      event: Type.String(),
      code: Words(['VALIDATION', 'NOT_FOUND', 'FORBIDDEN_ROLE', 'TOO_MANY', 'BUSY']),
      message: Type.String(),
      board: Type.Optional(Id),
    }),
  },
]

export function asyncApiDocument({ version }: { version: string }): object {
  const schemas: Record<string, unknown> = {}
  const message = (side: string, { name, summary, payload }: Message): [string, object] => [
    `${side}-${name}`,
    { name, summary, contentType: 'application/json', payload: shared(payload, schemas) },
  ]
  const said = fromClient.map((entry) => message('client', entry))
  const told = fromServer.map((entry) => message('server', entry))
  const refs = (entries: readonly [string, object][]) =>
    entries.map(([key]) => ({ $ref: `#/channels/live/messages/${key}` }))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Callboard live board',
      version,
      description:
        'Socket.IO 4, namespace `/live`, WebSocket only. Connect with `auth: {ticket}`; `POST /api/v1/socket-tickets` gives a ticket that works once within 30 seconds. The name of a message is its Socket.IO event.',
    },
    defaultContentType: 'application/json',
    servers: { here: { host: 'localhost', protocol: 'socket.io', pathname: '/socket.io/' } },
    channels: {
      live: { address: '/live', messages: Object.fromEntries([...said, ...told]) },
    },
    operations: {
      say: { action: 'receive', channel: { $ref: '#/channels/live' }, messages: refs(said) },
      tell: { action: 'send', channel: { $ref: '#/channels/live' }, messages: refs(told) },
    },
    components: { schemas },
  }
}

/** The schema with every named one inside it moved to the shared components. */
function shared(schema: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((entry) => shared(entry, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema)
  const id = '$id' in schema && typeof schema.$id === 'string' ? schema.$id : null
  const inside = (): object =>
    Object.fromEntries(
      entries.filter(([key]) => key !== '$id').map(([key, value]) => [key, shared(value, schemas)]),
    )
  if (id === null) return inside()
  if (!(id in schemas)) {
    // Named before its insides are walked, so that a schema that uses itself ends.
    schemas[id] = {}
    schemas[id] = inside()
  }
  return { $ref: `#/components/schemas/${id}` }
}
