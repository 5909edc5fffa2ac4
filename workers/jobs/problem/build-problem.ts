/**
 * From a board's facts to the search's numbers: who may do what when, what stays, what is loose.
 *
 * Second zero is the present minute, so nothing can be planned into the past; a shift that has begun starts now, at the
 * place where the technician last was. Travel is in whole minutes, which keeps every planned start on a minute.
 * It goes in two steps, because travel times may have to be asked for: `sketchProblem` says which places matter, `finish`
 * takes their travel. Rules about single activities, people and times live in the files beside this one.
 */
import type { Activity, Place } from '../../../server/domain/activity/activity.ts'
import { DAY, type Instant, MINUTE } from '../../../server/domain/instant.ts'
import type { Technician } from '../../../server/domain/plan/technician.ts'
import type { PlanningBoard } from '../../../server/ports/planner.ts'
import { placeKey, type TravelProfile } from '../../../server/ports/travel-times.ts'
import type { Problem, ProblemActivity, ProblemTechnician, Shift, Window } from '../../optimiser/problem.ts'
import { type BoardTravel, straightNumbers, type TravelNumbers } from '../travel/board-travel.ts'
import type { TravelTold } from '../travel/told.ts'
import { describeActivity, placeOf } from './describe-activity.ts'
import { focusOf, within } from './focus.ts'
import { linksOf, withoutOrphans } from './links.ts'
import type { Scope } from './scope.ts'
import { type Sorted, sortActivities } from './sort-activities.ts'
import { type OpenShift, shiftsOf } from './times.ts'

export type BuiltProblem = {
  readonly problem: Problem
  /** The instant of second zero. */
  readonly zero: Instant
  /** Movable activities that are new, unplaced, or whose place no longer holds. */
  readonly loose: readonly string[]
  /** Open activities that were left out of the search, with the reason. */
  readonly beyond: readonly { activityId: string; reason: string }[]
  readonly byId: ReadonlyMap<string, Activity>
  /** True when people who could help were left out for being far away. */
  readonly isNarrow: boolean
  readonly travel: TravelTold
}

export type Sketch = {
  /** Every place of the problem, once, in a lasting order. */
  readonly places: readonly Place[]
  /** The ways in which its people travel. */
  readonly profiles: readonly TravelProfile[]
  finish(travel: TravelNumbers): BuiltProblem
}

/** With travel times from whoever has them. */
export async function buildProblemWith(
  travel: BoardTravel,
  board: PlanningBoard,
  scope: Scope,
): Promise<BuiltProblem> {
  const { places, profiles, finish } = sketchProblem(board, scope)
  const { companyId, boardId, policy } = board
  return finish(
    await travel.numbers({ companyId, boardId, pace: policy, source: policy.travelSource, places, profiles }),
  )
}

/** With straight lines. */
export function buildProblem(board: PlanningBoard, scope: Scope): BuiltProblem {
  const { places, profiles, finish } = sketchProblem(board, scope)
  return finish(straightNumbers({ pace: board.policy, places, profiles }))
}

type Person = { readonly technician: Technician; readonly shifts: readonly OpenShift[] }

export function sketchProblem(board: PlanningBoard, scope: Scope): Sketch {
  const zero = Math.floor(board.now / MINUTE) * MINUTE
  const until = scope.to ?? zero + board.policy.horizonDays * DAY
  const earliest = Math.max(zero, scope.from ?? zero)
  const technicians = board.technicians.filter(
    (t) => t.active && t.teamId !== null && (scope.teams.length === 0 || scope.teams.includes(t.teamId)),
  )
  const known = new Map(technicians.map((t) => [t.id, t]))
  const everything = sortActivities(board, scope, { known, zero, until, earliest })
  const focus = focusOf(board, scope, everything, technicians)
  const sorted = withoutOrphans(board, within(everything, focus))
  const byId = new Map(board.activities.map((a) => [a.id, a]))
  const people = technicians.map(
    (technician): Person => ({
      technician,
      // Who is out of focus is named, so that a missing skill can be told, but has no day to fill.
      shifts: focus.ids.has(technician.id)
        ? shiftsOf(board, technician, {
            zero,
            until,
            fixed: sorted.fixed.filter((f) => f.spot.technicianId === technician.id),
          })
        : [],
    }),
  )
  const profiles = [...new Set(people.map(({ technician }) => profileOf(board, technician)))].sort()
  return {
    places: placesOf(board, sorted, people),
    // With nobody at all there still has to be a matrix.
    profiles: profiles.length === 0 ? [board.policy.travelProfile] : profiles,
    finish(travel) {
      const activities = activitiesOf(board, sorted, zero, travel)
      const links = linksOf(byId, activities)
      return {
        problem: {
          horizon: Math.round((until - zero) / 1000),
          activities,
          ...(links.length === 0 ? {} : { links }),
          technicians: people.map((person) => personOf(board, person, zero, { travel, profiles })),
          travel: travel.matrices,
          weights: board.policy.weights,
        },
        zero,
        loose: sorted.movable.filter((m) => m.current === null).map((m) => m.activity.id),
        beyond: sorted.beyond,
        byId,
        isNarrow: focus.isNarrow,
        travel: travel.told,
      }
    },
  }
}

