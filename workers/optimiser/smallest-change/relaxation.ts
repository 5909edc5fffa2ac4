/** What can be asked so that left-out work fits, how it is weighed, and the problem as it is once it was granted. */
import type { Problem, ProblemActivity, ProblemTechnician, SkillLevel } from '../problem.ts'

export type Spot = { readonly technicianId: string; readonly start: number }

export type Relaxation =
  /** Another visit goes elsewhere. */
  | { readonly kind: 'move'; readonly activityId: string; readonly from: Spot; readonly to: Spot }
  /** Locked work is let go; it then stands at `to`, which may be where it is. */
  | { readonly kind: 'unlock'; readonly activityId: string; readonly from: Spot; readonly to: Spot }
  | { readonly kind: 'window'; readonly opens: 'earlier' | 'later'; readonly minutes: number }
  | { readonly kind: 'overtime'; readonly minutes: number }
  | { readonly kind: 'duration'; readonly minutes: number }
  | { readonly kind: 'skill'; readonly skill: string; readonly needed: number; readonly has: number | null }

export type SmallestChange = {
  readonly change: Relaxation
  /** Where the work would be then. */
  readonly technicianId: string
  readonly shift: number
  readonly start: number
  readonly end: number
  /** What is asked, in the minutes of the header. */
  readonly weight: number
}

/** In minutes, so that unlike things can be compared. */
export const weights = {
  move: 10,
  unlock: 15,
  windowPerMinute: 1,
  overtimePerMinute: 2,
  durationPerMinute: 3,
  level: 120,
  skill: 480,
} as const

const MINUTE = 60

export const unlocked = (activity: ProblemActivity): ProblemActivity => {
  const { fixed, ...free } = activity
  return fixed === undefined
    ? activity
    : { ...free, current: { technicianId: fixed.technicianId, start: fixed.start } }
}

export const openedWindow = (
  activity: ProblemActivity,
  opens: 'earlier' | 'later',
  minutes: number,
): ProblemActivity => ({
  ...activity,
  windows: activity.windows.map(({ from, to }) =>
    opens === 'earlier' ? { from: from - minutes * MINUTE, to } : { from, to: to + minutes * MINUTE },
  ),
})

export const shortened = (activity: ProblemActivity, minutes: number): ProblemActivity => ({
  ...activity,
  duration: activity.duration - minutes * MINUTE,
})

export const qualified = (
  technician: ProblemTechnician,
  { skill, level }: SkillLevel,
): ProblemTechnician => ({
  ...technician,
  skills: [...technician.skills, { skill, level }],
})

/** The problem with the change made, for whoever wants to see for himself. A move changes the plan, not the problem. */
export const relaxed = (
  problem: Problem,
  activityId: string,
  { change, technicianId, shift }: SmallestChange,
): Problem => {
  const asked = (form: (activity: ProblemActivity) => ProblemActivity, id = activityId): Problem => ({
    ...problem,
    activities: problem.activities.map((activity) => (activity.id === id ? form(activity) : activity)),
  })
  const someone = (form: (technician: ProblemTechnician) => ProblemTechnician): Problem => ({
    ...problem,
    technicians: problem.technicians.map((own) => (own.id === technicianId ? form(own) : own)),
  })
  switch (change.kind) {
    case 'move':
      return problem
    case 'unlock':
      return asked(unlocked, change.activityId)
    case 'window':
      return asked((activity) => openedWindow(activity, change.opens, change.minutes))
    case 'duration':
      return asked((activity) => shortened(activity, change.minutes))
    case 'skill':
      return someone((own) => qualified(own, { skill: change.skill, level: change.needed }))
    case 'overtime':
      return someone((own) => ({
        ...own,
        shifts: own.shifts.map((day, i) =>
          i === shift ? { ...day, overtimeMax: (day.overtimeMax ?? 0) + change.minutes * MINUTE } : day,
        ),
      }))
  }
}
