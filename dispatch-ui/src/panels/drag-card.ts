/** The one card by the hand while a bar is dragged: where it would lie, what that adds, what it does to the promise. */
import type { Verdict } from '../model/feasibility.ts'
import { el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { duration } from '../shell/time.ts'
import { conflictText } from './words.ts'

export type DragFacts = {
  readonly title: string
  readonly times: string
  /** Null while the hand is over nobody's row. */
  readonly verdict: Verdict | null
  /** Minutes between this place and the promise; negative when it is missed; null without one. */
  readonly slackMinutes: number | null
}

export type DragCard = {
  show(facts: DragFacts): void
  place(at: { x: number; y: number; rowHeight: number; right: number }): void
  hide(): void
}

const EDGE = 8

export function createDragCard(root: HTMLElement): DragCard {
  const card = el('div', { class: 'drag-card', hidden: true })
  root.append(card)
  return {
    show({ title, times, verdict, slackMinutes }) {
      card.hidden = false
      card.replaceChildren(
        el(
          'div',
          { class: 'drag-head' },
          el('b', {}, title),
          verdict?.mark === 'fits' ? el('span', { class: 'good' }, `✓ ${t('drag.ok')}`) : '',
        ),
        ...(verdict === null ? [] : factsOf(times, verdict, slackMinutes)),
        el('div', { class: 'drag-hint' }, t('drag.hint')),
      )
    },
    /** Below the row under the hand, never over it; and never out of the window. */
    place({ x, y, rowHeight, right }) {
      const { offsetWidth, offsetHeight } = card
      const below = y + rowHeight
      const isRoom = below + offsetHeight <= innerHeight - EDGE
      card.style.left = `${Math.max(EDGE, Math.min(x + 10, right - offsetWidth))}px`
      card.style.top = `${isRoom ? below : y - rowHeight - offsetHeight}px`
    },
    hide() {
      card.hidden = true
    },
  }
}

function factsOf(times: string, verdict: Verdict, slackMinutes: number | null): HTMLElement[] {
  const row = (name: string, value: HTMLElement | string): HTMLElement =>
    el('div', { class: 'row' }, el('span', {}, name), el('span', {}, value))
  const rows = [
    row(t('drag.start'), times),
    row(t('drag.added'), `+${t('fact.minutes', { m: verdict.addedMinutes })}`),
  ]
  if (slackMinutes !== null) {
    const key = slackMinutes >= 0 ? 'drag.early' : 'drag.over'
    const text = t(key, { time: duration(Math.abs(slackMinutes)) })
    rows.push(row(t('drag.promise'), el('b', { class: 'plum' }, text)))
  }
  // A missed promise has just been said.
  if (verdict.worst && verdict.worst.kind !== 'deadline')
    rows.push(row(t('drag.warn'), conflictText(verdict.worst)))
  return rows
}
