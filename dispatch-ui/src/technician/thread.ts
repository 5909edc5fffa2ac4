/**
 * A technician's day as a thread: stops in order of start, the way between them, and the time to spare.
 *
 * Pure. Ways are the straight line times a road factor, so they are called "about"; where a place is unknown there is
 * no way at all rather than a guess.
 */
import { kilometresBetween, type TravelModel, travelMinutes } from '../../../server/domain/plan/travel.ts'
import type { Day } from '../shell/day.ts'
import { isClosed, isUnanswered, type Job } from './jobs.ts'

const MINUTE = 60_000
const SPARE_MIN = 5

export type Place = { readonly lat: number; readonly lon: number }
export type Way = { readonly minutes: number; readonly kilometres: number }
export type Stop = {
  readonly job: Job
  readonly kind: 'done' | 'here' | 'travelling' | 'next' | 'new'
  /** The way from the stop before, or from home; null when either place is unknown. */
  readonly way: Way | null
  readonly spareMinutes: number | null
}
export type Thread = {
  readonly stops: readonly Stop[]
  readonly done: number
  readonly left: number
  readonly homeAt: number | null
}

export const placeOf = (job: Job): Place | null => {
  if (job.activity.place) return job.activity.place
  const address = job.order?.address
  return address?.lat !== undefined && address.lon !== undefined
    ? { lat: address.lat, lon: address.lon }
    : null
}

export function wayBetween(from: Place | null, to: Place | null, travel: TravelModel): Way | null {
  if (from === null || to === null) return null
  return {
    minutes: travelMinutes(from, to, travel),
    kilometres: kilometresBetween(from, to) * travel.roadFactor,
  }
}

export const kindOf = (job: Job): Stop['kind'] => {
  if (isClosed(job)) return 'done'
  if (job.activity.fieldStatus === 'onSite') return 'here'
  if (job.activity.fieldStatus === 'travelling') return 'travelling'
  return isUnanswered(job) ? 'new' : 'next'
}

/** Work of the day; open work of earlier days is still to be done, so it is of today too. */
export function jobsOfDay(jobs: readonly Job[], day: Day, now: number): Job[] {
  const isToday = now >= day.from && now < day.to
  return jobs
    .filter((job) => {
      const at = job.startAt ?? now
      return at < day.to && (at >= day.from || (isToday && !isClosed(job)))
    })
    .sort((a, b) => (a.startAt ?? 0) - (b.startAt ?? 0) || (a.activity.id < b.activity.id ? -1 : 1))
}

export function threadOf(
  jobs: readonly Job[],
  options: {
    readonly day: Day
    readonly now: number
    readonly home: Place | null
    readonly travel: TravelModel
  },
): Thread {
  const { day, now, home, travel } = options
  const ordered = jobsOfDay(jobs, day, now)
  const stops: Stop[] = []
  let before: { place: Place | null; freeAt: number | null } = { place: home, freeAt: null }
  for (const job of ordered) {
    const kind = kindOf(job)
    const way = wayBetween(before.place, placeOf(job), travel)
    stops.push({ job, kind, way, spareMinutes: spareBefore(job, kind, way, before.freeAt) })
    // Whoever is still on site is not free before now, whatever the plan said.
    const freeAt = job.endAt !== null && kind === 'here' ? Math.max(job.endAt, now) : job.endAt
    before = { place: placeOf(job) ?? before.place, freeAt }
  }
  const last = stops.findLast((stop) => stop.kind !== 'done')
  const backHome = last ? wayBetween(placeOf(last.job), home, travel) : null
  return {
    stops,
    done: stops.filter((stop) => stop.kind === 'done').length,
    left: stops.filter((stop) => stop.kind !== 'done').length,
    homeAt: last?.job.endAt != null && backHome ? last.job.endAt + backHome.minutes * MINUTE : null,
  }
}

function spareBefore(job: Job, kind: Stop['kind'], way: Way | null, freeAt: number | null): number | null {
  if (job.startAt === null || freeAt === null || (kind !== 'next' && kind !== 'new')) return null
  const spare = Math.floor((job.startAt - freeAt) / MINUTE) - (way?.minutes ?? 0)
  return spare >= SPARE_MIN ? spare : null
}

export type By = { readonly at: number; readonly target: 'respond' | 'arrive' | 'complete' }

/** The open promise that falls due first. Responding is the desk's part, done when the job reaches the phone. */
export function nextDue(job: Job): By | null {
  let first: By | null = null
  for (const sla of job.order?.slas ?? []) {
    if (sla.target === 'respond' || sla.reachedAt !== null || sla.dueAt === null || sla.status !== 'started')
      continue
    const at = Date.parse(sla.dueAt)
    if (first === null || at < first.at) first = { at, target: sla.target }
  }
  return isClosed(job) ? null : first
}

/** What a new job does to the rest of the day, in the order of what matters most to know. */
export type Displacement =
  | { readonly kind: 'moves'; readonly from: number; readonly to: number }
  | { readonly kind: 'meets'; readonly at: number }
  | { readonly kind: 'nothing' }

const TOGETHER_MS = 3 * MINUTE

export function displacedBy(job: Job, jobs: readonly Job[], now: number): Displacement {
  const others = jobs.filter((other) => other.activity.id !== job.activity.id && !isClosed(other))
  const moved = others
    .filter(
      (other) => other.moved !== null && now - other.moved.heardAt < TOGETHER_MS && stoodInTheWay(other, job),
    )
    .sort((a, b) => (a.startAt ?? 0) - (b.startAt ?? 0))[0]
  if (moved?.moved && moved.startAt !== null)
    return { kind: 'moves', from: moved.moved.from, to: moved.startAt }
  const { startAt, endAt } = job
  if (startAt === null || endAt === null) return { kind: 'nothing' }
  const met = others.find(
    (other) =>
      other.startAt !== null && other.endAt !== null && other.startAt < endAt && other.endAt > startAt,
  )
  return met?.startAt != null ? { kind: 'meets', at: met.startAt } : { kind: 'nothing' }
}

/** What was moved from a time before the new job begins was moved for something else. */
function stoodInTheWay(other: Job, job: Job): boolean {
  if (other.moved === null || job.startAt === null || other.startAt === null || other.endAt === null)
    return false
  return other.moved.from + (other.endAt - other.startAt) > job.startAt
}
