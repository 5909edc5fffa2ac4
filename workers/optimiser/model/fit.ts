/**
 * Who may do what: a byte for each activity and technician, from skills with their levels, and from the technicians that an
 * activity prefers, excludes or is kept for.
 */
import type { Problem, ProblemActivity } from '../problem.ts'
import { ALLOWED, UNLOVED } from './model.ts'

const skillTable = (problem: Problem) => {
  const index = new Map<string, number>()
  for (const activity of problem.activities) {
    for (const { skill } of activity.skills) if (!index.has(skill)) index.set(skill, index.size)
  }
  const levels = new Int32Array(problem.technicians.length * index.size).fill(-1)
  problem.technicians.forEach((technician, t) => {
    for (const { skill, level } of technician.skills) {
      const s = index.get(skill)
      if (s !== undefined) levels[t * index.size + s] = Math.max(level, levels[t * index.size + s]!)
    }
  })
  return { index, levels }
}

/** A byte for each activity and technician. Most activities ask for what others ask for too, so rows are made once and copied. */
export const fitTable = (problem: Problem): Uint8Array => {
  const count = problem.technicians.length
  const skills = skillTable(problem)
  const fit = new Uint8Array(problem.activities.length * count)
  const rows = new Map<string, Uint8Array>()
  problem.activities.forEach((activity, i) => {
    const { excluded, only, preferred } = activity
    const isOrdinary = !excluded?.length && only === undefined && !preferred?.length
    const key = isOrdinary
      ? activity.skills.map(({ skill, level }) => `${skill.length}:${skill}${level}`).join()
      : null
    let row = key === null ? undefined : rows.get(key)
    if (row === undefined) {
      row = fitRow(problem, activity, skills)
      if (key !== null) rows.set(key, row)
    }
    fit.set(row, i * count)
  })
  return fit
}

const fitRow = (
  problem: Problem,
  activity: ProblemActivity,
  { index, levels }: ReturnType<typeof skillTable>,
): Uint8Array => {
  // Every skill that an activity needs is in the table.
  const needs = activity.skills.map(({ skill, level }) => ({ at: index.get(skill)!, level }))
  const excluded = activity.excluded?.length ? new Set(activity.excluded) : null
  const only = activity.only === undefined ? null : new Set(activity.only)
  const preferred = activity.preferred?.length ? new Set(activity.preferred) : null
  return Uint8Array.from(problem.technicians, ({ id }, t) => {
    const able = needs.every((need) => levels[t * index.size + need.at]! >= need.level)
    if (!able || excluded?.has(id) || (only !== null && !only.has(id))) return 0
    return ALLOWED | (preferred !== null && !preferred.has(id) ? UNLOVED : 0)
  })
}
