/** Someone who lacks exactly one thing that the work asks for. */
import { missingSkill } from '../constraints/skills.ts'
import { ALLOWED, UNLOVED } from '../model/model.ts'
import { granted } from './other-form.ts'
import { qualified, weights } from './relaxation.ts'
import { fits, isWorth, placed, type Search } from './search.ts'

export const trySkills = (search: Search): void => {
  const { m, u, original } = search
  if (original.skills.length === 0 || !isWorth(search, weights.level)) return
  m.problem.technicians.forEach((technician, t) => {
    const missing = missingSkill(original, technician)
    if (missing === null || missingSkill(original, qualified(technician, missing)) !== null) return
    if (original.excluded?.includes(technician.id) || original.only?.includes(technician.id) === false) return
    const weight = missing.has === null ? weights.skill : weights.level * (missing.level - missing.has)
    if (!isWorth(search, weight)) return
    const cell = u * m.technicians + t
    const before = m.fit[cell]!
    const isLoved = !original.preferred?.length || original.preferred.includes(technician.id)
    m.fit[cell] = ALLOWED | (isLoved ? 0 : UNLOVED)
    for (const r of m.routesOf[t]!) {
      if (m.shiftOf[r]! < 0) continue
      const p = fits(search, r)
      const found = p < 0 ? null : placed(search, p, true)
      if (found === null) continue
      const { skill, level: needed, has } = missing
      const told = granted(search, { change: { kind: 'skill', skill, needed, has }, ...found, weight })
      if (told === null) continue
      search.best = told
      break
    }
    m.fit[cell] = before
  })
}
