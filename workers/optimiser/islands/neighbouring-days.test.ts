import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { neighboursFor, neighboursOf } from '../improve/neighbours.ts'
import { sisrStep } from '../improve/sisr.ts'
import { ordinarySisr, sisrFor } from '../improve/sisr-state.ts'
import { compile } from '../model/compile.ts'
import type { Model } from '../model/model.ts'
import { emptyPlan, placeFixedWork } from '../plan/new-plan.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { below, randomFrom } from '../random.ts'
import { randomProblem } from '../testing/random-problems.ts'
import { keepNeighboursTogether, neighbouringDaysFor } from './neighbouring-days.ts'

const seeds = fc.integer({ min: 0, max: 0xffffffff })

/** A plan of some steps, its days with work, and each in a part by chance; null where there are few. */
const drawnDays = (seed: number, islands: number) => {
  const m = compile(randomProblem(seed, { activities: 60, technicians: 20 }))
  const s = emptyPlan(m)
  placeFixedWork(m, s)
  const random = randomFrom(seed)
  const sisr = sisrFor(m, random, ordinarySisr)
  if (sisr.movable.length === 0) return null
  for (let i = 0; i < 50; i++) sisrStep(m, s, sisr)
  const days: number[] = []
  for (let r = 0; r < m.routes; r++) if (s.length[r]! > 0) days.push(r)
  const owner = Int32Array.from({ length: m.routes }, () => below(random, islands))
  return m.joint || days.length < 4 * islands ? null : { m, s, days, owner }
}

/** Visits and their ten nearest that are in different parts, those of the part `outside` left aside. */
const partedNeighbours = (m: Model, s: PlanState, owner: Int32Array, outside = -1): number => {
  const neighbours = neighboursFor(m)
  let parted = 0
  for (let u = 0; u < m.n; u++) {
    if (s.route[u]! < 0 || owner[s.route[u]!] === outside) continue
    const from = neighboursOf(m, neighbours, u)
    for (const v of neighbours.list.subarray(from, from + Math.min(10, neighbours.size)))
      if (s.route[v]! >= 0 && ![outside, owner[s.route[u]!]].includes(owner[s.route[v]!])) parted++
  }
  return parted
}

describe('days that are neighbours', () => {
  it.each([2, 3])('are parted less by moving days between %i parts, and no part is emptied', (islands) => {
    let changed = 0
    fc.assert(
      fc.property(seeds, (seed) => {
        const drawn = drawnDays(seed, islands)
        if (drawn === null) return
        const { m, s, days, owner } = drawn
        const before = partedNeighbours(m, s, owner)
        const parts = new Set(days.map((r) => owner[r]!))
        const neighbouring = neighbouringDaysFor(m, neighboursFor(m))
        if (neighbouring === null) throw new Error('the board is small')
        const was = owner.slice()
        keepNeighboursTogether(m, s, neighbouring, days, owner, islands)
        if (owner.some((part, r) => part !== was[r])) {
          changed++
          expect(partedNeighbours(m, s, owner)).toBeLessThan(before)
        }
        for (const part of parts) expect(days.some((r) => owner[r] === part)).toBe(true)
      }),
      { numRuns: 100 },
    )
    expect(changed).toBeGreaterThan(20)
  })

  it('come together sooner or later, even when the line is the same every time', () => {
    const drawn = drawnDays(8, 2)
    if (drawn === null) throw new Error('this board has days enough')
    const { m, s, days, owner } = drawn
    const neighbours = neighboursFor(m)
    const neighbouring = neighbouringDaysFor(m, neighbours)
    if (neighbouring === null) throw new Error('the board is small')
    const line = owner.slice()
    const apart = new Set(neighbouringPairs(m, s, days))
    for (let round = 0; round < 60; round++) {
      owner.set(line)
      keepNeighboursTogether(m, s, neighbouring, days, owner, 2)
      for (const pair of apart)
        if (owner[Math.floor(pair / m.routes)] === owner[pair % m.routes]) apart.delete(pair)
    }
    expect([...apart]).toEqual([])
  })
})

/** Pairs of days of which one has a visit that is among the ten nearest of a visit of the other. */
const neighbouringPairs = (m: Model, s: PlanState, days: readonly number[]): number[] => {
  const pairs: number[] = []
  for (const r of days) {
    for (const q of days) {
      const alone = new Int32Array(m.routes).fill(2)
      alone[r] = 0
      alone[q] = 1
      if (r !== q && partedNeighbours(m, s, alone, 2) > 0) pairs.push(r * m.routes + q)
    }
  }
  return pairs
}
