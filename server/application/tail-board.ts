/**
 * One process' view of one board that someone watches: the newest events, and the board folded up to the newest.
 *
 * Events come from local commits, from the Redis stream, or from Postgres; they are taken only in order and without a
 * hole, so it does not matter which way was quickest. Viewers each have their own place in the numbers and read from
 * the events kept here; whoever is further behind reads the log.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import type { ActivityView } from '../contract/activity.ts'
import type { BoardSnapshot, TechnicianView } from '../contract/board.ts'
import type { Knife } from '../contract/board-cut.ts'
import { type BoardParts, type Change, FoldedBoard } from '../contract/folded-board.ts'
import type { OrderView } from '../contract/order.ts'
import { type WireEvent, wireEvent } from '../contract/wire-event.ts'
import type { Board, BoardTexts } from '../ports/board.ts'
import type { EventLog } from '../ports/event-log.ts'
import type { LiveMetrics, Report } from './live-metrics.ts'

/** Events kept per board for viewers that lag; bounded by count and by text. */
const KEPT_MAX = 2_000
const KEPT_CHARS_MAX = 4_000_000
/** How far the count may be exceeded before a block is dropped: moving an array's rest for each event is waste. */
const SLACK = 256
/** Commits that arrived before their predecessors. */
const EARLY_MAX = 500
const BATCH = 500
const CHUNK = 250

export type TailEvent = {
  readonly seq: number
  readonly text: string
  readonly meta: {
    readonly seq: number
    readonly at: string
    readonly actor: unknown
    readonly commandId: string | null
  }
  readonly change: Change
}

export type TailListener = {
  advanced(): void
  /** The tail's history was replaced; places in the old numbers mean nothing now. */
  replaced(reason: string): void
}

export type TailSources = {
  /** Whose tail this is; a board's where nothing is said. */
  readonly kind?: 'fork'
  readonly board: Pick<Board, 'range'>
  readonly eventLog: Pick<EventLog, 'after' | 'snapshot'>
  readonly metrics: LiveMetrics
  readonly report: Report
}

export class BoardTail {
  readonly companyId: string
  readonly boardId: string
  readonly listeners = new Set<TailListener>()
  epoch: string
  head: number
  #folded: FoldedBoard
  #kept: TailEvent[] = []
  #keptChars = 0
  #early = new Map<number, WireEvent>()
  #earlyTimer: NodeJS.Timeout | undefined
  #reading: Promise<void> | null = null
  #wanted = 0
  #mending = false
  #sources: TailSources

  constructor(
    start: { companyId: string; boardId: string; epoch: string; seq: number; folded: FoldedBoard },
    sources: TailSources,
  ) {
    this.companyId = start.companyId
    this.boardId = start.boardId
    this.epoch = start.epoch
    this.head = start.seq
    this.#folded = start.folded
    this.#sources = sources
  }

  get kind(): 'board' | 'fork' {
    return this.#sources.kind ?? 'board'
  }

  get sum(): number {
    return this.#folded.sum
  }

  /** The number of the oldest event kept; `head + 1` when none is. */
  get oldest(): number {
    return this.#kept[0]?.seq ?? this.head + 1
  }

  /** False while an order is missing; then the board is being read anew, and others serve snapshots. */
  get complete(): boolean {
    return this.#folded.complete
  }

  parts(knife?: Knife): BoardParts {
    return this.#folded.parts(knife)
  }

  /** Kept events `from..to`, both included; both must lie between `oldest` and `head`. */
  kept(from: number, to: number): TailEvent[] {
    const start = from - this.oldest
    return this.#kept.slice(start, start + to - from + 1)
  }

  /** Takes events from a commit of this process. What comes too early waits a moment for its predecessors. */
  offer(epoch: string, events: readonly WireEvent[]): void {
    if (epoch !== this.epoch) return
    let taken = 0
    for (const wire of events) {
      const { seq } = wire.event
      if (seq <= this.head) continue
      if (seq === this.head + 1) {
        this.#take(wire)
        taken += 1
      } else if (this.#early.size < EARLY_MAX) this.#early.set(seq, wire)
    }
    taken += this.#takeEarly()
    if (taken > 0) {
      this.#sources.metrics.tailed('commit', taken)
      this.#announce()
    }
    if (this.#early.size > 0) this.#lookSoon()
  }

  /** Reads on until `target`, from Redis or else from Postgres. Calls made meanwhile share the work. */
  async readTo(target: number): Promise<void> {
    this.#wanted = Math.max(this.#wanted, target)
    if (this.head >= target) return
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = null
    })
    await this.#reading
  }

  /** Puts a freshly read board in this one's place. */
  replace(start: { epoch: string; seq: number; folded: FoldedBoard }, reason: string): void {
    this.epoch = start.epoch
    this.head = start.seq
    this.#folded = start.folded
    this.#kept = []
    this.#keptChars = 0
    this.#early.clear()
    this.#wanted = 0
    for (const listener of this.listeners) listener.replaced(reason)
  }

