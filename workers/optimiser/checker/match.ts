/**
 * The checker's view of one activity with its technician, whatever else is on the day: skills, permission, windows, duration.
 */
import type { ProblemActivity, ProblemTechnician, Visit } from '../problem.ts'
import type { Finding, Judge } from './judge.ts'

/** What concerns the activity and its technician alone: skills, permission, windows, duration. */
export const judgeSelf = (
  judge: Judge,
  technician: ProblemTechnician,
  activity: ProblemActivity,
  visit: Visit,
  placeBefore: number | null,
  list: Finding[],
): void => {
  const tell = (rule: string, sentence: string): void => {
    list.push({ rule, activityId: activity.id, technicianId: technician.id, sentence })
  }
  for (const need of activity.skills) {
    if (!technician.skills.some((own) => own.skill === need.skill && own.level >= need.level)) {
      tell('skill', `needs ${need.skill} at level ${need.level}`)
    }
  }
  if (activity.excluded?.includes(technician.id)) tell('excluded', 'this technician is excluded')
  if (activity.only !== undefined && !activity.only.includes(technician.id)) {
    tell('excluded', 'this technician is not among those allowed')
  }
  const inWindow = activity.windows.some((window) => window.from <= visit.start && visit.start <= window.to)
  if (activity.windows.length > 0 && !inWindow) tell('window', `may not start at ${visit.start}`)
  const setup = activity.fixed === undefined && placeBefore !== activity.location ? (activity.setup ?? 0) : 0
  if (visit.end - visit.start !== activity.duration + setup) {
    judge.violations.push({
      rule: 'duration',
      activityId: activity.id,
      technicianId: technician.id,
      sentence: `takes ${activity.duration + setup} s, not ${visit.end - visit.start} s`,
    })
  }
}
