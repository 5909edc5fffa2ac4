/**
 * Moves that are offered: drawn on the sheet, listed at the side, chosen one by one, accepted or left.
 *
 * Where they come from — a run of the planner, or a what-if — is their source's to know. Each move was made for one
 * version of its visit: what events have overtaken is no longer offered.
 */
import { isPlaced } from '../model/board.ts'
import type { ActivityView, ProposalView } from '../model/planning.ts'
import { type Kept, mergeCard } from '../panels/merge-card.ts'
import { renderProposal } from '../panels/proposal-panel.ts'
import type { Ghost } from '../render/view.ts'
import { need } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import type { Foot } from './foot-desk.ts'
import type { InHand } from './in-hand.ts'
import type { Sight } from './sight.ts'

/** More ways than this across the sheet are a tangle. */
const WAYS_MAX = 8

export type Source = {
  /** What was asked, where this is the answer to a what-if and not a run's proposal. */
  readonly question: string | null
  /** Who is assumed away, where applying can put that on record. */
  readonly away: string | null
  apply(activityIds: readonly string[], how: { readonly recordAbsence: boolean }): Promise<Applied>
  /** Takes one move back in what is tried; absent where the moves are nobody's to change. */
  putBack?(activityId: string): void
  leave(): Promise<void>
  /** After moves were applied and what came of it was told. */
  applied(): Promise<void>
  /** Its moves are on offer no longer, for whatever reason. */
  ended(): void
}

export type Applied = {
  readonly applied: number
  readonly dropped: readonly Kept[]
  /** What else was done or left, as sentences. */
  readonly notes: readonly string[]
}

export type ProposalDesk = ReturnType<typeof openProposalDesk>

