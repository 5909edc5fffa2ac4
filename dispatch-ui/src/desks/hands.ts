/** Pointer and keyboard: what a gesture on the sheet or a key means, handed to the desk whose business it is. */
import { type Gestures, watchGestures } from '../input/gestures.ts'
import { watchKeys } from '../input/keys.ts'
import { barBeside } from '../input/walk.ts'
import { NAMES } from '../layout/sheet.ts'
import type { Act } from '../model/act.ts'
import type { Bar } from '../model/board.ts'
import type { FindBox } from '../panels/find-box.ts'
import { keysCard } from '../panels/keys-card.ts'
import type { QueuePanel } from '../panels/queue-panel.ts'
import { need } from '../shell/dom.ts'
import type { DetailsDesk } from './details-desk.ts'
import type { InHand } from './in-hand.ts'
import type { Sight } from './sight.ts'

/** Cards that Escape puts away; the policy may hold unsaved figures and stays. */
const SHORT_LIVED = '[data-card=keys], [data-card=message], [data-card=whatif], [data-card=merge]'

export function watchSheet(
  canvas: HTMLCanvasElement,
  hand: InHand,
  needs: {
    readonly sight: Sight
    readonly details: DetailsDesk
    readonly drag: {
      move(bar: Bar, grabOffsetMs: number, clientX: number, clientY: number): void
      drop(bar: Bar): void
      cancel(): void
    }
    isPending(id: string): boolean
  },
): Gestures {
  const { sight, details, drag } = needs
  return watchGestures(canvas, {
    hit: sight.hit,
    canDrag: (bar) => hand.mayEdit && bar.state !== 'closed' && !needs.isPending(bar.id),
    pan: sight.pan,
    zoom: (x, factor) => sight.zoom(Math.max(0, x - NAMES), factor),
    click(what) {
      canvas.focus({ preventScroll: true })
      if (what.kind === 'bar') details.select(what.bar.id)
      else if (what.kind === 'team') sight.toggleTeam(what.id)
      else if (what.kind === 'head') sight.goTo(what.at)
      else details.select(null)
    },
    dragMove: drag.move,
    dragEnd: drag.drop,
    dragCancel: drag.cancel,
    hover(x, y) {
      canvas.style.cursor = sight.hit(x, y).kind === 'bar' ? 'grab' : 'default'
    },
  })
}

export function watchKeyboard(
  hand: InHand,
  needs: {
    readonly sight: Sight
    readonly details: DetailsDesk
    readonly queue: QueuePanel
    readonly gestures: Gestures
    readonly find: () => FindBox
    nextAtRisk(): void
    perform(bar: Bar, act: Act): void
    undo(): void
    putProposalAside(): void
  },
): void {
  const { sight, details, queue, gestures } = needs
  watchKeys({
    queueNext(step) {
      const next = nextIn(queue.order(), details.selected, step)
      if (next !== undefined) details.select(next)
    },
    walk: (direction) => details.choose(barBeside(hand.board, sight.sheet, details.selectedBar(), direction)),
    dispatch() {
      const bar = details.selectedBar()
      if (bar?.state === 'undispatched') needs.perform(bar, { type: 'dispatch' })
    },
    why: () => void details.look('explanation'),
    who: () => void details.look('candidates'),
    nextAtRisk: needs.nextAtRisk,
    now: () => sight.goTo(Date.now()),
    zoom: (factor) => sight.zoom(sight.scale.width / 2, factor),
    find: () => needs.find().focus(),
    undo: needs.undo,
    escape() {
      const isHolding = gestures.isDragging()
      gestures.cancel()
      needs.find().close()
      for (const card of document.querySelectorAll(SHORT_LIVED)) card.remove()
      if (isHolding) return
      needs.putProposalAside()
      details.select(null)
    },
    help: showKeys,
  })
}

export function showKeys(): void {
  const card = keysCard(() => card.remove())
  need('cards').append(card)
}

/** Round and round; from nowhere to either end. */
function nextIn(order: readonly string[], selected: string | null, step: 1 | -1): string | undefined {
  const i = selected === null ? -1 : order.indexOf(selected)
  if (i === -1) return step === 1 ? order[0] : order.at(-1)
  return order[(i + step + order.length) % order.length]
}
