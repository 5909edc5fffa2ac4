/**
 * Judges rounds afresh from the problem's own words; it shares nothing with the search.
 *
 * Times are not whole numbers here, so sums may differ by a rounding: by this much, and no more.
 */
import type { RoundsPlan, RoundsProblem } from './problem.ts'
import { teamFindings } from './team-checker.ts'

const ROUNDING = 1e-6

export type RoundsVerdict = {
  readonly findings: readonly string[]
  readonly value: number
  readonly travel: number
}

export const checkRounds = (problem: RoundsProblem, plan: RoundsPlan): RoundsVerdict => {
  const tasks = new Map(problem.tasks.map((task) => [task.id, task]))
  const findings = teamFindings(
    problem.technicians,
    problem.tasks,
    plan.teams.map((team) => ({
      technicianIds: team.technicianIds,
      taskIds: team.visits.map(({ taskId }) => taskId),
    })),
  )
  const seen = new Set<string>()
  const see = (id: string): void => {
    if (seen.has(id)) findings.push(`task ${id} is there twice`)
    if (!tasks.has(id)) findings.push(`task ${id} is not in the problem`)
    seen.add(id)
  }
  const { size, times } = problem.travel
  let travel = 0
  for (const { visits } of plan.teams) {
    let place = problem.depot
    let free = 0
    for (const { taskId, start } of visits) {
      see(taskId)
      const task = tasks.get(taskId)
      if (task === undefined) continue
      const leg = times[place * size + task.location] ?? 0
      travel += leg
      if (start < free + leg - ROUNDING)
        findings.push(`task ${taskId} starts at ${start}, but its team arrives at ${free + leg}`)
      if (start < task.from - ROUNDING || start > task.to + ROUNDING)
        findings.push(`task ${taskId} starts at ${start}, outside of ${task.from} to ${task.to}`)
      free = start + task.duration
      place = task.location
    }
    const home = times[place * size + problem.depot] ?? 0
    travel += home
    if (free + home > problem.horizon + ROUNDING)
      findings.push(`a team is back at ${free + home}, after ${problem.horizon}`)
  }
  let value = travel
  for (const id of plan.leftOut) {
    see(id)
    value += tasks.get(id)?.leftOut ?? 0
  }
  for (const { id } of problem.tasks)
    if (!seen.has(id)) findings.push(`task ${id} is neither done nor left out`)
  if (Math.abs(value - plan.value) > ROUNDING * Math.max(1, value))
    findings.push(`the plan says ${plan.value}, but it costs ${value}`)
  return { findings, value, travel }
}
