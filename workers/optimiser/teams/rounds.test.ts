import { describe, expect, it } from 'vitest'
import { below, randomFrom } from '../random.ts'
import type { Need, RoundsPlan, RoundsProblem, RoundsTask, TeamTechnician } from './problem.ts'
import { planRounds } from './rounds.ts'
import { checkRounds } from './rounds-checker.ts'

const need = (domain: number, level: number, count: number): Need => ({ domain, level, count })

/** Places lie on a line; the depot is at 0. */
type Place = Partial<RoundsTask> & { readonly at: number }

const rounds = (levels: readonly (readonly number[])[], places: readonly Place[]): RoundsProblem => {
  const at = [0, ...places.map((place) => place.at)]
  const size = at.length
  return {
    horizon: 480,
    technicians: levels.map((own, t): TeamTechnician => ({ id: `t${t + 1}`, levels: own })),
    tasks: places.map(({ at: _, ...more }, i) => ({
      id: `a${i + 1}`,
      duration: 60,
      needs: [need(0, 1, 1)],
      location: i + 1,
      from: 0,
      to: 480,
      leftOut: 1_000,
      ...more,
    })),
    depot: 0,
    travel: {
      size,
      times: Float64Array.from({ length: size * size }, (_, k) =>
        Math.abs(at[Math.floor(k / size)]! - at[k % size]!),
      ),
    },
  }
}

const planned = (problem: RoundsProblem, iterations = 300, seed = 1): RoundsPlan => {
  const plan = planRounds(problem, { seed, stop: { iterations } })
  expect(checkRounds(problem, plan).findings).toEqual([])
  return plan
}

const randomRounds = (seed: number): RoundsProblem => {
  const random = randomFrom(seed)
  const int = (low: number, high: number): number => low + below(random, high - low + 1)
  const levels = Array.from({ length: int(1, 6) }, () => [int(0, 3), int(0, 3)])
  const places = Array.from({ length: int(1, 12) }, (): Place => {
    const from = int(0, 300)
    return {
      at: int(-60, 60),
      duration: int(0, 90),
      from,
      to: from + int(0, 200),
      leftOut: int(0, 400),
      needs: int(0, 5) === 0 ? [] : [need(int(0, 1), int(1, 3), int(1, 2)), need(int(0, 1), int(1, 2), 1)],
    }
  })
  return rounds(levels, places)
}

describe('rounds of teams', () => {
  it('send one team where one is enough', () => {
    const plan = planned(rounds([[1], [1]], [{ at: 30 }, { at: 40 }]))
    expect(plan.teams).toHaveLength(1)
    expect(plan.travel).toBe(80)
  })

  it('send people together whom a task needs together', () => {
    const plan = planned(rounds([[1], [1], [1]], [{ at: 30, needs: [need(0, 1, 3)] }]))
    expect(plan.teams.map(({ technicianIds }) => technicianIds)).toEqual([['t1', 't2', 't3']])
  })

  it('keep a team together, so that the second needs of two tasks at once cannot both be met', () => {
    const both = { needs: [need(0, 1, 2)], from: 100, to: 100 }
    const plan = planned(
      rounds(
        [[1], [1], [1]],
        [
          { at: 30, ...both },
          { at: -30, ...both, leftOut: 900 },
        ],
      ),
    )
    expect(plan.leftOut).toEqual(['a2'])
    expect(plan.value).toBe(960)
  })

  it('leave out what costs less than the way there', () => {
    const plan = planned(rounds([[1]], [{ at: 30 }, { at: -100, leftOut: 199 }]))
    expect(plan.leftOut).toEqual(['a2'])
    expect(planned(rounds([[1]], [{ at: 30 }, { at: -100, leftOut: 201 }])).leftOut).toEqual([])
  })

  it('leave out what nobody is able to do', () => {
    expect(planned(rounds([[1], [1]], [{ at: 5, needs: [need(0, 2, 1)] }])).leftOut).toEqual(['a1'])
  })

  it('wait for windows to open and are home before the day closes', () => {
    const early = planned(rounds([[1]], [{ at: 10, from: 200, to: 210 }]))
    expect(early.teams[0]?.visits).toEqual([{ taskId: 'a1', start: 200 }])
    expect(planned(rounds([[1]], [{ at: 10, from: 411, to: 420 }])).leftOut).toEqual(['a1'])
  })

  it('give the same plan for the same seed and iterations', () => {
    const problem = randomRounds(8)
    expect(planned(problem, 200, 4)).toEqual(planned(problem, 200, 4))
  })

  it('are always within the rules, whatever the day', () => {
    for (let seed = 0; seed < 150; seed++) planned(randomRounds(seed), 60, seed)
  })

  it.each([
    [{ at: 5, leftOut: -1 }, /leftOut: must be a number from 0/],
    [{ at: 5, from: 9, to: 8 }, /from: must not lie after to/],
    [{ at: Number.NaN }, /travel.times/],
  ])('are refused by name where they make no sense: %j', (place, message) => {
    expect(() => planned(rounds([[1]], [place]))).toThrow(message)
  })
})

describe('the checker of rounds', () => {
  const problem = rounds([[1], [2]], [{ at: 30 }, { at: 40, from: 100, to: 200, needs: [need(0, 2, 1)] }])
  const good = planned(problem)
  const team = {
    technicianIds: ['t2'],
    visits: [
      { taskId: 'a1', start: 30 },
      { taskId: 'a2', start: 100 },
    ],
  }
  const withVisits = (...visits: (readonly [string, number])[]): RoundsPlan => ({
    ...good,
    teams: [{ ...team, visits: visits.map(([taskId, start]) => ({ taskId, start })) }],
  })

  it('has nothing against a plan that fits', () => {
    expect(checkRounds(problem, { ...good, teams: [team] }).findings).toEqual([])
  })

  it.each([
    ['a lost task', withVisits(['a1', 30]), /a2 is neither done nor left out/],
    ['a task done twice', withVisits(['a1', 30], ['a1', 90], ['a2', 160]), /a1 is there twice/],
    ['a task done and left out', { ...good, leftOut: ['a1'] }, /a1 is there twice/],
    ['an unknown task', withVisits(['x', 30]), /x is not in the problem/],
    ['a start before the arrival', withVisits(['a1', 20], ['a2', 100]), /its team arrives at 30/],
    ['a start before the work before ends', withVisits(['a1', 95], ['a2', 150]), /its team arrives at 165/],
    ['a start outside of the window', withVisits(['a1', 30], ['a2', 201]), /outside of 100 to 200/],
    ['a late return', withVisits(['a2', 100], ['a1', 420]), /back at 510, after 480/],
    ['a need not met', { ...good, teams: [{ ...team, technicianIds: ['t1'] }] }, /needs 1 of level 2/],
    ['a false value', { ...good, value: good.value - 1 }, /the plan says/],
  ])('finds %s', (_, plan, finding) => {
    expect(checkRounds(problem, plan).findings).toContainEqual(expect.stringMatching(finding))
  })
})
