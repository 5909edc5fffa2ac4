/**
 * A client of `/live` in plain WebSocket: k6 knows no Socket.IO, so the few packets that matter are written here.
 *
 * Engine.IO 4 over WebSocket: `0` open, `2` ping, `3` pong, `4` message. Socket.IO 5 inside a message: `0` connect,
 * `2` event, `4` connect error, each followed by the namespace and a comma.
 */
import { WebSocket } from 'k6/websockets'
import type { BoardEvent } from '../../server/contract/board.ts'

export type Frames = {
  onSnapshot?: (frame: { seq: number; part: number; parts: number; activities: unknown[] }) => void
  onEvents?: (frame: { from: number; to: number; items: BoardEvent[] }, bytes: number) => void
  onOpen?: () => void
  onClose?: () => void
}

export type LiveClient = { emit(event: string, payload: unknown): void; close(): void }

/** Connects with a ticket and follows one board, acknowledging what arrives. */
export function follow(
  url: string,
  ticket: string,
  subscribe: { board: string; epoch?: string; seq?: number },
  frames: Frames,
): LiveClient {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const emit = (event: string, payload: unknown): void =>
    socket.send(`42/live,${JSON.stringify([event, payload])}`)
  let acked = 0
  let owed = 0
  let ackAt = 0
  const acknowledge = (seq: number): void => {
    owed = Math.max(owed, seq)
    // Cumulative, so ten a second are enough however many frames come.
    if (Date.now() - ackAt < 100 || owed === acked) return
    ackAt = Date.now()
    acked = owed
    emit('ack', { board: subscribe.board, seq: acked })
  }
  socket.onmessage = (message?: { data: unknown }) => {
    const text = String(message?.data ?? '')
    if (text === '2') {
      socket.send('3')
      // Whatever was held back goes with the heartbeat.
      ackAt = 0
      acknowledge(owed)
    } else if (text.startsWith('0')) socket.send(`40/live,${JSON.stringify({ ticket })}`)
    else if (text.startsWith('40/live,')) {
      emit('subscribe', subscribe)
      frames.onOpen?.()
    } else if (text.startsWith('42/live,')) {
      const [event, payload] = JSON.parse(text.slice(8)) as [string, never]
      const frame = payload as { board: string; seq: number; from: number; to: number; head: number }
      if (event === 'events') {
        frames.onEvents?.(payload, text.length)
        acknowledge(frame.to)
      } else if (event === 'snapshot') {
        frames.onSnapshot?.(payload)
        acknowledge(frame.seq)
      } else if (event === 'heartbeat') acknowledge(owed)
    }
  }
  socket.onclose = () => frames.onClose?.()
  return { emit, close: () => socket.close() }
}
