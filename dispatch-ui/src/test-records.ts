/** Small records for the tests of the screens; only what a test says differs from these. */
import type { ActivityView } from '../../server/contract/activity.ts'
import type { BoardEvent, TechnicianView } from '../../server/contract/board.ts'
import type { OrderView } from '../../server/contract/order.ts'
import { unplanned } from '../../server/domain/activity/new-activity.ts'

/** `HH:MM` on the tests' Monday, UTC. */
export const time = (clock: string): number => Date.parse(`2026-06-01T${clock}:00Z`)
export const iso = (clock: string): string => new Date(time(clock)).toISOString()

export function activity(id: string, differs: Partial<ActivityView> = {}): ActivityView {
  return {
    ...unplanned,
    requiredSkills: [],
    windows: [],
    id,
    number: id,
    boardId: 'board',
    orderId: `order-${id}`,
    teamId: 'crew',
    technicianId: 'ann',
    start: iso('10:00'),
    end: iso('11:00'),
    blocking: true,
    createdAt: iso('08:00'),
    ...differs,
  }
}

/** An activity on somebody's row from one clock time to another. */
export const placed = (
  id: string,
  start: string,
  end: string,
  differs: Partial<ActivityView> = {},
): ActivityView => activity(id, { start: iso(start), end: iso(end), ...differs })

export function technician(id: string, differs: Partial<TechnicianView> = {}): TechnicianView {
  return {
    id,
    version: 1,
    name: id,
    kind: 'employee',
    active: true,
    teamId: 'crew',
    boardId: 'board',
    calendarId: null,
    skills: [],
    home: null,
    absences: [],
    ...differs,
  }
}

type Target = 'respond' | 'arrive' | 'complete'

/** The order of an activity, with promises by target and clock time. */
export function orderFor(
  activityId: string,
  promises: Partial<Record<Target, string>> = {},
  differs: Partial<OrderView> = {},
): OrderView {
  return {
    id: `order-${activityId}`,
    version: 1,
    number: `SO-${activityId}`,
    externalId: null,
    description: '',
    customerId: null,
    customerName: null,
    projectId: null,
    agreementId: null,
    agreementGroupId: null,
    serviceDateTime: iso('08:00'),
    stageId: 'stage',
    progress: 'inProcess',
    priority: 'normal',
    address: null,
    preferredTechnicianId: null,
    signedOff: false,
    signedOffAt: null,
    origin: 'user',
    createdAt: iso('08:00'),
    slaStatus: 'started',
    slas: (Object.entries(promises) as [Target, string][]).map(([target, clock]) => ({
      target,
      slaId: 'sla',
      status: 'started',
      startedAt: iso('08:00'),
      dueAt: iso(clock),
      reachedAt: null,
      limitMinutes: 60,
      recordedMinutes: 0,
      compliance: 0,
    })),
    lines: [],
    ...differs,
  }
}

export function event(seq: number, differs: Partial<BoardEvent>): BoardEvent {
  return {
    seq,
    type: 'activity-changed',
    at: iso('09:00'),
    actor: { id: 'u', name: 'Uma', kind: 'user' },
    commandId: null,
    ...differs,
  }
}
