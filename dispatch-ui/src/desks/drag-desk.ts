/**
 * A bar under the hand: what every row in sight says to it, the card beside the pointer, and what a drop asks for.
 *
 * The answers are the browser's own and may be wrong by what it does not know; the server judges the drop afresh.
 */
import { snap } from '../layout/scale.ts'
import { measures } from '../layout/sheet.ts'
import type { Act } from '../model/act.ts'
import { type Bar, type BoardPromise, isPlaced } from '../model/board.ts'
import { firstPlace, judgeDrop } from '../model/feasibility.ts'
import { createDragCard } from '../panels/drag-card.ts'
import { verdictText } from '../panels/words.ts'
import { ANSWERS } from '../render/paint-changes.ts'
import type { Drag, RowAnswer } from '../render/view.ts'
import { t } from '../shell/text.ts'
import type { Foot } from './foot-desk.ts'
import type { InHand } from './in-hand.ts'
import type { Judging } from './judging.ts'
import type { Sight } from './sight.ts'

export function openDragDesk(
  canvas: HTMLCanvasElement,
  hand: InHand,
  needs: {
    readonly sight: Sight
    readonly judging: Judging
    readonly foot: Foot
    repaint(): void
    holding(id: string | null): void
    select(id: string): void
    perform(bar: Bar, act: Act): void
  },
) {
  const { board } = hand
  const { sight, judging } = needs
  const card = createDragCard(document.body)
  let drag: Drag | null = null

  /** What every row in sight says: the one under the hand at this very time, the others at their own first place. */
  const answersFor = (bar: Bar, startAt: number, here: string | null): Map<string, RowAnswer> => {
    const answers = new Map<string, RowAnswer>()
    const length = lengthOf(bar)
    for (const { row } of sight.rowsInSight()) {
      if (row.kind !== 'technician') continue
      const known = judging.knownOf(bar, row.technician)
      const verdict =
        row.id === here
          ? { ...judgeDrop(bar, row.technician, startAt, startAt + length, known), start: startAt }
          : firstPlace(bar, row.technician, startAt, length, known)
      answers.set(row.id, {
        mark: verdict.mark,
        text: verdictText(verdict, hand.clock(verdict.start)),
        start: verdict.start,
        end: verdict.start + length,
      })
    }
    return answers
  }
  const showCard = (held: Drag, promise: BoardPromise | undefined, x: number, y: number): void => {
    const { bar } = held
    const technician = held.technicianId === null ? undefined : board.technicians.get(held.technicianId)
    card.show({
      title: technician ? `${technician.name}, ${hand.clock(held.start)}` : hand.titleOf(bar),
      times: `${hand.clock(held.start)} – ${hand.clock(held.end)}`,
      verdict: technician
        ? judgeDrop(bar, technician, held.start, held.end, judging.knownOf(bar, technician))
        : null,
      slackMinutes: promise
        ? (promise.dueAt - (promise.target === 'complete' ? held.end : held.start)) / 60_000
        : null,
    })
    const right = canvas.getBoundingClientRect().right - ANSWERS - 8
    card.place({ x, y, rowHeight: measures[sight.density].row, right })
  }
  const cancel = (): void => {
    drag = null
    card.hide()
    needs.holding(null)
    needs.repaint()
  }
  return {
    get drag(): Drag | null {
      return drag
    },
    cancel,
    move(bar: Bar, grabOffsetMs: number, clientX: number, clientY: number): void {
      const box = canvas.getBoundingClientRect()
      const { at, technicianId } = sight.spotAt(clientX - box.left, clientY - box.top)
      const startAt = snap(at - grabOffsetMs)
      const promise = board.nextPlacePromise(bar)
      if (drag === null) needs.holding(bar.id)
      drag = {
        bar,
        start: startAt,
        end: startAt + lengthOf(bar),
        technicianId,
        answers: answersFor(bar, startAt, technicianId),
        promiseAt: promise?.dueAt ?? null,
        promiseLabel: promise ? t(`drag.by.${promise.target}`, { time: hand.clock(promise.dueAt) }) : '',
      }
      showCard(drag, promise, clientX, clientY)
      needs.repaint()
    },
    drop(bar: Bar): void {
      const at = drag
      cancel()
      if (!at || at.technicianId === null) return
      needs.select(bar.id)
      const answer = at.answers.get(at.technicianId)
      if (answer?.mark === 'cannot') {
        needs.foot.message(t('error.refused', { why: answer.text }))
        return
      }
      // On the version that was taken hold of: what a colleague did meanwhile must come back as a conflict.
      needs.perform(bar, {
        type: 'reschedule',
        start: new Date(at.start).toISOString(),
        end: new Date(at.end).toISOString(),
        technicianId: at.technicianId,
      })
    },
  }
}

const lengthOf = (bar: Bar): number =>
  isPlaced(bar) ? bar.endAt - bar.startAt : bar.durationMinutes * 60_000
