/**
 * A seeded day for the repair bench: a city, technicians with trades and a lunch break, work with windows and promises, and the
 * events of such a day. Nothing here is tuned to the engine: about four fifths of the open hours are spoken for.
 */
import type { LiveEvent } from '../../workers/optimiser/live/live-engine.ts'
import type { Problem, ProblemActivity, ProblemTechnician } from '../../workers/optimiser/problem.ts'
import { type Random, randomFrom, unit } from '../../workers/optimiser/random.ts'
import { straightLine } from '../../workers/optimiser/travel.ts'

const MINUTE = 60
const HOUR = 3_600
const trades = ['gas', 'water', 'power', 'heat', 'network'] as const

export type BoardSize = { readonly technicians: number; readonly activities: number; readonly seed: number }

type Dice = {
  readonly int: (low: number, high: number) => number
  readonly chance: (share: number) => boolean
}

const diceFrom = (random: Random): Dice => ({
  int: (low, high) => low + Math.floor(unit(random) * (high - low + 1)),
  chance: (share) => unit(random) < share,
})

export const boardBySeed = (size: BoardSize): Problem => {
  const random = randomFrom(size.seed)
  const dice = diceFrom(random)
  const { int, chance } = dice
  const towns = Array.from({ length: 8 }, () => ({
    lat: 50 + unit(random) * 0.3,
    lon: 8 + unit(random) * 0.4,
  }))
  const points = Array.from({ length: size.activities + size.technicians }, () => {
    // There are eight towns.
    const town = towns[int(0, 7)]!
    return { lat: town.lat + (unit(random) - 0.5) * 0.12, lon: town.lon + (unit(random) - 0.5) * 0.18 }
  })
  const technicians = Array.from({ length: size.technicians }, (_, t): ProblemTechnician => {
    const from = int(14, 18) * 30 * MINUTE
    const lunch = from + 4 * HOUR
    const home = size.activities + t
    return {
      id: `t${t}`,
      skills: trades.filter(() => chance(0.5)).map((skill) => ({ skill, level: int(1, 3) })),
      shifts: [
        {
          open: [
            { from, to: lunch },
            { from: lunch + 30 * MINUTE, to: from + 8.5 * HOUR },
          ],
          startLocation: home,
          endLocation: home,
          overtimeMax: HOUR,
        },
      ],
    }
  })
  const activities = Array.from({ length: size.activities }, (_, i) => activityBy(`a${i}`, i, dice))
  return {
    horizon: 24 * HOUR,
    activities,
    technicians,
    travel: [straightLine(points, { speedKmh: 35, roadFactor: 1.3 })],
  }
}

const activityBy = (id: string, location: number, { int, chance }: Dice): ProblemActivity => {
  const opens = int(7, 14) * HOUR
  const closes = opens + int(1, 4) * HOUR
  const duration = int(3, 9) * 5 * MINUTE
  const hasWindow = chance(0.5)
  const dueAt = (hasWindow ? closes : int(13, 18) * HOUR) + duration - int(0, 1) * HOUR
  return {
    id,
    duration,
    location,
    // The index is one of five.
    skills: chance(0.7) ? [{ skill: trades[int(0, 4)]!, level: int(1, 2) }] : [],
    windows: hasWindow ? [{ from: opens, to: closes }] : [],
    targets: chance(0.6) ? [{ kind: 'complete', dueAt, weight: int(1, 3) }] : [],
    priority: int(0, 100),
  }
}

export type Stream = (problem: Problem) => LiveEvent

/** Events one after another, each of the board as it is by then. */
export const eventsBySeed = (board: Problem, seed: number): Stream => {
  const random = randomFrom(seed)
  const dice = diceFrom(random)
  const { int } = dice
  const usual = new Map(board.technicians.map((technician) => [technician.id, technician]))
  let count = 0
  return (problem) => {
    count++
    // The boards of the bench are never empty.
    const activity = problem.activities[int(0, problem.activities.length - 1)]!
    const technician = problem.technicians[int(0, problem.technicians.length - 1)]!
    const { fixed, ...free } = activity
    const dueAnew = { kind: 'complete', dueAt: int(14, 18) * HOUR, weight: 2 } as const
    const roll = int(0, 99)
    if (roll < 24) {
      const location = int(0, board.activities.length - 1)
      return { kind: 'activity', activity: activityBy(`n${count}`, location, dice) }
    }
    if (roll < 48) return { kind: 'cancelled', activityId: activity.id }
    if (roll < 58) {
      const from = int(7, 14) * HOUR
      return { kind: 'activity', activity: { ...free, windows: [{ from, to: from + 3 * HOUR }] } }
    }
    if (roll < 66) return { kind: 'activity', activity: { ...free, duration: int(2, 16) * 5 * MINUTE } }
    if (roll < 72) return { kind: 'activity', activity: { ...free, priority: 100, targets: [dueAnew] } }
    if (roll < 88) {
      if (fixed !== undefined || activity.current === undefined) return { kind: 'activity', activity: free }
      const { technicianId, start } = activity.current
      return { kind: 'activity', activity: { ...free, fixed: { technicianId, start } } }
    }
    // Whoever was ill or short of time is back before someone else is.
    const own = usual.get(technician.id) ?? technician
    const [day] = own.shifts
    if (roll < 90 || day === undefined) return { kind: 'technician', technician: { ...own, shifts: [] } }
    if (roll < 93) return { kind: 'technician', technician: own }
    const late = int(1, 4) * 15 * MINUTE
    const [morning, ...rest] = day.open
    const open = [{ from: (morning?.from ?? 0) + late, to: morning?.to ?? 0 }, ...rest]
    return { kind: 'technician', technician: { ...own, shifts: [{ ...day, open }] } }
  }
}
