/**
 * Who may do an activity at all: every skill at its level, not excluded, and named where only some are allowed.
 *
 * Settled once in the model's table, so that the kernel tests one byte before it does any arithmetic.
 */
import { ALLOWED, type Model } from '../model/model.ts'
import type { ProblemActivity, ProblemTechnician, SkillLevel } from '../problem.ts'

export const mayDo = (m: Model, u: number, technician: number): boolean =>
  (m.fit[u * m.technicians + technician]! & ALLOWED) !== 0

/** The first skill that is missing or too low, with what the technician has of it. */
export const missingSkill = (
  activity: ProblemActivity,
  technician: ProblemTechnician,
): (SkillLevel & { readonly has: number | null }) | null => {
  for (const need of activity.skills) {
    const levels = technician.skills.filter((own) => own.skill === need.skill).map((own) => own.level)
    const has = levels.length === 0 ? null : Math.max(...levels)
    if (has === null || has < need.level) return { ...need, has }
  }
  return null
}
