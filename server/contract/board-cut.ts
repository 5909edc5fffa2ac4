/**
 * A cut of a board: what one viewer sees of it, by right (a technician: the own activities) and by wish (teams, dates).
 *
 * An order is in a cut when an activity of the cut belongs to it. Activities without a place in time are in every
 * span of dates, because someone still has to plan them. HTTP and sockets cut by this file alone.
 */
import type { ActivityView } from './activity.ts'
import type { BoardSnapshot } from './board.ts'

export type Cut = {
  /** Set for technicians: nothing but the own row and the own activities. */
  readonly technicianId?: string
  readonly teams?: readonly string[]
  /** Instants as text, half-open. */
  readonly from?: string
  readonly to?: string
}

/** What of an activity decides whether a cut shows it. Times in milliseconds. */
export type CutFacts = {
  readonly teamId: string | null
  readonly technicianId: string | null
  readonly start: number | null
  readonly end: number | null
}

/** A cut made ready for many questions. */
export type Knife = {
  /** Equal for cuts that show the same: viewers with one key can share what is encoded for them. */
  readonly key: string
  readonly whole: boolean
  readonly activity: (facts: CutFacts) => boolean
  readonly technician: (technician: { id: string; teamId: string | null }) => boolean
}

export const cutFacts = (a: Pick<ActivityView, 'teamId' | 'technicianId' | 'start' | 'end'>): CutFacts => ({
  teamId: a.teamId,
  technicianId: a.technicianId,
  start: a.start === null ? null : Date.parse(a.start),
  end: a.end === null ? null : Date.parse(a.end),
})

export function knifeOf(cut: Cut): Knife {
  const { technicianId } = cut
  const teams = cut.teams && cut.teams.length > 0 ? new Set(cut.teams) : null
  const from = cut.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(cut.from)
  const to = cut.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(cut.to)
  const whole = technicianId === undefined && teams === null && cut.from === undefined && cut.to === undefined
  return {
    key: whole
      ? ''
      : JSON.stringify([technicianId ?? null, teams ? [...teams].sort() : null, `${from}`, `${to}`]),
    whole,
    activity: (a) =>
      (technicianId === undefined || a.technicianId === technicianId) &&
      (teams === null || (a.teamId !== null && teams.has(a.teamId))) &&
      (a.start === null || a.end === null || (a.start < to && a.end > from)),
    technician: (t) =>
      (technicianId === undefined || t.id === technicianId) &&
      (teams === null || (t.teamId !== null && teams.has(t.teamId))),
  }
}

export function cutSnapshot(snapshot: BoardSnapshot, cut: Cut): BoardSnapshot {
  const knife = knifeOf(cut)
  if (knife.whole) return snapshot
  const activities = snapshot.activities.filter((a) => knife.activity(cutFacts(a)))
  const orders = new Set(activities.map((a) => a.orderId))
  return {
    epoch: snapshot.epoch,
    seq: snapshot.seq,
    activities,
    technicians: snapshot.technicians.filter((t) => knife.technician(t)),
    orders: snapshot.orders.filter((o) => orders.has(o.id)),
  }
}
