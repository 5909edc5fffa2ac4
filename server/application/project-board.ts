/**
 * Keeps the board's projection up with the log.
 *
 * Every process that commits pushes its own events; nobody leads, because the projection is fenced by number. What
 * one push cannot do (a hole, another epoch, no board at all) is repaired from Postgres. Nothing here may fail a
 * command: a push that fails is forgotten, and the next look at the heads makes it good.
 */
import { type WireEvent, wireEvent } from '../contract/wire-event.ts'
import type { Board } from '../ports/board.ts'
import type { EventLog } from '../ports/event-log.ts'
import type { LiveMetrics, Report } from './live-metrics.ts'

/** Events waiting for one board's projection. Beyond it they are dropped: the repair reads them from the log. */
const QUEUE_MAX = 2_000
const BATCH = 500
/** Boards rebuilt at once; each is a read of all its rows. */
const REBUILDS_MAX = 2
/** How long another process' push is waited for before a hole is filled from Postgres. */
const HOLE_MS = 5

type Queue = { readonly companyId: string; epoch: string; events: WireEvent[]; busy: boolean }

export interface Projector {
  push(companyId: string, boardId: string, epoch: string, events: readonly WireEvent[]): void
  /** Brings a projection that stands at `seq` (null: none, or of another epoch) to the head of the log. */
  repair(companyId: string, boardId: string, at: { epoch: string; seq: number } | null): void
  /** Builds the board anew from Postgres, even over one of the same number. */
  rebuild(companyId: string, boardId: string, options?: { anew?: boolean }): Promise<void>
  close(): void
}

export function createProjector(options: {
  board: Board
  eventLog: EventLog
  metrics: LiveMetrics
  report: Report
}): Projector {
  const { board, eventLog, metrics, report } = options
  const queues = new Map<string, Queue>()
  const rebuilding = new Map<string, Promise<void>>()
  const turns = createTurns(REBUILDS_MAX)
  let closed = false

  const rebuild = (companyId: string, boardId: string, { anew = false } = {}): Promise<void> => {
    const running = rebuilding.get(boardId)
    if (running) return running
    const work = turns(async () => {
      if (closed) return
      const snapshot = await eventLog.snapshot(companyId, boardId)
      if (!snapshot) return
      await board.install(companyId, boardId, snapshot, { anew })
      metrics.rebuilt()
    }).finally(() => rebuilding.delete(boardId))
    rebuilding.set(boardId, work)
    return work
  }

  /** Applies one batch; answers whether the projection now has all of it. */
  const applyBatch = async (
    companyId: string,
    boardId: string,
    epoch: string,
    batch: WireEvent[],
  ): Promise<void> => {
    for (let tried = 0; ; tried++) {
      const reply = await board.apply(boardId, epoch, batch)
      if (reply.kind === 'ok') return
      if (reply.kind !== 'gap') return await rebuild(companyId, boardId)
      if (tried === 0) {
        await new Promise((resolve) => setTimeout(resolve, HOLE_MS))
        continue
      }
      await catchUp(companyId, boardId, epoch, reply.head)
      return
    }
  }

  const catchUp = async (companyId: string, boardId: string, epoch: string, from: number): Promise<void> => {
    for (let seq = from; !closed; ) {
      const missing = await eventLog.after(companyId, boardId, seq, BATCH)
      const first = missing[0]
      if (!first) return
      // The log no longer reaches back so far.
      if (first.seq !== seq + 1) return await rebuild(companyId, boardId)
      const reply = await board.apply(boardId, epoch, missing.map(wireEvent))
      if (reply.kind === 'epoch' || reply.kind === 'none') return await rebuild(companyId, boardId)
      if (reply.kind === 'gap' && reply.head <= seq) return
      seq = reply.head
      if (missing.length < BATCH) return
    }
  }

  const drain = async (boardId: string, queue: Queue): Promise<void> => {
    while (queue.events.length > 0 && !closed) {
      const batch = queue.events.sort((a, b) => a.event.seq - b.event.seq).splice(0, BATCH)
      await applyBatch(queue.companyId, boardId, queue.epoch, batch)
    }
  }

  const start = (boardId: string, queue: Queue): void => {
    if (queue.busy) return
    queue.busy = true
    drain(boardId, queue)
      .catch((error: unknown) => report(`the projection of board ${boardId} missed events`, error))
      .finally(() => {
        queues.delete(boardId)
      })
  }

  return {
    push(companyId, boardId, epoch, events) {
      if (closed) return
      const queue = queues.get(boardId) ?? { companyId, epoch, events: [], busy: false }
      if (queue.events.length + events.length > QUEUE_MAX) return
      // A new epoch makes what waits from the old one meaningless.
      if (queue.epoch !== epoch) queue.events = []
      queue.epoch = epoch
      queue.events.push(...events)
      queues.set(boardId, queue)
      start(boardId, queue)
    },
    repair(companyId, boardId, at) {
      // A board with a queue is being worked on already.
      if (closed || queues.has(boardId) || rebuilding.has(boardId)) return
      const work = at ? catchUp(companyId, boardId, at.epoch, at.seq) : rebuild(companyId, boardId)
      work.catch((error: unknown) =>
        report(`the projection of board ${boardId} could not be repaired yet`, error),
      )
    },
    rebuild,
    close() {
      closed = true
      queues.clear()
    },
  }
}

/** Runs at most `max` pieces of work at once; the others wait in order. */
export function createTurns(max: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve))
    running += 1
    try {
      return await work()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}
