/**
 * The browser's copy of a board: records by id, folded by one rule — put it if its version is newer.
 *
 * The fold keeps the open activities and those closed today that it has seen. Each technician's bars lie in order of
 * start; one that changes gets a new list, so a list's identity tells whether what was derived from it still holds, and
 * one change on a full board touches one row. `changed` counts up with every fold.
 */

import type { ActivityView } from '../../../server/contract/activity.ts'
import type { BoardEvent, TechnicianView } from '../../../server/contract/board.ts'
import { foldStep } from '../../../server/contract/board-fold.ts'
import { boardChecksum } from '../../../server/contract/checksum.ts'
import type { OrderView } from '../../../server/contract/order.ts'
import { isNewer } from '../../../server/domain/activity/evolve.ts'
import { areLinked } from '../../../server/domain/plan/links.ts'

/** An activity with its instants as numbers, worked out once when it arrives. */
export type Bar = ActivityView & {
  readonly startAt: number | null
  readonly endAt: number | null
}
export type BoardPromise = {
  readonly target: 'respond' | 'arrive' | 'complete'
  readonly dueAt: number
  readonly reachedAt: number | null
}
export type Order = OrderView & { readonly promises: readonly BoardPromise[]; readonly placeName: string }

const instant = (text: string | null): number | null => (text === null ? null : Date.parse(text))

export function barOf(view: ActivityView): Bar {
  const startAt = instant(view.start)
  const endAt = instant(view.end)
  const closedAt = view.state === 'closed' ? instant(view.closedAt) : null
  // Done before its planned time: it lies where it was done. Nothing that is over lies ahead of now.
  if (closedAt !== null && startAt !== null && closedAt <= startAt)
    return { ...view, startAt: closedAt - CLOSED_MIN, endAt: closedAt }
  return { ...view, startAt, endAt }
}
const CLOSED_MIN = 5 * 60_000

export const orderOf = (view: OrderView): Order => ({
  ...view,
  promises: view.slas.flatMap((sla) =>
    sla.dueAt === null
      ? []
      : [{ target: sla.target, dueAt: Date.parse(sla.dueAt), reachedAt: instant(sla.reachedAt) }],
  ),
  placeName: view.address?.city || view.address?.street || view.customerName || '',
})

export class Board {
  readonly bars = new Map<string, Bar>()
  readonly orders = new Map<string, Order>()
  readonly technicians = new Map<string, TechnicianView>()
  changed = 0
  /** Counts up when a person comes, goes or changes: rows depend on this, not on every bar. */
  peopleChanged = 0
  readonly #id: string | null
  readonly #lists = new Map<string, Bar[]>()
  #linked: { changed: number; id: string; bars: readonly Bar[] } = { changed: -1, id: '', bars: [] }

  /** Without an id it takes what it is given: a page that follows one board and asks no more of it. */
  constructor(boardId: string | null = null) {
    this.#id = boardId
  }

  replace(state: { activities: ActivityView[]; technicians: TechnicianView[]; orders: OrderView[] }): void {
    // Closed bars are not part of the live state, but of what the day looked like: they stay.
    for (const [id, bar] of this.bars) if (bar.state !== 'closed') this.bars.delete(id)
    this.technicians.clear()
    for (const view of state.orders) this.orders.set(view.id, orderOf(view))
    for (const view of state.technicians) this.technicians.set(view.id, view)
    for (const view of state.activities) this.bars.set(view.id, barOf(view))
    this.#lists.clear()
    for (const bar of this.bars.values()) {
      const list = isPlaced(bar) && this.#lists.get(bar.technicianId)
      if (list) list.push(bar)
      else if (isPlaced(bar)) this.#lists.set(bar.technicianId, [bar])
    }
    for (const list of this.#lists.values()) list.sort(byStart)
    this.changed++
    this.peopleChanged++
  }

  /** What was closed before this page was opened: read after the open work, and never put over something newer. */
  addPast(past: { activities: readonly ActivityView[]; orders: readonly OrderView[] }): void {
    for (const view of past.orders) if (!this.orders.has(view.id)) this.orders.set(view.id, orderOf(view))
    for (const view of past.activities)
      if (view.state === 'closed' && isNewer(this.bars.get(view.id), view)) this.#put(barOf(view))
    this.changed++
  }

  /** A technician's placed bars, by start. */
  barsOf(technicianId: string): readonly Bar[] {
    return this.#lists.get(technicianId) ?? nothing
  }

  #put(bar: Bar): void {
    this.#unlist(this.bars.get(bar.id))
    this.bars.set(bar.id, bar)
    if (!isPlaced(bar)) return
    const list = this.barsOf(bar.technicianId)
    const at = list.findIndex((other) => byStart(bar, other) < 0)
    this.#lists.set(bar.technicianId, at === -1 ? [...list, bar] : list.toSpliced(at, 0, bar))
  }

