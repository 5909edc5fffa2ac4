/**
 * The browser's copy of a board: records by id, folded by one rule — put it if its version is newer.
 *
 * The fold keeps the open activities and those closed today that it has seen; a view that needs rows or a queue derives
 * them. `changed` counts up with every fold, so that derived things know when they are old.
 */
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { BoardEvent, TechnicianView } from '../../../server/contract/board.ts'
import { boardChecksum } from '../../../server/contract/checksum.ts'
import type { OrderView } from '../../../server/contract/order.ts'

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

export const barOf = (view: ActivityView): Bar => ({
  ...view,
  startAt: instant(view.start),
  endAt: instant(view.end),
})

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

  replace(state: { activities: ActivityView[]; technicians: TechnicianView[]; orders: OrderView[] }): void {
    // Closed bars are not part of the live state, but of what the day looked like: they stay.
    for (const [id, bar] of this.bars) if (bar.state !== 'closed') this.bars.delete(id)
    this.technicians.clear()
    for (const view of state.orders) this.orders.set(view.id, orderOf(view))
    for (const view of state.technicians) this.technicians.set(view.id, view)
    for (const view of state.activities) this.bars.set(view.id, barOf(view))
    this.changed++
  }

  /** Applying an event twice, or an older one late, changes nothing. Answers the bars it touched. */
  fold(events: readonly BoardEvent[]): string[] {
    const touched: string[] = []
    for (const event of events) {
      if (event.activity && newer(this.bars.get(event.activity.id), event.activity)) {
        this.bars.set(event.activity.id, barOf(event.activity))
        touched.push(event.activity.id)
      }
      if (event.order && newer(this.orders.get(event.order.id), event.order))
        this.orders.set(event.order.id, orderOf(event.order))
      if (event.technician && newer(this.technicians.get(event.technician.id), event.technician))
        this.technicians.set(event.technician.id, event.technician)
      if (event.removed !== undefined) {
        if (event.entity === 'technician') this.technicians.delete(event.removed)
        else if (event.entity === 'order') this.orders.delete(event.removed)
        else {
          this.bars.delete(event.removed)
          touched.push(event.removed)
        }
      }
    }
    this.changed++
    return touched
  }

  checksum(): number {
    return boardChecksum(this.bars.values())
  }

  /** The open promise of a bar that falls due first; undefined when nothing is promised or the clock stands. */
  nextPromise(bar: Bar): BoardPromise | undefined {
    const order = this.orders.get(bar.orderId)
    if (!order || bar.state === 'closed') return undefined
    let first: BoardPromise | undefined
    for (const promise of order.promises)
      if (promise.reachedAt === null && (first === undefined || promise.dueAt < first.dueAt)) first = promise
    return first
  }
}

const newer = (known: { version: number } | undefined, next: { version: number }): boolean =>
  known === undefined || next.version > known.version
