import { describe, expect, it } from 'vitest'
import { parseRoadef, readRoadef } from './roadef.ts'

const files = {
  instance: 'name domains levels techs interv abandon\ntest 2 2 3 3 40\n',
  interventions: `number time preds prio cost d1_1 d1_2 d2_1 d2_2
1 60 [ ] 1 400 0 0 2 1
2 45 [ 1 ] 2 100 1 0 0 0
3 15 [ 1 2 ] 4 30 0 0 0 0
`,
  technicians: 'tech d1 d2 dispo\n1 1 2 [ 2 ]\n2 0 1 [ ]\n3 2 0 [ 1 3 ]\n',
}

describe('a ROADEF instance', () => {
  it('says who is how able and off when, and what each intervention needs', () => {
    const { technicians, tasks, outsourceBudget } = parseRoadef(files)
    expect(outsourceBudget).toBe(40)
    expect(technicians[0]).toEqual({ id: '1', levels: [1, 2], daysOff: [1] })
    expect(technicians[2]?.daysOff).toEqual([0, 2])
    expect(tasks[0]).toEqual({
      id: '1',
      duration: 60,
      needs: [
        { domain: 1, level: 1, count: 2 },
        { domain: 1, level: 2, count: 1 },
      ],
      priority: 0,
      predecessors: [],
      outsourceCost: 400,
    })
    expect(tasks[2]).toMatchObject({ predecessors: ['1', '2'], priority: 3, needs: [] })
  })

  it('is searched, judged and priced by the objective of the challenge', async () => {
    const instance = readRoadef(files, { name: 'T', group: 'A', best: null })
    const outcome = await instance.run({ seed: 1, budgetMs: 0, threads: 1, iterations: 300 })
    // 1 ends at 60 and 2 at 105; 3 is outsourced, because that fits the budget.
    expect(outcome).toMatchObject({
      value: 28 * 60 + 14 * 105 + 105,
      parts: { t1: 60, t2: 105, t3: 0, t4: 105, out: 1 },
      findings: [],
    })
  })

  it('is refused where a row has too few needs or no list', () => {
    const few = files.interventions.replace('1 60 [ ] 1 400 0 0 2 1', '1 60 [ ] 1 400 0 0 2')
    expect(() => parseRoadef({ ...files, interventions: few })).toThrow(/intervention 1 has 3 of 4 needs/)
    const bare = files.technicians.replace('[ 2 ]', '2')
    expect(() => parseRoadef({ ...files, technicians: bare })).toThrow(/without one list in brackets/)
  })
})