  #unlist(bar: Bar | undefined): void {
    if (!bar || !isPlaced(bar)) return
    this.#lists.set(
      bar.technicianId,
      this.barsOf(bar.technicianId).filter((other) => other.id !== bar.id),
    )
  }

  /** Applying an event twice, or an older one late, changes nothing. Answers the bars it touched. */
  fold(events: readonly BoardEvent[]): string[] {
    const touched: string[] = []
    for (const event of events) {
      const own = this.#id ?? event.activity?.boardId ?? event.technician?.boardId ?? ''
      const step = foldStep(event, own)
      if (step === null) continue
      // Work that was closed here stays in sight, grey, until the page is opened again; the log's own board drops it.
      const isClosedHere = event.activity?.state === 'closed' && event.activity.boardId === own
      if (step.entity === 'activity') {
        if (event.activity && (step.act === 'put' || isClosedHere)) {
          if (!isNewer(this.bars.get(step.id), event.activity)) continue
          this.#put(barOf(event.activity))
        } else {
          this.#unlist(this.bars.get(step.id))
          this.bars.delete(step.id)
        }
        touched.push(step.id)
      } else if (step.entity === 'technician') {
        if (step.act === 'drop') this.technicians.delete(step.id)
        else if (event.technician && isNewer(this.technicians.get(step.id), event.technician))
          this.technicians.set(step.id, event.technician)
        this.peopleChanged++
      } else if (step.act === 'drop') this.orders.delete(step.id)
      else if (event.order && isNewer(this.orders.get(step.id), event.order))
        this.orders.set(step.id, orderOf(event.order))
    }
    this.changed++
    return touched
  }

  /** The bars that a bar names, or that name it. Asked for every row while a bar is dragged, so it is remembered. */
  linkedTo(bar: Bar): readonly Bar[] {
    if (this.#linked.changed !== this.changed || this.#linked.id !== bar.id)
      this.#linked = {
        changed: this.changed,
        id: bar.id,
        bars: [...this.bars.values()].filter((other) => areLinked(bar, other)),
      }
    return this.#linked.bars
  }

  checksum(): number {
    return boardChecksum(this.bars.values())
  }

  /** What is promised of a bar's order, kept or not; nothing once the work is closed. */
  promisesOf(bar: Bar): readonly BoardPromise[] {
    return bar.state === 'closed' ? none : (this.orders.get(bar.orderId)?.promises ?? none)
  }

  /** The open promise of a bar that falls due first; undefined when nothing is promised or the clock stands. */
  nextPromise(bar: Bar): BoardPromise | undefined {
    let first: BoardPromise | undefined
    for (const promise of this.promisesOf(bar))
      if (promise.reachedAt === null && (first === undefined || promise.dueAt < first.dueAt)) first = promise
    return first
  }

  /** The first open promise that a place decides: a response is kept by sending, wherever the work lies. */
  nextPlacePromise(bar: Bar): BoardPromise | undefined {
    let first: BoardPromise | undefined
    for (const promise of this.promisesOf(bar))
      if (
        promise.reachedAt === null &&
        promise.target !== 'respond' &&
        (first === undefined || promise.dueAt < first.dueAt)
      )
        first = promise
    return first
  }
}

const nothing: readonly Bar[] = []
const none: readonly BoardPromise[] = []

/** A bar that lies on somebody's row. */
export const isPlaced = (
  bar: Bar,
): bar is Bar & { readonly technicianId: string; readonly startAt: number; readonly endAt: number } =>
  bar.technicianId !== null && bar.startAt !== null && bar.endAt !== null

/** The earlier first; of two that start together the longer one, so that it lies beneath. */
const byStart = (a: Bar, b: Bar): number =>
  (a.startAt ?? 0) - (b.startAt ?? 0) || (b.endAt ?? 0) - (a.endAt ?? 0) || (a.id < b.id ? -1 : 1)
