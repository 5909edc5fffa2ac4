/**
 * Activities whose starts hang together: `startsWith` is a visit of two technicians, `startsAfter` one piece of work after
 * another. A link says something only while both are open and placed: what is done, or gone, binds nobody.
 */
import type { Activity } from '../activity/activity.ts'
import { type Instant, MINUTE } from '../instant.ts'

export type LinkConflict = {
  readonly kind: 'link'
  readonly activityId: string
  /** What the placement should be to the other activity. */
  readonly wanted: 'together' | 'after' | 'sooner-after' | 'before'
  /** By how much it is not. */
  readonly minutes: number
}

/** What placing an activity at this span breaks with the activities that are linked to it, in either direction. */
export function linkConflicts(
  activity: Activity,
  span: { readonly start: Instant; readonly end: Instant },
  linked: readonly Activity[],
): LinkConflict[] {
  return linked.flatMap((other): LinkConflict[] => {
    if (other.id === activity.id || other.state === 'closed' || other.start === null || other.end === null)
      return []
    const out: LinkConflict[] = []
    const add = (wanted: LinkConflict['wanted'], gap: number): void => {
      if (gap > 0) out.push({ kind: 'link', activityId: other.id, wanted, minutes: Math.ceil(gap / MINUTE) })
    }
    if (activity.startsWith === other.id || other.startsWith === activity.id)
      add('together', Math.abs(other.start - span.start))
    const mine = activity.startsAfter
    if (mine?.activityId === other.id) {
      add('after', other.end + mine.minutesMin * MINUTE - span.start)
      if (mine.minutesMax !== null) add('sooner-after', span.start - other.end - mine.minutesMax * MINUTE)
    }
    const theirs = other.startsAfter
    if (theirs?.activityId === activity.id) {
      add('before', span.end + theirs.minutesMin * MINUTE - other.start)
      if (theirs.minutesMax !== null) add('before', other.start - span.end - theirs.minutesMax * MINUTE)
    }
    return out
  })
}

/** The activities that an activity names. */
export const namedBy = (activity: Pick<Activity, 'startsWith' | 'startsAfter'>): string[] => [
  ...(activity.startsWith ? [activity.startsWith] : []),
  ...(activity.startsAfter ? [activity.startsAfter.activityId] : []),
]

/** Whether two activities are linked, whichever of them says so. */
type Linked = Pick<Activity, 'id' | 'startsWith' | 'startsAfter'>
export const areLinked = (a: Linked, b: Linked): boolean =>
  namedBy(a).includes(b.id) || namedBy(b).includes(a.id)
