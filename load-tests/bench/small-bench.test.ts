/**
 * The bench in small: generated instances of each kind, searched for a few hundred iterations. The tables are printed to be looked
 * at; what is asserted is that every plan is accepted, never how long it took.
 */
import { describe, expect, it } from 'vitest'
import type { Instance, RunOptions } from '../instances/adapter.ts'
import { runDynamicVrptw } from '../instances/dvrptw.ts'
import { readHhcrsp } from '../instances/hhcrsp.ts'
import { planned } from '../instances/posed.ts'
import { readRoadef } from '../instances/roadef.ts'
import { readSolomon } from '../instances/solomon.ts'
import { readStrspAlone, readStrspTeams } from '../instances/strsp.ts'
import { runTrspDynamic } from '../instances/trsp-dynamic.ts'
import { readTrspSkills, readTrspWorkingTime } from '../instances/trsp-sets.ts'
import { curveCells, curveColumns, measureCurve } from './curve.ts'
import { measureOurs } from './measure.ts'
import { measureOverrun, overrunCells, overrunColumns, searches } from './overrun.ts'
import { comparisons, partsLines, runsTable, summaryTable, table } from './report.ts'
import {
  smallHhcrsp,
  smallReleases,
  smallRoadef,
  smallSolomon,
  smallStrsp,
  smallTrsp,
} from './small-instances.ts'

const known = { name: 'generated', group: 'G' }

const kinds: readonly (readonly [string, (seed: number) => Instance])[] = [
  ['solomon', (seed) => readSolomon(smallSolomon(seed, 40), null, 'G')],
  ['trsp', (seed) => readTrspWorkingTime(smallTrsp(seed, 15), known)],
  ['trsp-skills', (seed) => readTrspSkills(smallTrsp(seed, 15), known)],
  ['roadef', (seed) => readRoadef(smallRoadef(seed, 20), { ...known, best: null })],
  [
    'strsp-alone',
    (seed) => {
      const { tasks, technicians } = smallStrsp(seed, 25, false)
      return readStrspAlone(tasks, technicians, known)
    },
  ],
  [
    'strsp-team',
    (seed) => {
      const { tasks, technicians } = smallStrsp(seed, 25, true)
      return readStrspTeams(tasks, technicians, known)
    },
  ],
  ['hhcrsp', (seed) => ({ ...known, best: null, run: planned(readHhcrsp(smallHhcrsp(seed, 20))) })],
]

const upTo = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

const live = ({ seed, iterations = 0 }: RunOptions) => ({
  seed,
  first: { iterations },
  event: { iterations },
})

/** Days that are lived through: what is not known in time may have to be refused, so more search need not be better. */
const days: readonly (readonly [string, (seed: number) => Instance])[] = [
  [
    'dvrptw',
    (seed) => ({
      ...known,
      best: null,
      run: (options) => {
        const releases = smallReleases(seed, upTo(1, 20))
        const lived = runDynamicVrptw(smallSolomon(seed, 20), releases, live(options))
        return {
          value: lived.distance,
          parts: { rejected: lived.rejected },
          findings: lived.findings,
          iterations: 0,
        }
      },
    }),
  ],
  [
    'trsp-dynamic',
    (seed) => ({
      ...known,
      best: null,
      run: (options) => {
        const releases = smallReleases(seed, upTo(13, 12))
        const lived = runTrspDynamic(smallTrsp(seed, 12), releases, live(options))
        return {
          value: lived.duration,
          parts: { rejected: lived.rejected },
          findings: lived.findings,
          iterations: 0,
        }
      },
    }),
  ],
]

