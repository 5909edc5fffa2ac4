/** The queue beside the sheet: what waits, named by what and where, and taken from there by hand. */
import type { Bar } from '../model/board.ts'
import { type QueuePanel, queuePanel } from '../panels/queue-panel.ts'
import { need } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import type { InHand } from './in-hand.ts'

export function openQueueDesk(
  hand: InHand,
  acts: { select(id: string): void; grab(bar: Bar, event: PointerEvent): void },
): QueuePanel {
  const { board } = hand
  return queuePanel(need('queue'), {
    title: ({ bar }) => hand.titleOf(bar),
    place: ({ bar }) =>
      [hand.placeOf(bar), bar.requiredSkills.map((one) => one.skill).join(', ')]
        .filter((part) => part)
        .join(' · '),
    next(now) {
      let first: { bar: Bar; dueAt: number } | undefined
      for (const bar of board.bars.values()) {
        const dueAt = board.nextPromise(bar)?.dueAt
        if (dueAt !== undefined && dueAt > now && dueAt < (first?.dueAt ?? Number.POSITIVE_INFINITY))
          first = { bar, dueAt }
      }
      return first ? t('queue.next', { time: hand.clock(first.dueAt), place: hand.placeOf(first.bar) }) : ''
    },
    onSelect: acts.select,
    onGrab(id, event) {
      const bar = board.bars.get(id)
      if (bar && hand.mayEdit) acts.grab(bar, event)
    },
  })
}
