/**
 * Everyone on this process who watches one board.
 *
 * A frame is encoded once for all viewers that stand at the same number and see the same cut; that is what makes a
 * board with a thousand viewers cheap.
 */
import type { LiveBoards } from '../application/live-boards.ts'
import type { LiveMetrics, Report } from '../application/live-metrics.ts'
import type { BoardTail, TailListener } from '../application/tail-board.ts'
import type { Knife } from '../contract/board-cut.ts'
import { itemsFor } from './cut-events.ts'
import { type Frame, frameOf } from './frame.ts'
import { SnapshotShelf } from './snapshot-shelf.ts'
import type { Viewer } from './viewer.ts'

export const HEARTBEAT_MS = 2_000
/** Further behind than this, a fresh snapshot is cheaper than the way there. */
const LAG_MAX = 5_000
/** A viewer whose window stays closed so long is not there any more. */
const SILENT_MS = 10_000
const FRAME_EVENTS = 200
const FRAME_CHARS = 128 * 1024
const HISTORY_EVENTS = 200

type Encoded = { readonly frame: Frame | null; readonly to: number }
/** One go through the viewers, in which frames are shared. */
type Round = {
  readonly encoded: Map<string, Encoded>
  latest: { key: string; cursor: number; seen: number; last: number; encoded: Encoded } | null
  events: number
  frames: number
}
const newRound = (): Round => ({ encoded: new Map(), latest: null, events: 0, frames: 0 })

/** Where a subscriber says it stands. */
export type Position = { readonly epoch?: string | undefined; readonly seq?: number | undefined }

export class Room implements TailListener {
  readonly tail: BoardTail
  readonly viewers = new Set<Viewer>()
  /** When the next heartbeat is due, monotonic. */
  heartbeatAt = performance.now() + HEARTBEAT_MS
  readonly #boards: LiveBoards
  readonly #metrics: LiveMetrics
  readonly #report: Report
  readonly #snapshots: SnapshotShelf
  #pumping = false

  constructor(tail: BoardTail, deps: { boards: LiveBoards; metrics: LiveMetrics; report: Report }) {
    this.tail = tail
    this.#boards = deps.boards
    this.#metrics = deps.metrics
    this.#report = deps.report
    this.#snapshots = new SnapshotShelf(tail)
    tail.listeners.add(this)
  }

  close(): void {
    this.tail.listeners.delete(this)
    this.viewers.clear()
    this.#snapshots.clear()
  }

  // ------------------------------------------------------------ coming and going

  /** Puts a viewer at its position when that can be continued, else gives it a snapshot; never leaves it waiting. */
  async enter(viewer: Viewer, position: Position): Promise<void> {
    const { epoch, seq } = position
    this.viewers.add(viewer)
    if (epoch === undefined || seq === undefined) {
      this.#startOver(viewer, null)
      return
    }
    if (epoch === this.tail.epoch && seq > this.tail.head) {
      // Another process may have been quicker; the log decides whether the number exists.
      const turn = viewer.turn
      viewer.busy = true
      await this.tail
        .readTo(seq)
        .catch((error: unknown) => this.#report('a position could not be looked up', error))
      // Meanwhile the board may have begun everyone anew.
      if (viewer.turn !== turn) return
      viewer.busy = false
    }
    const reason = this.#whyNot(viewer, epoch, seq)
    if (reason !== null) {
      this.#startOver(viewer, reason)
      return
    }
    viewer.moveTo(seq, performance.now())
    this.pump(viewer)
  }

  #whyNot(viewer: Viewer, epoch: string, seq: number): string | null {
    const { tail } = this
    if (epoch !== tail.epoch) return 'epoch'
    if (seq > tail.head) return 'ahead'
    if (tail.head - seq > LAG_MAX) return 'behind'
    // What came into or left a cut is known for kept events only.
    if (!viewer.knife.whole && seq + 1 < tail.oldest) return 'behind'
    return null
  }

  leave(viewer: Viewer): void {
    this.viewers.delete(viewer)
  }

  // ------------------------------------------------------------ events

