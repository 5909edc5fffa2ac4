/**
 * Small boards are drawn, not assembled:
 *
 *     Ann | 08:00 A1 09:00 | 09:30 A2 11:00
 *
 * One row per technician; times are UTC on a Monday. For tests and examples.
 */
import type { Activity } from '../activity/activity.ts'
import { unplanned } from '../activity/new-activity.ts'
import { type Instant, MINUTE } from '../instant.ts'
import type { Technician } from './technician.ts'

const MONDAY = Date.UTC(2026, 2, 2)

/** `HH:MM` on the drawn day. */
export const instantAt = (time: string): Instant => Date.parse(`2026-03-02T${time}:00Z`)

export function boardFrom(drawing: string) {
  const technicians = new Map<string, Technician>()
  const activities = new Map<string, Activity>()
  for (const line of drawing.split('\n')) {
    const [name, ...bars] = line.split('|').map((part) => part.trim())
    if (!name) continue
    technicians.set(name, {
      id: name,
      version: 1,
      companyId: 'company',
      name,
      kind: 'employee',
      active: true,
      teamId: 'crew',
      boardId: 'board',
      calendarId: null,
      skills: [],
      home: null,
      absences: [],
    })
    for (const bar of bars) {
      const [from = '', id = '', to = ''] = bar.split(/\s+/)
      activities.set(id, drawnActivity(id, name, instantAt(from), instantAt(to)))
    }
  }
  const found = <T>(map: ReadonlyMap<string, T>, id: string): T => {
    const value = map.get(id)
    if (value === undefined) throw new Error(`the drawing has no ${id}`)
    return value
  }
  return {
    technician: (name: string): Technician => found(technicians, name),
    activity: (id: string): Activity => found(activities, id),
    day: (name: string): Activity[] => [...activities.values()].filter((a) => a.technicianId === name),
  }
}

function drawnActivity(id: string, technicianId: string, start: Instant, end: Instant): Activity {
  return {
    ...unplanned,
    id,
    number: id,
    companyId: 'company',
    boardId: 'board',
    orderId: `order of ${id}`,
    teamId: 'crew',
    technicianId,
    start,
    end,
    durationMinutes: (end - start) / MINUTE,
    blocking: true,
    createdAt: MONDAY,
  }
}
