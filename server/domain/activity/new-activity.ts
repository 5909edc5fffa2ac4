/**
 * What holds of every activity that nobody has planned, told or touched yet; whoever makes one adds which it is, and of what order.
 */
import type { Activity } from './activity.ts'

export const unplanned = {
  version: 1,
  orderLineId: null,
  typeId: null,
  teamId: null,
  technicianId: null,
  start: null,
  end: null,
  durationMinutes: 60,
  state: 'undispatched',
  fieldStatus: 'none',
  priority: 'normal',
  locked: false,
  requiredSkills: [],
  earliestStart: null,
  latestEnd: null,
  windows: [],
  preferredTechnicianId: null,
  place: null,
  blocking: false,
  humanTouchedAt: null,
  closedAt: null,
  closedBy: null,
  closedCause: null,
} as const satisfies Partial<Activity>
