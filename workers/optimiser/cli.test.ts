import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { run } from './cli.ts'
import { readVroom } from './vroom/read.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callboard-optimise-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

type Answer = { readonly code: number; readonly out: string; readonly errors: string }

/** Runs the command on a file with `problem` in it, catching what it prints. */
const optimise = async (problem: unknown, ...options: string[]): Promise<Answer> => {
  const file = join(folder, `problem-${randomUUID()}.json`)
  await writeFile(file, typeof problem === 'string' ? problem : JSON.stringify(problem))
  let out = ''
  let errors = ''
  const write = (keep: (text: string) => void) => (text: unknown, done?: unknown) => {
    keep(String(text))
    if (typeof done === 'function') done()
    return true
  }
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation(
    write((text) => {
      out += text
    }),
  )
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(
    write((text) => {
      errors += text
    }),
  )
  try {
    return { code: await run([file, ...options]), out, errors }
  } finally {
    stdout.mockRestore()
    stderr.mockRestore()
  }
}

const solved = async (problem: unknown, ...options: string[]) => {
  const answer = await optimise(problem, '--iterations', '200', ...options)
  expect(answer).toMatchObject({ code: 0 })
  return JSON.parse(answer.out)
}

const EPOCH = 1_700_000_000
const hour = (hours: number): number => EPOCH + hours * 3600
const line = [0, 600, 1200, 1800].map((a, _, all) => all.map((b) => Math.abs(a - b)))

const problem = {
  vehicles: [
    {
      id: 1,
      start_index: 0,
      end_index: 0,
      time_window: [hour(8), hour(17)],
      capacity: [4],
      skills: [1],
      breaks: [{ id: 7, service: 1800, time_windows: [[hour(11), hour(12)]] }],
    },
    {
      id: 2,
      start_index: 3,
      end_index: 3,
      time_window: [hour(8), hour(17)],
      capacity: [4],
      costs: { fixed: 100 },
    },
  ],
  jobs: [
    {
      id: 11,
      location_index: 1,
      service: 3600,
      delivery: [2],
      skills: [1],
      time_windows: [[hour(10), hour(10)]],
      description: 'boiler',
    },
    { id: 12, location_index: 2, service: 7200, setup: 300, delivery: [2], priority: 5 },
    { id: 13, location_index: 2, service: 3600, pickup: [1], skills: [9] },
  ],
  matrices: { car: { durations: line, distances: line } },
}

