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

  constructor(socket: Socket, session: LiveSession, now: number) {
    this.socket = socket
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
    this.socket.conn.write(frame.text, frame.options, this.#sent)
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
