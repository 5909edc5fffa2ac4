/** A longer day, up to three hours. */
import { ALLOWED } from '../model/model.ts'
import { updateRoute } from '../plan/update.ts'
import { fewest } from './ask-less.ts'
import { granted } from './other-form.ts'
import { weights } from './relaxation.ts'
import { fits, MINUTE, minutesLeft, placed, type Search } from './search.ts'

export const OVERTIME_MOST = 3 * 60

export const tryOvertime = (search: Search): void => {
  const { m, s, u } = search
  for (let r = 0; r < m.routes; r++) {
    if (m.shiftOf[r]! < 0 || (m.fit[u * m.technicians + m.technicianOf[r]!]! & ALLOWED) === 0) continue
    const most = minutesLeft(
      search,
      weights.overtimePerMinute,
      Math.min(OVERTIME_MOST, minutesFree(search, r)),
    )
    const closes = m.closesHardAt[r]!
    const longer = (minutes: number): void => {
      m.closesHardAt[r] = closes + minutes * MINUTE
      updateRoute(m, s, r)
    }
    const minutes = fewest(most, (tried) => {
      longer(tried)
      return fits(search, r) >= 0
    })
    if (minutes !== null) {
      longer(minutes)
      const p = fits(search, r)
      const found = p < 0 ? null : placed(search, p, true)
      const weight = minutes * weights.overtimePerMinute
      longer(0)
      const told = found && granted(search, { change: { kind: 'overtime', minutes }, ...found, weight })
      if (told !== null) search.best = told
    }
    if (m.closesHardAt[r] !== closes) longer(0)
  }
}

/** How long a day could run on before the technician is wanted elsewhere: another day, fixed work outside of this one. */
const minutesFree = ({ m }: Search, r: number): number => {
  const closes = m.closesHardAt[r]!
  let free = Number.POSITIVE_INFINITY
  for (const other of m.routesOf[m.technicianOf[r]!]!) {
    if (other !== r && m.opensAt[other]! >= closes) free = Math.min(free, m.opensAt[other]! - closes)
  }
  m.problem.activities.forEach((_, v) => {
    if (m.isFixed[v] !== 1 || m.technicianOf[m.fixedRoute[v]!] !== m.technicianOf[r]) return
    // It would count as this day's, or cover more of it.
    if (m.fixedStart[v]! + m.duration[v]! > closes && m.fixedStart[v]! < closes + OVERTIME_MOST * MINUTE)
      free = 0
  })
  return Math.floor(free / MINUTE)
}
