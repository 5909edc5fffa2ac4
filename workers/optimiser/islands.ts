/**
 * Several searches at once that now and then take over the best plan among them.
 *
 * They meet at fixed shares of their budgets and wait for each other there, so with iteration budgets the result depends on seeds
 * and counts alone. Plans cross in shared memory as `next` links, in two alternating sets of slots: nobody can be two meetings
 * ahead, so nobody overwrites what another still reads. A search that waits in vain goes on alone.
 */
import { ANY_TIME, type Model } from './model.ts'
import { type PlanState, restore, type Snapshot, updateRoute } from './plan.ts'
import type { Problem } from './problem.ts'

export type Exchange = {
  readonly island: number
  readonly islands: number
  readonly shared: SharedArrayBuffer
}

/** Shares of the budget at which the islands meet: late, when an island has something to give. */
export const meetings: readonly number[] = [0.4, 0.6, 0.75, 0.85, 0.93]

const HEADER_BYTES = 16
const ARRIVED = 0
const MEETING = 1
/** Longer than islands of equal budgets can be apart. */
const PATIENCE_MS = 5_000

/** Room for every node that the problem can have: a start and an end for each shift and for each fixed activity. */
const nodesMax = (problem: Problem): number =>
  problem.activities.length +
  2 * problem.technicians.reduce((sum, technician) => sum + technician.shifts.length, 0) +
  2 * problem.activities.filter((activity) => activity.fixed !== undefined).length

const slotBytes = (nodes: number): number => 8 + 4 * (nodes + (nodes % 2))

export const sharedFor = (problem: Problem, islands: number): SharedArrayBuffer =>
  new SharedArrayBuffer(HEADER_BYTES + 2 * islands * slotBytes(nodesMax(problem)))

export type Meeting = {
  /** Gives `own` to the others; the best of all is in `into` when one of them has a better plan. */
  readonly meet: (m: Model, own: Snapshot, into: PlanState) => boolean
}

export const meetingFor = (problem: Problem, { island, islands, shared }: Exchange): Meeting => {
  const header = new Int32Array(shared, 0, HEADER_BYTES / 4)
  const bytes = slotBytes(nodesMax(problem))
  let round = 0
  let alone = false
  const slotAt = (of: number): number => HEADER_BYTES + ((round % 2) * islands + of) * bytes
  return {
    meet: (m, own, into) => {
      if (alone) return false
      new Float64Array(shared, slotAt(island), 1).set([own.total[0]!])
      new Int32Array(shared, slotAt(island) + 8, m.nodes).set(own.next)
      if (!arrive(header, islands)) {
        alone = true
        return false
      }
      let best = island
      let least = own.total[0]!
      for (let i = 0; i < islands; i++) {
        const points = new Float64Array(shared, slotAt(i), 1)[0]!
        if (points < least) {
          least = points
          best = i
        }
      }
      const better = best !== island
      if (better) adopt(m, into, new Int32Array(shared, slotAt(best) + 8, m.nodes))
      round++
      return better
    },
  }
}

/** Waits until all islands are here; false when one of them does not come. */
const arrive = (header: Int32Array, islands: number): boolean => {
  const meeting = Atomics.load(header, MEETING)
  if (Atomics.add(header, ARRIVED, 1) + 1 === islands) {
    Atomics.store(header, ARRIVED, 0)
    Atomics.add(header, MEETING, 1)
    Atomics.notify(header, MEETING)
    return true
  }
  return Atomics.wait(header, MEETING, meeting, PATIENCE_MS) !== 'timed-out'
}

/** Makes `s` the plan whose links are `next`. */
const adopt = (m: Model, s: PlanState, next: Int32Array): void => {
  const plan: Snapshot = {
    next: next.slice(),
    prev: new Int32Array(m.nodes).fill(-1),
    route: new Int32Array(m.nodes).fill(-1),
    release: new Int32Array(m.nodes).fill(ANY_TIME),
    total: new Float64Array(2),
  }
  for (let r = 0; r < m.routes; r++) {
    const first = m.n + 2 * r
    plan.route[first] = r
    for (let p = first; p !== first + 1; ) {
      const q = plan.next[p]!
      plan.prev[q] = p
      plan.route[q] = r
      p = q
    }
  }
  restore(m, s, plan)
  // The links do not cross; what they delay is found anew.
  if (m.joint) updateRoute(m, s, 0)
}
