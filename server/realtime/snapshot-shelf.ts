/**
 * A board's snapshots, each encoded once and then shared for a few seconds: whoever gets one that is slightly old reads the
 * events after it, because snapshot and events share one place.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import type { BoardTail } from '../application/tail-board.ts'
import type { Knife } from '../contract/board-cut.ts'
import { type Frame, frameOf } from './frame.ts'

const SNAPSHOT_RECORDS = 500
const SNAPSHOT_REUSE_MS = 5_000
const SNAPSHOT_REUSE_EVENTS = 200
const SNAPSHOTS_MAX = 4

export type Snapshot = {
  readonly epoch: string
  readonly seq: number
  readonly frames: readonly Frame[]
  readonly at: number
}

export class SnapshotShelf {
  readonly #tail: BoardTail
  readonly #kept = new Map<string, Promise<Snapshot>>()

  constructor(tail: BoardTail) {
    this.#tail = tail
  }

  clear(): void {
    this.#kept.clear()
  }

  take(knife: Knife): Promise<Snapshot> {
    const known = this.#kept.get(knife.key)
    if (!known) return this.#make(knife)
    return known.then((snapshot) => (this.#stillGood(snapshot) ? snapshot : this.#make(knife)))
  }

  #stillGood(snapshot: Snapshot): boolean {
    const tail = this.#tail
    return (
      snapshot.epoch === tail.epoch &&
      tail.head - snapshot.seq <= SNAPSHOT_REUSE_EVENTS &&
      snapshot.seq + 1 >= tail.oldest &&
      performance.now() - snapshot.at < SNAPSHOT_REUSE_MS
    )
  }

  #make(knife: Knife): Promise<Snapshot> {
    const making = this.#encode(knife)
    this.#kept.delete(knife.key)
    this.#kept.set(knife.key, making)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= SNAPSHOTS_MAX) break
      this.#kept.delete(oldest)
    }
    making.catch(() => this.#kept.delete(knife.key))
    return making
  }

  async #encode(knife: Knife): Promise<Snapshot> {
    const tail = this.#tail
    // An order that is missing is being read at this moment; a short wait spares the viewer a hole.
    for (let look = 0; look < 20 && !tail.complete; look++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    const { epoch, head: seq, boardId } = tail
    const { activities, technicians, orders } = tail.parts(knife)
    const records = [
      ...technicians.map((text) => ['technicians', text] as const),
      ...orders.map((text) => ['orders', text] as const),
      ...activities.map((text) => ['activities', text] as const),
    ]
    const parts = Math.max(1, Math.ceil(records.length / SNAPSHOT_RECORDS))
    const frames: Frame[] = []
    for (let part = 1; part <= parts; part++) {
      const lists = { activities: [] as string[], technicians: [] as string[], orders: [] as string[] }
      for (const [list, text] of records.slice((part - 1) * SNAPSHOT_RECORDS, part * SNAPSHOT_RECORDS)) {
        lists[list].push(text)
      }
      const head = JSON.stringify({ board: boardId, epoch, seq, part, parts }).slice(0, -1)
      const body = `${head},"activities":[${lists.activities.join(',')}],"technicians":[${lists.technicians.join(',')}],"orders":[${lists.orders.join(',')}]}`
      frames.push(frameOf('snapshot', body))
      if (part < parts) await breathe()
    }
    return { epoch, seq, frames, at: performance.now() }
  }

  forgetOld(): void {
    for (const [key, making] of this.#kept) {
      making.then(
        (snapshot) => {
          if (!this.#stillGood(snapshot) && this.#kept.get(key) === making) this.#kept.delete(key)
        },
        () => undefined,
      )
    }
  }
}
