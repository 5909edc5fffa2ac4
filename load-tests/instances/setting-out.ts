/**
 * When somebody sets out for his next visit, on a day on which more work may yet be disclosed.
 *
 * A plan sets out as late as it may, which pays for the least time and has no minute to spare: whatever is disclosed then finds
 * everybody's day full. The surprising rule: setting out sooner is worth its price only as far as the first visit begins sooner
 * by it. Whoever then waits before its window has gone out for nothing, and can no longer be sent elsewhere.
 */

export type SettingOut = {
  /** So much sooner than the plan has it does a first visit begin, if its window is open. */
  readonly headStart: number
  /** Whoever is out already waits where he goes to, not where he comes from. */
  readonly driveFirst: boolean
}

export const asLateAsPlanned: SettingOut = { headStart: 0, driveFirst: false }

export type Leg = {
  /** When the plan was made: nobody sets out before he is told. */
  readonly toldAt: number
  /** When he is free to go, and whether he is out on his round. */
  readonly freeAt: number
  readonly isOut: boolean
  /** When the visit could begin, when the plan has it begin, and what lies between setting out and then. */
  readonly opens: number
  readonly start: number
  readonly way: number
}

export const leavesAt = (
  { toldAt, freeAt, isOut, opens, start, way }: Leg,
  { headStart, driveFirst }: SettingOut,
): number => {
  const begins = isOut ? start : Math.min(start, Math.max(opens, start - headStart))
  const wanted = isOut && driveFirst ? toldAt : Math.max(toldAt, begins - way)
  return Math.max(freeAt, Math.min(start - way, wanted))
}
