/**
 * The socket face of Callboard: namespace `/live` on the HTTP server (consistency.md 2.5, 2.8).
 *
 * No adapter, no rooms of Socket.IO, no connection recovery: clients carry their own position and can resume it on any
 * server. Here sockets are admitted, bounded and told apart; rooms (room.ts) send the boards.
 */
import { randomUUID } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import type { LiveBoards } from '../application/live-boards.ts'
import type { LiveMetrics, Report } from '../application/live-metrics.ts'
import { readNotice } from '../application/live-notices.ts'
import type { BoardTail } from '../application/tail-board.ts'
import { type Cut, type Knife, knifeOf } from '../contract/board-cut.ts'
import { NoticeKinds, type Subscribe } from '../contract/live.ts'
import { assertNever } from '../domain/assert-never.ts'
import { can } from '../domain/permission/permission.ts'
import type { LiveBus } from '../ports/board.ts'
import type { Inboxes, LiveGate, LiveSession, SecurityEvent } from '../ports/live.ts'
import { NAMESPACE } from './frame.ts'
import { createHandshake } from './handshake.ts'
import { createInboxDesk } from './inbox-desk.ts'
import { Link } from './link.ts'
import { Declined, listenTo } from './listen.ts'
import type { Said } from './messages.ts'
import { createPresence } from './presence.ts'
import { HEARTBEAT_MS, Room } from './room.ts'
import { Viewer } from './viewer.ts'
import { watchRights } from './watch-rights.ts'

export type LiveDeps = {
  readonly boards: LiveBoards
  readonly gate: LiveGate
  readonly inboxes: Inboxes
  readonly bus: LiveBus
  /** Exact origins whose pages may open sockets; empty means the host that was asked. */
  readonly origins: readonly string[]
  readonly metrics: LiveMetrics
  readonly report: Report
  /** Rights of someone changed: what is remembered of the session must be forgotten. */
  readonly onRevoked?: (who: { userId?: string; sessionId?: string }) => void
  /** True while new sockets should be turned away. */
  readonly overloaded?: () => boolean
  readonly limits?: Partial<LiveLimits>
}

export type LiveLimits = {
  readonly handshakesPerSecond: number
  readonly handshakeBurst: number
  readonly socketsMax: number
  readonly socketsPerSession: number
  readonly boardsPerSocket: number
  /** A socket that watches nothing is closed after this long. */
  readonly idleMs: number
}

const defaultLimits: LiveLimits = {
  handshakesPerSecond: 100,
  handshakeBurst: 1_000,
  socketsMax: 10_000,
  socketsPerSession: 1_500,
  boardsPerSocket: 50,
  idleMs: 20_000,
}

const TICK_MS = 500
/** Ticks in which every board has had its heartbeat. */
const LAG_TICKS = 5
const ADMISSION_MS = 5_000
const DRAIN_MS = 2_000

export type Live = {
  readonly io: Server
  /** Turns newcomers away and sends everyone elsewhere; takes at most two seconds. */
  drain(): Promise<void>
  close(): Promise<void>
}