  close(): void {
    clearTimeout(this.#earlyTimer)
    this.#early.clear()
    this.listeners.clear()
  }

  async #readOn(): Promise<void> {
    const { board, eventLog, metrics, report } = this.#sources
    while (this.head < this.#wanted) {
      const { epoch, head } = this
      // An unreachable Redis is no fault here: Postgres has the same events.
      let events = await board.range(this.boardId, epoch, head, BATCH).catch(() => [])
      let source: 'redis' | 'postgres' = 'redis'
      if (events.length === 0) {
        source = 'postgres'
        events = (await eventLog.after(this.companyId, this.boardId, head, BATCH)).map(wireEvent)
      }
      if (epoch !== this.epoch) return
      const before = this.head
      for (const wire of events) if (wire.event.seq === this.head + 1) this.#take(wire)
      this.#takeEarly()
      if (this.head > before) {
        metrics.tailed(source, this.head - before)
        this.#announce()
      } else if (this.head < this.#wanted) {
        report(
          `board ${this.boardId} has no event ${this.head + 1} although its head is ${this.#wanted}`,
          null,
        )
        this.#wanted = 0
        return
      }
    }
  }

  #lookSoon(): void {
    if (this.#earlyTimer) return
    this.#earlyTimer = setTimeout(() => {
      this.#earlyTimer = undefined
      if (this.#early.size === 0) return
      this.readTo(Math.max(...this.#early.keys())).catch((error: unknown) =>
        this.#sources.report(`board ${this.boardId} could not read on yet`, error),
      )
    }, 3)
  }

  #takeEarly(): number {
    let taken = 0
    for (;;) {
      const next = this.#early.get(this.head + 1)
      if (!next) break
      this.#take(next)
      taken += 1
    }
    for (const seq of this.#early.keys()) if (seq <= this.head) this.#early.delete(seq)
    return taken
  }

  #take(wire: WireEvent): void {
    const { event, text } = wire
    const change = this.#folded.apply(wire)
    this.head = event.seq
    const { seq, at, actor, commandId } = event
    this.#kept.push({ seq, text, meta: { seq, at, actor, commandId }, change })
    this.#keptChars += text.length
    if (this.#kept.length < KEPT_MAX + SLACK && this.#keptChars < KEPT_CHARS_MAX * 1.1) return
    let drop = 0
    while (this.#kept.length - drop > KEPT_MAX || this.#keptChars > KEPT_CHARS_MAX) {
      this.#keptChars -= this.#kept[drop]?.text.length ?? 0
      drop += 1
    }
    this.#kept.splice(0, drop)
  }

  #announce(): void {
    if (!this.#folded.complete) this.#mend()
    for (const listener of this.listeners) listener.advanced()
  }

  /** An activity came without its order: read the whole board again, without disturbing anyone's place. */
  #mend(): void {
    if (this.#mending) return
    this.#mending = true
    const { eventLog, report } = this.#sources
    const mend = async (): Promise<void> => {
      const snapshot = await eventLog.snapshot(this.companyId, this.boardId)
      if (!snapshot || snapshot.epoch !== this.epoch) return
      await this.readTo(snapshot.seq)
      for (const order of snapshot.orders) this.#folded.putOrder(order, JSON.stringify(order))
    }
    mend()
      .catch((error: unknown) => report(`board ${this.boardId} lacks an order`, error))
      .finally(() => {
        setTimeout(() => {
          this.#mending = false
        }, 1_000).unref()
      })
  }
}

/** Folds a snapshot from Postgres, a few records per turn of the event loop. */
export async function foldSnapshot(boardId: string, snapshot: BoardSnapshot): Promise<FoldedBoard> {
  const folded = new FoldedBoard(boardId)
  for (const [i, activity] of snapshot.activities.entries()) {
    folded.putActivity(activity, JSON.stringify(activity))
    if (i % CHUNK === CHUNK - 1) await breathe()
  }
  for (const [i, order] of snapshot.orders.entries()) {
    folded.putOrder(order, JSON.stringify(order))
    if (i % CHUNK === CHUNK - 1) await breathe()
  }
  for (const technician of snapshot.technicians) folded.putTechnician(technician, JSON.stringify(technician))
  return folded
}

/** Folds what Redis answered. The texts were written by us from the contract's own types. */
export async function foldTexts(boardId: string, texts: BoardTexts): Promise<FoldedBoard> {
  const folded = new FoldedBoard(boardId)
  for (const [i, text] of texts.activities.entries()) {
    folded.putActivity(JSON.parse(text) as ActivityView, text)
    if (i % CHUNK === CHUNK - 1) await breathe()
  }
  for (const [i, text] of texts.orders.entries()) {
    folded.putOrder(JSON.parse(text) as OrderView, text)
    if (i % CHUNK === CHUNK - 1) await breathe()
  }
  for (const text of texts.technicians) folded.putTechnician(JSON.parse(text) as TechnicianView, text)
  return folded
}
