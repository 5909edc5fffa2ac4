/**
 * How likely each running promise of a board is missed, what it comes from, and how likely it would be elsewhere.
 *
 * Pure: an outlook in, chances out. Planned work is judged by the day of its technician, work without a place by how long
 * such work has lately waited, a response by how long it took to send. Where too little is known there is no number.
 */
import { MINUTE } from '../domain/instant.ts'
import { createWalk, missChances, type Stake, type Walk } from '../domain/risk/day.ts'
import { type Driver, driverOf } from '../domain/risk/driver.ts'
import { waitTally } from '../domain/risk/learn.ts'
import { chanceAbove, emptyTally } from '../domain/risk/spread.ts'
import { createSpreads, type Spreads } from '../domain/risk/spreads.ts'
import { type PlannedVisit, type TechnicianDay, technicianDay } from '../domain/risk/technician-day.ts'
import { waitAndWorkChance, waitChance, waitOf } from '../domain/risk/waiting.ts'
import type { Outlook, RunningPromise } from '../ports/outlooks.ts'

export type Forecast = {
  /** Null: too little is known of how long such work waits. */
  readonly chance: number | null
  /** Where it is planned: the leg of its technician's day. */
  readonly stake: (Stake & { readonly plannedAt: number; readonly technicianId: string }) | null
}

export type BoardForecast = {
  readonly of: (promise: RunningPromise) => Forecast
  /** What a planned promise's danger comes from, with the visit it is about; asked for what is shown. */
  readonly driver: (forecast: Forecast) => { readonly driver: Driver; readonly visit: PlannedVisit } | null
  /** The worst chance among these promises if the activity were done by this technician at that time. */
  readonly elsewhere: (
    promises: readonly RunningPromise[],
    at: Pick<PlannedVisit, 'start' | 'end'> & { readonly technicianId: string },
    visit: Pick<PlannedVisit, 'place' | 'windows'>,
  ) => number | null
}

type Scene = {
  readonly outlook: Outlook
  readonly spreads: Spreads
  readonly walk: Walk
  readonly days: Map<string, TechnicianDay>
}

export function forecastBoard(outlook: Outlook): BoardForecast {
  const scene: Scene = {
    outlook,
    spreads: createSpreads({
      work: outlook.tallies.get('work') ?? new Map(),
      travel: outlook.tallies.get('travel')?.get('') ?? emptyTally,
    }),
    walk: createWalk(),
    days: new Map(),
  }
  const forecasts = allForecasts(scene)
  const unknown: Forecast = { chance: null, stake: null }
  return {
    of: (promise) => forecasts.get(promise) ?? unknown,
    driver({ stake }) {
      const own = stake === null ? undefined : scene.days.get(stake.technicianId)
      if (stake === null || own === undefined) return null
      const driver = driverOf(scene.walk, own.day, scene.spreads, stake)
      const visit = own.visits[driver.leg]
      return visit === undefined ? null : { driver, visit }
    },
    elsewhere: (promises, at, visit) => elsewhere(scene, promises, at, visit),
  }
}

function allForecasts(scene: Scene): Map<RunningPromise, Forecast> {
  const { outlook } = scene
  const forecasts = new Map<RunningPromise, Forecast>()
  const planned = new Map<string, { promise: RunningPromise; stake: Stake & { plannedAt: number } }[]>()
  for (const promise of outlook.promises) {
    const { technicianId } = promise.activity
    if (promise.dueAt <= outlook.now) forecasts.set(promise, { chance: 1, stake: null })
    else if (promise.target === 'respond' || technicianId === null || promise.activity.start === null)
      forecasts.set(promise, { chance: waitingChance(scene, promise), stake: null })
    else {
      const own = dayOf(scene, technicianId)
      const leg = own.visits.findIndex((visit) => visit.id === promise.activity.id)
      const stake = { leg, ...stakeOf(promise, outlook.now) }
      if (leg < 0) forecasts.set(promise, { chance: aloneChance(scene, promise), stake: null })
      else planned.set(technicianId, [...(planned.get(technicianId) ?? []), { promise, stake }])
    }
  }
  for (const [technicianId, stakes] of planned) {
    const { day } = dayOf(scene, technicianId)
    const chances = missChances(
      scene.walk,
      day,
      scene.spreads,
      stakes.map(({ stake }) => stake),
    )
    for (const [i, { promise, stake }] of stakes.entries())
      forecasts.set(promise, { chance: chances[i] ?? null, stake: { ...stake, technicianId } })
  }
  return forecasts
}

