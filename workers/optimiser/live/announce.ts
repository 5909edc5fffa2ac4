/** After mending, what the plan has is what was announced: moving it again costs, staying does not. */
import { compiledRows } from '../model/patch.ts'
import { updateRoute } from '../plan/update.ts'
import type { ProblemActivity } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { patchRow } from './apply-event.ts'
import { compiledBoard, isVacant, type LiveBoard, orderOf } from './live-board.ts'

export const needsAnnouncing = ({ m, s }: LiveBoard, u: number): boolean =>
  m.isFixed[u] === 0 &&
  (m.currentTechnician[u] !== m.technicianOf[s.route[u]!] || m.currentStart[u] !== s.start[u])

export const announce = (live: LiveBoard, routes: ReadonlySet<number>): void => {
  const { m, s } = live
  if (m.joint) {
    announceAll(live)
    return
  }
  const rows: number[] = []
  const told: ProblemActivity[] = []
  const changed: number[] = []
  for (const r of routes) {
    const before = rows.length
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) {
      if (!needsAnnouncing(live, u)) continue
      rows.push(u)
      told.push(announced(live, u, r))
    }
    if (rows.length > before) changed.push(r)
  }
  if (rows.length === 0) return
  const alone = compiledRows(m, told, live.bare)
  // The same activities with other announced places fit where they fitted before.
  if (alone === null) throw new ProblemError('activities', 'do not fit into their own rows')
  rows.forEach((u, i) => {
    patchRow(live, u, alone, i)
    // There is one told activity for each row.
    live.activities[u] = told[i]!
  })
  for (const r of changed) updateRoute(m, s, r)
}

const announced = ({ m, s, activities }: LiveBoard, u: number, r: number): ProblemActivity => {
  // Rows on a route have an activity, and routes a technician.
  const activity = activities[u]!
  const technicianId = m.problem.technicians[m.technicianOf[r]!]!.id
  return { ...activity, current: { ...activity.current, technicianId, start: s.start[u]! } }
}

/** Where days hang together an announced start can bind others, so all rows are made anew. */
const announceAll = (live: LiveBoard): void => {
  const { m, s } = live
  const technicianOf = (u: number): string => m.problem.technicians[m.technicianOf[s.route[u]!]!]!.id
  const activities = live.activities.flatMap((activity, u) => {
    if (isVacant(live, u)) return []
    if (s.route[u]! < 0 || !needsAnnouncing(live, u)) return [activity]
    const current = { ...activity.current, technicianId: technicianOf(u), start: s.start[u]! }
    return [{ ...activity, current }]
  })
  const { problem, compiled } = live
  Object.assign(
    live,
    compiledBoard({ ...problem, activities, technicians: live.technicians }, orderOf(live)),
    {
      compiled,
    },
  )
}
