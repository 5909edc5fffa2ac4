/**
 * Tells a board when its plans are made from straight lines because the travel service does not answer, and when it does
 * again. Said once per board and reason, and again after a while, because whoever opened the board since has not seen it.
 */
import type { NoticeFrame } from '../../../server/contract/live.ts'
import { MINUTE } from '../../../server/domain/instant.ts'
import type { PublishNotice } from '../../../server/ports/relay.ts'
import { type TravelTold, travelSentence } from './told.ts'

const AGAIN_AFTER_MS = 5 * MINUTE
/** Boards remembered; the one that was told longest ago is forgotten first, and would be told once more. */
const BOARDS_MAX = 10_000

export type FallbackNotices = {
  report(run: { companyId: string; boardId: string; optimisationId: string }, told: TravelTold): Promise<void>
}

export function createFallbackNotices(publish: PublishNotice, now: () => number): FallbackNotices {
  const toldBoards = new Map<string, { at: number; reason: string }>()

  return {
    async report({ companyId, boardId, optimisationId }, told) {
      const reason = told.fallback?.reason ?? null
      const last = toldBoards.get(boardId)
      if (reason === null && last === undefined) return
      if (last?.reason === reason && now() - last.at < AGAIN_AFTER_MS) return
      toldBoards.delete(boardId)
      if (reason !== null) toldBoards.set(boardId, { at: now(), reason })
      for (const oldest of toldBoards.keys()) {
        if (toldBoards.size <= BOARDS_MAX) break
        toldBoards.delete(oldest)
      }
      const notice: NoticeFrame = {
        board: boardId,
        kind: 'travel-fallback',
        at: new Date(now()).toISOString(),
        optimisationId,
        status: reason === null ? 'over' : 'straight-line',
        message: travelSentence(told),
      }
      await publish(companyId, notice)
    },
  }
}