export function openProposalDesk(
  hand: InHand,
  needs: {
    readonly sight: () => Sight
    readonly foot: () => Foot
    /** How many moves there are to show; null for none. */
    counted(moves: number | null): void
    refreshDetails(): void
    repaint(): void
    /** A question has been decided: something else may be waiting. */
    decided(how: 'done' | 'failed', source: Source): void
  },
) {
  const { board } = hand
  let proposal: ProposalView | null = null
  let source: Source | null = null
  let chosen = new Set<string>()
  let isChoosing = false
  let proposedCount = 0
  /** The move in the list under the pointer: with many moves, only its way is drawn. */
  let pointed: string | null = null
  let isShown = false
  let isAbsenceRecorded = true
  let ghosts: readonly Ghost[] = []

  const drawGhosts = (): void => {
    const moves = proposal?.moves ?? []
    ghosts = moves.map((move, i) => ({
      activityId: move.activityId,
      technicianId: move.technicianId,
      start: Date.parse(move.start),
      end: Date.parse(move.end),
      number: i + 1,
      isChosen: chosen.has(move.activityId),
      hasWay: moves.length <= WAYS_MAX || move.activityId === pointed,
    }))
  }
  const refresh = (): void => {
    drawGhosts()
    needs.counted(proposal?.moves.length ?? null)
    if (proposal && isShown) needs.foot().say(t('proposal.holds', { n: proposal.baseSeq }))
    needs.refreshDetails()
    needs.repaint()
  }
  const stillOpen = (one: ProposalView | null): ProposalView | null => {
    const moves = one?.moves.filter((m) => board.bars.get(m.activityId)?.version === m.expectedVersion) ?? []
    return one && moves.length > 0 ? { ...one, moves } : null
  }
  /** Nothing is on offer any more. */
  const close = (): void => {
    source?.ended()
    source = null
    proposal = null
    isShown = false
    refresh()
  }
  const decide = async (what: 'apply' | 'leave'): Promise<void> => {
    const from = source
    if (from === null) return
    close()
    try {
      if (what === 'apply') {
        showMerged(await from.apply([...chosen], { recordAbsence: isAbsenceRecorded }))
        await from.applied()
      } else await from.leave()
      needs.decided('done', from)
    } catch (error) {
      needs.foot().failed(error)
      needs.decided('failed', from)
    }
  }
  /** What nobody chose needs no telling; what somebody's hand kept from being made does. */
  const showMerged = ({ applied, dropped, notes }: Applied): void => {
    const kept = dropped.filter((one) => chosen.has(one.activityId))
    needs.foot().say(t('proposal.applied', { n: applied, d: dropped.length }))
    if (kept.length === 0 && notes.length === 0) return
    const card = mergeCard(
      { applied, kept, notes },
      {
        zone: hand.zone,
        title: hand.titleOfId,
        show(id) {
          const bar = board.bars.get(id)
          if (bar) needs.sight().bring(bar)
        },
        close: () => card.remove(),
      },
    )
    need('cards').append(card)
  }
  const showMove = (id: string): void => {
    const bar = board.bars.get(id)
    const move = proposal?.moves.find((one) => one.activityId === id)
    if (bar && isPlaced(bar)) needs.sight().bring(bar)
    else if (move) {
      needs.sight().goTo(Date.parse(move.start))
      needs.sight().goToRow(move.technicianId)
    }
  }
  const offer = (
    next: ProposalView | null,
    from: Source | null,
    how: { readonly isShown: boolean },
  ): void => {
    if (source !== from) source?.ended()
    source = from
    isAbsenceRecorded = true
    proposedCount = next?.moves.length ?? 0
    proposal = stillOpen(next)
    chosen = new Set(proposal?.moves.map((move) => move.activityId))
    isChoosing = false
    isShown = proposal !== null && how.isShown
    if (proposal === null) close()
    else refresh()
  }

  return {
    get id(): string | null {
      return proposal?.id ?? null
    },
    get source(): Source | null {
      return source
    },
    get ghosts(): readonly Ghost[] {
      return ghosts
    },
    offer,
    close,
    /** The same question with another answer: what was left out stays left out, what is new is chosen. */
    update(next: ProposalView): void {
      const before = new Set(proposal?.moves.map((move) => move.activityId))
      proposedCount = next.moves.length
      proposal = stillOpen(next)
      if (proposal === null) {
        close()
        return
      }
      chosen = new Set(
        proposal.moves.flatMap(({ activityId: id }) => (chosen.has(id) || !before.has(id) ? [id] : [])),
      )
      refresh()
    },
    render(root: HTMLElement): boolean {
      if (proposal === null || !isShown) return false
      renderProposal(root, {
        proposal,
        whatIf: source?.question ?? null,
        absence: source?.away == null ? null : { who: source.away, isRecorded: isAbsenceRecorded },
        putBack: source?.putBack ?? null,
        toggleAbsence() {
          isAbsenceRecorded = !isAbsenceRecorded
          refresh()
        },
        chosen,
        isChoosing,
        isWhole: proposal.moves.length === proposedCount,
        now: Date.now(),
        zone: hand.zone,
        title: hand.titleOfId,
        technician: hand.nameOf,
        bar: (id) => board.bars.get(id),
        choose() {
          isChoosing = !isChoosing
          refresh()
        },
        toggle(id) {
          if (chosen.has(id)) chosen.delete(id)
          else chosen.add(id)
          refresh()
        },
        show: showMove,
        point(id) {
          pointed = id
          drawGhosts()
          needs.repaint()
        },
        accept: () => void decide('apply'),
        leave: () => void decide('leave'),
      })
      return true
    },
    /** The panel is wanted for something else. */
    putAside(): void {
      isShown = false
    },
    toggle(): void {
      isShown = !isShown
      needs.refreshDetails()
    },
    /** Moves that events have overtaken are no longer offered. */
    dropOvertaken(items: readonly { readonly activity?: ActivityView | undefined }[]): void {
      const touched = new Set(items.map((item) => item.activity?.id))
      if (!proposal?.moves.some((move) => touched.has(move.activityId))) return
      proposal = stillOpen(proposal)
      chosen = new Set(proposal?.moves.flatMap((m) => (chosen.has(m.activityId) ? [m.activityId] : [])))
      if (proposal === null) close()
      else refresh()
    },
  }
}
