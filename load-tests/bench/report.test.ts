import { expect, it } from 'vitest'
import type { Row } from './measure.ts'
import { runsTable } from './report.ts'

it('a solver that wrote no plan has neither a value nor a gap', () => {
  const row: Row = {
    instance: 'C101',
    group: 'C1',
    solver: 'broken',
    seed: 1,
    budgetMs: 100,
    value: Number.NaN,
    parts: {},
    best: 827.3,
    references: {},
    iterations: null,
    cpuSeconds: 0,
    solveSeconds: null,
    wallSeconds: 0,
    findings: ['broken: ended with 1'],
  }
  const text = runsTable([row], false)
  expect(text).toContain('REFUSED')
  expect(text).not.toContain('NaN')
})
