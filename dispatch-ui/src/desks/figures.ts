/**
 * What may wait until nothing moves: the queue's list, the board as a grid for readers without eyes on the canvas, and
 * the figures above and below.
 */
import type { Bar } from '../model/board.ts'
import { type Summary, summaryOf } from '../model/summary.ts'
import { DAY, dayStart } from '../model/zone.ts'
import { renderMirror } from '../panels/mirror.ts'
import type { QueuePanel } from '../panels/queue-panel.ts'
import type { TopBar } from '../panels/top-bar.ts'
import { need } from '../shell/dom.ts'
import type { Foot } from './foot-desk.ts'
import type { InHand } from './in-hand.ts'
import type { Sight } from './sight.ts'

const SETTLE_MS = 150

export type Figures = ReturnType<typeof keepFigures>

export function keepFigures(
  hand: InHand,
  needs: {
    readonly sight: () => Sight
    readonly queue: () => QueuePanel
    readonly top: () => TopBar
    readonly foot: () => Foot
    readonly pending: () => { readonly size: number }
    repaint(): void
  },
) {
  const { board, zone } = hand
  let summary: Summary = summaryOf(board, Date.now())
  let settledFor = ''
  let timer: ReturnType<typeof setTimeout> | null = null

  const endOfToday = (): number => dayStart(zone, dayStart(zone, Date.now()) + DAY + DAY / 2)
  const settle = (): void => {
    const [sight, queue, top] = [needs.sight(), needs.queue(), needs.top()]
    const { from, pxPerHour } = sight.scale
    const mark = `${board.changed} ${Math.round(from / 60_000)} ${pxPerHour} ${queue.tab()} ${needs.pending().size}`
    if (mark === settledFor) return
    settledFor = mark
    sight.layOut()
    summary = summaryOf(board, Date.now())
    queue.render(board, Date.now(), endOfToday())
    renderMirror(need('mirror'), {
      board,
      rows: sight.rows,
      zone,
      from,
      to: sight.toAt(),
      title(id) {
        const bar = board.bars.get(id)
        return bar ? hand.titleOf(bar) : id
      },
      topOf: sight.topOf,
    })
    top.figures(summary)
    top.day(hand.dayLabel(sight.lookedAt()))
    needs.foot().render()
  }
  return {
    get summary(): Summary {
      return summary
    },
    settle,
    /** The job whose promise is in danger that comes after this one, round and round. */
    nextAtRisk(selected: string | null): Bar | undefined {
      const i = summary.risky.findIndex((one) => one.bar.id === selected)
      return summary.risky[(i + 1) % Math.max(1, summary.risky.length)]?.bar
    },
    /** Settles once changes have paused for a moment. */
    soon(): void {
      if (timer !== null) return
      timer = setTimeout(() => {
        timer = null
        settle()
        needs.repaint()
      }, SETTLE_MS)
    },
  }
}