describe('the bench in small', () => {
  it.each(days)(
    'has every day of the kind %s accepted as it was lived, and the same again for the same seed',
    async (kind, read) => {
      const run = (seed: number) => measureOurs(read(seed), { seed, budgetMs: 1, threads: 1, iterations: 40 })
      const rows = [await run(1), await run(2)]
      console.info(
        runsTable(
          rows.map((row) => ({ ...row, instance: `${kind} seed ${row.seed}` })),
          false,
        ),
      )
      expect(rows.flatMap(({ findings }) => findings)).toEqual([])
      expect((await run(2)).value).toBe(rows[1]!.value)
    },
  )

  it.each(kinds)(
    'has every plan of the kind %s accepted, and the same again for the same seed',
    async (kind, read) => {
      const run = (seed: number, iterations: number) =>
        measureOurs(read(seed), { seed, budgetMs: 1, threads: 1, iterations })
      const rows = [await run(1, 0), await run(1, 300), await run(2, 300)]
      const names = ['seed 1, first plan', 'seed 1, 300 iterations', 'seed 2, 300 iterations']
      const shown = rows.map((row, i) => ({ ...row, instance: `${kind} ${names[i]}` }))
      console.info(`${runsTable(shown, false)}\n${summaryTable(shown, false)}`)
      expect(rows.flatMap(({ findings }) => findings)).toEqual([])
      // The searches keep the best they have seen.
      expect(rows[1]!.value).toBeLessThanOrEqual(rows[0]!.value)
      expect((await run(2, 300)).value).toBe(rows[2]!.value)
    },
  )

  it('measures by how much searches and repairs outlive their budgets', () => {
    const rows = measureOverrun(40, { seed: 1, budgetsMs: [20], runs: 3 })
    console.info(table(overrunColumns, rows.map(overrunCells), false))
    expect(rows.map(({ what, overrunMs }) => [what, overrunMs.length])).toEqual(
      searches.map((name) => [name, 3]),
    )
  })

  it('has every plan of the cost curve accepted', () => {
    const points = [40, 120].map((size) => measureCurve(size, { seed: 1, budgetsMs: [1], iterations: 200 }))
    console.info(table(curveColumns, points.flatMap(curveCells), false))
    expect(points.flatMap(({ runs }) => runs.flatMap(({ findings }) => findings))).toEqual([])
  })
})

describe('the tables of the bench', () => {
  const row = (solver: string, instance: string, value: number, more = {}) => ({
    instance,
    group: 'G',
    solver,
    seed: 1,
    budgetMs: 1000,
    value,
    parts: {},
    best: 100,
    references: {},
    iterations: null,
    cpuSeconds: 1,
    solveSeconds: null,
    wallSeconds: 1,
    findings: [],
    ...more,
  })

  it('compare only what both have an accepted plan for', () => {
    const rows = [
      row('callboard', 'A', 100),
      row('callboard', 'B', 50),
      row('peer', 'A', 110),
      row('peer', 'B', 10, { findings: ['2 customers are not served'] }),
    ]
    expect(comparisons(rows)).toMatchObject([{ solver: 'peer', instances: 1, ratio: 100 / 110 }])
  })

  it('keep a refused plan out of the means and say so', () => {
    const rows = [row('callboard', 'A', 102), row('callboard', 'B', 1, { findings: ['twice'] })]
    const summary = summaryTable(rows, true)
    expect(summary).toMatch(/\| all .*1 of 2 \| +102\.00 \| +2\.00 \|/)
    expect(runsTable(rows, true)).toContain('REFUSED')
  })

  it('tell what the values are made of, on average', () => {
    const rows = [
      row('callboard', 'A', 1, { parts: { rejected: 0, routes: 4 } }),
      row('callboard', 'B', 1, { parts: { rejected: 1, routes: 5 } }),
      row('callboard', 'C', 1, { parts: { rejected: 9, routes: 9 }, findings: ['twice'] }),
    ]
    expect(partsLines(rows)).toEqual(['callboard on average: rejected 0.50, routes 4.50'])
  })

  it('count an instance once, however many seeds it was run with', () => {
    const rows = [
      row('callboard', 'A', 90, { seed: 1 }),
      row('callboard', 'A', 110, { seed: 2 }),
      row('callboard', 'B', 30),
      row('peer', 'A', 100, { seed: 1 }),
      row('peer', 'A', 100, { seed: 2 }),
      row('peer', 'B', 20),
    ]
    expect(comparisons(rows)[0]).toMatchObject({ instances: 2, ratio: 130 / 120 })
  })
})
