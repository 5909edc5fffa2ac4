import { describe, expect, it } from 'vitest'
import { below, randomFrom } from '../random.ts'
import type { Need, ProjectPlan, ProjectProblem, ProjectTask, TeamTechnician } from './problem.ts'
import { planProject } from './project.ts'
import { checkProject } from './project-checker.ts'

const need = (domain: number, level: number, count: number): Need => ({ domain, level, count })

const task = (id: string, duration: number, more: Partial<ProjectTask> = {}): ProjectTask => ({
  id,
  duration,
  needs: [need(0, 1, 1)],
  priority: 0,
  predecessors: [],
  outsourceCost: 100,
  ...more,
})

const someone = (id: string, levels: readonly number[], daysOff: readonly number[] = []): TeamTechnician => ({
  id,
  levels,
  daysOff,
})

const project = (
  technicians: readonly TeamTechnician[],
  tasks: readonly ProjectTask[],
  outsourceBudget = 0,
): ProjectProblem => ({ dayLength: 120, weights: [28, 14, 4, 1], technicians, tasks, outsourceBudget })

const planned = (problem: ProjectProblem, iterations = 300, seed = 1): ProjectPlan => {
  const plan = planProject(problem, { seed, stop: { iterations } })
  expect(checkProject(problem, plan).findings).toEqual([])
  return plan
}

const randomProject = (seed: number): ProjectProblem => {
  const random = randomFrom(seed)
  const int = (low: number, high: number): number => low + below(random, high - low + 1)
  const technicians = Array.from({ length: int(2, 6) }, (_, t) =>
    someone(`t${t}`, [t === 0 ? 3 : int(0, 3), t === 1 ? 3 : int(0, 3)], int(0, 2) === 0 ? [int(0, 3)] : []),
  )
  const tasks = Array.from({ length: int(1, 14) }, (_, i) =>
    task(`a${i}`, 15 * int(1, 8), {
      needs: [need(int(0, 1), int(1, 3), 1)],
      priority: int(0, 3),
      outsourceCost: int(10, 200),
      predecessors: i > 0 && int(0, 2) === 0 ? [`a${int(0, i - 1)}`] : [],
    }),
  )
  return project(technicians, tasks, int(0, 1) * int(0, 400))
}

describe('a project of teams', () => {
  it('gives a task to as many people as it needs', () => {
    const people = ['Ann', 'Bo', 'Cy'].map((id) => someone(id, [1]))
    const { days } = planned(project(people, [task('dig', 60, { needs: [need(0, 1, 2)] })]))
    expect(days).toHaveLength(1)
    expect(days[0]?.teams.map(({ technicianIds }) => technicianIds.length)).toEqual([2])
  })

  it('spares those who can do more for what only they can do', () => {
    const people = [someone('Ann', [3]), someone('Bo', [1])]
    const tasks = [task('easy', 120), task('hard', 120, { needs: [need(0, 3, 1)] })]
    expect(planned(project(people, tasks)).ends.at(-1)).toBe(120)
  })

  it('counts one person for needs in several domains', () => {
    const people = [someone('Ann', [2, 2]), someone('Bo', [1, 0])]
    const { days } = planned(project(people, [task('both', 60, { needs: [need(0, 2, 1), need(1, 2, 1)] })]))
    expect(days[0]?.teams[0]?.technicianIds).toEqual(['Ann'])
  })

  it('keeps a team together all day, so that a second task waits for the whole team', () => {
    const people = [someone('Ann', [1, 0]), someone('Bo', [0, 1])]
    const tasks = [
      task('both', 90, { needs: [need(0, 1, 1), need(1, 1, 1)] }),
      task('one', 60, { needs: [need(0, 1, 1)] }),
    ]
    // After 90 of 120 there is no room for 60, and Ann may not leave the team: it is either order, but two days.
    expect(planned(project(people, tasks)).days).toHaveLength(2)
  })

  it('starts a task after what it waits for, and does urgent work first', () => {
    const tasks = [
      task('first', 60, { priority: 3 }),
      task('then', 60, { priority: 0, predecessors: ['first'] }),
      task('late', 60, { priority: 2 }),
    ]
    const { ends } = planned(project([someone('Ann', [1])], tasks))
    expect(ends).toEqual([120, 0, 180, 180])
  })

  it('leaves people alone on their days off', () => {
    const { days } = planned(project([someone('Ann', [1], [0, 1])], [task('a', 60)]))
    expect(days.map(({ teams }) => teams.length)).toEqual([0, 0, 1])
  })

  it('outsources within the budget, and with a task all that waits for it', () => {
    const tasks = [
      task('a', 120, { outsourceCost: 60 }),
      task('b', 120, { outsourceCost: 60, predecessors: ['a'] }),
      task('c', 120, { outsourceCost: 500 }),
    ]
    const people = [someone('Ann', [1])]
    expect(planned(project(people, tasks, 120)).outsourced).toEqual(['a', 'b'])
    // Not 'a' alone: 'b' would wait for ever.
    expect(planned(project(people, tasks, 60)).outsourced).toEqual(['b'])
    expect(planned(project(people, tasks, 59)).outsourced).toEqual([])
  })

  it('gives the same plan for the same seed and iterations', () => {
    const problem = randomProject(5)
    expect(planned(problem, 200, 3)).toEqual(planned(problem, 200, 3))
  })

  it('is always within the rules, whatever the project', () => {
    for (let seed = 0; seed < 150; seed++) planned(randomProject(seed), 60, seed)
  })

  it.each([
    [[task('a', 60, { predecessors: ['a'] })], /lead back to the task itself/],
    [[task('a', 60, { predecessors: ['x'] })], /names no task: x/],
    [[task('a', 121)], /must fit into a day/],
    [[task('a', 60, { priority: 4 })], /priority: must be below 4/],
    [[task('a', 60, { needs: [need(0, 1, 2)] })], /more people/],
    [[task('a', 60), task('a', 60)], /same id/],
  ])('is refused by name where it makes no sense: %#', (tasks, message) => {
    expect(() =>
      planProject(project([someone('Ann', [1])], tasks), { seed: 1, stop: { iterations: 1 } }),
    ).toThrow(message)
  })
})

