import { describe, expect, it } from 'vitest'
import { check } from '../../workers/optimiser/checker/checker.ts'
import { solve } from '../../workers/optimiser/solve.ts'
import { readHhcrsp } from './hhcrsp.ts'

const instance = {
  patients: [
    {
      id: 'p1',
      time_window: [0, 5],
      required_caregivers: [
        { service: 's1', duration: 10 },
        { service: 's2', duration: 4 },
      ],
      synchronization: { type: 'simultaneous' },
    },
    {
      id: 'p2',
      time_window: [10, 20],
      required_caregivers: [{ service: 's1', duration: 10 }, { service: 's2' }],
      synchronization: { type: 'sequential', distance: [8, 16] },
    },
  ],
  services: [
    { id: 's1', default_duration: 10 },
    { id: 's2', default_duration: 6 },
  ],
  caregivers: [
    { id: 'c1', abilities: ['s1'] },
    { id: 'c2', abilities: ['s2'] },
  ],
  distances: [
    [0, 7.5, 4],
    [7.5, 0, 3.25],
    [4, 3.25, 0],
  ],
}

describe('an instance of home health care', () => {
  const { problem, score } = readHhcrsp(JSON.stringify(instance))

  it('is posed in whole numbers, nothing rounded', () => {
    expect(problem.travel[0]?.seconds[1]).toBe(750)
    expect(problem.links).toEqual([
      { first: 'p1.1', second: 'p1.2', from: 0, to: 0, technicians: 'different', together: true },
      { first: 'p2.1', second: 'p2.2', from: 800, to: 1600, technicians: 'different', together: true },
    ])
  })

  it('is scored from the routes alone: distance, all tardiness and the greatest of it', () => {
    const plan = solve(problem, { seed: 1, stop: { iterations: 200 } })
    const { violations } = check(problem, plan)
    expect(violations).toEqual([])
    const { value, parts, findings } = score(plan)
    expect(findings).toEqual([])
    // Both come at 7.5 to p1, 2.5 late each; the first goes on at 17.5 and is at p2 at 20.75, the second starts 8 later.
    expect(parts.distance).toBeCloseTo(29.5)
    expect(parts.tardiness).toBeCloseTo(2.5 + 2.5 + 0.75 + 8.75)
    expect(parts.greatest).toBeCloseTo(8.75)
    expect(value).toBeCloseTo((29.5 + 14.5 + 8.75) / 3)
    expect(plan.points / 300).toBeCloseTo(value)
  })

  it('has findings where a service is not done or done by the wrong person', () => {
    const plan = solve(problem, { seed: 1, stop: { iterations: 20 } })
    const swapped = { ...plan, routes: plan.routes.map((route) => ({ ...route, technicianId: 'c1' })) }
    expect(score(swapped).findings).toContain('c1 cannot do s2 at p1.2')
    expect(score(swapped).findings).toContain('both services of p1 have one caregiver')
    expect(score({ ...plan, routes: plan.routes.slice(1) }).findings).toContain('2 services are not done')
  })
})
