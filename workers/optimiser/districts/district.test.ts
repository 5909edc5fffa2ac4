import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { sisrStep } from '../improve/sisr.ts'
import { ordinarySisr, sisrFor } from '../improve/sisr-state.ts'
import { compile } from '../model/compile.ts'
import type { Model } from '../model/model.ts'
import { decode } from '../plan/decode.ts'
import { emptyPlan } from '../plan/new-plan.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { keep, snapshotFor } from '../plan/snapshot.ts'
import type { Problem } from '../problem.ts'
import { randomFrom } from '../random.ts'
import { startingPlan } from '../solve.ts'
import { startBudget } from '../stop/budget.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { carryHome } from './carry-home.ts'
import { districtOf } from './district.ts'
import { beginInMiddle, districtWalkFor, visitDistrict } from './walk.ts'

const seeds = fc.integer({ min: 0, max: 0xffffffff })

const begun = (seed: number): { problem: Problem; m: Model; s: PlanState } => {
  const problem = randomProblem(seed, { activities: 30, technicians: 8 })
  const m = compile(problem)
  const s = emptyPlan(m)
  startingPlan(m, s, randomFrom(seed), undefined, startBudget({ iterations: 1 }))
  return { problem, m, s }
}

/** About half of the days, and half of what is left out. */
const halfOf = (m: Model, s: PlanState, seed: number) => ({
  routes: Array.from({ length: m.routes }, (_, r) => r).filter(
    (r) => m.shiftOf[r]! >= 0 && ((seed >>> (r % 24)) & 1) === 0,
  ),
  open: Array.from(s.absent.subarray(0, s.count[0]!)).filter((u) => u % 2 === 0),
})

describe('a district', () => {
  it('has its days as they are on the whole board: the same starts, the same costs', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { m, s } = begun(seed)
        fc.pre(!m.joint)
        const { routes, open } = halfOf(m, s, seed)
        fc.pre(routes.length > 0)
        const district = districtOf(m, s, routes, open)
        routes.forEach((r, i) => {
          expect(district.s.routeCost[i]).toBe(s.routeCost[r])
          expect(district.s.possible[i]).toBe(s.possible[r])
        })
        const starts = Array.from(
          district.activities,
          (u, own) => [s.route[u]! >= 0, s.start[u], own] as const,
        )
        for (const [placed, start, own] of starts) if (placed) expect(district.s.start[own]).toBe(start)
        const outside = open.reduce((sum, u) => sum + m.leftOutCost[u]!, 0)
        expect(district.s.total[0]).toBe(routes.reduce((sum, r) => sum + s.routeCost[r]!, outside))
      }),
      { numRuns: 150 },
    )
  })

  it('brings home a plan that is within the rules and costs as much less as it said', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { problem, m, s } = begun(seed)
        fc.pre(!m.joint)
        const { routes, open } = halfOf(m, s, seed)
        fc.pre(routes.length > 0)
        const district = districtOf(m, s, routes, open)
        const before = { whole: s.total[0]!, own: district.s.total[0]! }
        const sisr = sisrFor(district.m, randomFrom(seed), ordinarySisr)
        if (sisr.movable.length > 0) for (let i = 0; i < 60; i++) sisrStep(district.m, district.s, sisr)
        carryHome(m, s, district, district.s.next)
        const plan = decode(m, s, 0)
        expect(check(problem, plan).violations).toEqual([])
        expect(s.total[0]! - before.whole).toBe(district.s.total[0]! - before.own)
      }),
      { numRuns: 100 },
    )
  })
})

describe('a walk through districts', () => {
  const walked = (seed: number, isClosed: (route: number) => boolean = () => false) => {
    const { problem, m, s } = begun(seed)
    if (m.joint) return null
    const random = randomFrom(seed)
    const closed = Uint8Array.from({ length: m.routes }, (_, r) => (isClosed(r) ? 1 : 0))
    const districts = districtWalkFor(m, s, random, closed, 1)
    if (districts === null) return null
    const before = s.next.slice()
    const best = snapshotFor(m)
    keep(s, best)
    const first = s.total[0]!
    const told: number[] = []
    for (let i = 0; i < 6; i++)
      visitDistrict(m, s, districts, {
        best,
        temperature: Float64Array.of(600, 10_000),
        random,
        stepsMax: 40,
        isOver: () => false,
        onBetter: () => told.push(best.total[0]!),
      })
    return { problem, m, s, best, first, told, before }
  }

  it('keeps within the rules, and its best plan only gets better', () => {
    let better = 0
    fc.assert(
      fc.property(seeds, (seed) => {
        const end = walked(seed)
        if (end === null) return
        expect(check(end.problem, decode(end.m, end.s, 0)).violations).toEqual([])
        expect(end.told).toEqual([...end.told].sort((a, b) => b - a))
        expect(end.best.total[0]).toBe(end.told.at(-1) ?? end.first)
        better += end.told.length > 0 ? 1 : 0
      }),
      { numRuns: 60 },
    )
    expect(better).toBeGreaterThan(0)
  })

  it("leaves days alone that are somebody else's, and changes others", () => {
    let changed = 0
    fc.assert(
      fc.property(seeds, (seed) => {
        const end = walked(seed, (r) => r % 2 === 1)
        if (end === null) return
        const { m, s, before } = end
        for (let r = 0; r < m.routes; r++) {
          const day = (next: Int32Array): number[] => {
            const work: number[] = []
            for (let u = next[m.n + 2 * r]!; u < m.n; u = next[u]!) work.push(u)
            return work
          }
          if (r % 2 === 1) expect(day(s.next)).toEqual(day(before))
          else if (day(s.next).join() !== day(before).join()) changed++
        }
      }),
      { numRuns: 60 },
    )
    expect(changed).toBeGreaterThan(0)
  })

  it('begins its steps in the middle of a district and at work left out, and nowhere else', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 30 }), (seed, core) => {
        const { m, s } = begun(seed)
        const sisr = sisrFor(m, randomFrom(seed), ordinarySisr)
        beginInMiddle({ s }, core, sisr)
        const begins = sisr.movable.subarray(0, sisr.at[9])
        const allowed = Array.from({ length: m.n }, (_, u) => u).filter(
          (u) => m.isFixed[u] === 0 && (u < core || s.route[u]! < 0),
        )
        expect(Array.from(begins)).toEqual(allowed)
      }),
      { numRuns: 50 },
    )
  })

  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const once = walked(seed)
        const again = walked(seed)
        expect(again?.s.next).toEqual(once?.s.next)
        expect(again?.told).toEqual(once?.told)
      }),
      { numRuns: 20 },
    )
  })
})
