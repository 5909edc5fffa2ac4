/**
 * Notices to the people who watch a board: an SLA warning, a finished plan, a proposal.
 *
 * A notice is a nudge, delivered at most once; what it speaks of is stored and can be read over HTTP.
 */
import type { NoticeFrame } from '../contract/live.ts'
import type { LiveBus } from '../ports/board.ts'

export type PublishNotice = (companyId: string, notice: NoticeFrame) => Promise<void>

export const createNoticePublisher =
  (bus: LiveBus): PublishNotice =>
  async (companyId, notice) => {
    bus.publish('notices', JSON.stringify({ companyId, notice }))
  }

/** The notice in a bus message, or null for a message that is none. */
export function readNotice(text: string): { companyId: string; notice: NoticeFrame } | null {
  try {
    const message: unknown = JSON.parse(text)
    if (
      typeof message !== 'object' ||
      message === null ||
      !('companyId' in message) ||
      !('notice' in message)
    ) {
      return null
    }
    const { companyId, notice } = message
    if (typeof companyId !== 'string' || !isNotice(notice)) return null
    return { companyId, notice }
  } catch {
    // Something else spoke on the channel; there is nothing to deliver.
    return null
  }
}

const isNotice = (value: unknown): value is NoticeFrame =>
  typeof value === 'object' &&
  value !== null &&
  'board' in value &&
  typeof value.board === 'string' &&
  'kind' in value &&
  typeof value.kind === 'string'
