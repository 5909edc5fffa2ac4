/**
 * Whose days matter to a run: everybody's when the board is planned anew, a few people's when one activity is placed.
 */
import type { Activity, Place } from '../../../server/domain/activity/activity.ts'
import type { Instant } from '../../../server/domain/instant.ts'
import type { Technician } from '../../../server/domain/plan/technician.ts'
import type { PlanningBoard } from '../../../server/ports/planner.ts'
import { placeOf } from './describe-activity.ts'
import { withLinkedPeople } from './links.ts'
import type { Scope } from './scope.ts'
import type { Sorted } from './sort-activities.ts'

/** People nearest to a loose activity, among those who can do it, that a repair looks at first. */
const NEAREST = 40

export type Focus = { ids: ReadonlySet<string>; isNarrow: boolean }

/**
 * A repair, or a question about one activity, concerns the days of those who could do the loose work and of those
 * whose own day is broken. Leaving the others out keeps the answer quick on a board of any size.
 */
export function focusOf(
  board: PlanningBoard,
  scope: Scope,
  sorted: Sorted,
  technicians: readonly Technician[],
): Focus {
  const all = new Set(technicians.map((t) => t.id))
  if (scope.kind === 'optimise' && scope.asked === undefined) return { ids: all, isNarrow: false }
  const loose = sorted.movable.filter((m) => m.current === null || m.activity.id === scope.asked)
  const ids = brokenDays(sorted)
  const asked = board.activities.find((a) => a.id === scope.asked)
  if (asked?.technicianId) ids.add(asked.technicianId)
  let isNarrow = false
  const placesOf = lastingPlaces(sorted, technicians)
  for (const { activity } of loose) {
    const able = technicians.filter((t) => hasSkills(t, activity))
    if (scope.asked === undefined && scope.wide !== true && able.length > NEAREST) {
      isNarrow = true
      const here = placeOf(board, activity)
      for (const id of nearest(able, here, placesOf)) ids.add(id)
    } else for (const t of able) ids.add(t.id)
  }
  // Fixed work that is asked about is opened by the engine; whoever could take it matters too.
  if (asked) for (const t of technicians) if (hasSkills(t, asked)) ids.add(t.id)
  withLinkedPeople(board, ids)
  return { ids, isNarrow }
}

const hasSkills = (t: Technician, a: Activity): boolean =>
  a.requiredSkills.every((need) =>
    t.skills.some((own) => own.skill === need.skill && own.level >= need.level),
  )

export function within(sorted: Sorted, focus: Focus): Sorted {
  const isIn = (technicianId: string | undefined): boolean =>
    technicianId === undefined || focus.ids.has(technicianId)
  return {
    ...sorted,
    fixed: sorted.fixed.filter((f) => isIn(f.spot.technicianId)),
    movable: sorted.movable.filter((m) => isIn(m.current?.technicianId)),
  }
}

/** Technicians of whom two spans overlap: someone dropped one bar on another. */
function brokenDays(sorted: Sorted): Set<string> {
  const spots = [
    ...sorted.fixed.map((f) => f.spot),
    ...sorted.movable.flatMap((m) => (m.current ? [m.current] : [])),
  ]
  spots.sort((a, b) => a.start - b.start)
  const broken = new Set<string>()
  const busyUntil = new Map<string, Instant>()
  for (const { technicianId, start, end } of spots) {
    const before = busyUntil.get(technicianId) ?? Number.NEGATIVE_INFINITY
    if (start < before) broken.add(technicianId)
    busyUntil.set(technicianId, Math.max(before, end))
  }
  return broken
}

function lastingPlaces(sorted: Sorted, technicians: readonly Technician[]): Map<string, Place[]> {
  const places = new Map<string, Place[]>(technicians.map((t) => [t.id, t.home ? [t.home] : []]))
  const add = (technicianId: string, place: Place | null): void => {
    if (place) places.get(technicianId)?.push(place)
  }
  for (const { activity, spot } of sorted.fixed) add(spot.technicianId, activity.place)
  for (const { activity, current } of sorted.movable) if (current) add(current.technicianId, activity.place)
  return places
}

function nearest(
  able: readonly Technician[],
  here: Place | null,
  placesOf: ReadonlyMap<string, readonly Place[]>,
): string[] {
  const shrink = here === null ? 1 : Math.cos((here.lat * Math.PI) / 180)
  const away = (t: Technician): number => {
    const places = placesOf.get(t.id) ?? []
    if (here === null || places.length === 0) return 0
    return Math.min(...places.map((p) => (p.lat - here.lat) ** 2 + ((p.lon - here.lon) * shrink) ** 2))
  }
  return able
    .map((t) => ({ id: t.id, away: away(t) }))
    .sort((a, b) => a.away - b.away || (a.id < b.id ? -1 : 1))
    .slice(0, NEAREST)
    .map((t) => t.id)
}