  advanced(): void {
    if (this.#pumping) return
    this.#pumping = true
    // Events of one turn travel together.
    setImmediate(() => {
      this.#pumping = false
      const round = newRound()
      for (const viewer of this.viewers) this.#pumpIn(round, viewer)
      this.#count(round)
    })
  }

  replaced(reason: string): void {
    this.#snapshots.clear()
    for (const viewer of this.viewers) {
      viewer.snapshot = null
      this.#startOver(viewer, reason)
    }
  }

  /** Sends a viewer all it may have now. */
  pump(viewer: Viewer): void {
    const round = newRound()
    this.#pumpIn(round, viewer)
    this.#count(round)
  }

  #count({ events, frames }: Round): void {
    if (frames > 0) this.#metrics.delivered(events, frames)
  }

  #pumpIn(round: Round, viewer: Viewer): void {
    const { tail } = this
    const { link } = viewer
    for (;;) {
      if (viewer.busy || link.paused || link.full || !link.open || !this.viewers.has(viewer)) return
      if (viewer.restart !== null) {
        this.#startOver(viewer, viewer.restart)
        return
      }
      if (viewer.snapshot) {
        this.#sendPart(viewer, viewer.snapshot)
        continue
      }
      if (viewer.seen >= tail.head) return
      if (!viewer.windowOpen) {
        viewer.closedAt ??= performance.now()
        return
      }
      const lag = tail.head - viewer.seen
      if (lag > LAG_MAX || (!viewer.knife.whole && viewer.seen + 1 < tail.oldest)) {
        this.#startOver(viewer, 'behind')
        return
      }
      if (viewer.seen + 1 < tail.oldest) {
        this.#sendHistory(viewer)
        return
      }
      // Viewers at one place share one frame, unless one's window is nearly closed.
      const most = viewer.knife.whole ? Math.min(FRAME_EVENTS, viewer.room) : FRAME_EVENTS
      const last = Math.min(tail.head, viewer.seen + most)
      const encoded = this.#shared(round, viewer, last)
      // Each round must lead on; were it ever not so, a fresh start ends it.
      if (encoded.to <= viewer.seen) {
        this.#startOver(viewer, 'behind')
        return
      }
      viewer.seen = encoded.to
      if (!encoded.frame) continue
      link.send(encoded.frame)
      viewer.sent(encoded.to, encoded.frame)
      round.events += encoded.frame.items
      round.frames += 1
    }
  }

  /** The frame for everyone who stands where this viewer stands. Most often that is where the one before stood. */
  #shared(round: Round, viewer: Viewer, last: number): Encoded {
    const { knife, cursor, seen } = viewer
    const near = round.latest
    if (
      near &&
      near.key === knife.key &&
      near.cursor === cursor &&
      near.seen === seen &&
      near.last === last
    ) {
      return near.encoded
    }
    const name = `${knife.key} ${cursor} ${seen} ${last}`
    const encoded = round.encoded.get(name) ?? this.#encode(viewer, last)
    round.encoded.set(name, encoded)
    round.latest = { key: knife.key, cursor, seen, last, encoded }
    return encoded
  }

  #encode(viewer: Viewer, last: number): Encoded {
    const { tail } = this
    const { knife, seen, cursor } = viewer
    const items: string[] = []
    let chars = 0
    let to = seen
    for (const event of tail.kept(seen + 1, last)) {
      for (const text of itemsFor(event, knife)) {
        items.push(text)
        chars += text.length
      }
      to = event.seq
      if (chars >= FRAME_CHARS) break
    }
    if (items.length === 0) return { frame: null, to }
    return { frame: this.#eventsFrame(cursor + 1, to, items), to }
  }

  #eventsFrame(from: number, to: number, items: readonly string[]): Frame {
    const { boardId, epoch } = this.tail
    const body = `{"board":${JSON.stringify(boardId)},"epoch":${JSON.stringify(epoch)},"from":${from},"to":${to},"items":[${items.join(',')}]}`
    return frameOf('events', body, items.length)
  }

  /** Events older than the tail keeps, for a viewer of the whole board. */
  #sendHistory(viewer: Viewer): void {
    const from = viewer.seen
    const { turn } = viewer
    viewer.busy = true
    this.#boards
      .history(this.tail, from, Math.min(HISTORY_EVENTS, viewer.room))
      .then((texts) => {
        if (viewer.turn !== turn || !this.viewers.has(viewer)) return
        viewer.busy = false
        if (texts.length === 0) {
          this.#startOver(viewer, 'behind')
          return
        }
        const frame = this.#eventsFrame(from + 1, from + texts.length, texts)
        viewer.link.send(frame)
        viewer.sent(from + texts.length, frame)
        this.#metrics.delivered(texts.length, 1)
        this.pump(viewer)
      })
      .catch((error: unknown) => {
        if (viewer.turn === turn) viewer.busy = false
        this.#report(`old events of board ${this.tail.boardId} could not be read`, error)
      })
  }

  // ------------------------------------------------------------ snapshots

  /** Begins a viewer anew; with a reason it is told that what it has is void. */
  #startOver(viewer: Viewer, reason: string | null): void {
    if (!this.viewers.has(viewer)) return
    viewer.snapshot = null
    if (viewer.link.full && reason !== null) {
      viewer.restart = reason
      return
    }
    viewer.restart = null
    if (reason !== null) {
      this.#metrics.reset(reason)
      viewer.link.send(frameOf('reset', JSON.stringify({ board: this.tail.boardId, reason })))
    }
    viewer.turn += 1
    viewer.busy = true
    const { turn } = viewer
    this.#snapshots
      .take(viewer.knife)
      .then((snapshot) => {
        if (viewer.turn !== turn || !this.viewers.has(viewer)) return
        viewer.busy = false
        if (snapshot.epoch !== this.tail.epoch) {
          this.#startOver(viewer, null)
          return
        }
        viewer.moveTo(snapshot.seq, performance.now())
        // Nothing of it has been sent yet, so nothing of it can be acknowledged.
        viewer.cursor = 0
        viewer.snapshot = { epoch: snapshot.epoch, seq: snapshot.seq, frames: snapshot.frames, next: 0 }
        this.pump(viewer)
      })
      .catch((error: unknown) => {
        if (viewer.turn !== turn) return
        viewer.busy = false
        viewer.restart = reason ?? 'retry'
        this.#report(`a snapshot of board ${this.tail.boardId} could not be made`, error)
      })
  }

  #sendPart(viewer: Viewer, snapshot: NonNullable<Viewer['snapshot']>): void {
    const frame = snapshot.frames[snapshot.next]
    if (frame) {
      viewer.link.send(frame)
      snapshot.next += 1
    }
    if (snapshot.next < snapshot.frames.length) return
    viewer.snapshot = null
    viewer.cursor = snapshot.seq
    viewer.seen = snapshot.seq
  }

  // ------------------------------------------------------------ time passing

  /**
   * Every two seconds: where the board stands, what it sums to, and who has stopped listening. Answers how far the last
   * of the viewers is behind.
   */
  heartbeat(at: string): number {
    const { boardId, epoch, head, sum } = this.tail
    const now = performance.now()
    const common = { board: boardId, epoch, head, at }
    let whole: Frame | undefined
    let part: Frame | undefined
    let lagMax = 0
    for (const viewer of [...this.viewers]) {
      const { link } = viewer
      lagMax = Math.max(lagMax, head - viewer.seen)
      if (viewer.closedAt !== null && now - viewer.closedAt > SILENT_MS) {
        this.#metrics.slowViewer()
        link.disconnect()
        continue
      }
      this.pump(viewer)
      if (link.full || link.paused || viewer.snapshot || viewer.busy) continue
      if (viewer.seen > viewer.cursor) {
        // Numbers that held nothing for this viewer: it must still know that it missed nothing.
        const frame = this.#eventsFrame(viewer.cursor + 1, viewer.seen, [])
        link.send(frame)
        viewer.sent(viewer.seen, frame)
      }
      if (viewer.knife.whole) {
        whole ??= frameOf('heartbeat', JSON.stringify({ ...common, sum }))
        link.send(whole)
      } else {
        part ??= frameOf('heartbeat', JSON.stringify(common))
        link.send(part)
      }
    }
    this.#snapshots.forgetOld()
    return lagMax
  }

  /** The viewer's cut changed under it: what it has is void. */
  recut(viewer: Viewer, knife: Knife): void {
    viewer.knife = knife
    this.#startOver(viewer, 'rights')
  }
}
