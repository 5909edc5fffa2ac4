import { describe, expect, it } from 'vitest'
import { solve } from '../../workers/optimiser/solve.ts'
import { aloneProblem, parseStrsp, readStrspAlone, readStrspTeams, scoreAlone } from './strsp.ts'

const tasks = (second: string): string => `Capacity: 200
Customer: 4

CUST NO. XCOORD. YCOORD. DEMAND READY DUE SERVICE cost d11 d12 d21 d22
1\t0\t0\t0\t0\t200\t0\t0\t0\t0\t0\t0
2\t3\t4\t10\t0\t100\t10\t30\t1\t0\t0\t0
3\t1\t1\t10\t50\t60\t10\t30\t${second}
4\t0\t9\t10\t0\t100\t10\t30\t0\t0\t1\t1
`
const alone = tasks('1\t1\t0\t0')
const together = tasks('2\t1\t0\t0')
const crew = `Technicians
Number of Technicians: 2
domains: 2
proficiency level: 2


ID\tdomain1\tdomain2
1\t1\t0
2\t2\t1
`
const known = { name: 'T', group: 'X' }
const asked = { seed: 1, budgetMs: 0, threads: 1, iterations: 300 }

describe('an STRSP instance', () => {
  it('says what each task needs and what leaving it out costs', () => {
    const problem = parseStrsp(together, crew)
    expect(problem.horizon).toBe(200)
    expect(problem.technicians).toEqual([
      { id: '1', levels: [1, 0] },
      { id: '2', levels: [2, 1] },
    ])
    expect(problem.tasks[1]).toMatchObject({
      id: '3',
      from: 50,
      to: 60,
      needs: [
        { domain: 0, level: 1, count: 2 },
        { domain: 0, level: 2, count: 1 },
      ],
      leftOut: 200 + 3 ** 1.5,
    })
  })

  it('for technicians alone is priced in full precision', async () => {
    const outcome = await readStrspAlone(alone, crew, known).run(asked)
    // Nobody has level 2 in domain 2, so task 4 is left out; the others are one round: 5 there, then by task 3 home.
    const travel = 5 + Math.hypot(2, 3) + Math.hypot(1, 1)
    expect(outcome.findings).toEqual([])
    expect(outcome.value).toBeCloseTo(travel + 200 + 2 ** 1.5, 9)
    expect(outcome.parts).toMatchObject({ teams: 1, out: 1 })
  })

  it('for teams sends people together', async () => {
    const outcome = await readStrspTeams(together, crew, known).run(asked)
    expect(outcome.findings).toEqual([])
    expect(outcome.parts).toMatchObject({ teams: 1, out: 1 })
  })

  it('is not asked of people alone where a task needs several', () => {
    expect(() => aloneProblem(parseStrsp(together, crew))).toThrow(/task 3 needs more than one technician/)
  })

  it('refuses a plan that gives work to someone who is not able', () => {
    const rounds = parseStrsp(alone, crew)
    const plan = solve(aloneProblem(rounds), { seed: 1, stop: { iterations: 50 } })
    const bent = { ...plan, routes: plan.routes.map((route) => ({ ...route, technicianId: '1' })) }
    expect(scoreAlone(rounds, bent).findings).toContainEqual(expect.stringMatching(/needs 1 of level 2/))
  })

  it('is refused where its files do not belong together', () => {
    expect(() => parseStrsp(alone, crew.replace('domains: 2', 'domains: 3'))).toThrow(
      /no rows with 3 domains/,
    )
    expect(() => parseStrsp(alone, 'ID domain1\n1 1\n')).toThrow(/no line says domains/)
  })
})
