/** Two hands on one job: what each wanted, side by side on the sheet and in a card, until one of them is chosen. */
import type { Act } from '../model/act.ts'
import { type Bar, barOf } from '../model/board.ts'
import { judgeDrop } from '../model/feasibility.ts'
import type { ActivityView } from '../model/planning.ts'
import { plannedAt } from '../model/risk.ts'
import { conflictCard, type Side } from '../panels/conflict-card.ts'
import type { Contest } from '../render/view.ts'
import { need } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import type { Conflict } from './edit-desk.ts'
import type { InHand } from './in-hand.ts'
import type { Judging } from './judging.ts'
import type { Sight } from './sight.ts'

type Wanted = Pick<ActivityView, 'technicianId' | 'start' | 'end' | 'state' | 'priority'>

export function openConflictDesk(
  hand: InHand,
  needs: {
    readonly sight: () => Sight
    readonly judging: Judging
    repaint(): void
    perform(bar: Bar, act: Act): void
  },
) {
  const { board } = hand
  let contest: Contest | null = null

  /** One side of a conflict: what it says, and what the plan says to it. */
  const sideOf = (bar: Bar, side: Wanted): Side => {
    const time = (text: string | null): string => (text === null ? '–' : hand.clock(Date.parse(text)))
    const placed = { ...bar, ...side, startAt: instant(side.start), endAt: instant(side.end) }
    const row = side.technicianId === null ? undefined : board.technicians.get(side.technicianId)
    const promise = board.nextPlacePromise(bar)
    const planned = promise && plannedAt(placed, promise.target)
    return {
      technician: hand.nameOf(side.technicianId),
      start: time(side.start),
      end: time(side.end),
      state: t(`state.${side.state}`),
      priority: t(`priority.${side.priority}`),
      verdict:
        row && placed.startAt !== null && placed.endAt !== null
          ? judgeDrop(bar, row, placed.startAt, placed.endAt, needs.judging.knownOf(bar, row))
          : null,
      slackMinutes: promise && planned != null ? Math.round((promise.dueAt - planned) / 60_000) : null,
    }
  }
  const foldTheirs = (current: ActivityView): void => {
    const actor = { id: null, name: '', kind: 'system' } as const
    board.fold([{ seq: 1, type: 'theirs', at: current.createdAt, actor, commandId: null, activity: current }])
    needs.repaint()
  }
  return {
    get contest(): Contest | null {
      return contest
    },
    show(was: Bar, act: Act, { current, by }: Conflict): void {
      foldTheirs(current)
      const mine = wantedBy(act, current)
      if (mine.start !== null && mine.end !== null)
        contest = {
          activityId: current.id,
          technicianId: mine.technicianId,
          start: Date.parse(mine.start),
          end: Date.parse(mine.end),
        }
      const bar = barOf(current)
      const sight = needs.sight()
      sight.bring(bar)
      const done = (): void => {
        card.remove()
        contest = null
        needs.repaint()
      }
      const card = conflictCard({
        by: by?.name ?? null,
        hasMoved: was.start !== current.start || was.technicianId !== current.technicianId,
        what: [hand.titleOf(bar), hand.placeOf(bar), board.orders.get(bar.orderId)?.number]
          .filter((part) => part)
          .join(', '),
        mine: sideOf(bar, mine),
        theirs: sideOf(bar, current),
        keepMine: () => {
          done()
          // Again, but on what stands now: a choice made with the other in view.
          needs.perform(board.bars.get(current.id) ?? bar, act)
        },
        keepTheirs: done,
      })
      // The card keeps clear of the row it is about.
      card.classList.add(sight.isLow(current.technicianId) ? 'high' : 'low')
      need('cards').append(card)
      card.querySelector('button')?.focus()
    },
  }
}

/** What stands now, with what the act would have made of it. */
const wantedBy = (act: Act, current: ActivityView): Wanted => ({
  technicianId:
    'technicianId' in act && act.technicianId !== undefined ? act.technicianId : current.technicianId,
  start: 'start' in act && act.start ? act.start : current.start,
  end: 'end' in act && act.end ? act.end : current.end,
  state: act.type === 'dispatch' ? 'dispatched' : act.type === 'recall' ? 'undispatched' : current.state,
  priority: 'priority' in act ? act.priority : current.priority,
})

const instant = (text: string | null): number | null => (text === null ? null : Date.parse(text))
