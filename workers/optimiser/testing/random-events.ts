/** Events by chance on a board as it stands: everything that can happen to an activity or a technician, the seed tells which. */
import type { LiveEvent } from '../live/live-engine.ts'
import type { Plan, Problem, ProblemActivity, ProblemTechnician } from '../problem.ts'
import { type Random, unit } from '../random.ts'
import { randomProblem } from './random-problems.ts'

const HOUR = 3_600

export const randomEvent = (problem: Problem, plan: Plan, random: Random, number: number): LiveEvent => {
  const int = (low: number, high: number): number => low + Math.floor(unit(random) * (high - low + 1))
  const someActivity = (): ProblemActivity | undefined =>
    problem.activities[int(0, problem.activities.length - 1)]
  const way = int(0, 9)
  if (way === 0) {
    const activity = someActivity()
    if (activity !== undefined) return { kind: 'cancelled', activityId: activity.id }
  }
  if (way <= 3) {
    const technician = problem.technicians[int(0, problem.technicians.length - 1)]
    if (technician !== undefined) return { kind: 'technician', technician: changedDays(technician, int) }
  }
  const activity = someActivity()
  if (way <= 6 || activity === undefined) {
    const strange = randomProblem(int(0, 1_000_000), {
      activities: 1,
      technicians: problem.technicians.length,
    })
    const size = problem.travel[0]?.size ?? 1
    // A problem by chance has at least one activity.
    const {
      fixed: _,
      current: __,
      preferred: ___,
      excluded: ____,
      only: _____,
      ...own
    } = strange.activities[0]!
    const location = own.location === null ? null : own.location % size
    return { kind: 'activity', activity: { ...own, location, id: `new${number}` } }
  }
  return { kind: 'activity', activity: changed(activity, plan, int) }
}

/** Work is fixed and freed, people fall ill, lose a day or begin later, and come back: what changes how many routes there are. */
export const randomAbsence = (usual: Problem, problem: Problem, plan: Plan, random: Random): LiveEvent => {
  const int = (low: number, high: number): number => low + Math.floor(unit(random) * (high - low + 1))
  // A problem by chance has at least one activity and one technician.
  const technician = usual.technicians[int(0, usual.technicians.length - 1)]!
  const activity = problem.activities[int(0, problem.activities.length - 1)]!
  const { shifts } = technician
  switch (int(0, 6)) {
    case 0:
      return { kind: 'technician', technician: { ...technician, shifts: [] } }
    case 1:
      return { kind: 'technician', technician: { ...technician, shifts: shifts.slice(1) } }
    case 2:
      return { kind: 'technician', technician }
    case 3: {
      const ends = shifts.map((shift) => ({ ...shift, open: shift.open.slice(-1) }))
      return { kind: 'technician', technician: { ...technician, shifts: ends } }
    }
    case 4: {
      const { fixed: _, ...free } = activity
      return { kind: 'activity', activity: free }
    }
    case 5: {
      const start = int(0, 40) * HOUR
      const long = { ...activity, duration: int(1, 16) * 900 }
      return { kind: 'activity', activity: { ...long, fixed: { technicianId: technician.id, start } } }
    }
    default:
      return { kind: 'activity', activity: fixedAsPlanned(activity, plan, 0) }
  }
}

const fixedAsPlanned = (activity: ProblemActivity, plan: Plan, later: number): ProblemActivity => {
  const { fixed: _, ...free } = activity
  const route = plan.routes.find(({ visits }) => visits.some(({ activityId }) => activityId === activity.id))
  const visit = route?.visits.find(({ activityId }) => activityId === activity.id)
  return route === undefined || visit === undefined
    ? free
    : { ...free, fixed: { technicianId: route.technicianId, start: visit.start + later } }
}

const changedDays = (
  technician: ProblemTechnician,
  int: (low: number, high: number) => number,
): ProblemTechnician => {
  const way = int(0, 4)
  if (way === 0) return { ...technician, shifts: [] }
  if (way === 1) return { ...technician, maxTasks: int(1, 6) }
  const by = int(0, 3) * 1_800
  return {
    ...technician,
    shifts: technician.shifts.map((shift, day) => {
      if (day > 0 && way < 4) return shift
      const open = shift.open.map((interval, i) =>
        i === 0 ? { ...interval, from: Math.min(interval.to - 900, interval.from + by) } : interval,
      )
      return { ...shift, open, overtimeMax: way === 3 ? HOUR : (shift.overtimeMax ?? 0) }
    }),
  }
}

const changed = (
  activity: ProblemActivity,
  plan: Plan,
  int: (low: number, high: number) => number,
): ProblemActivity => {
  const { fixed: _, ...free } = activity
  switch (int(0, 5)) {
    case 0:
      return { ...free, windows: [] }
    case 1:
      return { ...free, windows: [{ from: int(7, 12) * HOUR, to: int(12, 16) * HOUR }] }
    case 2:
      return { ...free, duration: int(0, 8) * 900 }
    case 3:
      return {
        ...free,
        priority: int(0, 100),
        targets: [{ kind: 'complete', dueAt: int(6, 40) * HOUR, weight: 1 }],
      }
    default:
      return fixedAsPlanned(activity, plan, int(0, 1) * 1_200)
  }
}
