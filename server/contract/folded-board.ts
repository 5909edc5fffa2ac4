/**
 * A board folded in memory from a snapshot and the events after it, as JSON texts ready to be passed on.
 *
 * The same rules as the Redis projection: open activities, active technicians, and exactly the orders that an open
 * activity belongs to. An order that is told of before its activity arrives, or after its last one has gone, waits
 * aside; the places to wait are bounded. Events must be given in order and without a hole.
 */
import type { ActivityView } from './activity.ts'
import { activityHash, type TechnicianView } from './board.ts'
import { type CutFacts, cutFacts, type Knife } from './board-cut.ts'
import { foldStep } from './board-fold.ts'
import type { OrderView } from './order.ts'
import type { WireEvent } from './wire-event.ts'

const WAITING_MAX = 1_000

type TeamMember = { readonly id: string; readonly teamId: string | null }
type KeptActivity = { version: number; orderId: string; facts: CutFacts; text: string }
type KeptTechnician = { version: number; facts: TeamMember; text: string }
type KeptOrder = { version: number; text: string }

/** What an event did to the board, as far as it matters to viewers of a part of it. */
export type Change =
  | {
      readonly entity: 'activity'
      readonly id: string
      readonly before: CutFacts | null
      readonly after: CutFacts | null
      /** The order it belongs to, as it is known then; for viewers into whose view the activity comes. */
      readonly order: string | null
    }
  | {
      readonly entity: 'technician'
      readonly id: string
      readonly before: TeamMember | null
      readonly after: TeamMember | null
    }
  | {
      readonly entity: 'order'
      readonly id: string
      /** The order's open activities on this board. */
      readonly holders: readonly CutFacts[]
    }
  /** The board itself: its policy, which everybody who sees any of it may know. */
  | { readonly entity: 'board' }
  | { readonly entity: 'unknown' }

export type BoardParts = {
  readonly activities: string[]
  readonly technicians: string[]
  readonly orders: string[]
}

export class FoldedBoard {
  /** Order-independent checksum of the open activities. */
  sum = 0
  readonly #boardId: string
  readonly #activities = new Map<string, KeptActivity>()
  readonly #technicians = new Map<string, KeptTechnician>()
  readonly #orders = new Map<string, KeptOrder>()
  readonly #waiting = new Map<string, KeptOrder>()
  readonly #open = new Map<string, Set<string>>()

  constructor(boardId: string) {
    this.#boardId = boardId
  }

  putActivity(activity: ActivityView, text: string): void {
    const kept = { version: activity.version, orderId: activity.orderId, facts: cutFacts(activity), text }
    this.#activities.set(activity.id, kept)
    this.sum = (this.sum + activityHash(activity.id, activity.version)) >>> 0
    this.#refer(activity.orderId, activity.id)
  }

  putTechnician(technician: TechnicianView, text: string): void {
    const facts = { id: technician.id, teamId: technician.teamId }
    this.#technicians.set(technician.id, { version: technician.version, facts, text })
  }

  putOrder(order: Pick<OrderView, 'id' | 'version'>, text: string): void {
    const kept = { version: order.version, text }
    if (this.#open.has(order.id)) {
      this.#orders.set(order.id, kept)
      this.#waiting.delete(order.id)
    } else this.#wait(order.id, kept)
  }

  /** False while an order is missing that an open activity belongs to. */
  get complete(): boolean {
    return this.#orders.size === this.#open.size
  }

  get activityCount(): number {
    return this.#activities.size
  }

  apply({ event, state }: WireEvent): Change {
    const step = foldStep(event, this.#boardId)
    if (step === null) return { entity: event.board ? 'board' : 'unknown' }
    if (step.entity === 'activity')
      return this.#applyActivity(step.id, step.act === 'put' ? event.activity : undefined, state)
    if (step.entity === 'technician') {
      const before = this.#technicians.get(step.id) ?? null
      if (step.act === 'drop') this.#technicians.delete(step.id)
      else if (event.technician && (before?.version ?? 0) < step.version)
        this.putTechnician(event.technician, state)
      const after = this.#technicians.get(step.id) ?? null
      return { entity: 'technician', id: step.id, before: before?.facts ?? null, after: after?.facts ?? null }
    }
    const holders = [...(this.#open.get(step.id) ?? [])].flatMap(
      (id) => this.#activities.get(id)?.facts ?? [],
    )
    if (step.act === 'drop') {
      this.#orders.delete(step.id)
      this.#waiting.delete(step.id)
    } else {
      const known = this.#orders.get(step.id) ?? this.#waiting.get(step.id)
      if (event.order && (known?.version ?? 0) < step.version) this.putOrder(event.order, state)
    }
    return { entity: 'order', id: step.id, holders }
  }

  #applyActivity(id: string, put: ActivityView | undefined, text: string): Change {
    const old = this.#activities.get(id)
    if (put && (old?.version ?? 0) < put.version) {
      this.putActivity(put, text)
      if (old) {
        this.sum = (this.sum - activityHash(id, old.version)) >>> 0
        if (old.orderId !== put.orderId) this.#unrefer(old.orderId, id)
      }
    } else if (!put && old) {
      this.#activities.delete(id)
      this.sum = (this.sum - activityHash(id, old.version)) >>> 0
      this.#unrefer(old.orderId, id)
    }
    const kept = this.#activities.get(id)
    return {
      entity: 'activity',
      id,
      before: old?.facts ?? null,
      after: kept?.facts ?? null,
      order: kept ? (this.#orders.get(kept.orderId)?.text ?? null) : null,
    }
  }

  /** The records as JSON texts, of the whole board or of a cut. */
  parts(knife?: Knife): BoardParts {
    if (!knife || knife.whole) {
      const texts = (map: Map<string, { text: string }>): string[] =>
        [...map.values()].map((kept) => kept.text)
      return {
        activities: texts(this.#activities),
        technicians: texts(this.#technicians),
        orders: texts(this.#orders),
      }
    }
    const activities: string[] = []
    const orders = new Map<string, string>()
    for (const kept of this.#activities.values()) {
      if (!knife.activity(kept.facts)) continue
      activities.push(kept.text)
      const order = this.#orders.get(kept.orderId)
      if (order) orders.set(kept.orderId, order.text)
    }
    const technicians = [...this.#technicians.values()].filter((kept) => knife.technician(kept.facts))
    return { activities, technicians: technicians.map((kept) => kept.text), orders: [...orders.values()] }
  }

  #refer(orderId: string, activityId: string): void {
    const open = this.#open.get(orderId)
    if (open) {
      open.add(activityId)
      return
    }
    this.#open.set(orderId, new Set([activityId]))
    const waiting = this.#waiting.get(orderId)
    if (!waiting) return
    this.#waiting.delete(orderId)
    this.#orders.set(orderId, waiting)
  }

  #unrefer(orderId: string, activityId: string): void {
    const open = this.#open.get(orderId)
    open?.delete(activityId)
    if (!open || open.size > 0) return
    this.#open.delete(orderId)
    const kept = this.#orders.get(orderId)
    if (!kept) return
    this.#orders.delete(orderId)
    this.#wait(orderId, kept)
  }

  #wait(orderId: string, kept: KeptOrder): void {
    this.#waiting.delete(orderId)
    this.#waiting.set(orderId, kept)
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= WAITING_MAX) break
      this.#waiting.delete(oldest)
    }
  }
}