const stakeOf = (promise: RunningPromise, now: number): Omit<Stake, 'leg'> & { plannedAt: number } => {
  const target = promise.target === 'complete' ? 'complete' : 'arrive'
  const { start, end } = promise.activity
  const plannedAt = ((target === 'complete' ? end : start) ?? now) - now
  return { target, due: (promise.dueAt - now) / MINUTE, plannedAt: plannedAt / MINUTE }
}

function dayOf(scene: Scene, technicianId: string): TechnicianDay {
  const known = scene.days.get(technicianId)
  if (known) return known
  const made = dayWith(scene, technicianId, scene.outlook.visits.get(technicianId) ?? [])
  scene.days.set(technicianId, made)
  return made
}

function dayWith({ outlook }: Scene, technicianId: string, visits: readonly PlannedVisit[]): TechnicianDay {
  const technician = outlook.technicians.get(technicianId)
  return technicianDay({
    now: outlook.now,
    timeZone: outlook.timeZone,
    travel: outlook.travel,
    visits,
    home: technician?.home ?? null,
    lastPlace: outlook.lastPlaces.get(technicianId) ?? null,
    calendar: technician?.calendarId ? (outlook.calendars.get(technician.calendarId) ?? null) : null,
    absences: technician?.absences ?? [],
  })
}

function waitingChance({ outlook, spreads }: Scene, promise: RunningPromise): number | null {
  const { activity, target } = promise
  const subject = target === 'respond' ? 'dispatch' : 'start'
  const wait = waitOf(waitTally(outlook.tallies, subject, outlook.boardId, activity.priority))
  if (wait === null) return null
  const waiting = {
    waited: (outlook.now - activity.askedAt) / MINUTE,
    left: (promise.dueAt - outlook.now) / MINUTE,
  }
  // What may not begin yet has its whole wait before it.
  if (waiting.waited < 0) {
    waiting.left += waiting.waited
    waiting.waited = 0
  }
  return target === 'complete'
    ? waitAndWorkChance(wait, waiting, {
        spread: spreads.workOf(activity.typeId),
        minutes: activity.durationMinutes,
      })
    : waitChance(wait, waiting)
}

/** Planned too far ahead to walk there day by day: by its own length alone. */
function aloneChance({ outlook, spreads }: Scene, promise: RunningPromise): number {
  const { start, end, typeId } = promise.activity
  if (start === null || end === null) return 1
  const room = promise.dueAt - Math.max(start, outlook.now)
  if (promise.target === 'arrive') return room < 0 ? 1 : 0
  return chanceAbove(spreads.workOf(typeId), room / (end - start))
}

function elsewhere(
  scene: Scene,
  promises: readonly RunningPromise[],
  at: Pick<PlannedVisit, 'start' | 'end'> & { readonly technicianId: string },
  visit: Pick<PlannedVisit, 'place' | 'windows'>,
): number | null {
  const [first] = promises
  if (first === undefined) return null
  const { activity } = first
  const others = (scene.outlook.visits.get(at.technicianId) ?? []).filter((one) => one.id !== activity.id)
  const moved: PlannedVisit = {
    ...visit,
    id: activity.id,
    typeId: activity.typeId,
    start: at.start,
    end: at.end,
    fieldStatus: 'none',
    since: null,
  }
  const { day, visits } = dayWith(scene, at.technicianId, [...others, moved])
  const leg = visits.findIndex((one) => one.id === activity.id)
  const stakes = promises
    .filter((promise) => promise.target !== 'respond')
    .map((promise) => ({ leg, ...stakeOf(promise, scene.outlook.now) }))
  if (leg < 0 || stakes.length === 0) return null
  return Math.max(...missChances(scene.walk, day, scene.spreads, stakes))
}