describe('the checker of a project', () => {
  const problem = project(
    [someone('Ann', [2]), someone('Bo', [1], [0])],
    [
      task('a', 60),
      task('b', 60, { predecessors: ['a'] }),
      task('c', 30, { needs: [need(0, 2, 1)], outsourceCost: 70 }),
    ],
    50,
  )
  const good = planned(problem)
  const bent = (bend: (plan: ProjectPlan) => ProjectPlan): readonly string[] =>
    checkProject(problem, bend(good)).findings
  const team = good.days[0]!.teams[0]!
  const withTeams =
    (...teams: (typeof team)[]): ((plan: ProjectPlan) => ProjectPlan) =>
    (plan) => ({ ...plan, days: [{ teams }] })
  const tasks = (...list: (readonly [string, number, number])[]) =>
    list.map(([taskId, start, end]) => ({ taskId, start, end }))

  it.each([
    ['a lost task', withTeams({ ...team, tasks: team.tasks.slice(1) }), /is left out/],
    ['an unknown task', withTeams({ ...team, tasks: tasks(['x', 0, 5]) }), /x is not in the problem/],
    [
      'a task done twice',
      withTeams(team, { technicianIds: ['Bo'], tasks: tasks(['a', 0, 60]) }),
      /done twice/,
    ],
    ['a technician in two teams', withTeams(team, { ...team, tasks: [] }), /in two teams/],
    ['a day off', withTeams({ ...team, technicianIds: ['Ann', 'Bo'] }), /Bo is off/],
    [
      'a need not met',
      withTeams({ technicianIds: ['Bo'], tasks: tasks(['c', 0, 30]) }),
      /needs 1 of level 2/,
    ],
    ['an empty team', withTeams({ ...team, technicianIds: [] }), /no members/],
    [
      'an early start',
      withTeams({ ...team, tasks: tasks(['b', 0, 60], ['a', 60, 120]) }),
      /starts before a has ended/,
    ],
    [
      'an overlap',
      withTeams({ ...team, tasks: tasks(['a', 0, 60], ['b', 50, 110]) }),
      /before its team is free/,
    ],
    ['a wrong length', withTeams({ ...team, tasks: tasks(['a', 0, 50]) }), /takes 60, not 50/],
    ['a long day', withTeams({ ...team, tasks: tasks(['a', 90, 150]) }), /ends after day 0/],
    ['too much outsourced', (plan: ProjectPlan) => ({ ...plan, outsourced: ['c'] }), /costs 70 of 50/],
    ['outsourced and done', (plan: ProjectPlan) => ({ ...plan, outsourced: ['c'] }), /done and outsourced/],
    [
      'what waits for outsourced work',
      (plan: ProjectPlan) => ({ ...plan, outsourced: ['a'] }),
      /which is outsourced/,
    ],
    ['a false value', (plan: ProjectPlan) => ({ ...plan, value: plan.value - 1 }), /the plan says/],
  ])('finds %s', (_, bend, finding) => {
    expect(bent(bend)).toContainEqual(expect.stringMatching(finding))
  })
})