describe('callboard optimise', () => {
  it('answers a VROOM problem in the VROOM form', async () => {
    const solution = await solved(problem)
    expect(solution).toMatchObject({
      code: 0,
      summary: { unassigned: 1, priority: 5, delivery: [4], pickup: [0], violations: [] },
      unassigned: [{ id: 13, type: 'job', location_index: 2, rule: 'skill' }],
    })
    const first = solution.routes.find((route: { vehicle: number }) => route.vehicle === 1)
    expect(first.steps[0]).toMatchObject({ type: 'start', location_index: 0 })
    expect(first.steps.at(-1)).toMatchObject({ type: 'end', location_index: 0, load: [0] })
    expect(first.steps).toContainEqual(
      expect.objectContaining({
        type: 'job',
        id: 11,
        description: 'boiler',
        arrival: hour(10),
        waiting_time: 0,
        service: 3600,
      }),
    )
    const pause = first.steps.find((step: { type: string }) => step.type === 'break')
    expect(pause).toMatchObject({ id: 7, service: 1800 })
    expect(pause.arrival).toBeGreaterThanOrEqual(hour(11))
    expect(pause.arrival).toBeLessThanOrEqual(hour(12))
    expect(solution.summary.cost).toBe(
      solution.routes.reduce((sum: number, route: { cost: number }) => sum + route.cost, 0),
    )
    expect(solution.summary.cost).toBe(solution.callboard.points - 1_000_000)
  })

  it('gives the same bytes for the same seed and iterations', async () => {
    const once = await optimise(problem, '--iterations', '300', '--seed', '5')
    const again = await optimise(problem, '--iterations', '300', '--seed', '5')
    expect(once.out).toBe(again.out)
  })

  it('starts from a given solution, and reports ever better costs', async () => {
    const warm = join(folder, 'warm.json')
    await writeFile(warm, (await optimise(problem, '--iterations', '300')).out)
    const answer = await optimise(problem, '--iterations', '0', '--warm', warm, '--progress')
    expect(JSON.parse(answer.out).summary.unassigned).toBe(1)
    for (const text of answer.errors.trim().split('\n').filter(Boolean)) {
      expect(Object.keys(JSON.parse(text))).toEqual(['elapsed_ms', 'iterations', 'cost', 'unassigned'])
    }
  })

  it('keeps steps with a time where they are', async () => {
    const [first, second] = problem.vehicles
    const solution = await solved({
      ...problem,
      vehicles: [
        first,
        { ...second, steps: [{ type: 'start' }, { type: 'job', id: 12, service_at: hour(9) }] },
      ],
    })
    const route = solution.routes.find(({ vehicle }: { vehicle: number }) => vehicle === 2)
    const step = route.steps.find(({ id }: { id?: number }) => id === 12)
    expect(step.arrival + step.waiting_time).toBe(hour(9))
  })

  it('plans by straight lines where there is no matrix, and by soft deadlines of our own', async () => {
    const solution = await solved({
      vehicles: [{ id: 1, start: [-71.1, 42.3], end: [-71.1, 42.3] }],
      jobs: [
        { id: 1, location: [-71.1, 42.31], service: 3600 },
        { id: 2, location: [-71.1, 42.4], service: 3600, targets: [{ due: 7200, kind: 'complete' }] },
      ],
      travel: { speed_kmh: 36, road_factor: 1 },
    })
    const order = solution.routes[0].steps
      .map(({ id }: { id?: number }) => id)
      .filter((id?: number) => id !== undefined)
    expect(order).toEqual([2, 1])
    expect(solution.callboard.cost).toMatchObject({ missedTargets: 0, lateMinutes: 0 })
    expect(solution.routes[0].distance).toBeGreaterThan(22_000)
    expect(solution.routes[0].distance).toBeLessThan(22_500)
  })

  it.each([
    ['not json', /is not JSON/],
    [[], /^problem: must be an object/],
    [{ ...problem, vehicles: [] }, /^vehicles: must hold at least one/],
    [{ ...problem, shipments: [{}] }, /^shipments: is not supported/],
    [{ ...problem, jobs: [{ id: 1 }] }, /^jobs\[0\]\.location_index: must be given/],
    [
      { ...problem, jobs: [{ id: 1, location_index: 9 }] },
      /^jobs\[0\]\.location_index: must be a number from 0 to 3/,
    ],
    [{ ...problem, jobs: [{ id: 1, location_index: 1, service: -1 }] }, /^jobs\[0\]\.service: /],
    [
      { ...problem, jobs: [{ id: 1, location_index: 1, time_windows: [[5, 1]] }] },
      /^jobs\[0\]\.time_windows\[0\]: /,
    ],
    [
      {
        ...problem,
        jobs: [
          { id: 1, location_index: 1 },
          { id: 1, location_index: 1 },
        ],
      },
      /^activities\[1\]\.id: "1" is there twice/,
    ],
    [
      { ...problem, matrices: { car: { durations: [[0, 1]] } } },
      /^matrices\.car\.durations\[0\]: must have 1 numbers/,
    ],
    [{ ...problem, matrices: { bike: { durations: line } } }, /^vehicles\[0\]\.profile: "car" has no matrix/],
    [{ ...problem, weights: { speed: 1 } }, /^weights\.speed: is no weight/],
  ])('names the field that is wrong: %#', async (wrong, message) => {
    const answer = await optimise(wrong, '--iterations', '1')
    expect(answer.code).toBe(1)
    const { code, error } = JSON.parse(answer.out)
    expect(code).toBe(2)
    expect(error.replace(/^.*problem-\w+\.json: /, '')).toMatch(message)
  })

  it('refuses options that make no sense', async () => {
    for (const options of [
      ['--iterations', 'x'],
      ['--iterations', '1', '--budget-ms', '5'],
      ['--threads', '0'],
      ['--fast'],
    ]) {
      const answer = await optimise(problem, ...options)
      expect(answer.code).toBe(1)
      expect(JSON.parse(answer.out).code).toBe(2)
    }
  })
})

describe('the VROOM reader', () => {
  it('brings times since 1970 near zero and back', () => {
    const input = readVroom(problem)
    expect(input.problem.activities[0]?.windows[0]?.from).toBe(hour(10) - input.timeBase)
    expect(input.problem.horizon).toBeLessThan(10_000_000)
  })
})