export function attachLive(httpServer: HttpServer, deps: LiveDeps): Live {
  const { boards, gate, inboxes, bus, metrics, report } = deps
  const limits = { ...defaultLimits, ...deps.limits }
  const handshake = createHandshake({
    origins: deps.origins,
    perSecond: limits.handshakesPerSecond,
    burst: limits.handshakeBurst,
  })

  const io = new Server(httpServer, {
    serveClient: false,
    transports: ['websocket'],
    allowUpgrades: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: 16 * 1024,
    pingInterval: 5_000,
    pingTimeout: 5_000,
    connectTimeout: 10_000,
    allowRequest: (request, answer) => {
      const refusal = draining ? 'this server is going away' : handshake(request)
      answer(refusal, refusal === null)
    },
  })
  const namespace = io.of(NAMESPACE)
  // The default namespace exists whether one wants it or not; nobody has business there.
  io.use((_socket, next) => next(new Error('UNKNOWN_NAMESPACE')))

  let draining = false
  const links = new Map<Socket, Link>()
  const perSession = new Map<string, number>()
  const rooms = new Map<string, Room>()
  const viewersOf = new Map<Link, Map<string, Viewer>>()
  /** Subscriptions under way: the newest for a board wins, whatever the order in which they are answered. */
  const pending = new Map<Link, Map<string, symbol>>()

  const desk = createInboxDesk({ inboxes, report })
  boards.onMove(() => desk.stir())
  const presence = createPresence({
    process: randomUUID(),
    bus,
    changed: (board) => tellPresence(board),
  })

  // ------------------------------------------------------------ admission

  namespace.use((socket, next) => {
    admit(socket).then(
      () => next(),
      (error: unknown) => next(error instanceof Declined ? new Error(error.message) : new Error('BUSY')),
    )
  })

  const admit = async (socket: Socket): Promise<void> => {
    const { ticket } = socket.handshake.auth
    if (typeof ticket !== 'string' || ticket.length < 20 || ticket.length > 200) {
      throw new Declined('VALIDATION', 'UNAUTHENTICATED')
    }
    if (draining || links.size >= limits.socketsMax || deps.overloaded?.() === true)
      throw new Declined('BUSY', 'BUSY')
    await rights.begun
    const seen = rights.seen()
    if (seen === null) throw new Declined('BUSY', 'BUSY')
    const session = await within(ADMISSION_MS, gate.admit(ticket))
    if (!session) throw new Declined('VALIDATION', 'UNAUTHENTICATED')
    if ((perSession.get(session.sessionId) ?? 0) >= limits.socketsPerSession)
      throw new Declined('TOO_MANY', 'TOO_MANY')
    socket.data.session = session
    socket.data.seen = seen
  }

  namespace.on('connection', (socket) => {
    // Put there by the admission above, which every socket of this namespace has passed.
    const session = socket.data.session as LiveSession
    const link = new Link(socket, session, performance.now())
    links.set(socket, link)
    viewersOf.set(link, new Map())
    pending.set(link, new Map())
    perSession.set(session.sessionId, (perSession.get(session.sessionId) ?? 0) + 1)
    metrics.sockets(links.size)
    link.drained = () => {
      for (const [board, viewer] of viewersOf.get(link) ?? []) rooms.get(board)?.pump(viewer)
    }
    listenTo(link, { handle, report })
    socket.on('disconnect', () => forget(link))
    // A revocation may have passed between the admission's look and this line.
    if (rights.seen() !== socket.data.seen) void judge(link)
  })

  const forget = (link: Link): void => {
    links.delete(link.socket)
    for (const board of viewersOf.get(link)?.keys() ?? []) leave(link, board)
    viewersOf.delete(link)
    pending.delete(link)
    desk.close(link)
    const { sessionId } = link.session
    const left = (perSession.get(sessionId) ?? 1) - 1
    if (left > 0) perSession.set(sessionId, left)
    else perSession.delete(sessionId)
    metrics.sockets(links.size)
  }

  // ------------------------------------------------------------ messages

  const handle = async (link: Link, said: Said): Promise<void> => {
    switch (said.name) {
      case 'ack':
        acknowledge(link, said.payload)
        return
      case 'subscribe':
        await subscribe(link, said.payload)
        return
      case 'unsubscribe':
        pending.get(link)?.delete(said.payload.board)
        leave(link, said.payload.board)
        return
      case 'presence': {
        const { board, holding, looking } = said.payload
        if (!viewersOf.get(link)?.has(board)) throw new Declined('NOT_FOUND', 'subscribe to the board first')
        showPerson(link, board, holding ?? null, looking ?? null)
        return
      }
      case 'inbox':
        if (!(await desk.open(link, said.payload))) {
          throw new Declined('FORBIDDEN_ROLE', 'only technicians have an inbox')
        }
        return
      default:
        assertNever(said)
    }
  }

  const acknowledge = (link: Link, { board, seq }: { board: string; seq: number }): void => {
    const viewer = viewersOf.get(link)?.get(board)
    // It may have left the board a moment ago.
    if (!viewer) return
    if (!viewer.acknowledge(seq, performance.now())) {
      link.disconnect()
      return
    }
    rooms.get(board)?.pump(viewer)
  }

  // ------------------------------------------------------------ boards

  /** The part of a board someone may see of what was wished; throws when that is nothing. */
  const cutFor = (session: LiveSession, wish: Cut): Cut => {
    if (session.role === 'customer') throw new Declined('FORBIDDEN_ROLE', 'customers do not see boards')
    if (session.role !== 'technician') return wish
    if (session.technicianId === null) throw new Declined('FORBIDDEN_ROLE', 'this user is no technician')
    return { ...wish, technicianId: session.technicianId }
  }

  const mayWatch = ({ role }: LiveSession, tail: BoardTail): boolean =>
    tail.kind === 'board' || can(role, 'optimise')

  const wishOf = ({ teams, from, to }: Subscribe): Cut => ({
    ...(teams === undefined ? {} : { teams }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  })

  const wishes = new Map<Viewer, Cut>()

  const subscribe = async (link: Link, wish: Subscribe): Promise<void> => {
    const { board } = wish
    const mine = viewersOf.get(link)
    const waiting = pending.get(link)
    if (!mine || !waiting) return
    if (mine.size + waiting.size >= limits.boardsPerSocket && !mine.has(board)) {
      throw new Declined('TOO_MANY', `at most ${limits.boardsPerSocket} boards on one socket`)
    }
    const knife = knifeOf(cutFor(link.session, wishOf(wish)))
    if (wish.because === 'checksum') metrics.checksumMismatch()
    const token = Symbol(board)
    waiting.set(board, token)
    const { companyId } = link.session
    const tail = await boards.watch(companyId, board).finally(() => {
      // Superseded, unsubscribed or gone while the board was being opened: someone else's turn, or nobody's.
      if (waiting.get(board) === token) waiting.delete(board)
      else superseded.add(token)
    })
    if (!tail) throw new Declined('NOT_FOUND', 'there is no such board')
    if (!mayWatch(link.session, tail)) {
      superseded.delete(token)
      boards.unwatch(tail)
      throw new Declined('FORBIDDEN_ROLE', 'a fork is for those who plan')
    }
    if (superseded.delete(token) || !link.open || viewersOf.get(link) !== mine) {
      boards.unwatch(tail)
      return
    }
    leave(link, board)
    let room = rooms.get(board)
    if (!room || room.tail !== tail) {
      room = new Room(tail, { boards, metrics, report })
      rooms.set(board, room)
    }
    const viewer = new Viewer(link, knife, 0, performance.now())
    mine.set(board, viewer)
    wishes.set(viewer, wishOf(wish))
    metrics.subscriptions(wishes.size)
    if (knife.whole || link.session.role !== 'technician') showPerson(link, board, null, null)
    await room.enter(viewer, { epoch: wish.epoch, seq: wish.seq })
  }
  const superseded = new Set<symbol>()

  const leave = (link: Link, board: string): void => {
    const viewer = viewersOf.get(link)?.get(board)
    if (!viewer) return
    viewersOf.get(link)?.delete(board)
    wishes.delete(viewer)
    metrics.subscriptions(wishes.size)
    presence.remove(board, link.socket.id)
    const room = rooms.get(board)
    if (!room) return
    room.leave(viewer)
    boards.unwatch(room.tail)
    if (room.viewers.size > 0) return
    room.close()
    rooms.delete(board)
  }

  // ------------------------------------------------------------ people and notices

  const showPerson = (link: Link, board: string, holding: string | null, looking: string | null): void => {
    const { companyId, userId, name, role } = link.session
    // Technicians see their own work only, not who else is around.
    if (role === 'technician') return
    presence.put({ companyId, board }, link.socket.id, { userId, name, holding, looking })
  }

  const colleagues = function* (board: string): Generator<Link> {
    for (const viewer of rooms.get(board)?.viewers ?? []) {
      if (viewer.link.session.role !== 'technician' && !viewer.link.paused) yield viewer.link
    }
  }

  const tellPresence = (board: string): void => {
    if (!rooms.has(board)) return
    const frame = { board, people: presence.people(board) }
    for (const link of colleagues(board)) link.say('presence', frame)
  }

  bus.subscribe('notices', (text) => {
    const message = readNotice(text)
    if (message !== null && NoticeKinds.includes(message.notice.kind))
      deps.metrics.notice(message.notice.kind)
    if (!message) return
    const { companyId, notice } = message
    const told = new Set<Link>()
    for (const id of [notice.board, notice.forkId])
      if (id !== undefined && rooms.get(id)?.tail.companyId === companyId)
        for (const link of colleagues(id)) told.add(link)
    for (const link of told) link.say('notice', notice)
  })

  // ------------------------------------------------------------ rights

  const onSecurityEvent = ({ kind, companyId, userId, sessionId }: SecurityEvent): void => {
    deps.onRevoked?.({ userId, ...(sessionId === null ? {} : { sessionId }) })
    for (const link of [...links.values()]) {
      const { session } = link
      if (session.companyId !== companyId || session.userId !== userId) continue
      if (kind === 'session-revoked' && sessionId !== null && session.sessionId !== sessionId) continue
      if (kind === 'user-changed') void judge(link)
      else link.disconnect()
    }
  }

  /** Looks at someone's rights anew. Nothing is sent meanwhile; if they cannot be read, the socket is closed. */
  const judge = async (link: Link): Promise<void> => {
    link.paused = true
    try {
      const session = await within(ADMISSION_MS, gate.again(link.session))
      if (!session) {
        link.disconnect()
        return
      }
      const changed = session.permVersion !== link.session.permVersion
      link.session = session
      link.paused = false
      if (!changed) link.drained()
      else recutAll(link)
    } catch (error) {
      report('rights could not be read', error)
      link.disconnect()
    }
  }

  const recutAll = (link: Link): void => {
    if (link.session.technicianId === null) desk.close(link)
    for (const [board, viewer] of [...(viewersOf.get(link) ?? [])]) {
      let knife: Knife
      try {
        const tail = rooms.get(board)?.tail
        if (tail && !mayWatch(link.session, tail))
          throw new Declined('FORBIDDEN_ROLE', 'a fork is for those who plan')
        knife = knifeOf(cutFor(link.session, wishes.get(viewer) ?? {}))
      } catch (error) {
        const message = error instanceof Declined ? error.message : 'rights changed'
        leave(link, board)
        link.say('reset', { board, reason: 'rights' })
        link.say('error', { event: 'subscribe', code: 'FORBIDDEN_ROLE', message, board })
        continue
      }
      if (link.session.role === 'technician') presence.remove(board, link.socket.id)
      if (knife.key === viewer.knife.key) rooms.get(board)?.pump(viewer)
      else rooms.get(board)?.recut(viewer, knife)
    }
  }

  const rights = watchRights({ gate, report, changed: onSecurityEvent })

  // ------------------------------------------------------------ time passing

  let ticks = 0
  let lagMax = 0
  const ticker = setInterval(() => {
    ticks += 1
    const now = performance.now()
    const at = new Date()
    for (const room of rooms.values()) {
      if (now < room.heartbeatAt) continue
      // Each board counts from its own beginning, so that a thousand of them are not one long pause.
      room.heartbeatAt = now + HEARTBEAT_MS - TICK_MS / 2
      lagMax = Math.max(lagMax, room.heartbeat(at.toISOString()))
    }
    if (ticks % LAG_TICKS === 0) {
      metrics.lag(lagMax)
      lagMax = 0
    }
    if (ticks % 2 === 0) presence.tick(now)
    for (const link of [...links.values()]) {
      const idle = viewersOf.get(link)?.size === 0 && !desk.has(link) && now - link.openedAt > limits.idleMs
      if (idle || link.session.expiresAt < at.getTime()) link.disconnect()
    }
  }, TICK_MS)
  ticker.unref()

  const close = async (): Promise<void> => {
    draining = true
    clearInterval(ticker)
    rights.stop()
    desk.stop()
    presence.close()
    await within(DRAIN_MS, new Promise<void>((resolve) => void io.close(() => resolve()))).catch(
      (error: unknown) => report('sockets were slow to close', error),
    )
  }

  return {
    io,
    async drain() {
      draining = true
      // Closing the transport, not the namespace: a client whose namespace is closed by the server does not come back
      // by itself.
      for (const link of [...links.values()]) link.socket.conn.close()
    },
    close,
  }
}

/** Settles with the work, or fails after `ms`. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not answered within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
