/**
 * The live boards, and beside them the forks: whoever watches need not know which of the two an id is.
 *
 * A fork is followed from its first watcher to its last, and costs the board one listener meanwhile.
 */
import type { LiveBus } from '../ports/board.ts'
import { readThroughFork } from './fork-board.ts'
import { ForkStream, type ForkStreamParts } from './fork-stream.ts'
import type { LiveBoards } from './live-boards.ts'
import { readNotice } from './live-notices.ts'

/** Forks watched at once on one process. */
const FORKS_MAX = 500
/** Notices are nudges and may be lost; so often every watched fork is looked at without one. */
const LOOK_MS = 1_000

export function withForks(
  boards: LiveBoards,
  options: Omit<ForkStreamParts, 'boards'> & { readonly bus: LiveBus },
): LiveBoards {
  const { bus, ...rest } = options
  const parts: ForkStreamParts = { ...rest, boards }
  const watched = new Map<string, { readonly stream: ForkStream; watchers: number }>()
  const opening = new Map<string, Promise<void>>()

  const open = async (companyId: string, forkId: string): Promise<void> => {
    if (watched.size >= FORKS_MAX) throw new Error(`${FORKS_MAX} forks are watched already`)
    const through = await readThroughFork(parts, { companyId, forkId })
    if (through === null || through.fork.status !== 'open') return
    const live = await boards.watch(companyId, through.fork.boardId)
    if (live === null) return
    watched.set(forkId, { stream: await ForkStream.open(live, through, parts), watchers: 0 })
  }
  const leave = (forkId: string, stream: ForkStream): void => {
    watched.delete(forkId)
    stream.close()
    boards.unwatch(stream.live)
  }

  bus.subscribe('notices', (text) => {
    const forkId = readNotice(text)?.notice.forkId
    if (forkId !== undefined) watched.get(forkId)?.stream.look()
  })
  const timer = setInterval(() => {
    for (const { stream } of watched.values()) if (!stream.isOver) stream.look()
  }, LOOK_MS)
  timer.unref()

  return {
    ...boards,
    async watch(companyId, id) {
      const tail = await boards.watch(companyId, id)
      if (tail !== null) return tail
      if (!watched.has(id)) {
        const running = opening.get(id) ?? open(companyId, id).finally(() => opening.delete(id))
        opening.set(id, running)
        await running
      }
      const entry = watched.get(id)
      if (!entry || entry.stream.live.companyId !== companyId) return null
      if (entry.stream.isOver) {
        if (entry.watchers === 0) leave(id, entry.stream)
        return null
      }
      entry.watchers += 1
      return entry.stream.tail
    },
    unwatch(tail) {
      const entry = watched.get(tail.boardId)
      if (entry?.stream.tail !== tail) {
        boards.unwatch(tail)
        return
      }
      entry.watchers -= 1
      if (entry.watchers === 0) leave(tail.boardId, entry.stream)
    },
    // What the tail no longer keeps of a fork is kept nowhere: its viewer is given a snapshot.
    history: (tail, seq, limit) =>
      tail.kind === 'fork' ? Promise.resolve([]) : boards.history(tail, seq, limit),
    close() {
      clearInterval(timer)
      for (const [forkId, { stream }] of [...watched]) leave(forkId, stream)
      boards.close()
    },
  }
}
