import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { neighboursFor } from '../improve/neighbours.ts'
import { sisrStep } from '../improve/sisr.ts'
import { ordinarySisr, type Sisr, sisrFor } from '../improve/sisr-state.ts'
import { compile } from '../model/compile.ts'
import type { Model } from '../model/model.ts'
import { decode } from '../plan/decode.ts'
import { emptyPlan, placeFixedWork } from '../plan/new-plan.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { keep, restore, snapshotFor } from '../plan/snapshot.ts'
import type { Problem } from '../problem.ts'
import { randomFrom } from '../random.ts'
import { randomProblem, randomVanProblem } from '../testing/random-problems.ts'
import { type Parts, partsFor, shareOut } from './parts.ts'
import { keepTo, take } from './rounds.ts'

const seeds = fc.integer({ min: 0, max: 0xffffffff })

type Island = { readonly s: PlanState; readonly sisr: Sisr; readonly parts: Parts }

/** A plan that some hot steps have left, as every island has it when a round begins; null where nothing can move. */
const atTheStart = (problem: Problem, seed: number): { m: Model; islands: Island[] } | null => {
  const m = compile(problem)
  if (m.joint || m.routes === 0 || m.fixedCount === m.n) return null
  const s = emptyPlan(m)
  placeFixedWork(m, s)
  const sisr = hotSisr(m, seed)
  for (let i = 0; i < 30; i++) sisrStep(m, s, sisr)
  const plan = snapshotFor(m)
  keep(s, plan)
  const islands = [0, 1].map((island): Island => {
    const own = emptyPlan(m)
    restore(m, own, plan)
    const ownSisr = hotSisr(m, seed + island)
    return { s: own, sisr: ownSisr, parts: partsFor(m, 2, randomFrom(seed), ownSisr.neighbours) }
  })
  return { m, islands }
}

const hotSisr = (m: Model, seed: number): Sisr => {
  const sisr = sisrFor(m, randomFrom(seed), ordinarySisr)
  sisr.temperature.fill(1e6)
  return sisr
}

/** The order of the work on each route. */
const daysOf = (m: Model, s: PlanState): number[][] =>
  Array.from({ length: m.routes }, (_, r) => {
    const day: number[] = []
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) day.push(u)
    return day
  })

/** One round of two islands, taken after one another instead of at once; true when the days could be shared out. */
const playRound = (problem: Problem, seed: number): boolean => {
  const start = atTheStart(problem, seed)
  if (start === null) return false
  const { m, islands } = start
  const [first, second] = islands
  if (first === undefined || second === undefined) throw new Error('two islands were made')
  const before = first.s.total[0]!
  const days = daysOf(m, first.s)
  for (const { s, parts } of islands) if (!shareOut(m, s, parts)) return false
  expect(second.parts).toEqual(first.parts)
  const growth = islands.map(({ s, sisr, parts }, island) => {
    keepTo(m, s, sisr, parts, island)
    if (sisr.at[9] === 0) return 0
    const from = s.total[0]!
    for (let i = 0; i < 30; i++) sisrStep(m, s, sisr)
    daysOf(m, s).forEach((day, r) => {
      if (parts.owner[r] !== island) expect(day).toEqual(days[r])
    })
    return s.total[0]! - from
  })
  const links = islands.map(({ s }) => s.next.slice())
  for (const { s, parts } of islands) {
    take(m, s, (r) => links[parts.owner[r]!]!)
    const plan = decode(m, s, 0)
    const verdict = check(problem, plan)
    expect(verdict.violations).toEqual([])
    expect(plan.points).toBe(before + growth.reduce((sum, each) => sum + each, 0))
    expect(verdict.points).toBe(plan.points)
  }
  expect(daysOf(m, second.s)).toEqual(daysOf(m, first.s))
  expect([...second.s.absent.subarray(0, second.s.count[0]!)]).toEqual([
    ...first.s.absent.subarray(0, first.s.count[0]!),
  ])
  return true
}

describe('a round of two islands', () => {
  it.each([
    ['boards', randomProblem],
    ['boards with vans and paid time', randomVanProblem],
  ])('makes one plan of both parts, worth what the parts have changed, on %s', (_, problemFrom) => {
    let played = 0
    fc.assert(
      fc.property(seeds, (seed) => {
        if (playRound(problemFrom(seed, { activities: 90, technicians: 70 }), seed)) played++
      }),
      { numRuns: 150 },
    )
    expect(played).toBeGreaterThan(50)
  })

  it('is not shared out where there are too few days for two', () => {
    const problem = randomProblem(1, { activities: 10, technicians: 1 })
    const m = compile({
      ...problem,
      technicians: problem.technicians.map((t) => ({ ...t, shifts: t.shifts.slice(0, 1) })),
    })
    expect(shareOut(m, emptyPlan(m), partsFor(m, 2, randomFrom(1), neighboursFor(m)))).toBe(false)
  })
})
