/**
 * A board small enough to be read in a test: one Monday, one calendar, Ann and whoever else is named.
 */
import { wholePolicy } from '../../../server/contract/default-policy.ts'
import type { Activity } from '../../../server/domain/activity/activity.ts'
import { unplanned } from '../../../server/domain/activity/new-activity.ts'
import type { Technician } from '../../../server/domain/plan/technician.ts'
import type { PlanningBoard } from '../../../server/ports/planner.ts'
import { buildProblem } from './build-problem.ts'
import type { Scope } from './scope.ts'

/** A Monday, ten in the morning. */
export const now = Date.UTC(2026, 2, 2, 10)
export const day = [
  { from: '08:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
]
const calendar = {
  id: 'week',
  timeZone: 'UTC',
  week: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [], sun: [] },
  exceptions: [],
  standardWorkDayHours: 8,
}

export const technician = (id: string, more: Partial<Technician> = {}): Technician => ({
  id,
  version: 1,
  companyId: 'c',
  name: id,
  kind: 'employee',
  active: true,
  teamId: 'team',
  boardId: 'b',
  calendarId: 'week',
  skills: [],
  home: null,
  absences: [],
  ...more,
})

export const activity = (id: string, more: Partial<Activity> = {}): Activity => ({
  ...unplanned,
  id,
  number: id,
  companyId: 'c',
  boardId: 'b',
  orderId: `order of ${id}`,
  createdAt: now,
  ...more,
})

export const at = (hours: number, minutes = 0): number => Date.UTC(2026, 2, 2, hours, minutes)
export const placed = (technicianId: string, from: number, to: number): Partial<Activity> => ({
  technicianId,
  start: from,
  end: to,
})

export function boardOf(activities: Activity[], more: Partial<PlanningBoard> = {}): PlanningBoard {
  return {
    companyId: 'c',
    boardId: 'b',
    epoch: 'e',
    seq: 7,
    now,
    timeZone: 'UTC',
    policyVersion: 3,
    policy: wholePolicy({
      autoRepair: false,
      autoApply: false,
      churnBudget: 5,
      holdMinutes: 30,
      freezeMinutes: 15,
      horizonDays: 1,
      repairBudgetMs: 100,
      speedKmh: 30,
      roadFactor: 1.4,
    }),
    activities,
    technicians: [technician('Ann')],
    calendars: new Map([['week', calendar]]),
    orders: new Map(),
    takenOff: new Set(),
    lastPlaces: new Map(),
    ...more,
  }
}

const scope: Scope = { kind: 'optimise', teams: [], from: null, to: null, openMax: 100 }
export const built = (board: PlanningBoard, more: Partial<Scope> = {}) =>
  buildProblem(board, { ...scope, ...more })
export const find = (board: PlanningBoard, id: string, more: Partial<Scope> = {}) =>
  built(board, more).problem.activities.find((a) => a.id === id)
