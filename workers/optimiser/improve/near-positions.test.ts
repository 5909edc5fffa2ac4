import { describe, expect, it } from 'vitest'
import { check } from '../checker/checker.ts'
import { compile } from '../model/compile.ts'
import type { Model } from '../model/model.ts'
import { emptyPlan } from '../plan/new-plan.ts'
import { linkAfter, type PlanState, takeIn } from '../plan/plan-state.ts'
import { updateAfterLink, updateRoute } from '../plan/update.ts'
import type { Problem } from '../problem.ts'
import { below, type Random, randomFrom } from '../random.ts'
import { solve } from '../solve.ts'
import { bestCost, insertionFor } from './insertion.ts'
import { insertWhatFits } from './last-insertion.ts'
import { bestNearPosition } from './near-positions.ts'
import { neighboursFor, neighboursOf } from './neighbours.ts'
import { cuts, findTailSwap, swapTails } from './tail-swap.ts'

/** Long days: 160 activities for five technicians alike, each with room for forty. */
const longDays = (seed: number): Problem => {
  const random: Random = randomFrom(seed)
  const size = 161
  const at = Array.from({ length: size }, () => ({ x: below(random, 3_000), y: below(random, 3_000) }))
  const seconds = Int32Array.from({ length: size * size }, (_, cell) => {
    const a = at[Math.floor(cell / size)]
    const b = at[cell % size]
    return a === undefined || b === undefined ? 0 : Math.floor(Math.hypot(a.x - b.x, a.y - b.y))
  })
  const day = 60_000
  return {
    horizon: day,
    activities: Array.from({ length: size - 1 }, (_, i) => {
      const from = below(random, 40_000)
      return {
        id: `a${i}`,
        duration: 300,
        location: i + 1,
        skills: [],
        windows: below(random, 2) === 0 ? [] : [{ from, to: from + 15_000 }],
        targets: [],
        priority: 0,
        delivery: [1],
      }
    }),
    technicians: Array.from({ length: 5 }, (_, t) => ({
      id: `t${t}`,
      skills: [],
      shifts: [{ open: [{ from: 0, to: day }], startLocation: 0, endLocation: 0 }],
      capacity: [40],
    })),
    travel: [{ size, seconds, metres: seconds }],
  }
}

const planned = (seed: number): { m: Model; s: PlanState } => {
  const m = compile(longDays(seed))
  const s = emptyPlan(m)
  insertWhatFits(m, s, insertionFor(m, randomFrom(seed), 0))
  return { m, s }
}

/** Every list, time and cost as it would be if the route were walked afresh. */
const walked = (m: Model, s: PlanState): { visits: number; cost: number; late: number } => {
  let visits = 0
  let cost = 0
  let late = 0
  const travel = m.classes[0]?.cost ?? new Int32Array(0)
  for (let r = 0; r < m.routes; r++) {
    let at = 0
    let load = 0
    for (let p = m.n + 2 * r; p !== m.n + 2 * r + 1; p = s.next[p] ?? -1) {
      const q = s.next[p] ?? -1
      const leg = travel[(m.place[p] ?? 0) * m.places + (m.place[q] ?? 0)] ?? 0
      cost += leg
      at += leg
      if (q >= m.n) continue
      expect(s.route[q]).toBe(r)
      at = Math.max(at, m.firstFrom[q] ?? 0)
      if (at > (m.lastTo[q] ?? 0)) late++
      at += 300
      load++
      visits++
    }
    if (at > 60_000 || load > 40) late++
  }
  return { visits, cost, late }
}

describe('the places beside near activities', () => {
  it('cost what the kernel said, and break nothing', () => {
    for (const seed of [1, 2, 3]) {
      const m = compile(longDays(seed))
      const s = emptyPlan(m)
      const insertion = insertionFor(m, randomFrom(seed), 0)
      const neighbours = neighboursFor(m)
      const first = m.n
      takeIn(m, s, 0)
      linkAfter(s, 0, first)
      updateAfterLink(m, s, 0, 0)
      for (const u of [...s.absent.subarray(0, s.count[0] ?? 0)]) {
        const from = neighboursOf(m, neighbours, u)
        const p = bestNearPosition(m, s, insertion, u, neighbours.list, from, neighbours.size)
        if (p < 0) continue
        const said = bestCost[0] ?? 0
        const before = walked(m, s).cost
        takeIn(m, s, u)
        linkAfter(s, u, p)
        updateAfterLink(m, s, u, s.route[u] ?? -1)
        expect(walked(m, s)).toMatchObject({ cost: before + said, late: 0 })
      }
      expect(walked(m, s).visits).toBeGreaterThan(20)
    }
  })

  it('lead to plans that the checker accepts, the same for the same seed', () => {
    const problem = longDays(4)
    const once = solve(problem, { seed: 9, stop: { iterations: 2_000 } })
    expect(check(problem, once).violations).toEqual([])
    expect(once.unassigned).toEqual([])
    expect(JSON.stringify(solve(problem, { seed: 9, stop: { iterations: 2_000 } }))).toBe(
      JSON.stringify(once),
    )
  })
})

describe('a swap of tails', () => {
  it('keeps every visit, within hours, windows and loads', () => {
    const { m, s } = planned(5)
    const random = randomFrom(5)
    const neighbours = neighboursFor(m)
    const before = walked(m, s)
    let swaps = 0
    for (let u = 0; u < m.n; u++) {
      const from = neighboursOf(m, neighbours, u)
      if (!findTailSwap(m, s, random, new Uint8Array(m.routes), u, neighbours.list, from, 40)) continue
      const [a = -1, b = -1] = cuts
      const routes = [s.route[a] ?? -1, s.route[b] ?? -1]
      swapTails(m, s, a, b)
      for (const r of routes) updateAfterSwap(m, s, r)
      expect(walked(m, s)).toMatchObject({ visits: before.visits, late: 0 })
      swaps++
    }
    expect(swaps).toBeGreaterThan(20)
  })
})

const updateAfterSwap = (m: Model, s: PlanState, r: number): void => {
  expect(updateRoute(m, s, r)).toBe(true)
  expect(s.possible[r]).toBe(1)
}
