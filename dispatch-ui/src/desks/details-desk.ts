/**
 * The job in view: which one is chosen, and what was asked about it — the sum of its clock, who else could, why here.
 *
 * The panel at the side is shared with the proposal, which is shown where no job is.
 */
import type { Act } from '../model/act.ts'
import type { Bar } from '../model/board.ts'
import type { Candidates, Explanation, OrderSlaSum } from '../model/planning.ts'
import { renderDetails } from '../panels/details-panel.ts'
import type { Found } from '../panels/found-section.ts'
import { need } from '../shell/dom.ts'
import { countdown } from '../shell/time.ts'
import { ask } from '../sync/api.ts'
import type { DangerDesk } from './danger-desk.ts'
import { type Foot, whyText } from './foot-desk.ts'
import type { InHand } from './in-hand.ts'
import type { Sight } from './sight.ts'

export type DetailsDesk = ReturnType<typeof openDetailsDesk>

export function openDetailsDesk(
  canvas: HTMLCanvasElement,
  hand: InHand,
  needs: {
    readonly dangers: () => DangerDesk
    readonly foot: () => Foot
    readonly sight: () => Sight
    /** Shows something in the panel instead of a job; false where there is nothing. */
    readonly showInstead: (root: HTMLElement) => boolean
    /** Another job is in view, or none. */
    selected(id: string | null): void
    perform(bar: Bar, act: Act): void
  },
) {
  const { board } = hand
  let selected: string | null = null
  let sum: OrderSlaSum | null = null
  let found: Found | null = null

  const selectedBar = (): Bar | undefined => (selected === null ? undefined : board.bars.get(selected))
  const select = (id: string | null): void => {
    if (id !== selected) {
      sum = null
      found = null
    }
    selected = id
    canvas.toggleAttribute('data-chosen', id !== null)
    needs.selected(id)
    refresh()
    if (id !== null) {
      void readSum(id)
      void needs.dangers().readBetter(id)
    }
  }
  const readSum = async (id: string): Promise<void> => {
    const bar = board.bars.get(id)
    if (!bar) return
    try {
      const { value } = await ask<OrderSlaSum>('GET', `/orders/${bar.orderId}/sla`, { tries: 2 })
      if (selected === id) {
        sum = value
        refresh()
      }
    } catch (error) {
      // The rest of the panel still says what the board knows; the sum comes with the next look.
      needs.foot().say(whyText(error))
    }
  }
  const refresh = (): void => {
    const root = need('details')
    if (needs.showInstead(root)) {
      root.hidden = false
      return
    }
    const bar = selectedBar()
    root.hidden = bar === undefined
    if (bar)
      renderDetails(root, {
        board,
        bar,
        now: Date.now(),
        zone: hand.zone,
        title: hand.titleOf(bar),
        sum,
        found,
        danger: needs.dangers().of(bar),
        better: needs.dangers().betterFor(bar),
        jobOf: (id) => (board.bars.has(id) ? hand.titleOfId(id) : null),
        mayEdit: hand.mayEdit,
        act: (act) => needs.perform(bar, act),
        candidates: () => void look('candidates'),
        explain: () => void look('explanation'),
        close: () => select(null),
      })
  }
  const look = async (kind: Found['kind']): Promise<void> => {
    const id = selected
    if (id === null) return
    try {
      found =
        kind === 'candidates'
          ? {
              kind,
              value: (await ask<Candidates>('GET', `/activities/${id}/candidates`, { tries: 2 })).value,
            }
          : {
              kind,
              value: (await ask<Explanation>('GET', `/activities/${id}/explanation`, { tries: 2 })).value,
            }
      if (selected === id) {
        refresh()
        document.getElementById('found')?.scrollIntoView({ block: 'nearest' })
      }
    } catch (error) {
      needs.foot().failed(error)
    }
  }
  return {
    get selected(): string | null {
      return selected
    },
    selectedBar,
    select,
    /** Selects a bar and moves the sheet to where it lies. */
    choose(bar: Bar | undefined): void {
      if (!bar) return
      needs.sight().bring(bar)
      select(bar.id)
    },
    refresh,
    look,
    /** The countdown runs on by itself. */
    tick(): void {
      const big = document.querySelector<HTMLElement>('#details [data-due]')
      if (big) big.textContent = countdown(Number(big.dataset.due) - Date.now())
    },
    forgetFound(): void {
      found = null
    },
    /** Facts arrived about this job's order or the job itself. */
    touched(what: { readonly activityId: string | undefined; readonly orderId: string | undefined }): void {
      const isMyOrder = what.orderId !== undefined && board.bars.get(selected ?? '')?.orderId === what.orderId
      if (selected === null || (what.activityId !== selected && !isMyOrder)) return
      refresh()
      if (what.orderId !== undefined) void readSum(selected)
    },
  }
}
