/** The technician as boards see him or her. */
import type { Technician } from '../domain/plan/technician.ts'
import type { TechnicianView } from './board.ts'

export const technicianView = (t: Technician): TechnicianView => ({
  id: t.id,
  version: t.version,
  name: t.name,
  kind: t.kind,
  active: t.active,
  teamId: t.teamId,
  boardId: t.boardId,
  calendarId: t.calendarId,
  skills: [...t.skills],
  home: t.home,
  absences: t.absences.map((a) => ({
    from: new Date(a.from).toISOString(),
    to: new Date(a.to).toISOString(),
    reason: a.reason,
  })),
})
