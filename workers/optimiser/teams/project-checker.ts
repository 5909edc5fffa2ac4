/**
 * Judges a project's plan afresh from the problem's own words; it shares nothing with the search.
 */
import type { ProjectPlan, ProjectProblem, ProjectTeam } from './problem.ts'
import { teamFindings } from './team-checker.ts'

export type ProjectVerdict = {
  readonly findings: readonly string[]
  readonly value: number
  readonly ends: readonly number[]
}

export const checkProject = (problem: ProjectProblem, plan: ProjectPlan): ProjectVerdict => {
  const findings: string[] = []
  const endAt = new Map<string, number>()
  const startAt = new Map<string, number>()
  const outsourced = new Set(plan.outsourced)
  const tasks = new Map(problem.tasks.map((task) => [task.id, task]))
  plan.days.forEach(({ teams }, day) => {
    findings.push(...dayFindings(problem, teams, day))
    for (const team of teams) {
      for (const { taskId, start, end } of team.tasks) {
        if (endAt.has(taskId)) findings.push(`task ${taskId} is done twice`)
        endAt.set(taskId, end)
        startAt.set(taskId, start)
      }
    }
  })
  let spent = 0
  for (const id of outsourced) {
    const task = tasks.get(id)
    if (task === undefined) findings.push(`outsourced task ${id} is not in the problem`)
    else spent += task.outsourceCost
    if (endAt.has(id)) findings.push(`task ${id} is done and outsourced`)
  }
  if (outsourced.size < plan.outsourced.length) findings.push('a task is outsourced twice')
  if (spent > problem.outsourceBudget)
    findings.push(`outsourcing costs ${spent} of ${problem.outsourceBudget}`)
  for (const task of problem.tasks) {
    if (!endAt.has(task.id) && !outsourced.has(task.id)) findings.push(`task ${task.id} is left out`)
    for (const before of task.predecessors) {
      if (outsourced.has(before)) {
        if (!outsourced.has(task.id))
          findings.push(`task ${task.id} waits for ${before}, which is outsourced`)
      } else if ((startAt.get(task.id) ?? Number.POSITIVE_INFINITY) < (endAt.get(before) ?? 0))
        findings.push(`task ${task.id} starts before ${before} has ended`)
    }
  }
  const ends = problem.weights.map((_, k) =>
    Math.max(
      0,
      ...problem.tasks
        .filter((task) => k === problem.weights.length - 1 || task.priority === k)
        .map((task) => endAt.get(task.id) ?? 0),
    ),
  )
  const value = problem.weights.reduce((sum, weight, k) => sum + weight * (ends[k] ?? 0), 0)
  if (value !== plan.value) findings.push(`the plan says ${plan.value}, but it costs ${value}`)
  return { findings, value, ends }
}

const dayFindings = (problem: ProjectProblem, teams: readonly ProjectTeam[], day: number): string[] => {
  const findings = teamFindings(
    problem.technicians,
    problem.tasks,
    teams.map((team) => ({
      technicianIds: team.technicianIds,
      taskIds: team.tasks.map(({ taskId }) => taskId),
    })),
  ).map((finding) => `day ${day}: ${finding}`)
  for (const team of teams) {
    for (const id of team.technicianIds) {
      const technician = problem.technicians.find((one) => one.id === id)
      if (technician?.daysOff?.includes(day)) findings.push(`day ${day}: technician ${id} is off`)
    }
    let free = day * problem.dayLength
    for (const { taskId, start, end } of team.tasks) {
      const duration = problem.tasks.find((task) => task.id === taskId)?.duration ?? 0
      if (start < free) findings.push(`task ${taskId} starts at ${start}, before its team is free at ${free}`)
      if (end !== start + duration) findings.push(`task ${taskId} takes ${duration}, not ${end - start}`)
      if (end > (day + 1) * problem.dayLength) findings.push(`task ${taskId} ends after day ${day}`)
      free = end
    }
  }
  return findings
}
