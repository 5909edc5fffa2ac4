/** What differs between the job a technician decided on and the job as it is now, most important first. */
import type { ActivityView } from '../../../server/contract/activity.ts'

export type Change =
  | { readonly kind: 'someoneElse' | 'takenBack' | 'closed' | 'other' }
  | { readonly kind: 'start' | 'end'; readonly from: string | null; readonly to: string | null }
  | {
      readonly kind: 'priority'
      readonly from: ActivityView['priority']
      readonly to: ActivityView['priority']
    }
  | { readonly kind: 'step'; readonly to: ActivityView['fieldStatus'] }

type Shown = Pick<ActivityView, 'technicianId' | 'state' | 'start' | 'end' | 'priority' | 'fieldStatus'>

export function changesBetween(shown: Shown, now: Shown): Change[] {
  if (now.technicianId !== shown.technicianId && now.technicianId !== null) return [{ kind: 'someoneElse' }]
  if (now.state === 'undispatched') return [{ kind: 'takenBack' }]
  if (now.state === 'closed' && shown.state !== 'closed') return [{ kind: 'closed' }]
  const changes: Change[] = []
  if (now.start !== shown.start) changes.push({ kind: 'start', from: shown.start, to: now.start })
  if (now.end !== shown.end) changes.push({ kind: 'end', from: shown.end, to: now.end })
  if (now.priority !== shown.priority)
    changes.push({ kind: 'priority', from: shown.priority, to: now.priority })
  if (now.fieldStatus !== shown.fieldStatus) changes.push({ kind: 'step', to: now.fieldStatus })
  return changes.length > 0 ? changes : [{ kind: 'other' }]
}
