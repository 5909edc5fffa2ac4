/**
 * What is still to happen, soonest first: a binary heap. Things of one moment come together, in the order they were added.
 */
export type Agenda<T> = {
  readonly add: (at: number, item: T) => void
  /** Everything of the next moment; null when nothing is left. */
  readonly next: () => { readonly at: number; readonly items: readonly T[] } | null
}

type Entry<T> = { readonly at: number; readonly turn: number; readonly item: T }

const isBefore = <T>(a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.turn < b.turn)

export const agendaOf = <T>(): Agenda<T> => {
  const heap: Entry<T>[] = []
  let turn = 0
  const swap = (i: number, k: number): void => {
    // Both indices lie inside the heap.
    const held = heap[i]!
    heap[i] = heap[k]!
    heap[k] = held
  }
  const rise = (from: number): void => {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1
      if (!isBefore(heap[i]!, heap[parent]!)) return
      swap(i, parent)
      i = parent
    }
  }
  const sink = (): void => {
    for (let i = 0; ; ) {
      let least = i
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child
      }
      if (least === i) return
      swap(i, least)
      i = least
    }
  }
  const take = (): Entry<T> | undefined => {
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    heap[0] = last
    sink()
    return first
  }
  return {
    add(at, item) {
      heap.push({ at, turn: turn++, item })
      rise(heap.length - 1)
    },
    next() {
      const first = take()
      if (first === undefined) return null
      const items = [first.item]
      while (heap[0]?.at === first.at) {
        const entry = take()
        if (entry !== undefined) items.push(entry.item)
      }
      return { at: first.at, items }
    },
  }
}
