/**
 * Notices that a board which repairs itself has something to repair, and asks for it.
 *
 * It keeps nothing that matters: what a repair has seen is the `seq` its run started from, in Postgres. A worker that
 * starts anew, or a second one, comes to the same question; the open run per board lets one of them be heard. What the
 * planner itself put on the board never asks for the next repair, or there would be no end.
 */
import type { RepairScout, RestlessBoard } from '../../server/ports/runs.ts'
import { type Loop, startLoop } from './relay.ts'

const LOOK_MS = 150
/** Events that come in a burst share one repair. */
const LEAST_BETWEEN_MS = 700
/** Work that ends, or nobody has room for, is looked at again this often. */
const QUIET_BETWEEN_MS = 5_000
/** Without any event, work may run over or a new day come into view. */
const IDLE_BETWEEN_MS = 30_000
const BOARDS_KEPT = 10_000

/** Steps of the day that leave the plan as it is, unless work is waiting for a place. */
const quietTypes: ReadonlySet<string> = new Set([
  'activity-field-status',
  'activity-dispatched',
  'activity-recalled',
  'activity-locked',
  'activity-unlocked',
  'activity-closed',
  'order-promise-reached',
  'order-arrived',
  'order-created',
])

export type RepairWatchParts = {
  scout: RepairScout
  ask: (board: RestlessBoard) => Promise<void>
  now: () => number
  onError: (what: string, error: unknown) => void
}

type Memory = { judgedSeq: number; askedAt: number; lookedAt: number }

export function startRepairWatch(parts: RepairWatchParts): Loop {
  const memory = new Map<string, Memory>()
  return startLoop(
    async () => {
      for (const board of await parts.scout.restless()) await look(board, memory, parts)
      if (memory.size > BOARDS_KEPT) memory.clear()
      return LOOK_MS
    },
    (error) => parts.onError('repair watch', error),
  )
}

async function look(
  board: RestlessBoard,
  memory: Map<string, Memory>,
  parts: RepairWatchParts,
): Promise<void> {
  const now = parts.now()
  const known = memory.get(board.boardId) ?? { judgedSeq: 0, askedAt: 0, lookedAt: 0 }
  memory.set(board.boardId, known)
  if (now - known.askedAt < LEAST_BETWEEN_MS) return
  const isNews = board.seq > known.judgedSeq
  const isIdle = !isNews && now - known.lookedAt >= IDLE_BETWEEN_MS
  if (!isNews && !isIdle) return
  const events = isNews
    ? await parts.scout.eventsAfter(board, Math.max(known.judgedSeq, board.repairedSeq))
    : []
  const isLoud = events.some((event) => !quietTypes.has(event.type))
  // Quiet news waits for its turn and is judged then, together with what has come meanwhile.
  if (!isLoud && events.length > 0 && now - known.askedAt < QUIET_BETWEEN_MS) return
  known.judgedSeq = board.seq
  known.lookedAt = now
  const isWanted = isLoud || ((events.length > 0 || isIdle) && (await parts.scout.hasLooseWork(board)))
  if (!isWanted) return
  known.askedAt = now
  await parts.ask(board)
}