function placesOf(board: PlanningBoard, sorted: Sorted, people: readonly Person[]): Place[] {
  const places = new Map<string, Place>()
  const add = (place: Place | null): void => {
    if (place !== null) places.set(placeKey(place), place)
  }
  for (const { activity } of sorted.fixed) add(placeOf(board, activity))
  for (const { activity } of sorted.movable) add(placeOf(board, activity))
  for (const { technician, shifts } of people) {
    for (const { startPlace } of shifts) add(startPlace)
    if (shifts.length > 0) add(technician.home)
  }
  return [...places.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place)
}

function activitiesOf(
  board: PlanningBoard,
  sorted: Sorted,
  zero: Instant,
  travel: TravelNumbers,
): ProblemActivity[] {
  const seconds = (at: Instant): number => Math.round((at - zero) / 1000)
  return [
    ...sorted.fixed.map(
      ({ activity, spot, liftable }): ProblemActivity => ({
        ...describeActivity(board, activity, seconds, travel.indexOf),
        duration: seconds(spot.end) - seconds(spot.start),
        // They bind nothing while it is fixed; a lock that is let go lets it start only then.
        windows: (liftable ?? []).map((w): Window => ({ from: seconds(w.from), to: seconds(w.to) })),
        fixed: {
          technicianId: spot.technicianId,
          start: seconds(spot.start),
          ...(liftable ? { liftable: true } : {}),
        },
      }),
    ),
    ...sorted.movable.map(
      ({ activity, windows, current }): ProblemActivity => ({
        ...describeActivity(board, activity, seconds, travel.indexOf),
        duration: activity.durationMinutes * 60,
        windows: windows.map((w): Window => ({ from: seconds(w.from), to: seconds(w.to) })),
        ...(current === null
          ? {}
          : { current: { technicianId: current.technicianId, start: seconds(current.start) } }),
      }),
    ),
  ]
}

function personOf(
  board: PlanningBoard,
  { technician, shifts }: Person,
  zero: Instant,
  { travel, profiles }: { travel: TravelNumbers; profiles: readonly TravelProfile[] },
): ProblemTechnician {
  const { kilometreMinutes, hourWorkedMinutes } = board.policy
  const profile = profiles.indexOf(profileOf(board, technician))
  const seconds = (at: Instant): number => Math.round((at - zero) / 1000)
  return {
    id: technician.id,
    skills: technician.skills,
    shifts: shifts.map(
      (shift): Shift => ({
        open: shift.open.map((span) => ({ from: seconds(span.from), to: seconds(span.to) })),
        startLocation: travel.indexOf(shift.startPlace),
        endLocation: travel.indexOf(technician.home),
        ...(shift.overtimeMs === 0 ? {} : { overtimeMax: Math.round(shift.overtimeMs / 1000) }),
      }),
    ),
    ...(profile === 0 ? {} : { profile }),
    // A point is a second of travel.
    ...(kilometreMinutes === 0 ? {} : { perKm: Math.round(kilometreMinutes * 60) }),
    ...(hourWorkedMinutes === 0 ? {} : { perHourWorked: Math.round(hourWorkedMinutes * 60) }),
  }
}

const profileOf = (board: PlanningBoard, technician: Technician): TravelProfile =>
  technician.travelProfile ?? board.policy.travelProfile
