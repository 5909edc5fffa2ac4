/**
 * What a way of dispatching is shown, and what it may answer.
 *
 * It sees facts up to now and plans for later, never what work or travel will really take, nor orders still to come. It
 * answers with commitments: who goes where, now. A commitment is never taken back.
 */
import type { Place } from '../../server/domain/activity/activity.ts'
import { isAble, type Order, plannedTravel, type Shift, type Technician, type TravelPlan } from './world.ts'

export type TechnicianView = {
  readonly technician: Technician
  /** Where the next journey begins: the present or last job, or home before the first one of a shift. */
  readonly place: Place
  /** Under way or on site until about this time; null when free. */
  readonly busyUntil: number | null
  /** What is left of the shifts as far as is known: absences that nobody has told of are not taken out. */
  readonly shifts: readonly Shift[]
  readonly isOnShift: boolean
}

export type View = {
  readonly now: number
  /** Arrived and not committed, by arrival. */
  readonly open: ReadonlyMap<string, Order>
  readonly technicians: readonly TechnicianView[]
  readonly travel: TravelPlan
}

export type Happening =
  | { readonly kind: 'arrived'; readonly orderId: string }
  | { readonly kind: 'freed'; readonly technicianId: string }
  | { readonly kind: 'shift-began'; readonly technicianId: string }
  | { readonly kind: 'shift-ended'; readonly technicianId: string }
  | { readonly kind: 'absent'; readonly technicianId: string }
  | { readonly kind: 'tick' }

export type Commitment = { readonly technicianId: string; readonly orderId: string }

export type Reaction = {
  readonly commitments: readonly Commitment[]
  /** Orders that had a place in the plan and now have another technician or another day. */
  readonly moved: number
}

export type Dispatcher = {
  readonly name: string
  /** Wants to be asked this often while somebody is at work; null: only when something happens. */
  readonly tickSeconds: number | null
  readonly react: (view: View, happenings: readonly Happening[]) => Reaction
}

/** Free and at work now. */
export const isFree = (view: TechnicianView): boolean => view.isOnShift && view.busyUntil === null

/** By plan the order is done, and the technician back home, before the shift ends. The rule is the same for everybody. */
export const fits = (view: View, person: TechnicianView, order: Order): boolean => {
  const shift = person.shifts[0]
  if (shift === undefined || !isAble(person.technician, order)) return false
  const there = plannedTravel(person.place, order.place, view.travel).seconds
  const back = plannedTravel(order.place, person.technician.home, view.travel).seconds
  return view.now + there + order.plannedSeconds + back <= shift.to
}
