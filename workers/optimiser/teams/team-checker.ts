/**
 * What is true of every team of one day: nobody is in two of them, and together its members answer each of its tasks' needs.
 */
import type { Need, TeamTechnician } from './problem.ts'

export const teamFindings = (
  technicians: readonly TeamTechnician[],
  tasks: readonly { readonly id: string; readonly needs: readonly Need[] }[],
  teams: readonly { readonly technicianIds: readonly string[]; readonly taskIds: readonly string[] }[],
): string[] => {
  const findings: string[] = []
  const people = new Map(technicians.map((technician) => [technician.id, technician]))
  const work = new Map(tasks.map((task) => [task.id, task]))
  const busy = new Set<string>()
  for (const { technicianIds, taskIds } of teams) {
    const members = technicianIds.flatMap((id) => {
      const technician = people.get(id)
      if (technician === undefined) findings.push(`technician ${id} is not in the problem`)
      if (busy.has(id)) findings.push(`technician ${id} is in two teams`)
      busy.add(id)
      return technician ?? []
    })
    if (members.length === 0) findings.push('a team has no members')
    for (const id of taskIds) {
      const task = work.get(id)
      if (task === undefined) findings.push(`task ${id} is not in the problem`)
      for (const { domain, level, count } of task?.needs ?? []) {
        const able = members.filter(({ levels }) => (levels[domain] ?? 0) >= level).length
        if (able < count)
          findings.push(
            `task ${id} needs ${count} of level ${level} in domain ${domain}, its team has ${able}`,
          )
      }
    }
  }
  return findings
}
