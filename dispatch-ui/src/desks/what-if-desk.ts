/** What if somebody is away: asked in a card, planned on a copy of the board, and answered as moves on offer. */
import { asProposal } from '../model/what-if.ts'
import { DAY, dayStart } from '../model/zone.ts'
import { type Until, whatIfCard } from '../panels/what-if-card.ts'
import { need } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { discardFork, forkWithout, mergeFork } from '../sync/forks.ts'
import type { Foot } from './foot-desk.ts'
import type { InHand } from './in-hand.ts'
import type { ProposalDesk, Source } from './proposal-desk.ts'

const DAYS: Readonly<Record<Until, number>> = { today: 1, tomorrow: 2, week: 8 }

export function openWhatIfDesk(
  hand: InHand,
  needs: { readonly proposals: ProposalDesk; readonly foot: Foot; select(id: null): void },
) {
  const { board, zone } = hand
  const answer = async (technicianId: string, until: Until): Promise<void> => {
    const from = Date.now()
    const to = dayStart(zone, dayStart(zone, from) + DAYS[until] * DAY + DAY / 2)
    const who = hand.nameOf(technicianId)
    const question = t('whatif.kicker', { who })
    try {
      const diff = await forkWithout(hand.info.id, { technicianId, from, to, name: question })
      if (diff.moves.length === 0) {
        needs.foot.message(t('whatif.none', { who }))
        await discardFork(diff.forkId)
        return
      }
      needs.select(null)
      const moves = asProposal(diff, board, Date.now())
      needs.proposals.offer(moves, sourceOf(diff.forkId, question), { isShown: true })
    } catch (error) {
      needs.foot.failed(error)
    }
  }
  return {
    ask(): void {
      document.querySelector('[data-card=whatif]')?.remove()
      const card = whatIfCard({
        people: [...board.technicians.values()]
          .filter((one) => one.active && one.teamId !== null)
          .map(({ id, name }) => ({ id, name }))
          .sort((a, b) => a.name.localeCompare(b.name)),
        close: () => card.remove(),
        ask: (technicianId, until) => void answer(technicianId, until).finally(() => card.remove()),
      })
      need('cards').append(card)
    },
  }
}

const sourceOf = (forkId: string, question: string): Source => ({
  question,
  apply: (activityIds) => mergeFork(forkId, activityIds),
  leave: () => discardFork(forkId),
  // What was not chosen is not kept for later: the question has been answered.
  applied: () => discardFork(forkId),
})
