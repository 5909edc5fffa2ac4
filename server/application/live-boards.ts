/**
 * The live boards of one process: who watches which, and how they stay true.
 *
 * Three ways lead here and any one of them suffices: this process' own commits, hints over the bus, and a look at the
 * heads in Postgres a few times a second. The look also finds a projection that fell behind or vanished, and a board
 * whose history was rewound; so nothing depends on Redis, and nothing depends on a message arriving.
 */
import type { BoardSnapshot } from '../contract/board.ts'
import { wireEvent } from '../contract/wire-event.ts'
import type { Board, BoardMark, LiveBus } from '../ports/board.ts'
import type { NumberedEvents } from '../ports/commands.ts'
import type { BoardHead, EventLog } from '../ports/event-log.ts'
import type { LiveMetrics, Report } from './live-metrics.ts'
import { createProjector, createTurns } from './project-board.ts'
import { BoardTail, foldSnapshot, foldTexts } from './tail-board.ts'

const TICK_MS = 250
/** Every so many ticks the projection of boards at rest is looked at too. */
const QUIET_TICKS = 4
/** A board that nobody watches is kept a while: people reload pages. */
const IDLE_MS = 30_000
const TAILS_MAX = 5_000
const HEADS_PER_QUERY = 1_000
/** Boards opened at once from Redis or Postgres. */
const OPENINGS_MAX = 4
/** Snapshot texts kept for readers that come together. */
const TEXTS_MAX = 16

export type SnapshotText = { readonly epoch: string; readonly seq: number; readonly text: string }

export interface LiveBoards {
  /** For the command path: called after each commit. Returns at once and never throws. */
  afterCommit(companyId: string, numbered: readonly NumberedEvents[]): void
  /** The tail of a board, for as long as it is watched; null when this company has no such board. */
  watch(companyId: string, boardId: string): Promise<BoardTail | null>
  unwatch(tail: BoardTail): void
  /** Events after `seq` that the tail no longer keeps, as JSON texts; fewer than asked when the log ends or has a hole. */
  history(tail: BoardTail, seq: number, limit: number): Promise<string[]>
  readSnapshot(companyId: string, boardId: string): Promise<BoardSnapshot | null>
  readSnapshotText(companyId: string, boardId: string): Promise<SnapshotText | null>
  /** Called when any board may have moved: by a commit here or a hint from elsewhere. */
  onMove(listener: () => void): void
  close(): void
}

type Watched = { tail: BoardTail; watchers: number; idleSince: number }

