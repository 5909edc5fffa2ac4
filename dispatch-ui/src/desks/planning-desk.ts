/** The planner's own proposals: asked for with "Plan", or told of by a notice, and offered while no what-if is open. */
import type { NoticeFrame } from '../../../server/contract/live.ts'
import type { OptimisationView } from '../../../server/contract/planning.ts'
import type { ProposalView } from '../model/planning.ts'
import type { Kept } from '../panels/merge-card.ts'
import { t } from '../shell/text.ts'
import { ask, pause } from '../sync/api.ts'
import type { Foot } from './foot-desk.ts'
import type { InHand } from './in-hand.ts'
import type { ProposalDesk, Source } from './proposal-desk.ts'

const BUDGET_MS = 1_500
const LOOK_MS = 500
const LOOKS_MAX = 60
/** Below this the panels lie over the sheet, and nothing opens by itself. */
const NARROW = 1100

export function openPlanningDesk(
  hand: InHand,
  needs: {
    readonly proposals: ProposalDesk
    readonly foot: Foot
    selected(): string | null
    working(isWorking: boolean): void
  },
) {
  const { foot, proposals } = needs
  const read = async (): Promise<void> => {
    const path = `/proposals?boardId=${hand.info.id}&status=open`
    const { value } = await ask<{ items: ProposalView[] }>('GET', path, { tries: 2 })
    const first = value.items[0] ?? null
    // The answer to a what-if stays until it is decided.
    if (first?.id === (proposals.id ?? undefined) || isWhatIf(proposals.source)) return
    // It shows itself where nobody is looking at something else.
    const isShown = needs.selected() === null && innerWidth > NARROW
    proposals.offer(first, first && sourceOf(first.id), { isShown })
  }
  const run = async (): Promise<void> => {
    needs.working(true)
    try {
      const { value } = await ask<OptimisationView>('POST', `/boards/${hand.info.id}/optimisations`, {
        body: { mode: 'propose', budgetMs: BUDGET_MS },
      })
      for (let look = 0; look < LOOKS_MAX; look++) {
        await pause(LOOK_MS)
        const { status, error, proposalId } = (
          await ask<OptimisationView>('GET', `/optimisations/${value.id}`)
        ).value
        if (status === 'queued' || status === 'running') continue
        if (proposalId !== null) await read()
        else
          foot.message(status === 'done' ? t('proposal.none') : t('error.refused', { why: error ?? status }))
        break
      }
    } catch (error) {
      foot.failed(error)
    } finally {
      needs.working(false)
    }
  }
  /** Without an answer it is read again with the next notice. */
  const readQuietly = (): Promise<void> => read().catch(() => undefined)
  /** Plans made by straight lines for want of the travel service: said until it answers again. */
  const sayTravel = (notice: NoticeFrame): void => {
    document.querySelector('[data-card=travel]')?.remove()
    if (notice.status !== 'straight-line') return
    foot.messageThatStays(t('travel.straight', { why: notice.message ?? '' })).dataset.card = 'travel'
  }
  return {
    run,
    readQuietly,
    notice(notice: NoticeFrame): void {
      if (notice.kind === 'proposal') void readQuietly()
      else if (notice.kind === 'travel-fallback') sayTravel(notice)
    },
  }
}

const isWhatIf = (source: Source | null): boolean => source !== null && source.question !== null

const sourceOf = (proposalId: string): Source => ({
  question: null,
  away: null,
  async apply(activityIds) {
    const body = { activityIds }
    const path = `/proposals/${proposalId}/apply`
    const { value } = await ask<{ applied?: number; dropped?: Kept[] }>('POST', path, { body })
    return { applied: value.applied ?? 0, dropped: value.dropped ?? [], notes: [] }
  },
  async leave() {
    await ask('POST', `/proposals/${proposalId}/discard`, { body: {} })
  },
  applied: async () => undefined,
  ended: () => undefined,
})
