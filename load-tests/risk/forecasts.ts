/** Learns from simulated days and forecasts others, with what a board would know at that moment and no more. */
import { pausesOf } from '../../server/domain/risk/breaks.ts'
import { createWalk, type Day, type Leg, missChances, type Walk } from '../../server/domain/risk/day.ts'
import { emptyTally, noted, type Tally } from '../../server/domain/risk/spread.ts'
import { createSpreads, type Learned, type Spreads } from '../../server/domain/risk/spreads.ts'
import { waitAndWorkChance, waitOf } from '../../server/domain/risk/waiting.ts'
import {
  CLOSES,
  LUNCH,
  missed,
  plannedStartAt,
  type SimulatedDay,
  type TechnicianDay,
  type Visit,
} from './days.ts'

export type Knowledge = { readonly learned: Learned; readonly waits: Tally }

export function learnFrom(days: readonly SimulatedDay[]): Knowledge {
  const work = new Map<string, Tally>()
  let travel = emptyTally
  let waits = emptyTally
  for (const day of days)
    for (const { visits } of day.technicians)
      for (const visit of visits) {
        work.set(
          visit.typeId,
          noted(work.get(visit.typeId) ?? emptyTally, visit.ended - visit.began, visit.workMinutes),
        )
        travel = noted(travel, visit.began - visit.left, visit.travelMinutes)
        if (visit.isUrgent) waits = noted(waits, visit.began - visit.createdAt)
      }
  return { learned: { work, travel }, waits }
}

export type Forecast = {
  readonly visit: Visit
  /** Which day's which visit: the same in every forecast about it. */
  readonly key: string
  readonly at: number
  readonly chance: number
  readonly isMissed: boolean
  readonly isPlanned: boolean
  /** What the rules of thumb say. */
  readonly isUnderFourHours: boolean
  readonly isPlannedLate: boolean
  /** Planned late once the delay of the present work is added: the better rule of thumb. */
  readonly isShiftedLate: boolean
}

const FOUR_HOURS = 240

export function forecastDay(
  day: SimulatedDay,
  dayNumber: number,
  knowledge: Knowledge,
  moments: readonly number[],
): Forecast[] {
  const spreads = createSpreads(knowledge.learned)
  const wait = waitOf(knowledge.waits)
  const walk = createWalk()
  const out: Forecast[] = []
  for (const at of moments)
    for (const technician of day.technicians) {
      out.push(...forecastTechnician(technician, at, { walk, spreads, dayNumber }))
      if (wait === null) continue
      for (const visit of technician.visits) {
        if (!isOpen(visit, at) || visit.createdAt > at || visit.placedAt <= at) continue
        const chance = waitAndWorkChance(
          wait,
          { waited: at - visit.createdAt, left: visit.due - at },
          { spread: spreads.workOf(visit.typeId), minutes: visit.workMinutes },
        )
        out.push(forecastOf(visit, at, { chance, dayNumber, plannedEnd: null, shift: 0 }))
      }
    }
  return out
}

/** Not decided yet: neither fulfilled nor past its time. */
const isOpen = (visit: Visit, at: number): boolean =>
  visit.due > at && (visit.target === 'complete' ? visit.ended : visit.began) > at

type Scene = { readonly walk: Walk; readonly spreads: Spreads; readonly dayNumber: number }

function forecastTechnician({ visits }: TechnicianDay, at: number, scene: Scene): Forecast[] {
  const ahead = visits.filter((visit) => visit.placedAt <= at && visit.ended > at)
  const day = dayOf(ahead, at)
  const stakes = ahead.flatMap((visit, leg) =>
    isOpen(visit, at) ? [{ leg, visit, target: visit.target, due: visit.due - at }] : [],
  )
  const chances = missChances(scene.walk, day, scene.spreads, stakes)
  return stakes.map(({ visit, leg }, i) =>
    forecastOf(visit, at, {
      chance: chances[i] ?? 0,
      dayNumber: scene.dayNumber,
      plannedEnd: fulfilledByPlan(visit, at),
      shift: shiftOf(day, leg),
    }),
  )
}

const fulfilledByPlan = (visit: Visit, at: number): number =>
  plannedStartAt(visit, at) + (visit.target === 'complete' ? visit.workMinutes : 0)

/** By how much the plan is late when everything from now on takes exactly as long as planned. */
function shiftOf(day: Day, last: number): number {
  let time = 0
  let shift = 0
  for (const leg of day.legs.slice(0, last + 1)) {
    const start =
      leg.workElapsed === null
        ? Math.max(leg.notBefore, time + Math.max(0, leg.travelMinutes - (leg.travelElapsed ?? 0)))
        : 0
    shift = start - leg.notBefore
    time = start + Math.max(0, leg.workMinutes - (leg.workElapsed ?? 0))
    if (leg.workElapsed !== null) shift = time - (leg.notBefore + leg.workMinutes)
  }
  return Math.max(0, shift)
}

export function dayOf(ahead: readonly Visit[], at: number): Day {
  const starts = ahead.map((visit) => plannedStartAt(visit, at) - at)
  const present = ahead[0]
  const began = present !== undefined && present.began <= at ? present.began - at : null
  const pauses = pausesOf([{ from: LUNCH.from - at, to: LUNCH.to - at }], starts, began)
  return {
    legs: ahead.map(
      (visit, i): Leg => ({
        typeId: visit.typeId,
        travelMinutes: visit.travelMinutes,
        travelElapsed: visit.left <= at && visit.began > at ? at - visit.left : null,
        workMinutes: visit.workMinutes,
        workElapsed: visit.began <= at ? at - visit.began : null,
        notBefore: starts[i] ?? 0,
        windows: [],
        pauses: pauses[i] ?? [],
      }),
    ),
    closings: [],
  }
}

function forecastOf(
  visit: Visit,
  at: number,
  by: { chance: number; dayNumber: number; plannedEnd: number | null; shift: number },
): Forecast {
  return {
    visit,
    key: `${by.dayNumber}/${visit.id}`,
    at,
    chance: by.chance,
    isMissed: missed(visit),
    isPlanned: by.plannedEnd !== null,
    isUnderFourHours: visit.due - at < FOUR_HOURS,
    isPlannedLate: by.plannedEnd !== null && by.plannedEnd > visit.due,
    isShiftedLate: by.plannedEnd !== null && by.plannedEnd + by.shift > visit.due,
  }
}

export const halfHours: readonly number[] = Array.from(
  { length: (CLOSES - 8 * 60) / 30 },
  (_, i) => 8 * 60 + 30 * i,
)
