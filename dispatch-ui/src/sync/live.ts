/**
 * Follows boards and the inbox over the socket.
 *
 * Opens with a single-use ticket, resumes from its own position on whichever server answers, acknowledges what it has
 * taken, and always knows how old its knowledge is. Socket.IO's own recovery is not used: positions are ours.
 */
import { io, type Socket } from 'socket.io-client'
import type {
  ErrorFrame,
  EventsFrame,
  HeartbeatFrame,
  InboxFrame,
  NoticeFrame,
  PresenceFrame,
  SnapshotFrame,
} from '../../../server/contract/live.ts'
import { isSnapshotWelcome, judgeFrame, type Position } from '../model/position.ts'
import { ask, Refusal } from './api.ts'

export type LinkState = 'live' | 'catching-up' | 'stale' | 'offline'

export type BoardListener = {
  /** A whole new state; replaces everything known of this board. */
  snapshot(state: Pick<SnapshotFrame, 'epoch' | 'seq' | 'activities' | 'technicians' | 'orders'>): void
  /** Items that join on, in order. */
  events(items: EventsFrame['items'], at: Position): void
  /** The checksum of the board at `head`, when the server sent one; answer false on a mismatch. */
  verify?(sum: number, head: number): boolean
  presence?(frame: PresenceFrame): void
  /** There is no such board, or not for this person: it is followed no longer. Who does not say so is asked for again. */
  gone?(): void
}

export type InboxListener = { items(frame: InboxFrame): void; position(): Position | null }

type Followed = {
  listener: BoardListener
  at: Position | null
  parts: SnapshotFrame[]
  acked: number
  head: number
}

const STALE_MS = 6_000
const REFUSED_WAIT_MS = 1_500
/** The window is hundreds of events wide, so a word a second is enough; a flood is answered sooner. */
const ACK_EVERY_MS = 1_000
const ACK_AT_EVENTS = 100

export class Link {
  #socket: Socket | null = null
  readonly #boards = new Map<string, Followed>()
  #inbox: InboxListener | null = null
  #heardAt = 0
  /** A link that never came up is as silent as one that broke. */
  readonly #startedAt = Date.now()
  #state: LinkState = 'catching-up'
  #tries = 0
  #closed = false
  #ackTimer: ReturnType<typeof setTimeout> | null = null
  readonly #onState: (state: LinkState, heardAt: number) => void
  readonly #onNotice: (notice: NoticeFrame) => void

