import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestCost, bestPosition, insertionFor } from '../improve/insertion.ts'
import { sisrStep, sisrStepAround } from '../improve/sisr.ts'
import { ordinarySisr, sisrFor } from '../improve/sisr-state.ts'
import { compile } from '../model/compile.ts'
import type { Model } from '../model/model.ts'
import { randomFrom } from '../random.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { emptyPlan, placeFixedWork } from './new-plan.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink } from './plan-state.ts'
import { updateAfterLink, updateRoute } from './update.ts'

const seeds = fc.integer({ min: 0, max: 0xffffffff })

/** Everything that is derived from the links, made anew. */
const fresh = (m: Model, s: PlanState): PlanState => {
  const copy = emptyPlan(m)
  for (let r = 0; r < m.routes; r++) {
    let p = m.n + 2 * r
    for (let u = s.next[p]!; u < m.n; u = s.next[u]!) {
      takeIn(m, copy, u)
      linkAfter(copy, u, p)
      p = u
    }
    updateRoute(m, copy, r)
  }
  return copy
}

const derived = (m: Model, s: PlanState) => {
  const inPlan = Array.from({ length: m.nodes }, (_, u) => u).filter((u) => u >= m.n || s.route[u]! >= 0)
  const pick = (values: Int32Array): (number | undefined)[] => inPlan.map((u) => values[u])
  return {
    start: pick(s.start),
    free: pick(s.free),
    latest: pick(s.latest),
    route: pick(s.route),
    length: [...s.length],
    brought: [...s.brought],
    collected: [...s.collected],
    routeCost: [...s.routeCost],
    total: [...s.total],
    absent: [...s.absent.subarray(0, s.count[0]!)].sort((a, b) => a - b),
  }
}

const searched = (seed: number): { m: Model; s: PlanState } => {
  const m = compile(randomProblem(seed, { activities: 25, technicians: 4 }))
  const s = emptyPlan(m)
  placeFixedWork(m, s)
  return { m, s }
}

describe('the plan under search', () => {
  it('keeps times, loads and costs as they would be made anew', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { m, s } = searched(seed)
        const sisr = sisrFor(m, randomFrom(seed), ordinarySisr)
        if (sisr.movable.length === 0 || m.routes === 0) return
        sisr.temperature.fill(1e6)
        for (let i = 0; i < 40; i++) sisrStep(m, s, sisr)
        expect(derived(m, s)).toEqual(derived(m, fresh(m, s)))
      }),
      { numRuns: 150 },
    )
  })

  it('is exactly as before when a step is not taken', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { m, s } = searched(seed)
        const sisr = sisrFor(m, randomFrom(seed), ordinarySisr)
        if (sisr.movable.length === 0 || m.routes === 0) return
        sisr.temperature.fill(1e6)
        for (let i = 0; i < 20; i++) sisrStep(m, s, sisr)
        const before = derived(m, s)
        const order = [...s.next]
        for (const u of sisr.movable) sisrStepAround(m, s, sisr, u, () => false)
        expect(derived(m, s)).toEqual(before)
        expect([...s.next].filter((_, u) => u >= m.n || s.route[u]! >= 0)).toEqual(
          order.filter((_, u) => u >= m.n || s.route[u]! >= 0),
        )
      }),
      { numRuns: 80 },
    )
  })

  it('costs as much more as the kernel said it would when an activity is put in', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { m, s } = searched(seed)
        const insertion = insertionFor(m, randomFrom(seed), 0)
        for (const u of [...s.absent.subarray(0, s.count[0]!)]) {
          const p = bestPosition(m, s, insertion, u, new Int32Array(0), -1)
          if (p < 0) continue
          const said = bestCost[0]!
          const before = s.total[0]! - m.leftOutCost[u]!
          const r = s.route[p]!
          takeIn(m, s, u)
          linkAfter(s, u, p)
          updateAfterLink(m, s, u, r)
          expect(s.possible[r]).toBe(1)
          expect(s.total[0]! - before).toBe(said)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('gives back what it cost when an activity is taken out again', () => {
    const { m, s } = searched(11)
    const before = s.total[0]!
    const insertion = insertionFor(m, randomFrom(1), 0)
    const u = s.absent[0]!
    const p = bestPosition(m, s, insertion, u, new Int32Array(0), -1)
    expect(p).toBeGreaterThanOrEqual(0)
    takeIn(m, s, u)
    linkAfter(s, u, p)
    const r = s.route[u]!
    updateRoute(m, s, r)
    unlink(s, u)
    updateRoute(m, s, r)
    leaveOut(m, s, u)
    expect(s.total[0]).toBe(before)
  })
})
