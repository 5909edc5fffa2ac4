/**
 * One socket's place on one board (consistency.md 2.5).
 *
 * The place is a number. Nothing is queued for a viewer: when it does not acknowledge or does not read, only its place
 * lags, and it goes on from there when it can, or from a fresh snapshot when it is too far behind.
 */
import type { Knife } from '../contract/board-cut.ts'
import type { Frame } from './frame.ts'
import type { Link } from './link.ts'

export const WINDOW_ITEMS = 500
export const WINDOW_BYTES = 256 * 1024

type Outstanding = { readonly to: number; readonly items: number; readonly bytes: number }

export type PendingSnapshot = {
  readonly epoch: string
  readonly seq: number
  readonly frames: readonly Frame[]
  next: number
}

export class Viewer {
  readonly link: Link
  knife: Knife
  /** The last number sent. */
  cursor: number
  /** The last number looked at: beyond `cursor` there was nothing for this viewer so far. */
  seen: number
  snapshot: PendingSnapshot | null = null
  /** Set while something is being read for this viewer; the pump waits. */
  busy = false
  /** Counts new starts: what was read for an earlier one is thrown away. */
  turn = 0
  /** A new start that waits until the viewer has room for it. */
  restart: string | null = null
  /** When the window closed, monotonic; null while it is open. */
  closedAt: number | null = null
  /** Acknowledgements of an earlier history may still be on their way until then. */
  lenientUntil: number
  #acked = 0
  #outstanding: Outstanding[] = []
  #items = 0
  #bytes = 0

  constructor(link: Link, knife: Knife, cursor: number, now: number) {
    this.link = link
    this.knife = knife
    this.cursor = cursor
    this.seen = cursor
    this.lenientUntil = now + 10_000
  }

  get windowOpen(): boolean {
    return this.#items < WINDOW_ITEMS && this.#bytes < WINDOW_BYTES
  }

  /** How many more items the window takes. */
  get room(): number {
    return WINDOW_ITEMS - this.#items
  }

  sent(to: number, frame: Frame): void {
    this.cursor = to
    this.seen = Math.max(this.seen, to)
    this.#outstanding.push({ to, items: frame.items, bytes: frame.bytes })
    this.#items += frame.items
    this.#bytes += frame.bytes
  }

  /** False when the client claims more than it was sent. */
  acknowledge(seq: number, now: number): boolean {
    if (seq > this.cursor) return now < this.lenientUntil
    if (seq <= this.#acked) return true
    this.#acked = seq
    let through = 0
    for (const frame of this.#outstanding) {
      if (frame.to > seq) break
      through += 1
      this.#items -= frame.items
      this.#bytes -= frame.bytes
    }
    this.#outstanding.splice(0, through)
    if (this.windowOpen) this.closedAt = null
    return true
  }

  /** Takes the place at `seq` and forgets what was outstanding before it. */
  moveTo(seq: number, now: number): void {
    this.cursor = seq
    this.seen = seq
    this.#acked = 0
    this.#outstanding = []
    this.#items = 0
    this.#bytes = 0
    this.closedAt = null
    this.lenientUntil = now + 10_000
  }
}
