/**
 * A client that keeps the rules of the live protocol strictly, and notes whatever breaks them: what it has applied must be the log,
 * without a hole, a repeat or a change of order.
 */
import { io as connect, type Socket } from 'socket.io-client'
import type { ActivityView } from '../../contract/activity.ts'
import { type BoardEvent, type BoardSnapshot, boardChecksum } from '../../contract/board.ts'
import type { Cut } from '../../contract/board-cut.ts'
import type {
  ErrorFrame,
  EventsFrame,
  HeartbeatFrame,
  InboxFrame,
  NoticeFrame,
  PresenceFrame,
  ResetFrame,
  SnapshotFrame,
} from '../../contract/live.ts'
import { headOf, ticketFor, type User } from './company.ts'
import type { Node } from './node.ts'

export class Client {
  readonly socket: Socket
  readonly errors: ErrorFrame[] = []
  readonly resets: ResetFrame[] = []
  readonly heartbeats: HeartbeatFrame[] = []
  readonly notices: NoticeFrame[] = []
  readonly inbox: InboxFrame[] = []
  readonly violations: string[] = []
  readonly frames: EventsFrame[] = []
  presence: PresenceFrame | null = null
  epoch: string | undefined
  seq: number | undefined
  snapshots = 0
  acks = true
  readonly activities = new Map<string, ActivityView>()
  readonly orders = new Map<string, BoardSnapshot['orders'][number]>()
  readonly technicians = new Map<string, BoardSnapshot['technicians'][number]>()
  readonly applied: BoardEvent[] = []
  readonly board: string
  #parts: SnapshotFrame[] = []

  constructor(url: string, board: string, ticket: string, headers: Record<string, string> = {}) {
    this.board = board
    this.socket = connect(`${url}/live`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { ticket },
      extraHeaders: headers,
    })
    this.socket.on('snapshot', (frame: SnapshotFrame) => this.#onSnapshot(frame))
    this.socket.on('events', (frame: EventsFrame) => this.#onEvents(frame))
    this.socket.on('heartbeat', (frame: HeartbeatFrame) => this.#onHeartbeat(frame))
    this.socket.on('reset', (frame: ResetFrame) => {
      this.resets.push(frame)
      this.epoch = undefined
      this.seq = undefined
      this.#parts = []
    })
    this.socket.on('error', (frame: ErrorFrame) => this.errors.push(frame))
    this.socket.on('notice', (frame: NoticeFrame) => this.notices.push(frame))
    this.socket.on('inbox', (frame: InboxFrame) => this.inbox.push(frame))
    this.socket.on('presence', (frame: PresenceFrame) => {
      this.presence = frame
    })
    clients.push(this)
  }

  async connected(): Promise<this> {
    if (this.socket.connected) return this
    await new Promise<void>((resolve, reject) => {
      this.socket.once('connect', resolve)
      this.socket.once('connect_error', reject)
    })
    return this
  }

  subscribe(more: Cut & { epoch?: unknown; seq?: unknown } = {}): void {
    this.socket.emit('subscribe', { board: this.board, ...more })
  }

  resume(more: Cut = {}): void {
    this.subscribe({ ...more, epoch: this.epoch, seq: this.seq })
  }

  /** Takes over what another client of the same person had. */
  inherit(from: Client): this {
    this.epoch = from.epoch
    this.seq = from.seq
    for (const [id, a] of from.activities) this.activities.set(id, a)
    for (const [id, o] of from.orders) this.orders.set(id, o)
    for (const [id, t] of from.technicians) this.technicians.set(id, t)
    return this
  }

  #onSnapshot(frame: SnapshotFrame): void {
    if (this.epoch === frame.epoch && this.seq !== undefined && frame.seq < this.seq) {
      this.violations.push(`snapshot at ${frame.seq} while at ${this.seq}`)
      return
    }
    if (frame.part !== this.#parts.length + 1)
      this.violations.push(`part ${frame.part} after ${this.#parts.length}`)
    this.#parts.push(frame)
    if (frame.part < frame.parts) return
    this.activities.clear()
    this.orders.clear()
    this.technicians.clear()
    this.applied.length = 0
    for (const part of this.#parts) {
      for (const a of part.activities) this.activities.set(a.id, a)
      for (const o of part.orders) this.orders.set(o.id, o)
      for (const t of part.technicians) this.technicians.set(t.id, t)
    }
    this.#parts = []
    this.snapshots += 1
    this.epoch = frame.epoch
    this.seq = frame.seq
  }

  #onEvents(frame: EventsFrame): void {
    this.frames.push(frame)
    if (frame.epoch !== this.epoch || this.seq === undefined) {
      this.violations.push(`events of ${frame.epoch} while at ${this.epoch} ${this.seq}`)
      return
    }
    if (frame.from !== this.seq + 1) this.violations.push(`events from ${frame.from} while at ${this.seq}`)
    if (frame.to < frame.from) this.violations.push(`events ${frame.from}..${frame.to}`)
    let last = frame.from
    for (const item of frame.items) {
      if (item.seq < last || item.seq > frame.to)
        this.violations.push(`item ${item.seq} in ${frame.from}..${frame.to}`)
      last = item.seq
      this.#fold(item)
      this.applied.push(item)
    }
    this.seq = frame.to
    if (this.acks) this.socket.emit('ack', { board: this.board, seq: this.seq })
  }

  #fold({ activity, order, technician, removed, entity }: BoardEvent): void {
    if (activity) {
      if (activity.state === 'closed') this.activities.delete(activity.id)
      else this.activities.set(activity.id, activity)
    }
    if (order) this.orders.set(order.id, order)
    if (technician) this.technicians.set(technician.id, technician)
    if (removed !== undefined) {
      if (entity === 'technician') this.technicians.delete(removed)
      else if (entity === 'order') this.orders.delete(removed)
      else this.activities.delete(removed)
    }
  }

  #onHeartbeat(frame: HeartbeatFrame): void {
    this.heartbeats.push(frame)
    if (frame.sum === undefined || frame.epoch !== this.epoch || frame.head !== this.seq) return
    const own = boardChecksum(this.activities.values())
    if (own !== frame.sum) this.violations.push(`sum ${own} instead of ${frame.sum} at ${frame.head}`)
  }

  close(): void {
    this.socket.disconnect()
  }
}

export const clients: Client[] = []

export async function clientOf(node: Node, user: User, board: string): Promise<Client> {
  return new Client(node.url, board, await ticketFor(user)).connected()
}

export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 8_000,
): Promise<void> {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export const caughtUp = async (client: Client): Promise<void> => {
  const { epoch, seq } = await headOf(client.board)
  await until(`client at ${seq}`, () => client.epoch === epoch && client.seq === seq)
}
