/**
 * Follows one board over the socket, for our own tools: keeps its records and tells of each event once, in order.
 *
 * It resumes where it was after any cut, on the next address in turn, and treats a gap as a reason to subscribe again,
 * exactly as the browser does (consistency.md 2.5).
 */
import { io, type Socket } from 'socket.io-client'
import type { ActivityView } from '../contract/activity.ts'
import type { BoardEvent, TechnicianView } from '../contract/board.ts'
import type { EventsFrame, HeartbeatFrame, ResetFrame, SnapshotFrame } from '../contract/live.ts'
import type { OrderView } from '../contract/order.ts'
import type { Client } from './client.ts'

export type BoardFollower = {
  readonly activities: ReadonlyMap<string, ActivityView>
  readonly orders: ReadonlyMap<string, OrderView>
  readonly technicians: ReadonlyMap<string, TechnicianView>
  /** Number of the last event it has seen. */
  head(): number
  /** Resolves when the follower has seen this number; rejects after the time is up. */
  reached(seq: number, withinMs: number): Promise<void>
  close(): void
}

const RETRY_MS = 300
/** Heartbeats come every two seconds; a line that is silent for this long is dead. */
const SILENT_MS = 8_000

export function followBoard(
  client: Client,
  boardId: string,
  onEvent: (event: BoardEvent, receivedAt: number) => void,
): BoardFollower {
  const activities = new Map<string, ActivityView>()
  const orders = new Map<string, OrderView>()
  const technicians = new Map<string, TechnicianView>()
  let epoch: string | undefined
  let seq: number | undefined
  let socket: Socket | undefined
  let closed = false
  let turn = 0
  let heardAt = performance.now()
  let retry: NodeJS.Timeout | undefined
  const waiting = new Set<{ seq: number; done: () => void }>()

  const put = <T extends { id: string; version: number }>(map: Map<string, T>, item: T): void => {
    const known = map.get(item.id)
    if (!known || known.version <= item.version) map.set(item.id, item)
  }
  const moved = (to: number): void => {
    seq = to
    for (const wait of waiting) if (wait.seq <= to) wait.done()
  }
  const fold = (event: BoardEvent): void => {
    if (event.activity) put(activities, event.activity)
    if (event.order) put(orders, event.order)
    if (event.technician) put(technicians, event.technician)
    if (event.removed !== undefined) activities.delete(event.removed)
  }

  const later = (): void => {
    if (closed || retry !== undefined) return
    retry = setTimeout(() => {
      retry = undefined
      connect().catch(later)
    }, RETRY_MS)
  }

  async function connect(): Promise<void> {
    socket?.disconnect()
    const answer = await client.send('POST', '/socket-tickets', { withinMs: 10_000 })
    if (closed) return
    const { ticket } = answer.body as { ticket: string }
    const url = client.urls[turn++ % client.urls.length]
    const fresh = io(`${url}/live`, {
      transports: ['websocket'],
      auth: { ticket },
      reconnection: false,
      forceNew: true,
      timeout: 5_000,
    })
    socket = fresh
    heardAt = performance.now()
    const subscribe = (): void => {
      fresh.emit('subscribe', {
        board: boardId,
        ...(epoch === undefined ? {} : { epoch }),
        ...(seq === undefined ? {} : { seq }),
      })
    }
    fresh.on('connect', subscribe)
    fresh.on('connect_error', later)
    fresh.on('disconnect', () => {
      if (socket === fresh) later()
    })
    fresh.on('snapshot', (frame: SnapshotFrame) => {
      heardAt = performance.now()
      if (frame.part === 1 || frame.epoch !== epoch) {
        activities.clear()
        orders.clear()
        technicians.clear()
      }
      for (const item of frame.activities) put(activities, item)
      for (const item of frame.orders) put(orders, item)
      for (const item of frame.technicians) put(technicians, item)
      epoch = frame.epoch
      if (frame.part < frame.parts) return
      moved(frame.seq)
      fresh.emit('ack', { board: boardId, seq: frame.seq })
    })
    fresh.on('events', (frame: EventsFrame) => {
      heardAt = performance.now()
      if (seq === undefined || frame.epoch !== epoch || frame.from > seq + 1) return subscribe()
      if (frame.to <= seq) return
      for (const event of frame.items) {
        if (event.seq <= seq) continue
        fold(event)
        onEvent(event, heardAt)
      }
      moved(frame.to)
      fresh.emit('ack', { board: boardId, seq: frame.to })
    })
    fresh.on('heartbeat', (frame: HeartbeatFrame) => {
      heardAt = performance.now()
      // Behind for longer than a heartbeat: something was lost on the way.
      if (seq !== undefined && frame.board === boardId && frame.epoch !== epoch) subscribe()
    })
    fresh.on('reset', (_frame: ResetFrame) => {
      seq = undefined
      epoch = undefined
      subscribe()
    })
  }
  connect().catch(later)
  const watchdog = setInterval(() => {
    if (performance.now() - heardAt > SILENT_MS) later()
  }, 1_000)

  return {
    activities,
    orders,
    technicians,
    head: () => seq ?? 0,
    reached(wanted, withinMs) {
      if (seq !== undefined && seq >= wanted) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const wait = {
          seq: wanted,
          done: () => {
            clearTimeout(timer)
            waiting.delete(wait)
            resolve()
          },
        }
        const timer = setTimeout(() => {
          waiting.delete(wait)
          reject(
            new Error(
              `the board did not reach ${wanted} within ${withinMs} ms; it is at ${seq ?? 'nothing'}`,
            ),
          )
        }, withinMs)
        waiting.add(wait)
      })
    },
    close() {
      closed = true
      clearTimeout(retry)
      clearInterval(watchdog)
      socket?.disconnect()
    },
  }
}
