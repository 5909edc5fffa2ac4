/**
 * One socket: who is on it, what it watches, and how much is on its way to it.
 *
 * Bytes count as on their way until the operating system has taken them. That covers Engine.IO's write buffer as well
 * as the WebSocket's own, so a reader that stalls is seen here and nowhere else needs to look.
 */
import type { Socket } from 'socket.io'
import type { LiveSession } from '../ports/live.ts'
import type { Frame } from './frame.ts'

/** Beyond this nothing more is written; only places in the numbers lag. */
export const IN_FLIGHT_MAX = 256 * 1024

/**
 * The WebSocket below Engine.IO, as far as it takes finished frames. Handing them over directly spares each delivery
 * eight events that nobody listens to, about a third of its cost. Frames are whole and compression is off, so they
 * may stand between Engine.IO's own without harm, and keep their order among themselves.
 */
type Line = {
  readonly readyState: number
  readonly OPEN: number
  readonly _sender: { sendFrame(list: readonly [Buffer], sent: () => void): void }
}

/** Null when a later version is built otherwise; then frames take Engine.IO's own road. */
function lineOf(transport: object): Line | null {
  if (!('socket' in transport) || typeof transport.socket !== 'object' || transport.socket === null)
    return null
  const { socket } = transport
  return isLine(socket) ? socket : null
}

const isLine = (socket: object): socket is Line =>
  'readyState' in socket &&
  'OPEN' in socket &&
  '_sender' in socket &&
  typeof socket._sender === 'object' &&
  socket._sender !== null &&
  'sendFrame' in socket._sender &&
  typeof socket._sender.sendFrame === 'function'

export class Link {
  readonly socket: Socket
  readonly openedAt: number
  session: LiveSession
  /** Called when everything written has left. */
  drained: () => void = () => undefined
  /** Nothing is sent while rights are being judged anew. */
  paused = false
  #inFlight = 0
  readonly #sizes: number[] = []
  readonly #line: Line | null

  constructor(socket: Socket, session: LiveSession, now: number) {
    this.socket = socket
    this.#line = lineOf(socket.conn.transport)
    this.session = session
    this.openedAt = now
  }

  get open(): boolean {
    return this.socket.connected
  }

  get full(): boolean {
    return this.#inFlight >= IN_FLIGHT_MAX
  }

  get inFlight(): number {
    return this.#inFlight
  }

  send(frame: Frame): void {
    this.#inFlight += frame.bytes
    this.#sizes.push(frame.bytes)
    const line = this.#line
    if (line === null) this.socket.conn.write(frame.text, frame.options, this.#sent)
    else if (line.readyState === line.OPEN)
      line._sender.sendFrame(frame.options.wsPreEncodedFrame, this.#sent)
  }

  /** For small words that may be lost on someone who does not read. */
  say(event: string, body: object): void {
    if (!this.full) this.socket.emit(event, body)
  }

  disconnect(): void {
    this.socket.disconnect(true)
  }

  readonly #sent = (): void => {
    this.#inFlight -= this.#sizes.shift() ?? 0
    if (this.#inFlight === 0) this.drained()
  }
}