export function createLiveBoards(options: {
  eventLog: EventLog
  board: Board
  bus: LiveBus
  metrics: LiveMetrics
  report: Report
}): LiveBoards {
  const { eventLog, board, bus, metrics, report } = options
  const sources = { board, eventLog, metrics, report }
  const projector = createProjector(sources)
  const watched = new Map<string, Watched>()
  const opening = new Map<string, Promise<BoardTail | null>>()
  const texts = new Map<string, SnapshotText>()
  const openTurns = createTurns(OPENINGS_MAX)
  const moveListeners: (() => void)[] = []
  let closed = false

  const complain = (what: string) => (error: unknown) => report(what, error)
  const moved = (): void => {
    for (const listener of moveListeners) listener()
  }

  // ------------------------------------------------------------ opening

  const open = async (companyId: string, boardId: string): Promise<BoardTail | null> => {
    const head = await headOrProjection(companyId, boardId)
    if (!head) return null
    const start = await startOf(companyId, boardId, head)
    if (!start) return null
    const tail = new BoardTail({ companyId, boardId, ...start }, sources)
    watched.set(boardId, { tail, watchers: 0, idleSince: performance.now() })
    return tail
  }

  /** The board's head in Postgres; while Postgres is away, what the projection says, so that boards stay readable. */
  const headOrProjection = async (companyId: string, boardId: string): Promise<BoardHead | null> => {
    try {
      return await eventLog.head(companyId, boardId)
    } catch (error) {
      const [mark] = await board.marks([boardId]).catch((): (BoardMark | null)[] => [null])
      if (mark?.companyId === companyId) return { id: boardId, companyId, epoch: mark.epoch, seq: mark.seq }
      throw error
    }
  }

  /** The folded board at `head` or later: from Redis when it is there yet, else from Postgres. */
  const startOf = async (companyId: string, boardId: string, head: BoardHead) => {
    const projected = await board.read(boardId).catch(() => null)
    if (projected?.companyId === companyId && projected.epoch === head.epoch && projected.seq >= head.seq) {
      metrics.snapshot('redis')
      return { epoch: projected.epoch, seq: projected.seq, folded: await foldTexts(boardId, projected) }
    }
    const snapshot = await eventLog.snapshot(companyId, boardId)
    if (!snapshot) return null
    metrics.snapshot('postgres')
    const lacking = projected === null && head.epoch === snapshot.epoch
    board
      .install(companyId, boardId, snapshot, { anew: lacking })
      .catch(complain(`board ${boardId} could not be put into Redis yet`))
    return { epoch: snapshot.epoch, seq: snapshot.seq, folded: await foldSnapshot(boardId, snapshot) }
  }

  const reload = async (tail: BoardTail, reason: string): Promise<void> => {
    const snapshot = await eventLog.snapshot(tail.companyId, tail.boardId)
    if (!snapshot) return
    const folded = await foldSnapshot(tail.boardId, snapshot)
    tail.replace({ epoch: snapshot.epoch, seq: snapshot.seq, folded }, reason)
    await board.install(tail.companyId, tail.boardId, snapshot, { anew: true })
  }

  const tailOf = async (companyId: string, boardId: string): Promise<BoardTail | null> => {
    const known = watched.get(boardId)
    if (known) return known.tail.companyId === companyId ? known.tail : null
    const running = opening.get(boardId)
    if (running) {
      const tail = await running
      return tail?.companyId === companyId ? tail : null
    }
    if (watched.size >= TAILS_MAX) throw new Error(`${TAILS_MAX} boards are watched already`)
    const work = openTurns(() => open(companyId, boardId)).finally(() => opening.delete(boardId))
    opening.set(boardId, work)
    const tail = await work
    // What was committed while the board was being read.
    if (tail) await catchUp(tail).catch(complain(`board ${boardId} could not read on yet`))
    return tail
  }

  const catchUp = async (tail: BoardTail): Promise<void> => {
    const head = await eventLog.head(tail.companyId, tail.boardId)
    if (head && head.epoch === tail.epoch) await tail.readTo(head.seq)
  }

  // ------------------------------------------------------------ staying true

  let ticks = 0
  let timer: NodeJS.Timeout | undefined
  const reloading = new Set<string>()
  const seenBefore = new Map<string, number>()

  const lookAtHeads = async (): Promise<void> => {
    const ids = [...watched.keys()]
    for (let i = 0; i < ids.length; i += HEADS_PER_QUERY) {
      const chunk = ids.slice(i, i + HEADS_PER_QUERY)
      const asked = new Map(chunk.map((id) => [id, watched.get(id)?.tail.head ?? 0]))
      const heads = await eventLog.heads(chunk)
      for (const head of heads) judge(head, asked.get(head.id) ?? 0)
      await lookAtProjection(heads).catch(() => undefined)
    }
  }

  const judge = (head: BoardHead, headWhenAsked: number): void => {
    const tail = watched.get(head.id)?.tail
    if (!tail || reloading.has(head.id)) return
    if (head.epoch !== tail.epoch || head.seq < headWhenAsked) {
      reloading.add(head.id)
      reload(tail, 'epoch')
        .catch(complain(`board ${head.id} could not be read anew yet`))
        .finally(() => reloading.delete(head.id))
    } else if (head.seq > tail.head) {
      tail.readTo(head.seq).catch(complain(`board ${head.id} could not read on yet`))
    }
  }

  /** Boards that moved since the last look, and all of them now and then: is their projection there, and not behind? */
  const lookAtProjection = async (heads: readonly BoardHead[]): Promise<void> => {
    const due = heads.filter((head) => ticks % QUIET_TICKS === 0 || seenBefore.get(head.id) !== head.seq)
    const marks = await board.marks(due.map((head) => head.id))
    for (const [i, head] of due.entries()) {
      const mark = marks[i]
      const behindBefore = seenBefore.get(head.id) ?? head.seq
      seenBefore.set(head.id, head.seq)
      if (!mark || mark.epoch !== head.epoch || mark.seq > head.seq)
        projector.repair(head.companyId, head.id, null)
      else if (mark.seq < Math.min(behindBefore, head.seq)) projector.repair(head.companyId, head.id, mark)
    }
  }

  const dropIdle = (): void => {
    const now = performance.now()
    for (const [id, entry] of watched) {
      if (entry.watchers > 0 || now - entry.idleSince < IDLE_MS) continue
      entry.tail.close()
      watched.delete(id)
      seenBefore.delete(id)
    }
  }

  let failing = false
  const tick = async (): Promise<void> => {
    ticks += 1
    dropIdle()
    try {
      await lookAtHeads()
      failing = false
    } catch (error) {
      // Said once per outage, not four times a second.
      if (!failing) report('the heads of the boards could not be read', error)
      failing = true
    }
    if (!closed) timer = setTimeout(tick, TICK_MS)
  }
  timer = setTimeout(tick, TICK_MS)

  bus.subscribe('board-heads', (text) => {
    const [boardId = '', seq = ''] = text.split(' ')
    const tail = watched.get(boardId)?.tail
    if (tail && Number(seq) > tail.head) {
      tail.readTo(Number(seq)).catch(complain(`board ${boardId} could not read on yet`))
    }
    moved()
  })

  // ------------------------------------------------------------ snapshots

  const readSnapshotText = async (companyId: string, boardId: string): Promise<SnapshotText | null> => {
    const head = await headOrProjection(companyId, boardId)
    if (!head) return null
    const cached = texts.get(boardId)
    if (cached && cached.epoch === head.epoch && cached.seq === head.seq) return cached
    const read = await textAt(companyId, boardId, head)
    if (!read) return null
    texts.delete(boardId)
    texts.set(boardId, read)
    for (const oldest of texts.keys()) {
      if (texts.size <= TEXTS_MAX) break
      texts.delete(oldest)
    }
    return read
  }

  const reading = new Map<string, Promise<SnapshotText | null>>()
  const textAt = (companyId: string, boardId: string, head: BoardHead): Promise<SnapshotText | null> => {
    // Readers that ask for the same number together share one answer.
    const key = `${boardId} ${head.epoch} ${head.seq}`
    const running = reading.get(key)
    if (running) return running
    const work = freshText(companyId, boardId, head).finally(() => reading.delete(key))
    reading.set(key, work)
    return work
  }

  const freshText = async (
    companyId: string,
    boardId: string,
    head: BoardHead,
  ): Promise<SnapshotText | null> => {
    const tail = watched.get(boardId)?.tail
    if (tail && tail.epoch === head.epoch) {
      await tail.readTo(head.seq)
      if (tail.epoch === head.epoch && tail.head >= head.seq && tail.complete) {
        metrics.snapshot('memory')
        return snapshotText(tail.epoch, tail.head, tail.parts())
      }
    }
    const projected = await board.read(boardId).catch(() => null)
    if (projected?.companyId === companyId && projected.epoch === head.epoch && projected.seq >= head.seq) {
      metrics.snapshot('redis')
      return snapshotText(projected.epoch, projected.seq, projected)
    }
    const snapshot = await eventLog.snapshot(companyId, boardId)
    if (!snapshot) return null
    metrics.snapshot('postgres')
    board
      .install(companyId, boardId, snapshot, { anew: projected === null })
      .catch(complain(`board ${boardId} could not be put into Redis yet`))
    return { epoch: snapshot.epoch, seq: snapshot.seq, text: JSON.stringify(snapshot) }
  }

  return {
    afterCommit(companyId, numbered) {
      try {
        for (const { board: boardId, epoch, items } of numbered) {
          const events = items.map(wireEvent)
          watched.get(boardId)?.tail.offer(epoch, events)
          projector.push(companyId, boardId, epoch, events)
        }
        moved()
      } catch (error) {
        // The command is committed and its answer must go out; the next look at the heads delivers what failed here.
        report('events could not be passed on at once', error)
      }
    },

    async watch(companyId, boardId) {
      const tail = await tailOf(companyId, boardId)
      const entry = watched.get(boardId)
      if (!tail || !entry) return null
      entry.watchers += 1
      return tail
    },

    unwatch(tail) {
      const entry = watched.get(tail.boardId)
      if (!entry || entry.tail !== tail) return
      entry.watchers -= 1
      entry.idleSince = performance.now()
    },

    async history(tail, seq, limit) {
      const { epoch } = tail
      let events = await board.range(tail.boardId, epoch, seq, limit).catch(() => [])
      if (events.length === 0) {
        events = (await eventLog.after(tail.companyId, tail.boardId, seq, limit)).map(wireEvent)
      }
      if (tail.epoch !== epoch || events[0]?.event.seq !== seq + 1) return []
      return events.map((wire) => wire.text)
    },

    readSnapshotText,

    async readSnapshot(companyId, boardId) {
      const read = await readSnapshotText(companyId, boardId)
      // Written by this module from the contract's own types.
      return read ? (JSON.parse(read.text) as BoardSnapshot) : null
    },

    onMove(listener) {
      moveListeners.push(listener)
    },

    close() {
      closed = true
      clearTimeout(timer)
      projector.close()
      for (const { tail } of watched.values()) tail.close()
      watched.clear()
    },
  }
}

function snapshotText(
  epoch: string,
  seq: number,
  parts: { activities: readonly string[]; technicians: readonly string[]; orders: readonly string[] },
): SnapshotText {
  const list = (texts: readonly string[]): string => `[${texts.join(',')}]`
  const text = `{"epoch":${JSON.stringify(epoch)},"seq":${seq},"activities":${list(parts.activities)},"technicians":${list(parts.technicians)},"orders":${list(parts.orders)}}`
  return { epoch, seq, text }
}
