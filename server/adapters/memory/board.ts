/** The live board in this process's memory: the same answers as Redis gives, for tests and demos. */
import type { BoardSnapshot } from '../../contract/board.ts'
import { FoldedBoard } from '../../contract/folded-board.ts'
import type { WireEvent } from '../../contract/wire-event.ts'
import type { Board, LiveBus } from '../../ports/board.ts'

const STREAM_KEPT = 10_000

type Kept = { companyId: string; epoch: string; seq: number; folded: FoldedBoard; stream: WireEvent[] }

export function createMemoryBoard(
  hint: (boardId: string, seq: number) => void = () => undefined,
): Board & { flush(): void } {
  const boards = new Map<string, Kept>()
  return {
    async apply(boardId, epoch, events) {
      const board = boards.get(boardId)
      if (!board) return { kind: 'none' }
      if (board.epoch !== epoch) return { kind: 'epoch' }
      const before = board.seq
      let gap = false
      for (const wire of events) {
        const { seq } = wire.event
        gap = seq > board.seq + 1
        if (gap) break
        if (seq <= board.seq) continue
        board.folded.apply(wire)
        board.stream.push(wire)
        if (board.stream.length > STREAM_KEPT) board.stream.shift()
        board.seq = seq
      }
      if (board.seq > before) hint(boardId, board.seq)
      return { kind: gap ? 'gap' : 'ok', head: board.seq }
    },
    async install(companyId, boardId, snapshot, { anew = false } = {}) {
      const there = boards.get(boardId)
      if (there?.epoch === snapshot.epoch) {
        if (there.seq > snapshot.seq || (there.seq === snapshot.seq && !anew)) return false
      }
      const { epoch, seq } = snapshot
      boards.set(boardId, { companyId, epoch, seq, folded: foldedOf(boardId, snapshot), stream: [] })
      hint(boardId, seq)
      return true
    },
    async marks(boardIds) {
      return boardIds.map((id) => markOf(boards.get(id)))
    },
    async read(boardId) {
      const board = boards.get(boardId)
      const mark = markOf(board)
      return board && mark && board.folded.complete ? { ...mark, ...board.folded.parts() } : null
    },
    async range(boardId, epoch, seq, limit) {
      const board = boards.get(boardId)
      if (!board || board.epoch !== epoch) return []
      const at = board.stream.findIndex((kept) => kept.event.seq === seq + 1)
      return at < 0 ? [] : board.stream.slice(at, at + limit)
    },
    flush: () => boards.clear(),
  }
}

const markOf = (board: Kept | undefined) =>
  board ? { companyId: board.companyId, epoch: board.epoch, seq: board.seq, sum: board.folded.sum } : null

function foldedOf(boardId: string, snapshot: BoardSnapshot): FoldedBoard {
  const folded = new FoldedBoard(boardId)
  for (const a of snapshot.activities) folded.putActivity(a, JSON.stringify(a))
  for (const t of snapshot.technicians) folded.putTechnician(t, JSON.stringify(t))
  for (const o of snapshot.orders) folded.putOrder(o, JSON.stringify(o))
  return folded
}

/** A bus inside one process: what Redis pub/sub is between several. */
export function createMemoryBus(): LiveBus & { tell(channel: string, text: string): void } {
  const listeners = new Map<string, ((text: string) => void)[]>()
  const tell = (channel: string, text: string): void => {
    for (const listener of listeners.get(channel) ?? []) listener(text)
  }
  return {
    tell,
    publish: tell,
    subscribe(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
    },
  }
}
