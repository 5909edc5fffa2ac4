/**
 * Where several searches of one problem meet: shared memory in which each lays down what it brings and reads what others brought.
 *
 * They meet at fixed shares of their budgets and wait for each other there, so with iteration budgets the result depends on seeds
 * and counts alone. What they bring lies in two alternating sets of slots: nobody can be two meetings ahead, so nobody
 * overwrites what another still reads. A search that waits in vain goes on alone, and so does one that comes after that.
 */
import type { Problem } from '../problem.ts'

export type Exchange = {
  readonly island: number
  readonly islands: number
  readonly shared: SharedArrayBuffer
  /** Longest wait for the others; `PATIENCE_MS` when absent. */
  readonly patienceMs?: number
}

/** What one island brings to one meeting; what the numbers mean is between those who meet. */
export type Slot = {
  readonly numbers: Float64Array
  /** Two plans as `next` links. */
  readonly plan: Int32Array
  readonly best: Int32Array
}

export type Meeting = {
  readonly island: number
  readonly islands: number
  /** Where to write what is brought to the next meeting. */
  readonly own: () => Slot
  /** What everybody brought, once all are there; null from the first time on that somebody did not come. */
  readonly come: (isOver: () => boolean) => readonly Slot[] | null
}

/** Words of the header: how many are here, which meeting it is, whether somebody has given up. */
const ARRIVED = 0
const MEETING = 1
const BROKEN_UP = 2
const HEADER_BYTES = 16
const NUMBERS = 2
/** Longer than islands of equal budgets can be apart. */
const PATIENCE_MS = 5_000
/** How often one who waits looks whether its own time is over. */
const LOOK_EVERY_MS = 10

/** Room for every node that the problem can have: a start and an end for each shift and for each fixed activity. */
const nodesMax = (problem: Problem): number =>
  problem.activities.length +
  2 * problem.technicians.reduce((sum, technician) => sum + technician.shifts.length, 0) +
  2 * problem.activities.filter((activity) => activity.fixed !== undefined).length

/** Both plans together fill whole doubles. */
const slotBytes = (nodes: number): number => 8 * (NUMBERS + nodes)

export const sharedFor = (problem: Problem, islands: number): SharedArrayBuffer =>
  new SharedArrayBuffer(HEADER_BYTES + 2 * islands * slotBytes(nodesMax(problem)))

export const meetingFor = (problem: Problem, { island, islands, shared, patienceMs }: Exchange): Meeting => {
  const header = new Int32Array(shared, 0, HEADER_BYTES / 4)
  const nodes = nodesMax(problem)
  const slots = [0, 1].map((turn) =>
    Array.from({ length: islands }, (_, of): Slot => {
      const at = HEADER_BYTES + (turn * islands + of) * slotBytes(nodes)
      return {
        numbers: new Float64Array(shared, at, NUMBERS),
        plan: new Int32Array(shared, at + 8 * NUMBERS, nodes),
        best: new Int32Array(shared, at + 8 * NUMBERS + 4 * nodes, nodes),
      }
    }),
  )
  let round = 0
  let alone = false
  // There are two turns, and a slot for each island in both.
  return {
    island,
    islands,
    own: () => slots[round % 2]![island]!,
    come: (isOver) => {
      if (alone || !arrive(header, islands, patienceMs ?? PATIENCE_MS, isOver)) {
        alone = true
        return null
      }
      return slots[round++ % 2]!
    },
  }
}

/** Waits until all islands are here; false when one of them does not come, or has gone on alone before. */
const arrive = (header: Int32Array, islands: number, patienceMs: number, isOver: () => boolean): boolean => {
  if (Atomics.load(header, BROKEN_UP) === 1) return false
  const meeting = Atomics.load(header, MEETING)
  if (Atomics.add(header, ARRIVED, 1) + 1 === islands) {
    Atomics.store(header, ARRIVED, 0)
    Atomics.add(header, MEETING, 1)
    Atomics.notify(header, MEETING)
    return true
  }
  for (let waited = 0; waited < patienceMs && !isOver(); waited += LOOK_EVERY_MS) {
    Atomics.wait(header, MEETING, meeting, LOOK_EVERY_MS)
    // Only the number tells: a call that was meant for the meeting before can wake whoever is here early for this one.
    if (Atomics.load(header, MEETING) !== meeting) return true
    if (Atomics.load(header, BROKEN_UP) === 1) return false
  }
  Atomics.store(header, BROKEN_UP, 1)
  return false
}
