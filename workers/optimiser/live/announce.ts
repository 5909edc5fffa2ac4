/** After mending, what the plan has is what was announced: moving it again costs, staying does not. */
import { ProblemError } from '../model.ts'
import { compiledRow } from '../patch-model.ts'
import { updateRoute } from '../plan.ts'
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
  for (const r of routes) {
    let changed = false
    for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) {
      if (!needsAnnouncing(live, u)) continue
      changed = true
      const technicianId = m.problem.technicians[m.technicianOf[r]!]!.id
      const activity = live.activities[u]!
      const told = { ...activity, current: { ...activity.current, technicianId, start: s.start[u]! } }
      const alone = compiledRow(m, told, live.bare)
      // The same activity with another announced place fits where it fitted before.
      if (alone === null)
        throw new ProblemError('activities', `"${activity.id}" does not fit into its own row`)
      patchRow(live, u, alone)
      live.activities[u] = told
    }
    if (changed) updateRoute(m, s, r)
  }
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
