/**
 * Judges a plan afresh from the problem: every hard rule, and the cost.
 *
 * It shares no code with the search: no model, no kernel, no schedule. It reads the problem's own words and the plan's own times, so
 * a mistake in the search cannot hide here too. Only the rates of the bands are common to both, because they are the question.
 * Fixed work may break rules that the search did not cause; those are `given`, not violations.
 */
import type { CostSplit, Plan, Problem } from '../problem.ts'
import { judgeAccount, judgeDeparted } from './account.ts'
import { judgeOverlaps, judgeRoute } from './day.ts'
import type { Judge, Verdict } from './judge.ts'
import { judgeLinks } from './links.ts'
import { priceOf } from './price.ts'

export const check = (problem: Problem, plan: Plan): Verdict => {
  const judge: Judge = {
    problem,
    activities: new Map(problem.activities.map((activity) => [activity.id, activity])),
    technicians: new Map(problem.technicians.map((technician) => [technician.id, technician])),
    violations: [],
    given: [],
  }
  judgeAccount(judge, plan)
  for (const route of plan.routes) judgeRoute(judge, route)
  judgeDeparted(judge, plan)
  judgeOverlaps(judge, plan)
  const links = judgeLinks(problem, plan)
  judge.violations.push(...links.violations)
  judge.given.push(...links.given)
  const { cost, points } = priceOf(judge, plan)
  if (points !== plan.points) {
    judge.violations.push({
      rule: 'cost',
      sentence: `the plan says ${plan.points} points, but it costs ${points}`,
    })
  }
  judgeSplit(judge, plan.cost, cost)
  return { violations: judge.violations, given: judge.given, cost, points }
}

const judgeSplit = (judge: Judge, said: CostSplit, found: CostSplit): void => {
  // Both have the same members.
  for (const term of Object.keys(found) as (keyof CostSplit)[]) {
    if (Math.abs(said[term] - found[term]) > 1e-6) {
      judge.violations.push({ rule: 'cost', sentence: `${term} is ${found[term]}, not ${said[term]}` })
    }
  }
}