  constructor(on: { state(state: LinkState, heardAt: number): void; notice?(notice: NoticeFrame): void }) {
    this.#onState = on.state
    this.#onNotice = on.notice ?? (() => undefined)
    setInterval(() => this.#look(), 500)
    // A hidden tab's timers sleep; what it missed shows as soon as it is looked at.
    document.addEventListener('visibilitychange', () => this.#look())
    window.addEventListener('online', () => void this.#connect())
    window.addEventListener('offline', () => this.#set('offline'))
    void this.#connect()
  }

  /** Follows a board from a position (taken over HTTP) or from a snapshot on the socket. */
  follow(board: string, at: Position | null, listener: BoardListener): void {
    this.#boards.set(board, { listener, at, parts: [], acked: at?.seq ?? 0, head: at?.seq ?? 0 })
    this.#subscribe(board)
  }

  unfollow(board: string): void {
    this.#boards.delete(board)
    this.#socket?.emit('unsubscribe', { board })
    // Nobody waits for it any more.
    if (this.#state === 'catching-up' && this.#socket?.connected) this.#settle()
  }

  followInbox(listener: InboxListener): void {
    this.#inbox = listener
    this.#subscribeInbox()
  }

  acknowledgeInbox(received: number): void {
    const at = this.#inbox?.position()
    this.#socket?.emit('inbox', { ...(at ? { epoch: at.epoch, seq: at.seq } : {}), received })
  }

  presence(board: string, what: { holding?: string | null; looking?: string | null }): void {
    if (this.#state === 'live') this.#socket?.emit('presence', { board, ...what })
  }

  position(board: string): Position | null {
    return this.#boards.get(board)?.at ?? null
  }

  close(): void {
    this.#closed = true
    this.#socket?.disconnect()
  }

  async #connect(): Promise<void> {
    if (this.#closed || this.#socket !== null) return
    let ticket: string
    try {
      ticket = (await ask<{ ticket: string }>('POST', '/socket-tickets', { body: {}, tries: 1 })).value.ticket
    } catch (error) {
      if (error instanceof Refusal && error.problem.status === 401) {
        location.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`
        return
      }
      this.#again()
      return
    }
    if (this.#socket !== null) return
    const socket = io('/live', {
      transports: ['websocket'],
      auth: { ticket },
      reconnection: false,
      timeout: 8_000,
    })
    this.#socket = socket
    socket.on('connect', () => {
      this.#tries = 0
      this.#heard()
      this.#set('catching-up')
      for (const board of this.#boards.keys()) this.#subscribe(board)
      this.#subscribeInbox()
    })
    socket.on('snapshot', (frame: SnapshotFrame) => this.#snapshot(frame))
    socket.on('events', (frame: EventsFrame) => this.#events(frame))
    socket.on('heartbeat', (frame: HeartbeatFrame) => this.#heartbeat(frame))
    socket.on('reset', ({ board }: { board: string }) => {
      this.#heard()
      const followed = this.#boards.get(board)
      // The server sends a fresh snapshot by itself; until it is whole, the old board stays, marked as catching up. The
      // old position is void: the new one may even be lower.
      if (followed) {
        followed.parts = []
        followed.at = null
        followed.acked = 0
      }
      this.#set('catching-up')
    })
    socket.on('presence', (frame: PresenceFrame) => this.#boards.get(frame.board)?.listener.presence?.(frame))
    socket.on('notice', (notice: NoticeFrame) => this.#onNotice(notice))
    socket.on('inbox', (frame: InboxFrame) => {
      this.#heard()
      this.#inbox?.items(frame)
      if (this.#boards.size === 0) this.#set('live')
    })
    socket.on('error', ({ event, board, code }: ErrorFrame) => {
      const isGone = code === 'NOT_FOUND' || code === 'FORBIDDEN_ROLE'
      const listener = this.#boards.get(board ?? '')?.listener
      if (event === 'subscribe' && board !== undefined && isGone && listener?.gone) {
        this.#boards.delete(board)
        listener.gone()
        this.#settle()
        return
      }
      // Refused because of too many or too busy: ask again, later and not all at once.
      if (event === 'subscribe' && board !== undefined)
        setTimeout(() => this.#subscribe(board), REFUSED_WAIT_MS * (1 + Math.random()))
    })
    socket.on('disconnect', () => this.#lost())
    socket.on('connect_error', () => this.#lost())
  }

  #lost(): void {
    this.#socket?.removeAllListeners()
    this.#socket?.disconnect()
    this.#socket = null
    if (!navigator.onLine) this.#set('offline')
    else if (this.#state === 'live') this.#set('catching-up')
    this.#again()
  }

  /** Full jitter between 0.2 and 5 seconds, so that a restarted server is not met by everyone at once. */
  #again(): void {
    if (this.#closed) return
    const ceiling = Math.min(5_000, 300 * 2 ** this.#tries++)
    setTimeout(() => void this.#connect(), 200 + Math.random() * ceiling)
  }

  #subscribe(board: string): void {
    const followed = this.#boards.get(board)
    if (!followed || !this.#socket?.connected) return
    followed.parts = []
    this.#socket.emit('subscribe', { board, ...(followed.at ?? {}) })
  }

  #subscribeInbox(): void {
    if (!this.#inbox || !this.#socket?.connected) return
    const at = this.#inbox.position()
    this.#socket.emit('inbox', at ? { epoch: at.epoch, seq: at.seq } : {})
  }

  #snapshot(frame: SnapshotFrame): void {
    this.#heard()
    const followed = this.#boards.get(frame.board)
    if (!followed) return
    if (frame.part === 1 || frame.seq !== followed.parts[0]?.seq) followed.parts = []
    followed.parts.push(frame)
    if (followed.parts.length < frame.parts) {
      this.#set('catching-up')
      return
    }
    const parts = followed.parts
    followed.parts = []
    const at = { epoch: frame.epoch, seq: frame.seq }
    if (!isSnapshotWelcome(followed.at, at)) return
    followed.at = at
    followed.head = Math.max(frame.seq, followed.head)
    followed.listener.snapshot({
      ...at,
      activities: parts.flatMap((part) => part.activities),
      technicians: parts.flatMap((part) => part.technicians),
      orders: parts.flatMap((part) => part.orders),
    })
    this.#acknowledge()
    this.#settle()
  }

  #events(frame: EventsFrame): void {
    this.#heard()
    const followed = this.#boards.get(frame.board)
    if (!followed) return
    const verdict = judgeFrame(followed.at, frame)
    if (verdict.take === 'nothing') return
    if (verdict.take === 'resume' || verdict.take === 'afresh') {
      if (verdict.take === 'afresh') followed.at = null
      this.#subscribe(frame.board)
      return
    }
    const at = { epoch: frame.epoch, seq: frame.to }
    followed.at = at
    followed.head = Math.max(followed.head, frame.to)
    followed.listener.events(
      frame.items.filter((item) => item.seq >= verdict.seq),
      at,
    )
    this.#acknowledge()
    this.#settle()
  }

  #heartbeat(frame: HeartbeatFrame): void {
    this.#heard()
    const followed = this.#boards.get(frame.board)
    if (!followed) return
    followed.head = frame.head
    const { at, listener } = followed
    if (at && at.epoch === frame.epoch && at.seq === frame.head && frame.sum !== undefined) {
      if (listener.verify?.(frame.sum, frame.head) === false) {
        // A board that differs in silence is the one thing that must not last: start afresh, and say why.
        followed.at = null
        this.#socket?.emit('subscribe', { board: frame.board, because: 'checksum' })
        return
      }
    }
    this.#acknowledge()
    this.#settle()
  }

  #acknowledge(): void {
    const isFlood = [...this.#boards.values()].some((f) => (f.at?.seq ?? 0) - f.acked >= ACK_AT_EVENTS)
    if (isFlood) this.#sendAcks()
    else this.#ackTimer ??= setTimeout(() => this.#sendAcks(), ACK_EVERY_MS)
  }

  #sendAcks(): void {
    if (this.#ackTimer !== null) clearTimeout(this.#ackTimer)
    this.#ackTimer = null
    for (const [board, followed] of this.#boards) {
      const seq = followed.at?.seq ?? 0
      if (seq <= followed.acked || !this.#socket?.connected) continue
      followed.acked = seq
      this.#socket.emit('ack', { board, seq })
    }
  }

  #settle(): void {
    const isCaughtUp = [...this.#boards.values()].every((f) => f.at !== null && f.at.seq >= f.head)
    this.#set(isCaughtUp ? 'live' : 'catching-up')
  }

  #heard(): void {
    this.#heardAt = Date.now()
  }

  #look(): void {
    if (!navigator.onLine) this.#set('offline')
    else if (Date.now() - Math.max(this.#heardAt, this.#startedAt) > STALE_MS) {
      this.#set('stale')
      // The line may be half open: nothing will ever come on it. Take another.
      if (this.#socket?.connected) this.#lost()
    } else this.#onState(this.#state, this.#heardAt)
  }

  #set(state: LinkState): void {
    this.#state = state
    this.#onState(state, this.#heardAt)
  }
}
